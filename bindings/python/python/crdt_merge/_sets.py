"""Sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from ._library import call
from ._replica import Replica
from ._states import State


class _Set(State):
    """What both sets do: the vocabulary of Python's sets. Elements are values without containers."""

    __slots__ = ()

    def __new__(cls, replica: Replica | None = None, elements: Iterable[object] = ()) -> Self:
        self = cls._make(replica)
        first = list(elements)
        if first:
            call("set_add", {"state": self._handle, "values": first})
        return self

    @property
    def value(self) -> set[Any]:
        """The elements."""
        value: set[Any] = self._value()
        return value

    def update(self, elements: Iterable[object]) -> int:
        """Adds elements. How many were not there."""
        fresh: int = call("set_add", {"state": self._handle, "values": list(elements)})
        return fresh

    def remove(self, element: object) -> bool:
        """Removes an element as far as its additions have been seen here. Whether it was there."""
        return self.difference_update([element]) == 1

    discard = remove

    def difference_update(self, elements: Iterable[object]) -> int:
        """Removes elements. How many were there."""
        gone: int = call("set_remove", {"state": self._handle, "values": list(elements)})
        return gone

    def __contains__(self, element: object) -> bool:
        has: bool = call("set_has", {"state": self._handle, "values": [element]})[0]
        return has

    def contains(self, element: object) -> bool:
        """Whether a value is an element."""
        return element in self

    def contains_all(self, elements: Iterable[object]) -> list[bool]:
        """Which of some values are elements."""
        has: list[bool] = call("set_has", {"state": self._handle, "values": list(elements)})
        return has

    def __iter__(self) -> Iterator[Any]:
        return iter(call("set_values", {"state": self._handle}))

    def __len__(self) -> int:
        length: int = call("set_len", {"state": self._handle})
        return length


class ORSet(_Set, kind="or_set"):
    """A set: added and removed at the same time, an element stays."""

    __slots__ = ()

    def add(self, element: object, *, tag: str | None = None) -> bool:
        """Adds an element, under a plain tag of the caller's if one is given. Whether it was not there."""
        fresh: int = call("set_add", {"state": self._handle, "values": [element], "tag": tag})
        return fresh == 1


class RWSet(_Set, kind="rw_set"):
    """A set: added and removed at the same time, an element goes."""

    __slots__ = ()

    def add(self, element: object) -> bool:
        """Adds an element. Whether it was not there."""
        return self.update([element]) == 1

"""Clocks with the signatures of the original package: values that do not change, whose operations give new ones."""

from __future__ import annotations

from enum import Enum
from typing import Any, Self

from . import _counters
from ._compat import Documented, frame_of, not_negative

__all__ = ["DottedVersionVector", "Ordering", "VectorClock"]


class Ordering(Enum):
    """How two clocks relate."""

    BEFORE = "before"
    AFTER = "after"
    EQUAL = "equal"
    CONCURRENT = "concurrent"


class VectorClock(Documented, _counters.VectorClock):
    """How many events of each node are known. It does not change and has a hash."""

    __slots__ = ()

    def __new__(cls, clocks: dict[str, int] | None = None) -> Self:
        for count in (clocks or {}).values():
            not_negative(count, f"Clock values must be non-negative, got {count}")
        return cls.decode(frame_of("vector_clock", {"type": "vector_clock", "clocks": clocks or {}}))

    def increment(self, node_id: str) -> Self:
        """A new clock with one more event of a node."""
        later = self.copy()
        later.tick(node_id)
        return later

    def compare(self, other: Self) -> Ordering:  # type: ignore[override]
        """How this clock relates to another one."""
        return Ordering(super().compare(other))

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self.state_id)

    def __repr__(self) -> str:
        return f"VectorClock({self.value!r})"


class DottedVersionVector(Documented, _counters.DottedVersionVector):
    """A version vector with one event beside it."""

    __slots__ = ()

    def __new__(cls, base: VectorClock | None = None, dot: tuple[str, int] | None = None) -> Self:
        clocks = {"type": "vector_clock", "clocks": base.value if base else {}}
        members: dict[str, Any] = {"type": "dotted_version_vector", "base": clocks}
        return cls.decode(frame_of("dotted_version_vector", members | {"dot": None if dot is None else list(dot)}))

    @property
    def base(self) -> VectorClock:  # type: ignore[override]
        """The vector without the dot."""
        return VectorClock(super().base)

    def advance(self, node_id: str) -> Self:
        """A new vector with the dot folded in and a new dot of a node."""
        later = self.copy()
        later.tick(node_id)
        return later

    def descends(self, other: Self) -> bool:
        """Whether this vector knows every event of another one."""
        return self.compare(other) in ("after", "equal")

    def __repr__(self) -> str:
        dot = "" if self.dot is None else f", dot={self.dot!r}"
        return f"DottedVersionVector(base={self.base!r}{dot})"

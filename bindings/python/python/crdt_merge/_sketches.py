"""Sketches: small summaries of many items. Items are values; columns of them are lists, arrays or iterables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from ._library import call
from ._replica import Replica
from ._states import State, handle_of

# Kinds of numpy arrays that cross as one buffer: signed integers and floats.
_PLAIN_DTYPES = "if"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated number with bounds."""

    value: float
    low: float
    high: float


def column(items: Any) -> Any:
    """A column as the library takes it: arrays of numbers as buffers, everything else as a list."""
    dtype = getattr(items, "dtype", None)
    if dtype is not None and dtype.kind not in _PLAIN_DTYPES:
        return items.tolist()
    if dtype is not None or isinstance(items, (list, tuple, str, bytes)) or _is_buffer(items):
        return items
    return list(items)


def _is_buffer(items: object) -> bool:
    try:
        memoryview(items).release()  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def like(items: Any, answers: list[Any]) -> Any:
    """Answers about a numpy array as an array, about everything else as a list."""
    if type(items).__module__ != "numpy":
        return answers
    import numpy

    return numpy.asarray(answers)


class _Sketch(State):
    """What all sketches do."""

    __slots__ = ()

    def add(self, item: object) -> None:
        """Adds an item."""
        call("sketch_add", {"state": self._handle, "items": [item]})

    def add_all(self, items: Iterable[object]) -> None:
        """Adds the items of a column."""
        call("sketch_add", {"state": self._handle, "items": column(items)})

    def info(self) -> dict[str, Any]:
        """Sizes, and what the sketch says of itself."""
        info: dict[str, Any] = call("sketch_info", {"state": self._handle})
        return info

    def _estimate(self) -> Estimate:
        return Estimate(**call("sketch_estimate", {"state": self._handle}))

    def _query(self, items: Iterable[object]) -> list[Any]:
        answers: list[Any] = call("sketch_query", {"state": self._handle, "items": column(items)})
        return answers


class HyperLogLog(_Sketch, kind="hll_native"):
    """How many different items there were, in 2 to the power of ``precision`` bytes."""

    __slots__ = ()

    def __new__(cls, replica: Replica | None = None, *, precision: int | None = None, seed: int | None = None) -> Self:
        return cls._make(replica, precision=precision, seed=seed)

    def estimate(self) -> Estimate:
        """The number of different items."""
        return self._estimate()


class BloomFilter(_Sketch, kind="bloom_native"):
    """Which items were added: never a wrong no, at times a wrong yes.

    By size in ``blocks``, else for ``capacity`` items at a rate ``fp_rate`` of wrong answers.
    """

    __slots__ = ()

    def __new__(
        cls,
        replica: Replica | None = None,
        *,
        capacity: int | None = None,
        fp_rate: float | None = None,
        blocks: int | None = None,
        seed: int | None = None,
    ) -> Self:
        return cls._make(replica, capacity=capacity, fp_rate=fp_rate, blocks=blocks, seed=seed)

    def __contains__(self, item: object) -> bool:
        return self.contains(item)

    def contains(self, item: object) -> bool:
        """Whether an item may have been added."""
        has: bool = self._query([item])[0]
        return has

    def contains_all(self, items: Iterable[object]) -> Any:
        """Which items of a column may have been added: an array of bools for a numpy array, else a list."""
        return like(items, self._query(items))

    def estimate(self) -> Estimate:
        """The number of different items."""
        return self._estimate()


class CountMinSketch(_Sketch, kind="cms_native"):
    """How often each item was added: at most what it says, never more often than that."""

    __slots__ = ()

    def __new__(
        cls,
        replica: Replica | None = None,
        *,
        width: int | None = None,
        depth: int | None = None,
        seed: int | None = None,
    ) -> Self:
        return cls._make(replica, width=width, depth=depth, seed=seed)

    def add(self, item: object, count: int = 1, node_id: str | None = None) -> None:
        """Adds an item so many times, in the name of the replica or of an explicit node."""
        call("sketch_add", {"state": self._handle, "items": [item], "counts": [count], "node": node_id})

    def add_all(self, items: Iterable[object], counts: Iterable[int] | None = None, node_id: str | None = None) -> None:
        """Adds the items of a column, each so often as the column of counts says."""
        columns = {"items": column(items), "counts": None if counts is None else column(counts)}
        call("sketch_add", {"state": self._handle, "node": node_id} | columns)

    def estimate(self, item: object) -> int:
        """How often an item was added at most."""
        count: int = self._query([item])[0]
        return count

    def estimate_all(self, items: Iterable[object]) -> Any:
        """How often each item of a column was added at most: an array for a numpy array, else a list."""
        return like(items, self._query(items))

    @property
    def total(self) -> int:
        """How much was added in all."""
        total: int = self.info()["total"]
        return total


class MinHash(_Sketch, kind="minhash"):
    """A signature of ``length`` numbers of a set, from which the likeness of two sets is estimated."""

    __slots__ = ()

    def __new__(cls, replica: Replica | None = None, *, length: int | None = None, seed: int | None = None) -> Self:
        return cls._make(replica, length=length, seed=seed)

    def similarity(self, other: Self) -> float:
        """The estimated share of items that two sets have in common, from 0 to 1."""
        share: float = call("sketch_similarity", {"state": self._handle, "other": handle_of(other)})
        return share

"""Sketches with the names, hashes and bytes of the original package. ``HyperLogLog``, ``BloomFilter`` and
``CountMinSketch`` of ``crdt_merge`` are faster; these are for frames that other writers of version 1 read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from ._compat import Documented, document_of, frame_of
from ._library import call
from ._sketches import _Sketch, column
from ._values import Tuple

__all__ = ["MergeableBloom", "MergeableCMS", "MergeableHLL"]

# Bytes of a cell of the count-min sketch.
_CELL_BYTES = 8


def _item(item: object) -> object:
    """Tuples are items of their own here."""
    return Tuple(item) if type(item) is tuple else item


def _column(items: Any) -> Any:
    given = column(items)
    return [_item(item) for item in given] if isinstance(given, (list, tuple)) else given


class _CompatSketch(Documented, _Sketch):
    """What the three do."""

    __slots__ = ()

    def add(self, item: object) -> None:
        """Adds an item."""
        self.add_all([item])

    def add_all(self, items: Iterable[object]) -> None:
        """Adds the items of a column."""
        call("sketch_add", {"state": self._handle, "items": _column(items)})

    def _ask(self, item: object) -> Any:
        return call("sketch_query", {"state": self._handle, "items": [_item(item)]})[0]


class MergeableHLL(_CompatSketch, kind="hll"):
    """How many different items there were, in 2 to the power of ``precision`` registers."""

    __slots__ = ()

    def __new__(cls, precision: int = 14) -> Self:
        return cls._make(None, precision=precision)

    @property
    def precision(self) -> int:
        """The binary logarithm of the number of registers."""
        precision: int = self.info()["precision"]
        return precision

    def cardinality(self) -> float:
        """The estimated number of different items."""
        return self._estimate().value

    def standard_error(self) -> float:
        """The standard error of the estimate, as a fraction."""
        error: float = self.info()["standard_error"]
        return error

    def size_bytes(self) -> int:
        """The size of the registers."""
        return 1 << self.precision

    def __repr__(self) -> str:
        return f"MergeableHLL(precision={self.precision}, est_cardinality={self.cardinality():.0f})"


class MergeableBloom(_CompatSketch, kind="bloom"):
    """Which items were added: never a wrong no, at times a wrong yes."""

    __slots__ = ()

    def __new__(
        cls,
        capacity: int = 10_000,
        fp_rate: float = 0.01,
        *,
        _size: int | None = None,
        _num_hashes: int | None = None,
    ) -> Self:
        if _size is None or _num_hashes is None:
            return cls._make(None, capacity=capacity, fp_rate=fp_rate)
        members = {"type": "bloom", "capacity": capacity, "fp_rate": fp_rate, "size": _size}
        empty = {"num_hashes": _num_hashes, "bits": [0] * ((_size + 7) // 8), "count": 0}
        return cls.decode(frame_of("bloom", members | empty))

    @property
    def capacity(self) -> int:
        """How many items it was made for."""
        capacity: int = self.info()["capacity"]
        return capacity

    @property
    def fp_rate(self) -> float:
        """The rate of wrong answers it was made for."""
        rate: float = self.info()["fp_rate"]
        return rate

    @property
    def size(self) -> int:
        """Bits."""
        size: int = self.info()["size"]
        return size

    @property
    def num_hashes(self) -> int:
        """Bits that an item sets."""
        hashes: int = self.info()["num_hashes"]
        return hashes

    @property
    def bits(self) -> bytearray:
        """A copy of the bits, eight in a byte."""
        return bytearray(document_of(self)["bits"])

    def contains(self, item: object) -> bool:
        """Whether an item may have been added."""
        has: bool = self._ask(item)
        return has

    def __contains__(self, item: object) -> bool:
        return self.contains(item)

    def estimated_fp_rate(self) -> float:
        """The rate of wrong answers that the set bits suggest."""
        rate: float = self.info()["estimated_fp_rate"]
        return rate

    def size_bytes(self) -> int:
        """The size of the bits."""
        return (self.size + 7) // 8

    def __repr__(self) -> str:
        info = self.info()
        return f"MergeableBloom(capacity={info['capacity']}, fp_rate={info['fp_rate']}, items≈{info['count']})"


class MergeableCMS(_CompatSketch, kind="cms"):
    """How often each item was added. Its merge takes the larger count of each cell; ``CountMinSketch`` adds them up."""

    __slots__ = ()

    def __new__(cls, width: int = 2000, depth: int = 7) -> Self:
        return cls._make(None, width=width, depth=depth)

    @property
    def width(self) -> int:
        """Cells of a row."""
        width: int = self.info()["width"]
        return width

    @property
    def depth(self) -> int:
        """Rows."""
        depth: int = self.info()["depth"]
        return depth

    @property
    def total(self) -> int:
        """The total of all counts."""
        total: int = self.info()["total"]
        return total

    def add(self, item: object, count: int = 1) -> None:
        """Adds an item so many times."""
        call("sketch_add", {"state": self._handle, "items": [_item(item)], "counts": [count]})

    def estimate(self, item: object) -> int:
        """How often an item was added at most."""
        count: int = self._ask(item)
        return count

    def size_bytes(self) -> int:
        """The size of the cells."""
        return self.width * self.depth * _CELL_BYTES

    def __repr__(self) -> str:
        return f"MergeableCMS(width={self.width}, depth={self.depth}, total={self.total})"

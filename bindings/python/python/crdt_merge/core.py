"""Counters, registers, sets and maps with the signatures of the original package.

Each class extends the one of the same name in ``crdt_merge``: ``merge`` gives a new state, writes name their node or
stamp. Unlike there, an older write never replaces a newer one, and a removal from a set stays removed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any, Self

from . import _counters, _registers, _sets
from ._compat import Documented, frame_of, not_negative
from ._states import MergeReport, WriteReport

__all__ = ["GCounter", "LWWMap", "LWWRegister", "ORSet", "PNCounter"]

# Bytes of entropy in the tag of an addition.
_TAG_BYTES = 6
_NO_NEGATIVE = "GCounter only supports non-negative increments"


class GCounter(Documented, _counters.GCounter):
    """A counter that only grows, with a slot for each node."""

    __slots__ = ()

    def __new__(cls, node_id: str | None = None, initial: int = 0) -> Self:
        self = cls._make(None)
        if node_id is not None and initial > 0:
            self.increment(node_id, initial)
        return self

    def increment(self, node_id: str, amount: int = 1) -> None:  # type: ignore[override]
        """Counts in the slot of a node. Raises ``OUT_OF_RANGE`` for a negative amount."""
        not_negative(amount, _NO_NEGATIVE)
        self._increment(node_id, amount)

    def __repr__(self) -> str:
        return f"GCounter(value={self.value}, nodes={len(self.slots())})"


class PNCounter(Documented, _counters.PNCounter):
    """A counter that grows and shrinks, with two slots for each node."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return cls._make(None)

    def increment(self, node_id: str, amount: int = 1) -> None:  # type: ignore[override]
        """Adds in the slot of a node. Raises ``OUT_OF_RANGE`` for a negative amount."""
        not_negative(amount, _NO_NEGATIVE)
        self._increment(node_id, amount)

    def decrement(self, node_id: str, amount: int = 1) -> None:  # type: ignore[override]
        """Takes away in the slot of a node. Raises ``OUT_OF_RANGE`` for a negative amount."""
        not_negative(amount, _NO_NEGATIVE)
        self._decrement(node_id, amount)

    def __repr__(self) -> str:
        return f"PNCounter(value={self.value})"


def _register(value: object, timestamp: float | None, node_id: str) -> dict[str, Any]:
    """A register as frames of version 1 hold it, stamped by the host's clock if no stamp is given."""
    stamp = time.time() if timestamp is None else timestamp
    return {"type": "lww_register", "value": value, "timestamp": stamp, "node_id": node_id}


def _written(report: MergeReport) -> WriteReport:
    return WriteReport(report.changed)


class LWWRegister(Documented, _registers.LWWRegister):
    """One value; the later write wins. A write is a merge with the register that holds it alone."""

    __slots__ = ()

    def __new__(cls, value: object = None, timestamp: float | None = None, node_id: str = "") -> Self:
        return cls.from_dict(_register(value, timestamp or 0.0, node_id))

    def set(self, value: object, timestamp: float | None = None, node_id: str = "") -> WriteReport:
        """Writes a value with a stamp, that of the host's clock if none is given. An older write changes nothing."""
        return _written(self.merge_from(frame_of("lww_register", _register(value, timestamp, node_id))))

    def __repr__(self) -> str:
        return f"LWWRegister(value={self.value!r}, ts={self.timestamp})"


class ORSet(Documented, _sets.ORSet):
    """A set whose additions carry tags; a removal covers the tags that were seen."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return cls._make(None)

    def add(self, element: object) -> str:  # type: ignore[override]
        """Adds an element under a new tag, which it gives."""
        tag = secrets.token_hex(_TAG_BYTES)
        super().add(element, tag=tag)
        return tag

    def __repr__(self) -> str:
        return f"ORSet(size={len(self)})"


class LWWMap(Documented, _registers.LWWMap):
    """A map; at each key the later write or removal wins. A write is a merge with the map that holds it alone."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return cls._make(None)

    def _join(self, registers: dict[str, Any], tombstones: dict[str, float]) -> WriteReport:
        document = {"type": "lww_map", "registers": registers, "tombstones": tombstones}
        return _written(self.merge_from(frame_of("lww_map", document)))

    def set(self, key: str, value: object, timestamp: float | None = None, node_id: str = "") -> WriteReport:
        """Writes a value with a stamp, that of the host's clock if none is given. An older write changes nothing."""
        return self._join({key: _register(value, timestamp, node_id)}, {})

    def delete(self, key: str, timestamp: float | None = None) -> WriteReport:
        """Removes a key with a stamp, that of the host's clock if none is given. An older removal changes nothing."""
        return self._join({}, {key: time.time() if timestamp is None else timestamp})

    def _put(self, entries: Mapping[str, object], when: object) -> WriteReport:
        return self._join({key: _register(value, None, "") for key, value in entries.items()}, {})

    def _delete(self, key: str, when: object) -> WriteReport:
        return self.delete(key)

    def __repr__(self) -> str:
        return f"LWWMap(keys={len(self)})"

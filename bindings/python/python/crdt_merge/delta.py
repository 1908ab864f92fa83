"""Differences between lists of records, with the signatures of the original package. A patch is no join: sync is
``delta_for``."""

from __future__ import annotations

import time
from typing import Any, Self

from ._compat import frame_of, refuse
from ._library import call

__all__ = ["Delta", "DeltaStore", "apply_delta", "compose_deltas", "compute_delta"]

Record = dict[str, Any]


class Delta:
    """What leads from old records to new ones: records added and modified, and the keys of those removed."""

    __slots__ = ("added", "modified", "removed", "source_node", "timestamp", "version")

    def __init__(
        self,
        added: list[Record] | None = None,
        modified: list[Record] | None = None,
        removed: list[str] | None = None,
        version: int = 0,
        timestamp: float | None = None,
        source_node: str = "",
    ) -> None:
        self.added = added or []
        self.modified = modified or []
        self.removed = removed or []
        self.version = version
        self.timestamp = time.time() if timestamp is None else timestamp
        self.source_node = source_node

    @property
    def size(self) -> int:
        """How many changes there are."""
        return len(self.added) + len(self.modified) + len(self.removed)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return self.size == 0

    def to_dict(self) -> dict[str, Any]:
        """The members by name."""
        names = ("added", "modified", "removed", "version", "timestamp", "source_node")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The delta of such a dictionary."""
        return cls(**{name: d[name] for name in cls.__slots__ if name in d})

    def __repr__(self) -> str:
        return f"Delta(+{len(self.added)} ~{len(self.modified)} -{len(self.removed)}, v{self.version})"


def _delta_in(frame: bytes) -> Delta:
    return Delta.from_dict(call("decode", frame)["payload"])


def compute_delta(
    old_records: list[Record], new_records: list[Record], key: str, version: int = 0, source_node: str = ""
) -> Delta:
    """The delta that leads from old records to new ones."""
    records = {"old": old_records, "new": new_records, "key": key}
    return _delta_in(
        call("delta_compute", records | {"version": version, "stamp": time.time(), "source_node": source_node})
    )


def apply_delta(records: list[Record], delta: Delta, key: str, schema: object = None) -> list[Record]:
    """The records after a delta. Raises ``UNSUPPORTED`` for a schema, which this package does not have yet."""
    if schema is not None:
        raise refuse("UNSUPPORTED", "records are not merged by a schema here")
    frame = frame_of("delta", delta.to_dict())
    applied: list[Record] = call("delta_apply", {"records": records, "delta": frame, "key": key})
    return applied


def compose_deltas(*deltas: Delta, key: str | None = None) -> Delta:
    """One delta with the net effect of several in order. Without a key the records are told apart by ``id``."""
    if not deltas:
        return Delta()
    frames = [frame_of("delta", delta.to_dict()) for delta in deltas]
    return _delta_in(call("delta_compose", {"deltas": frames, "key": "id" if key is None else key}))


class DeltaStore:
    """The last records that were taken in, and how often they changed."""

    def __init__(self, key: str, node_id: str = "default") -> None:
        self.key = key
        self.node_id = node_id
        self._records: list[Record] | None = None
        self._version = 0

    @property
    def records(self) -> list[Record]:
        """The records."""
        return list(self._records or [])

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self._records or [])

    @property
    def version(self) -> int:
        """How often records came after the first ones."""
        return self._version

    def ingest(self, records: list[Record]) -> Delta | None:
        """Takes new records in. The delta that leads to them, None for the first ones."""
        before, self._records = self._records, list(records)
        if before is None:
            return None
        self._version += 1
        return compute_delta(before, records, self.key, self._version, self.node_id)

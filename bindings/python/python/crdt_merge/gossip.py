"""Gossip states with the signatures of the original package. ``SyncSession`` does in one exchange what these do in
three calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from . import _registers
from ._compat import Documented, frame_of
from ._library import call
from .clocks import VectorClock

__all__ = ["GossipEntry", "GossipState", "anti_entropy"]


@dataclass
class GossipEntry:
    """A value under a key with the clock of its last write; a tombstone if it was deleted."""

    key: str
    value: Any
    clock: VectorClock
    tombstone: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The members by name."""
        return {"key": self.key, "value": self.value, "clock": self.clock.to_dict(), "tombstone": self.tombstone}

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The entry of such a dictionary."""
        return cls(d["key"], d["value"], VectorClock.from_dict(d["clock"]), d.get("tombstone", False))

    def __repr__(self) -> str:
        mark = " [TOMBSTONE]" if self.tombstone else ""
        return f"GossipEntry(key={self.key!r}, value={self.value!r}, clock={self.clock!r}{mark})"


class GossipState:
    """Entries under keys, each with a clock, written by one node."""

    __slots__ = ("_state",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, node_id: str, fanout: int = 3) -> None:
        self._state = _Entries._make(None, node=node_id, fanout=fanout)

    @classmethod
    def _of(cls, state: _Entries) -> Self:
        self = cls.__new__(cls)
        self._state = state
        return self

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The state of what ``to_dict`` gives."""
        return cls._of(_Entries.from_dict(d))

    def to_dict(self) -> dict[str, Any]:
        """The members by name, as frames of version 1 hold them."""
        return self._state.to_dict()

    def encode(self, *, wire: int | None = None, compress: bool = False) -> bytes:
        """The frame of the state."""
        return self._state.encode(wire=wire, compress=compress)

    @property
    def node_id(self) -> str:
        """Who writes."""
        node: str = self.to_dict()["node_id"]
        return node

    @property
    def fanout(self) -> int:
        """How many peers a round talks to."""
        fanout: int = self.to_dict()["fanout"]
        return fanout

    @property
    def clock(self) -> VectorClock:
        """All events that the state knows."""
        return VectorClock.from_dict(self.to_dict()["clock"])

    @property
    def size(self) -> int:
        """How many entries are no tombstones."""
        return len(self._state)

    def _apply(self, members: dict[str, object]) -> None:
        self._state = _Entries.decode(call("apply", {"frame": self._state.encode(wire=1)} | members))

    def update(self, key: str, value: object, clock: VectorClock | None = None) -> VectorClock:
        """Writes a value. With a clock, the entry comes after that one too. The clock of the state after it."""
        self._apply({"do": "update", "key": key, "value": value})
        if clock is not None:
            entry = self.to_dict()["entries"][key]
            later = VectorClock.from_dict(entry["clock"]).merge(clock)
            self.apply_entries([GossipEntry(key, value, later)])
        return self.clock

    def delete(self, key: str) -> VectorClock:
        """Deletes a key. The clock of the state after it."""
        self._apply({"do": "delete", "key": key})
        return self.clock

    def get(self, key: str) -> Any:
        """The value at a key, None if there is none."""
        return self._state.get(key)

    def get_entry(self, key: str) -> GossipEntry | None:
        """The entry at a key, tombstones too."""
        entry = self.to_dict()["entries"].get(key)
        return None if entry is None else GossipEntry.from_dict(entry)

    def get_entries(self, keys: set[str]) -> list[GossipEntry]:
        """The entries at keys, as far as there are any."""
        entries = self.to_dict()["entries"]
        return [GossipEntry.from_dict(entries[key]) for key in keys if key in entries]

    def apply_entries(self, entries: list[GossipEntry]) -> int:
        """Takes entries of a peer. How many changed something."""
        return self._state.apply([frame_of("gossip_entry", entry.to_dict()) for entry in entries])

    def digest(self) -> dict[str, str]:
        """The digest of each entry by key."""
        return self._state.digests()

    def anti_entropy_push(self, remote_digest: dict[str, str]) -> set[str]:
        """The keys whose entries a peer with these digests lacks."""
        frames, _keys = self._state.exchange(remote_digest)
        return {call("decode", frame)["payload"]["key"] for frame in frames}

    def anti_entropy_pull(self, remote_digest: dict[str, str]) -> set[str]:
        """The keys whose entries this state lacks."""
        return set(self._state.exchange(remote_digest)[1])

    def anti_entropy_push_pull(self, remote_digest: dict[str, str]) -> tuple[set[str], set[str]]:
        """Both."""
        return self.anti_entropy_push(remote_digest), self.anti_entropy_pull(remote_digest)

    def merge(self, other: GossipState) -> Self:
        """The join of two states, which this state's node writes."""
        return self._of(self._state.merge(other._state))

    def __eq__(self, other: object) -> bool:
        return self._state == other._state if isinstance(other, GossipState) else NotImplemented

    def __repr__(self) -> str:
        return f"GossipState(node_id={self.node_id!r}, size={self.size}, clock={self.clock!r})"


class _Entries(Documented, _registers.GossipState):
    """The state behind a ``GossipState``."""

    __slots__ = ()


def anti_entropy(local_digest: dict[str, str], remote_digest: dict[str, str]) -> dict[str, list[str]]:
    """What two sides have to exchange, by their digests."""
    return {
        "missing_local": sorted(remote_digest.keys() - local_digest.keys()),
        "missing_remote": sorted(local_digest.keys() - remote_digest.keys()),
        "different": sorted(
            key for key in local_digest.keys() & remote_digest if local_digest[key] != remote_digest[key]
        ),
    }

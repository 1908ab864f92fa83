"""Registers and maps of registers."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, MutableMapping, ValuesView
from dataclasses import dataclass
from typing import Any, Self

from ._library import call
from ._replica import Replica
from ._states import State, WriteReport


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with who wrote it and when: ``micros`` since 1970 UTC, and ``seconds`` as frames of version 1 spell
    them."""

    value: Any
    node: str
    micros: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was written: ``micros`` since 1970 UTC, and ``seconds`` as frames of version 1 spell them."""

    micros: int
    seconds: float


def at(replica: Replica | None, timestamp: float | None, node_id: str) -> object:
    """When a write happens: now, by the replica's clock, or at an explicit stamp in seconds."""
    if timestamp is not None:
        return {"seconds": timestamp, "node": node_id}
    return 0 if replica is None else replica._clock()


class LWWRegister(State, kind="lww_register"):
    """One value; the later write wins."""

    __slots__ = ()

    def set(self, value: object, timestamp: float | None = None, node_id: str = "") -> WriteReport:
        """Writes a value: now, as the replica, or with an explicit stamp in seconds since 1970 UTC and its node.

        An older write changes nothing.
        """
        when = at(self.replica, timestamp, node_id)
        return WriteReport(**call("register_set", {"state": self._handle, "value": value, "at": when}))

    @property
    def value(self) -> Any:
        """The value, None if nothing was written."""
        return self._value()

    @property
    def entry(self) -> Entry | None:
        """The value with stamp and node, None if nothing was written."""
        entries = call("register_entries", {"state": self._handle})
        return Entry(**entries[0]) if entries else None

    @property
    def timestamp(self) -> float:
        """The stamp in seconds since 1970 UTC, 0 if nothing was written."""
        entry = self.entry
        return 0.0 if entry is None or entry.seconds is None else entry.seconds

    @property
    def node_id(self) -> str:
        """Who wrote, empty if nobody did."""
        entry = self.entry
        return "" if entry is None else entry.node


class MVRegister(State, kind="mv_register"):
    """One value, or the several that were written at the same time."""

    __slots__ = ()

    def set(self, value: object) -> WriteReport:
        """Writes a value in place of all that are seen here."""
        when = at(self.replica, None, "")
        return WriteReport(**call("register_set", {"state": self._handle, "value": value, "at": when}))

    @property
    def value(self) -> list[Any]:
        """The values, in canonical order."""
        value: list[Any] = self._value()
        return value

    @property
    def entries(self) -> list[Entry]:
        """The values with stamps and actors."""
        return [Entry(**entry) for entry in call("register_entries", {"state": self._handle})]


class _Map(State, MutableMapping[str, Any]):
    """What maps from text to values do. Views show the map as it was when they were made."""

    __slots__ = ()

    @property
    def value(self) -> dict[str, Any]:
        """The live entries, keys in order."""
        value: dict[str, Any] = self._value()
        return value

    def _lookup(self, key: str) -> dict[str, Any] | None:
        entry: dict[str, Any] | None = call("map_get", {"state": self._handle, "keys": [key]})[0]
        return entry

    def _put(self, entries: Mapping[str, object], when: object) -> WriteReport:
        return WriteReport(**call("map_put", {"state": self._handle, "entries": dict(entries), "at": when}))

    def _delete(self, key: str, when: object) -> WriteReport:
        return WriteReport(**call("map_delete", {"state": self._handle, "keys": [key], "at": when}))

    def __getitem__(self, key: str) -> Any:
        entry = self._lookup(key)
        if entry is None:
            raise KeyError(key)
        return entry["value"]

    def get(self, key: str, default: Any = None) -> Any:
        """The value at a key, else the default."""
        entry = self._lookup(key)
        return default if entry is None else entry["value"]

    def __setitem__(self, key: str, value: object) -> None:
        self._put({key: value}, at(self.replica, None, ""))

    def __delitem__(self, key: str) -> None:
        if self._lookup(key) is None:
            raise KeyError(key)
        self._delete(key, at(self.replica, None, ""))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._lookup(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(call("map_keys", {"state": self._handle}))

    def __len__(self) -> int:
        length: int = call("map_len", {"state": self._handle})
        return length

    def items(self) -> ItemsView[str, Any]:
        """Keys and values."""
        return self.value.items()

    def values(self) -> ValuesView[Any]:
        """The values, in the order of their keys."""
        return self.value.values()

    def update(self, other: Any = (), /, **entries: Any) -> None:
        """Writes several entries in one call."""
        self._put(dict(other, **entries), at(self.replica, None, ""))


class LWWMap(_Map, kind="lww_map"):
    """A map from text to values; at each key the later write or removal wins."""

    __slots__ = ()

    def set(self, key: str, value: object, timestamp: float | None = None, node_id: str = "") -> WriteReport:
        """Writes a value: now, as the replica, or with an explicit stamp in seconds since 1970 UTC and its node.

        An older write changes nothing.
        """
        return self._put({key: value}, at(self.replica, timestamp, node_id))

    def delete(self, key: str, timestamp: float | None = None) -> WriteReport:
        """Removes a key, also one that is not there: now, or with an explicit stamp. An older removal changes
        nothing."""
        return self._delete(key, at(self.replica, timestamp, ""))

    def entry(self, key: str) -> Entry | None:
        """The value at a key with stamp and node."""
        entry = self._lookup(key)
        return None if entry is None else Entry(**entry)

    def tombstones(self) -> dict[str, Stamp]:
        """When keys were removed that are not live."""
        found = call("map_tombstones", {"state": self._handle})
        return {key: Stamp(**stamp) for key, stamp in found.items()}


class GossipState(_Map, kind="gossip_state"):
    """A map whose entries carry vector clocks. ``node`` is its own id, else the replica's; ``fanout`` how many
    peers a round talks to."""

    __slots__ = ()

    def __new__(cls, replica: Replica | None = None, *, node: str | None = None, fanout: int | None = None) -> Self:
        return cls._make(replica, node=node, fanout=fanout)

    def delete(self, key: str) -> WriteReport:
        """Removes a key, also one that is not there."""
        return self._delete(key, at(self.replica, None, ""))

    def digests(self) -> dict[str, str]:
        """The digest of each entry by key: what a peer's ``exchange`` takes."""
        digests: dict[str, str] = call("gossip_digests", {"state": self._handle})
        return digests

    def exchange(self, digests: Mapping[str, str]) -> tuple[list[bytes], list[str]]:
        """The entries, as frames, that the owner of some digests lacks, and the keys that this state lacks."""
        exchange = call("gossip_exchange", {"state": self._handle, "digests": dict(digests)})
        return exchange["push"], exchange["pull"]

    def apply(self, frames: list[bytes]) -> int:
        """Takes entries from frames. How many changed something."""
        changed: int = call("gossip_apply", {"state": self._handle, "frames": frames})
        return changed

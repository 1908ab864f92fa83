"""Merkle trees of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from ._library import call
from ._replica import Replica
from ._states import State, handle_of


@dataclass(frozen=True, slots=True)
class MerkleDiff:
    """How two trees differ: keys on one side only, and keys on both whose records differ."""

    differing_keys: set[str]
    only_in_left: set[str]
    only_in_right: set[str]
    common_different: set[str]
    comparisons_made: int

    @property
    def is_identical(self) -> bool:
        """Whether nothing differs."""
        return not self.differing_keys

    @property
    def num_differences(self) -> int:
        """How many keys differ."""
        return len(self.differing_keys)

    def to_dict(self) -> dict[str, Any]:
        """The members by name, keys in order."""
        sets = ("differing_keys", "only_in_left", "only_in_right", "common_different")
        counts = {"comparisons_made": self.comparisons_made, "is_identical": self.is_identical}
        return {name: sorted(getattr(self, name)) for name in sets} | counts

    @classmethod
    def from_dict(cls, d: Mapping[str, Any]) -> Self:
        """The difference of such a dictionary."""
        left, right, common = (set(d[name]) for name in ("only_in_left", "only_in_right", "common_different"))
        return cls(set(d["differing_keys"]), left, right, common, d["comparisons_made"])


class MerkleTree(State, kind="merkle_tree"):
    """Hashes of records by key, in a tree whose nodes have up to ``branching_factor`` children."""

    __slots__ = ()

    def __new__(cls, replica: Replica | None = None, *, branching_factor: int | None = None) -> Self:
        return cls._make(replica, branching_factor=branching_factor)

    def insert(self, key: str, record: Mapping[str, object]) -> None:
        """Puts a record under a key."""
        self.update({key: record})

    def update(self, records: Mapping[str, Mapping[str, object]], *, key_field: str | None = None) -> None:
        """Puts records under their keys. A key field is left out of the hashes and gives the keys."""
        given = {key: dict(record) for key, record in records.items()}
        call("tree_put", {"state": self._handle, "records": given, "key_field": key_field})

    def delete(self, key: str) -> bool:
        """Removes a key. Whether it was there."""
        removed: int = call("tree_remove", {"state": self._handle, "keys": [key]})
        return removed == 1

    def keys(self) -> list[str]:
        """The keys in order."""
        keys: list[str] = call("tree_keys", {"state": self._handle})
        return keys

    def _entry(self, key: str) -> dict[str, Any] | None:
        entry: dict[str, Any] | None = call("tree_get", {"state": self._handle, "keys": [key]})[0]
        return entry

    def get_hash(self, key: str) -> str | None:
        """The hash at a key in hexadecimal digits, None if the key is not there."""
        entry = self._entry(key)
        return None if entry is None else entry["hash"].hex()

    def get_record(self, key: str) -> dict[str, Any] | None:
        """The record at a key; None if there is none, or only its hash is known."""
        entry = self._entry(key)
        return None if entry is None else entry["record"]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._entry(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        length: int = self._info()["len"]
        return length

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = call("tree_info", {"state": self._handle})
        return info

    @property
    def root_hash(self) -> str:
        """The root over the record hashes alone, as other writers of version 1 compute it."""
        root: str = self._info()["root"]
        return root

    @property
    def keyed_root(self) -> bytes:
        """The root that covers keys too."""
        root: bytes = self._info()["keyed_root"]
        return root

    @property
    def height(self) -> int:
        """Levels of the tree, 0 when it is empty."""
        height: int = self._info()["height"]
        return height

    @property
    def branching_factor(self) -> int:
        """Up to how many children a node has."""
        factor: int = self._info()["branching_factor"]
        return factor

    def diff(self, other: Self) -> MerkleDiff:
        """How the other tree differs from this one, which is the left one."""
        return MerkleDiff.from_dict(call("tree_diff", {"state": self._handle, "other": handle_of(other)}))

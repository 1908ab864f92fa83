"""Merkle trees with the signatures of the original package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from . import _trees
from ._compat import Documented
from ._library import call
from ._trees import MerkleDiff

__all__ = ["MerkleDiff", "MerkleNode", "MerkleTree", "compare_datasets", "merkle_diff"]


@dataclass
class MerkleNode:
    """A node of a tree: its hash, the range of keys below it and how many there are."""

    hash: str
    children: list[MerkleNode] | None = None
    key_range: tuple[str, str] | None = None
    count: int = 0

    @property
    def is_leaf(self) -> bool:
        """Whether it has no children."""
        return not self.children

    def to_dict(self) -> dict[str, Any]:
        """The members by name; what is empty is left out."""
        members: dict[str, Any] = {"hash": self.hash, "count": self.count}
        if self.key_range is not None:
            members["key_range"] = list(self.key_range)
        if self.children:
            members["children"] = [child.to_dict() for child in self.children]
        return members

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The node of such a dictionary."""
        children = [cls.from_dict(child) for child in d.get("children") or ()]
        keys = d.get("key_range")
        return cls(d["hash"], list(children) or None, None if keys is None else (keys[0], keys[1]), d.get("count", 0))


class MerkleTree(Documented, _trees.MerkleTree):
    """Hashes of records by key."""

    __slots__ = ()

    def __new__(cls, branching_factor: int = 16) -> Self:
        return cls._make(None, branching_factor=branching_factor)

    @classmethod
    def from_records(cls, records: list[dict[str, Any]], key: str, branching_factor: int = 16) -> Self:
        """The tree of records, which carry their keys in a field; the field is left out of the hashes."""
        self = cls(branching_factor)
        self.update({call("py_str", record.get(key)): record for record in records}, key_field=key)
        return self

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self)

    @property
    def root(self) -> MerkleNode | None:
        """The root with hash, keys and count, without the nodes below it; None for an empty tree."""
        keys = self.keys()
        return MerkleNode(self.root_hash, None, (keys[0], keys[-1]), len(keys)) if keys else None

    def contains(self, key: str) -> bool:
        """Whether there is a record under a key."""
        return key in self

    def __repr__(self) -> str:
        return f"MerkleTree(size={self.size}, hash={self.root_hash[:12]}...)"


def merkle_diff(tree_a: MerkleTree, tree_b: MerkleTree) -> MerkleDiff:
    """How two trees differ."""
    return tree_a.diff(tree_b)


def compare_datasets(
    records_a: list[dict[str, Any]], records_b: list[dict[str, Any]], key: str = "id", branching_factor: int = 16
) -> MerkleDiff:
    """How two lists of records differ, by their trees."""
    left = MerkleTree.from_records(records_a, key, branching_factor)
    return left.diff(MerkleTree.from_records(records_b, key, branching_factor))

"""Finding duplicates, with the signatures of the original package. The module itself can be called: it is
``dedup_list`` then."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from ._compat import refuse
from ._library import call
from ._sketches import MinHash

__all__ = ["DedupIndex", "MinHashDedup", "dedup_list", "dedup_records"]

# Characters of the pieces that MinHash signatures are made of.
_PIECE = 3


def dedup_list(
    items: list[str], method: str = "exact", threshold: float = 0.85, key: Callable[[str], str] | None = None
) -> tuple[list[str], list[int]]:
    """The first of each group of equal (``exact``) or similar (``fuzzy``) texts, and the places of the others.

    ``key`` gives the text by which an item is compared.
    """
    texts = items if key is None else [key(item) for item in items]
    found = call("dedup_list", {"items": texts, "method": method, "threshold": threshold})
    others = set(found["duplicates"])
    return [item for place, item in enumerate(items) if place not in others], found["duplicates"]


def dedup_records(
    records: list[dict[str, Any]], columns: list[str] | None = None, method: str = "exact", threshold: float = 0.85
) -> tuple[list[dict[str, Any]], int]:
    """The first of each group of records whose columns (all if none are named) read the same, and how many were left
    out.

    With ``fuzzy`` the texts of the columns, with blanks between them, are similar.
    """
    if method == "exact":
        found = call("dedup_records", {"records": records, "columns": columns})
        return found["unique"], found["removed"]
    texts = [" ".join(call("py_str", record.get(name)) for name in columns or record) for record in records]
    others = set(dedup_list(texts, method, threshold)[1])
    return [record for place, record in enumerate(records) if place not in others], len(others)


class DedupIndex:
    """Texts that were seen, by their hashes. Two indices merge."""

    def __init__(self, node_id: str = "default") -> None:
        self.node_id = node_id
        # The normalised text of each hash.
        self._texts: dict[str, str] = {}

    @property
    def size(self) -> int:
        """How many different texts were seen."""
        return len(self._texts)

    def _enter(self, text: str) -> bool:
        found = call("dedup_normalize", text)
        is_new = found["exact_hash"] not in self._texts
        self._texts.setdefault(found["exact_hash"], found["normalized"])
        return is_new

    def add_exact(self, text: str) -> bool:
        """Adds a text. Whether no equal one was seen."""
        return self._enter(text)

    def add_fuzzy(self, text: str, threshold: float = 0.85) -> tuple[bool, str | None]:
        """Adds a text unless a similar one was seen. Whether it was added, and the hash of the similar one."""
        normalized = call("dedup_normalize", text)["normalized"]
        for known, other in self._texts.items():
            if call("dedup_dice", {"a": normalized, "b": other}) >= threshold:
                return False, known
        return self._enter(text), None

    def merge(self, other: DedupIndex) -> DedupIndex:
        """The texts of both, as a new index."""
        joined = DedupIndex(self.node_id)
        joined._texts = {**other._texts, **self._texts}
        return joined


class MinHashDedup:
    """Drops texts that share many pieces with one that was seen, by signatures of ``num_hashes`` numbers."""

    def __init__(self, num_hashes: int = 200, threshold: float = 0.5) -> None:
        if num_hashes < 1:
            raise refuse("BAD_ARGUMENT", "a signature has one number or more")
        self.num_hashes = num_hashes
        self.threshold = threshold
        self._seen: list[MinHash] = []

    def _signature(self, text: str) -> MinHash:
        normalized = call("dedup_normalize", text)["normalized"]
        signature = MinHash(length=self.num_hashes)
        signature.add_all(normalized[place : place + _PIECE] for place in range(max(1, len(normalized) - _PIECE + 1)))
        return signature

    def add(self, item: object, text: str) -> bool:
        """Adds an item by its text. Whether it is like none that was seen."""
        signature = self._signature(text)
        if any(signature.similarity(other) >= self.threshold for other in self._seen):
            return False
        self._seen.append(signature)
        return True

    def dedup(self, items: list[Any], text_fn: Callable[[Any], str]) -> list[Any]:
        """The items that are like none before them."""
        return [item for item in items if self.add(item, text_fn(item))]


class _Callable(types.ModuleType):
    """The class of this module."""

    def __call__(
        self,
        items: list[str],
        method: str = "exact",
        threshold: float = 0.85,
        key: Callable[[str], str] | None = None,
    ) -> tuple[list[str], list[int]]:
        """See ``dedup_list``."""
        return dedup_list(items, method, threshold, key)


sys.modules[__name__].__class__ = _Callable

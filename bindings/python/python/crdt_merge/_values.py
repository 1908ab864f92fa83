"""Classes for what Python's own values do not tell apart."""

from __future__ import annotations

import struct
from typing import Any


class Tuple(tuple[Any, ...]):
    """A tuple that stays one. Plain tuples cross as lists; only the reference's sketches and texts know the
    difference."""

    __slots__ = ()


class Typed:
    """A map key or set member that Python would take for another one.

    Values have typed equality: 1, 1.0 and True are three keys, 0.0 and -0.0 two. Where a result holds several of
    those, the first is a plain one and the others are wrapped. In arguments a wrapped value stands for the value
    itself.
    """

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def _identity(self) -> tuple[type, object]:
        value = self.value
        return type(value), struct.pack("<d", value) if isinstance(value, float) else value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Typed) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return f"Typed({self.value!r})"

"""Values as bytes and as text."""

from __future__ import annotations

from typing import Any

from ._library import call
from ._states import Frame

__all__ = ["compare_keys", "decode", "encode", "json_text", "order_text", "quoted", "text"]


def encode(value: object) -> bytes:
    """The compact bytes of a value."""
    encoded: bytes = call("value_encode", value)
    return encoded


def decode(encoded: Frame) -> Any:
    """The one value that fills the bytes."""
    return call("value_decode", encoded)


def text(value: object) -> str:
    """The display text: text as it stands, everything else as ``quoted``."""
    shown: str = call("py_str", value)
    return shown


def quoted(value: object) -> str:
    """The quoted text, the input of every hash over values. The same in every language."""
    shown: str = call("py_repr", value)
    return shown


def order_text(value: object) -> str:
    """The display text with the members of every map sorted, by which table cells are ordered."""
    shown: str = call("order_text", value)
    return shown


def json_text(
    value: object,
    *,
    sort_keys: bool = False,
    indent: int | None = None,
    non_finite: str = "error",
    other: str = "error",
) -> str:
    """JSON text. ``non_finite`` is ``literal`` or ``error`` for NaN and infinities, ``other`` is ``py_str`` or
    ``error`` for bytes and sets."""
    options = {"sort_keys": sort_keys, "indent": indent, "non_finite": non_finite, "other": other}
    shown: str = call("json_text", {"value": value} | options)
    return shown


def compare_keys(a: object, b: object) -> int:
    """-1, 0 or 1: how two table keys compare."""
    order: int = call("key_order", {"a": a, "b": b})
    return order

"""Text of values (text.md 1 to 4) and JSON writing (text.md 6)."""

import math
from bisect import bisect_right

from .registry import NONPRINTABLE, Refusal, require
from .values import Map, Set, sorted_members

_STARTS = [first for first, _ in NONPRINTABLE]
_BLANK_ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r"}

def py_str(value):
    """The display text of a value."""
    return value if isinstance(value, str) else py_repr(value)

def py_repr(value):
    """The quoted text of a value."""
    if value is None or isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, str):
        return _quoted_text(value)
    if isinstance(value, bytes):
        return _quoted_bytes(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(py_repr, value)) + "]"
    if isinstance(value, Map):
        return "{" + ", ".join(f"{py_repr(key)}: {py_repr(item)}" for key, item in value.items()) + "}"
    members = sorted(map(py_repr, value.members()))
    return "{" + ", ".join(members) + "}" if members else "set()"

def float_text(number):
    """The shortest digits that read back to the number; Python's own text has the form asked for."""
    return "nan" if math.isnan(number) else repr(number)

def _nonprintable(code):
    at = bisect_right(_STARTS, code) - 1
    return at >= 0 and code <= NONPRINTABLE[at][1]

def _quote(has_single, has_double):
    return '"' if has_single and not has_double else "'"

def _quoted_text(text):
    quote = _quote("'" in text, '"' in text)
    return quote + "".join(_shown(char, quote) for char in text) + quote

def _shown(char, quote):
    code = ord(char)
    if char in (quote, "\\"):
        return "\\" + char
    if code in _BLANK_ESCAPES:
        return _BLANK_ESCAPES[code]
    if not _nonprintable(code):
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

def _quoted_bytes(data):
    quote = _quote(b"'" in data, b'"' in data)
    return "b" + quote + "".join(_shown_byte(byte, quote) for byte in data) + quote

def _shown_byte(byte, quote):
    if chr(byte) in (quote, "\\"):
        return "\\" + chr(byte)
    if byte in _BLANK_ESCAPES:
        return _BLANK_ESCAPES[byte]
    return chr(byte) if 0x20 <= byte <= 0x7E else f"\\x{byte:02x}"

# JSON -------------------------------------------------------------------------------------------
_JSON_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}

def json_text(value):
    """JSON text as payloads of frames have it: stored order, one line, NaN and infinities as literals."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _json_float(value)
    if isinstance(value, str):
        return '"' + "".join(map(_json_char, value)) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    require(isinstance(value, Map), "BAD_VALUE", "a kind JSON has not")
    return "{" + ", ".join(f"{_json_key(key)}: {json_text(item)}" for key, item in value.items()) + "}"

def _json_float(number):
    if math.isfinite(number):
        return float_text(number)
    return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")

def _json_key(key):
    if isinstance(key, bytes):
        raise Refusal("BAD_VALUE", "bytes as a member name")
    return json_text(key) if isinstance(key, str) else f'"{json_text(key)}"'

def _json_char(char):
    if char in _JSON_ESCAPES:
        return _JSON_ESCAPES[char]
    code = ord(char)
    if 0x20 <= code <= 0x7E:
        return char
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

def fit_for_json(value):
    """A value of a report with what JSON has not replaced (reports.md)."""
    if isinstance(value, bytes):
        return py_repr(value)
    if isinstance(value, Set):
        return [fit_for_json(member) for member in sorted_members(value)]
    if isinstance(value, list):
        return [fit_for_json(item) for item in value]
    if isinstance(value, Map):
        return Map((py_str(key), fit_for_json(item)) for key, item in value.items())
    return value

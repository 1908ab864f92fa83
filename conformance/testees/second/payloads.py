"""Reading of JSON and MessagePack payloads (text.md 7 and 8)."""

import re
import sys

from .registry import LIMITS, require
from .values import Map, Reader, utf8

sys.set_int_max_str_digits(0)  # integers of reports have any size

_BLANKS = re.compile(rb"[ \t\n\r]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_HEX = re.compile(rb"[0-9a-fA-F]{4}")
_LITERALS = {
    b"null": None, b"true": True, b"false": False,
    b"NaN": float("nan"), b"Infinity": float("inf"), b"-Infinity": float("-inf"),
}  # fmt: skip
_ESCAPES = dict(zip(b'"\\/bfnrt', '"\\/\b\f\n\r\t'))

def read_payload(data, max_depth=None):
    """The value of a payload of the tags 0x40 to 0x55."""
    depth = LIMITS["depth"] if max_depth is None else max_depth
    if data[:1] and (0x80 <= data[0] <= 0x8F or data[0] in (0xDE, 0xDF)):
        return MessagePack(data, depth).whole()
    return Json(data, depth).whole()

class Json:
    """A reader of JSON text; the first fault in reading order is the error."""

    def __init__(self, data, max_depth):
        self.data, self.max_depth = data, max_depth
        self.at = 3 if data.startswith(b"\xef\xbb\xbf") else 0

    def whole(self):
        value = self.value(0)
        self.match(_BLANKS)
        require(self.at == len(self.data), "BAD_JSON")
        return value

    def match(self, pattern):
        found = pattern.match(self.data, self.at)
        if found:
            self.at = found.end()
        return found

    def skip(self, expected):
        """Whether the next bytes are these; they are passed if so."""
        if not self.data.startswith(expected, self.at):
            return False
        self.at += len(expected)
        return True

    def value(self, opened):
        self.match(_BLANKS)
        if self.skip(b'"'):
            return self.text()
        if self.skip(b"["):
            return self.sequence(opened, b"]", self.value, list)
        if self.skip(b"{"):
            return self.sequence(opened, b"}", self.pair, Map)
        for literal, meaning in _LITERALS.items():
            if self.skip(literal):
                return meaning
        return self.number()

    def number(self):
        found = self.match(_NUMBER)
        require(found, "BAD_JSON")
        return float(found[0]) if found[1] or found[2] else int(found[0])

    def sequence(self, opened, end, item, collect):
        require(opened < self.max_depth, "TOO_DEEP")
        return collect(self.items(opened + 1, end, item))

    def items(self, opened, end, item):
        self.match(_BLANKS)
        if self.skip(end):
            return
        while True:
            yield item(opened)
            self.match(_BLANKS)
            if self.skip(end):
                return
            require(self.skip(b","), "BAD_JSON")

    def pair(self, opened):
        self.match(_BLANKS)
        require(self.skip(b'"'), "BAD_JSON")
        name = self.text()
        self.match(_BLANKS)
        require(self.skip(b":"), "BAD_JSON")
        return name, self.value(opened)

    def text(self):
        """Text after its opening quote."""
        parts = []
        while True:
            parts.append(utf8(self.match(_PLAIN)[0]))
            if self.skip(b'"'):
                return "".join(parts)
            require(self.skip(b"\\"), "BAD_JSON")
            parts.append(self.escape())

    def escape(self):
        if self.skip(b"u"):
            return self.unicode_escape()
        code = self.data[self.at] if self.at < len(self.data) else None
        require(code in _ESCAPES, "BAD_JSON")
        self.at += 1
        return _ESCAPES[code]

    def unicode_escape(self):
        unit = self.hex_unit()
        require(not 0xDC00 <= unit < 0xE000, "BAD_JSON", "half a surrogate pair")
        if not 0xD800 <= unit < 0xDC00:
            return chr(unit)
        low = self.hex_unit() if self.skip(b"\\u") else 0
        require(0xDC00 <= low < 0xE000, "BAD_JSON", "half a surrogate pair")
        return chr(0x10000 + ((unit - 0xD800) << 10) + low - 0xDC00)

    def hex_unit(self):
        found = self.match(_HEX)
        require(found, "BAD_JSON")
        return int(found[0], 16)

class MessagePack(Reader):
    """A reader of MessagePack."""

    FIXED = {0xC0: None, 0xC2: False, 0xC3: True}
    NUMBERS = dict(zip(range(0xCA, 0xD4), ("f", "d", "B", "H", "I", "Q", "b", "h", "i", "q")))
    COUNTED = {0xC4: ("bin", "B"), 0xC5: ("bin", "H"), 0xC6: ("bin", "I"),
               0xD9: ("str", "B"), 0xDA: ("str", "H"), 0xDB: ("str", "I"),
               0xDC: ("array", "H"), 0xDD: ("array", "I"), 0xDE: ("map", "H"), 0xDF: ("map", "I")}  # fmt: skip

    too_short = "BAD_JSON"

    def whole(self):
        value = self.value(0)
        require(self.left() == 0, "BAD_JSON")
        return value

    def value(self, opened):
        first = self.take(1)[0]
        if first < 0x80 or first >= 0xE0:
            return first if first < 0x80 else first - 0x100
        if first in self.FIXED:
            return self.FIXED[first]
        if first in self.NUMBERS:
            return self.number(self.NUMBERS[first])
        return self.counted(*self.shape(first), opened)

    def shape(self, first):
        """Kind and count of what a byte begins."""
        if first < 0xA0:
            return ("map" if first < 0x90 else "array"), first & 15
        if first < 0xC0:
            return "str", first & 31
        require(first in self.COUNTED, "BAD_JSON")
        kind, form = self.COUNTED[first]
        return kind, self.number(form)

    def counted(self, kind, count, opened):
        if kind in ("bin", "str"):
            data = self.take(count)
            return utf8(data) if kind == "str" else bytes(data)
        require(opened < self.max_depth, "TOO_DEEP")
        require(count * (2 if kind == "map" else 1) <= self.left(), "BAD_JSON")
        inside = opened + 1
        if kind == "array":
            return [self.value(inside) for _ in range(count)]
        pairs = [(self.value(inside), self.value(inside)) for _ in range(count)]
        return Map(pairs)  # only now are keys judged

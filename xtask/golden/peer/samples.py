"""Random values, texts, node names and stamps, chosen to meet the borders and to collide on purpose."""

import random

I64_MAX = 2**63 - 1
I64_MIN = -(2**63)

NODES = ["a", "b", "c", "node-7", "Zoë", "\u0130stanbul", "\U0001f600", "数据", "a#1", "with space"]

TEXTS = [
    "",
    "x",
    "plain text",
    "1",
    "1.0",
    "None",
    "true",
    "é",
    "e\u0301",
    "\u0130",
    "\u00df\ufb00",
    "\U0001f469\u200d\U0001f680",
    "\U0010ffff",
    "\uffff",
    "\u2028\u00a0\u200b",
    "\x00\x1f\x7f\x80",
    "\"quoted\" \\ 'both'",
    "tab\tline\nreturn\r",
    "a|b=c",
    "long " * 40,
]

INTEGERS = [0, 1, -1, 127, 128, -128, -129, 2**31, 2**53 + 1, -(2**53) - 1, I64_MAX, I64_MIN]

FLOATS = [
    0.0,
    -0.0,
    1.0,
    1.5,
    -2.25,
    0.1,
    1e16,
    1e-5,
    5e-324,
    1.7976931348623157e308,
    9.223372036854775807e18,
    float("inf"),
    float("-inf"),
    float("nan"),
]

BYTES = [b"", b"\x00", b"\xff\xfe", b"plain", bytes(range(40))]

STAMPS = [1, 1.0, 2, 2.5, 7, 7.0, -3, -0.5, 1700000000, 1700000000.25, 2**53 + 1, float(2**53)]

BORDER_STAMPS = [0, 0.0, I64_MAX, I64_MIN, 9.223372036854775807e18, -9.223372036854775808e18]

DEEP_LIST = [[[["deep", 1]], 2.5], {"inner": [{"x": [None]}]}]
DEEP_MAP = {"one": {"two": {"three": {"four": [1, 2]}}}}

FORCED = [
    None,
    True,
    False,
    0,
    I64_MAX,
    I64_MIN,
    1.5,
    float("nan"),
    -0.0,
    float("-inf"),
    "",
    "\u0130\u00e9\U0001f600",
    b"",
    b"\x00\xff",
    [],
    DEEP_LIST,
    {},
    DEEP_MAP,
    set(),
    {1, 2.5, "two", None},
]


BIG = [10**25, 2**63, 2**64, -(2**63) - 1, 2**53 * 10**9]


class Sampler:
    """All chance of one generated item; equal (seed, kind, index) give equal samples everywhere."""

    def __init__(self, seed, kind, index):
        self.random = random.Random(f"{seed}/{kind}/{index}")
        self.index = index
        self.kind = kind
        self.pending = [FORCED[index % len(FORCED)]] if index % 3 else []
        self.big = False

    def chance(self, share):
        """True in the given share of calls."""
        return self.random.random() < share

    def choice(self, options):
        """One of the options."""
        return self.random.choice(options)

    def below(self, bound):
        """An integer from 0 to bound - 1."""
        return self.random.randrange(bound)

    def between(self, low, high):
        """An integer from low to high, both included."""
        return self.random.randint(low, high)

    def node(self):
        """A node name; half of them from a small set so that replicas meet."""
        return self.choice(NODES[:4] if self.chance(0.5) else NODES)

    def text(self):
        """A text of any script, with the characters that break careless writers."""
        if self.chance(0.7):
            return self.choice(TEXTS)
        alphabet = "abcxyz 09_éßñ中\u0130\U0001f600\u00a0\"\\'\n"
        return "".join(self.choice(alphabet) for _ in range(self.below(12)))

    def integer(self):
        """An integer inside 64 bits, small or at a border; wider ones where `big` allows them."""
        if self.big and self.chance(0.2):
            return self.choice(BIG)
        if self.chance(0.5):
            return self.choice(INTEGERS)
        return self.between(-1000, 1000) if self.chance(0.5) else self.between(I64_MIN, I64_MAX)

    def float(self):
        """A double, now and then one without a finite value."""
        if self.chance(0.6):
            return self.choice(FLOATS)
        return self.random.uniform(-1e6, 1e6)

    def stamp(self):
        """A finite stamp in seconds, integer or float, zero and negative included."""
        return self.choice(BORDER_STAMPS if self.chance(0.1) else STAMPS)

    def scalar(self, json_only=False):
        """A value without members."""
        makers = [lambda: None, lambda: self.chance(0.5), self.integer, self.float, self.text]
        if not json_only:
            makers.append(lambda: self.choice(BYTES))
        return self.choice(makers)()

    def value(self, json_only=False, depth=0):
        """Any value a user may store; `json_only` leaves out what JSON cannot carry."""
        if self.pending and fits_json(self.pending[0], json_only):
            return self.pending.pop()
        if depth >= 4 or self.chance(0.6):
            return self.scalar(json_only)
        return self.container(json_only, depth)

    def container(self, json_only, depth):
        """A list, map or (outside JSON) set."""
        size = self.choice([0, 1, 1, 2, 3])
        which = self.below(2 if json_only else 3)
        if which == 0:
            return [self.value(json_only, depth + 1) for _ in range(size)]
        if which == 1:
            return {self.map_key(json_only): self.value(json_only, depth + 1) for _ in range(size)}
        return self.unambiguous_set(size)

    def map_key(self, json_only):
        """A key of a user's map: text for JSON, any scalar but NaN otherwise."""
        if json_only or self.chance(0.7):
            return self.text()
        key = self.scalar()
        return "nan" if key != key else key

    def unambiguous_set(self, size):
        """A set whose members all have different texts, so that the reference can order it."""
        members = {}
        for _ in range(size + 1):
            member = self.scalar()
            members.setdefault(str(member), member)
        return set(members.values())

    def record(self, key_field, key, json_only):
        """A row: the key field first, then up to three columns."""
        row = {key_field: key}
        for column in self.random.sample(["v", "näme", "tags", "n", ""], self.below(4)):
            row[column] = self.value(json_only)
        return row


def fits_json(value, json_only):
    """Whether a forced value may be used: JSON carries neither bytes nor sets."""
    return not (json_only and isinstance(value, (bytes, set)))

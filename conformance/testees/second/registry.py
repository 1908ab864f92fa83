"""What the registries of the specification say: errors, type tags, limits, character tables."""

import tomllib
from pathlib import Path

SPEC = Path(__file__).resolve().parents[3] / "spec"

class Refusal(Exception):
    """An input is refused with a code of spec/errors.toml."""

    def __init__(self, code, message=""):
        super().__init__(message or code)
        self.code = code

def require(condition, code, message=""):
    """Refuses with the code unless the condition holds."""
    if not condition:
        raise Refusal(code, message)

def load(name):
    """One registry file as a dictionary."""
    with open(SPEC / name, "rb") as file:
        return tomllib.load(file)

TAGS = {row["tag"]: row for row in load("tags.toml")["tag"]}
TAG_OF_NAME = {row["name"]: tag for tag, row in TAGS.items()}
LIMITS = {row["name"]: row["value"] for row in load("limits.toml")["limit"]}
NONPRINTABLE = load("data/python_text_tables.toml")["nonprintable"]

I64_MIN, I64_MAX, U64_MAX = -(2**63), 2**63 - 1, 2**64 - 1

def has_join(tag):
    return TAGS[tag]["role"] == "state"

def name_of(tag):
    """The name of a tag; what has none is called generic."""
    return TAGS[tag]["name"] if tag in TAGS else "generic"

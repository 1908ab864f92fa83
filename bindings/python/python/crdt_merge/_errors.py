"""One exception per error code, built from the registry of codes.

``CrdtError`` is the base of all. Each family has a class that also extends a built-in exception, and a code whose
built-in exception differs from its family's has a class of its own, so ``except OverflowError`` catches
``OUT_OF_RANGE``.
"""

from __future__ import annotations

import builtins

from ._generated import CODES, FAMILIES


class CrdtError(Exception):
    """What an operation refused, and why.

    ``code`` is stable text to decide by, ``message`` one line for people, ``detail`` says more by name (``offset``,
    ``path``, ``expected``, ``found``, …).
    """

    def __init__(self, code: str, message: str, detail: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.detail = dict(detail or {})

    @property
    def remedy(self) -> str:
        """What helps against errors of this code, for people; empty for a code that this version does not know."""
        entry = CODES.get(self.code)
        return "" if entry is None else entry[3]

    def __str__(self) -> str:
        more = ", ".join(f"{name}: {value}" for name, value in self.detail.items())
        return f"{self.code}: {self.message}" + (f" ({more})" if more else "")

    def __reduce__(self) -> tuple[object, ...]:
        return error_of, (self.code, self.message, self.detail)


def _extended(name: str, base: type[CrdtError], builtin: str, meaning: str) -> type[CrdtError]:
    bases = (base, getattr(builtins, builtin))
    return type(name, bases, {"__doc__": meaning, "__module__": "crdt_merge"})


def _class_of_code(code: str, family: str, builtin: str | None, meaning: str, _remedy: str) -> type[CrdtError]:
    if builtin is None:
        return FAMILY_CLASSES[family]
    name = "".join(word.capitalize() for word in code.split("_")) + "Error"
    return _extended(name, FAMILY_CLASSES[family], builtin, meaning)


FAMILY_CLASSES: dict[str, type[CrdtError]] = {
    family: _extended(name, CrdtError, builtin, f"Errors of the family {family}.")
    for family, (name, builtin) in FAMILIES.items()
}

CODE_CLASSES: dict[str, type[CrdtError]] = {code: _class_of_code(code, *entry) for code, entry in CODES.items()}


def error_of(code: str, message: str, detail: dict[str, str] | None = None) -> CrdtError:
    """The exception for a code; one that this version does not know is a plain ``CrdtError``."""
    return CODE_CLASSES.get(code, CrdtError)(code, message, detail)

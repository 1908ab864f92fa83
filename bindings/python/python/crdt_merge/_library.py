"""The loaded library: that it is the right one, and how it is called."""

from __future__ import annotations

from . import _generated, _native
from ._errors import error_of

# Steps of a job between two looks at the interpreter: some milliseconds.
STEP_BUDGET = 4096


def check_abi(found: str, expected: str) -> None:
    """Refuses a native module that was built from other tables than these files."""
    if found != expected:
        message = f"the native module has ABI {found}, these Python files need {expected}; install the package again"
        raise error_of("ABI_MISMATCH", message, {"expected": expected, "found": found})


check_abi(_native.ABI, _generated.ABI)

call = _native.call

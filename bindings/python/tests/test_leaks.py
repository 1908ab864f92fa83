"""Memory after many rounds, measured in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

# KiB that the second of two long runs may leave behind.
ALLOWED = 1_024


def measured(case: str) -> tuple[int, int]:
    """Growth in KiB, and handles left open."""
    script = Path(__file__).with_name("leaks.py")
    run = subprocess.run([sys.executable, str(script), case], capture_output=True, text=True, check=True, timeout=500)
    growth, handles = run.stdout.split()
    return int(growth), int(handles)


@pytest.mark.parametrize("case", ["states", "errors", "sessions", "laws", "counters"])
def test_nothing_leaks(case: str) -> None:
    growth, handles = measured(case)
    assert handles == 0 and growth < ALLOWED, f"{growth} KiB, {handles} handles"


def test_a_planted_leak_is_caught() -> None:
    growth, handles = measured("planted")
    assert handles == 11_000 and growth >= ALLOWED

"""Every operation with arguments that it was not made for: a result or a ``CrdtError``, and nothing else."""

import contextlib
import itertools
from typing import Any

import pytest

from crdt_merge import CrdtError, LWWMap, PNCounter, Replica, SyncSession, Tuple, Typed
from crdt_merge._generated import OPERATIONS
from crdt_merge._native import call

HERE = Replica("here")
COUNTER, MAP = PNCounter(HERE), LWWMap(HERE)
SESSION = SyncSession(MAP)
FRAME = COUNTER.encode()

AWKWARD: list[Any] = [
    None, True, 0, -1, 2**63, 1.5, float("nan"), "", "text", b"", FRAME, FRAME[:-1], [], [FRAME, FRAME], [[1], {}], {},
    {1: 2}, {"a": {1, 2}}, set(), Tuple((1,)), Typed(1.0), COUNTER._handle, MAP._handle, HERE._handle, SESSION._handle,
]  # fmt: skip
MEMBERS = (
    "state", "other", "replica", "session", "job", "frame", "frames", "value", "values", "items", "keys", "entries",
    "at", "amount", "node", "kind", "summary", "summaries", "records", "key", "message", "name", "text", "a", "b",
    "type",
)  # fmt: skip

# These end what the others need.
LEFT_OUT = {"handle_close", "replica_close"}


def tolerated(operation: str, argument: Any) -> None:
    with contextlib.suppress(CrdtError):
        call(operation, argument)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in LEFT_OUT])
def test_no_argument_breaks_anything(operation: str) -> None:
    for argument in AWKWARD:
        tolerated(operation, argument)
        tolerated(operation, dict.fromkeys(MEMBERS, argument))
    for handle, argument in itertools.product((COUNTER._handle, MAP._handle), AWKWARD):
        owner = {"state": handle, "other": handle, "replica": HERE._handle, "session": SESSION._handle}
        tolerated(operation, dict.fromkeys(MEMBERS, argument) | owner)


def test_the_objects_still_work() -> None:
    before = COUNTER.value
    COUNTER.increment(amount=2)
    assert COUNTER.value == before + 2
    MAP["after"] = 1
    assert MAP["after"] == 1

"""Makes, uses and drops objects many times, in a process of its own; prints how much memory that left behind.

``python leaks.py CASE`` runs a case 1,000 and then 10,000 times and prints the growth of the resident memory between
the two in KiB, and how many handles are open that were not open before.
"""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress

from crdt_merge import CrdtError, LWWMap, ORSet, PNCounter, Replica, SyncSession, check_laws
from crdt_merge._native import call

HERE = Replica("here")
# About 10 KiB each.
ENTRIES = {f"key {n}": "x" * 80 for n in range(100)}
FRAME = LWWMap(HERE)
FRAME.update(ENTRIES)
BYTES = FRAME.encode()
KEPT: list[LWWMap] = []


def states() -> None:
    state = LWWMap(HERE)
    state.update(ENTRIES)
    other = state.copy()
    other.merge_from(BYTES)
    assert (state | other).state_id and state.value and LWWMap.decode(state.encode())


def errors() -> None:
    for wrong in (BYTES[:-1], b"", BYTES + b"x"):
        with suppress(CrdtError):
            LWWMap.decode(wrong)
    with suppress(CrdtError):
        call("echo", {"deep": [object()] * 100})


def sessions() -> None:
    # A replica remembers the lines of writes it has begun, so this one goes too.
    replica = Replica()
    one, two = SyncSession(ORSet(replica, range(50))), SyncSession(ORSet(replica, range(60)))
    for message in one.start():
        two.receive(message)
    FRAME.copy().merge_job(BYTES).result()


def laws() -> None:
    assert not check_laws(lambda a, b: a, trials=2)


def counters() -> None:
    counter = PNCounter(Replica())
    counter.increment()
    counter.increment("a", 2)
    assert counter.value == 3


def planted() -> None:
    KEPT.append(FRAME.copy())


CASES: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (states, errors, sessions, laws, counters, planted)
}


def resident() -> int:
    """Resident memory in KiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4


def repeated(case: Callable[[], None], times: int) -> int:
    for _ in range(times):
        case()
    gc.collect()
    return resident()


if __name__ == "__main__":
    chosen = CASES[sys.argv[1]]
    before = call("handle_count", {})
    first = repeated(chosen, 1_000)
    print(repeated(chosen, 10_000) - first, call("handle_count", {}) - before)

"""One exception per code."""

import pickle
from typing import Any

import pytest

from crdt_merge import (
    CrdtError,
    CRDTVerificationError,
    GCounter,
    LWWMap,
    MergeError,
    ORSet,
    PNCounter,
    Replica,
    SyncSession,
    WireError,
    _native,
)
from crdt_merge._errors import CODE_CLASSES, FAMILY_CLASSES, error_of
from crdt_merge._generated import CODES, FAMILIES
from crdt_merge._library import check_abi
from crdt_merge._native import call


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_an_exception(code: str) -> None:
    family, builtin, meaning, remedy = CODES[code]
    error = error_of(code, meaning, {"found": "x"})
    assert isinstance(error, CrdtError) and isinstance(error, FAMILY_CLASSES[family])
    bases = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
    assert isinstance(error, bases[builtin or FAMILIES[family][1]])
    assert str(error) == f"{code}: {meaning} (found: x)" and error.remedy == remedy
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.message, again.detail) == (type(error), code, meaning, {"found": "x"})


def test_a_code_of_a_newer_library_is_an_exception_too() -> None:
    unknown = error_of("SOMETHING_NEW", "…")
    assert type(unknown) is CrdtError and unknown.remedy == ""
    assert len(CODE_CLASSES) == len(CODES)


def test_bytes_that_are_no_frame() -> None:
    with pytest.raises(WireError) as refused:
        PNCounter.decode(b"CRDT\x00\x01\x02")
    assert refused.value.code == "TOO_SHORT" and refused.value.detail["offset"] == "7"
    assert isinstance(refused.value, ValueError)


def test_states_that_do_not_merge(here: Replica) -> None:
    with pytest.raises(MergeError) as refused:
        PNCounter(here).merge_from(ORSet(here))
    assert refused.value.code == "TYPE_MISMATCH" and isinstance(refused.value, TypeError)
    with pytest.raises(MergeError):
        PNCounter.decode(ORSet(here).encode())


def test_a_state_without_a_replica_is_not_written() -> None:
    for write in (lambda: PNCounter().increment(), lambda: ORSet().add(1), lambda: LWWMap().set("a", 1)):
        with pytest.raises(MergeError) as refused:
            write()
        assert refused.value.code == "NO_REPLICA"


def test_arguments_of_the_wrong_kind(here: Replica) -> None:
    counter = PNCounter(here)
    for wrong in (True, 1.0, "1"):
        with pytest.raises(CrdtError) as refused:
            counter.increment(amount=wrong)  # type: ignore[arg-type]
        assert refused.value.code == "BAD_ARGUMENT"
    with pytest.raises(CrdtError):
        counter.increment(5)  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        counter.increment(amount=2**64)
    with pytest.raises(OverflowError):
        counter.decrement(amount=-(2**63))
    assert counter.value == 0


def test_names_are_no_replicas_and_numbers_no_states(here: Replica) -> None:
    wrong: Any = "laptop"
    calls = (lambda: GCounter(wrong), lambda: PNCounter(here).compare(wrong), lambda: SyncSession(wrong))
    for refused_call in (*calls, lambda: PNCounter(here).copy(wrong), lambda: PNCounter(here).merge(wrong)):
        with pytest.raises(CrdtError) as refused:
            refused_call()
        assert refused.value.code == "BAD_ARGUMENT"


def test_unknown_operations() -> None:
    with pytest.raises(CrdtError) as refused:
        call("fly", None)
    assert refused.value.code == "BAD_ARGUMENT"
    with pytest.raises(CrdtError):
        call(100_000, None)


def test_another_abi_is_refused_and_both_are_named() -> None:
    with pytest.raises(CrdtError) as refused:
        check_abi("aaaa", _native.ABI)
    assert refused.value.code == "ABI_MISMATCH"
    assert "aaaa" in str(refused.value) and _native.ABI in str(refused.value)


def test_closed_handles(here: Replica) -> None:
    here.close()
    with pytest.raises(CrdtError) as refused:
        here.now()
    assert refused.value.code == "CLOSED"
    assert issubclass(CRDTVerificationError, ValueError)

"""How values cross the border."""

import array
import enum
import struct
from typing import Any

import numpy
import pytest

from crdt_merge import CrdtError, HyperLogLog, LWWMap, LWWRegister, Replica, Tuple, Typed
from crdt_merge._native import call


def echo(value: object) -> Any:
    return call("echo", value)


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -(2**63), 2**63 - 1, 1.5, float("inf"), "é😀", b"\0\xff", [], {}, set(), [[1]]],
)
def test_values_come_back(value: object) -> None:
    back = echo(value)
    assert back == value and type(back) is type(value)


def test_wide_integers_cross_where_documents_have_them() -> None:
    for wide in (2**63, -(10**40)):
        assert call("py_repr", wide) == str(wide)


def test_floats_keep_their_bits() -> None:
    for bits in ("8000000000000000", "7ff8000000000001", "fff8000000000000"):
        assert struct.pack(">d", echo(struct.unpack(">d", bytes.fromhex(bits))[0])).hex() == bits


def test_what_extends_a_builtin_is_one() -> None:
    assert echo(Level.HIGH) == 3 and echo(numpy.float64(1.5)) == 1.5 and echo((1, 2)) == [1, 2]
    assert echo(frozenset([1])) == {1} and echo(bytearray(b"x")) == b"x" and echo(memoryview(b"xyz")[::2]) == b"xz"


def test_bool_is_never_int(here: Replica) -> None:
    register = LWWRegister(here)
    register.set(True)
    assert register.value is True
    register.set(1)
    assert type(register.value) is int


def test_keys_that_python_takes_for_equal_stay_apart() -> None:
    back = echo({Typed(1): "int", Typed(1.0): "float", Typed(True): "bool"})
    assert list(back.items()) == [(1, "int"), (Typed(1.0), "float"), (Typed(True), "bool")]
    assert echo({Typed(0.0), Typed(-0.0)}) == {-0.0, Typed(0.0)}
    assert repr(Typed(1)) == "Typed(1)" and Typed(1) != Typed(1.0) and Typed(1) != 1


def test_tuples_are_kept_where_they_are_asked_for() -> None:
    assert call("py_repr", Tuple((1, "a"))) == "(1, 'a')"
    assert call("py_repr", (1, "a")) == "[1, 'a']"


@pytest.mark.parametrize("value", [object(), 1j, print, Ellipsis, numpy.int64(3), numpy.zeros((2, 2)), "\ud800"])
def test_everything_else_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(TypeError) as refused:
        echo({"rows": [1, {"cell": value}]})
    assert isinstance(refused.value, CrdtError) and refused.value.code == "BAD_VALUE"
    assert refused.value.detail["path"] == ".rows[1].cell"
    assert type(value).__name__ in refused.value.detail["found"]


def test_circles_and_depth_are_refused() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(CrdtError) as refused:
        echo(circle)
    assert refused.value.code == "TOO_DEEP"


def test_integers_that_python_does_not_spell_are_refused() -> None:
    with pytest.raises(OverflowError):
        echo(10**5000)


def test_wide_integers_do_not_enter_states(here: Replica) -> None:
    with pytest.raises(OverflowError) as refused:
        LWWMap(here)["wide"] = 2**63
    assert isinstance(refused.value, CrdtError) and refused.value.code == "OUT_OF_RANGE"


def sketch_of(items: Any) -> str:
    sketch = HyperLogLog(precision=10)
    sketch.add_all(items)
    return sketch.state_id


@pytest.mark.parametrize("dtype", ["int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"])
def test_columns_of_integers_are_the_same_items(dtype: str) -> None:
    assert sketch_of(numpy.arange(100, dtype=dtype)) == sketch_of(list(range(100)))


def test_columns_of_all_sorts_are_the_same_items() -> None:
    floats = [0.5 * n for n in range(100)]
    texts = [f"item {n}" for n in range(100)]
    assert sketch_of(numpy.array(floats)) == sketch_of(array.array("d", floats)) == sketch_of(floats)
    assert sketch_of(numpy.array(floats, dtype="float32")) == sketch_of(floats)
    assert sketch_of(numpy.array(texts)) == sketch_of(numpy.array(texts, dtype=object)) == sketch_of(iter(texts))
    assert sketch_of(array.array("q", range(100))) == sketch_of(range(100)) == sketch_of(numpy.arange(200)[::2] // 2)
    assert sketch_of({1, 2}) == sketch_of([2, 1])
    with pytest.raises(CrdtError):
        sketch_of("text")


def test_answers_about_arrays_are_arrays() -> None:
    from crdt_merge import BloomFilter

    seen = BloomFilter(capacity=100)
    seen.add_all(["a", "b"])
    mask = seen.contains_all(numpy.array(["a", "c"]))
    assert mask.dtype == bool and mask.tolist() == [True, False]

"""What all states have in common."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from . import _native
from ._errors import error_of
from ._jobs import Job
from ._library import call
from ._replica import Replica

# The class of each kind that has one.
_CLASSES: dict[str, type[State]] = {}

Frame = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did: whether anything changed, how many conflicts and ties it decided, and the keys if they were
    asked for.

    It is true if something changed.
    """

    changed: bool
    conflicts: int
    ties: int
    changed_keys: list[str] | None = None

    def __bool__(self) -> bool:
        return self.changed


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did: whether it changed anything, and by how many microseconds a stamp is further ahead than its
    replica follows.

    It is true if something changed.
    """

    changed: bool
    clock_ahead: int | None = None

    def __bool__(self) -> bool:
        return self.changed


def handle_of(owner: Replica | State | None) -> int | None:
    """The handle that a call takes for an object that may be left out. Raises ``BAD_ARGUMENT`` for other objects."""
    if owner is None:
        return None
    if isinstance(owner, (Replica, State)):
        return owner._handle
    found = {"found": type(owner).__name__}
    raise error_of("BAD_ARGUMENT", "expected a replica or a state; for names see crdt_merge.core", found)


class State(_native.State):
    """Anything that merges. A state of a kind that this version does not know is a plain ``State``: it is carried and
    merges with its equal.

    ``merge_from`` and ``|=`` change the state, ``merge`` and ``|`` give a new one. ``==`` tells whether two states
    are equal; states change, so they have no hash. A state without a replica is read and merged; writing raises
    ``NO_REPLICA``.
    """

    __slots__ = ("replica",)
    KIND: ClassVar[str | None] = None
    replica: Replica | None

    def __init_subclass__(cls, kind: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if kind is not None:
            cls.KIND = kind
            _CLASSES[kind] = cls

    def __new__(cls, replica: Replica | None = None) -> Self:
        return cls._make(replica)

    @classmethod
    def _make(cls, replica: Replica | None, **parameters: object) -> Self:
        argument = {"kind": cls.KIND, "parameters": parameters, "replica": handle_of(replica)}
        return cls._adopt(call("state_new", argument), replica)

    @classmethod
    def _adopt(cls, handle: int, replica: Replica | None) -> Self:
        self = _native.State.__new__(cls, handle)
        self.replica = replica
        return self

    # Bytes ------------------------------------------------------------------------------------

    @classmethod
    def decode(
        cls,
        frame: Frame,
        replica: Replica | None = None,
        *,
        lenient: bool = False,
        max_inflated: int | None = None,
        max_depth: int | None = None,
    ) -> Self:
        """The state in a frame of either wire version, written by ``replica`` from here on.

        ``lenient`` reads what the reference reads; ``max_inflated`` bytes and ``max_depth`` open containers are its
        limits. Raises a ``WireError`` for bytes that are no frame, ``TYPE_MISMATCH`` for one of another kind,
        ``NOT_MERGEABLE`` for what is no state.
        """
        argument = {"frame": frame, "kind": cls.KIND, "replica": handle_of(replica), "lenient": lenient}
        handle = call("state_decode", argument | {"max_inflated": max_inflated, "max_depth": max_depth})
        return cls._adopt(handle, replica) if cls.KIND is not None else _of_any_kind(handle, replica)

    def encode(self, *, wire: int | None = None, compress: bool = False, trailer: bool = False) -> bytes:
        """The frame of the state: in wire version 1 or 2, else in that of its replica's peers, else 2.

        Raises ``NOT_IN_V1`` for a state that version 1 cannot hold.
        """
        argument = {"state": self._handle, "wire": wire, "compress": compress, "trailer": trailer}
        frame: bytes = call("state_encode", argument)
        return frame

    # Joins ------------------------------------------------------------------------------------

    def merge_from(self, other: State | Frame, *, keys: bool = False) -> MergeReport:
        """Joins another state, or the state in a frame, into this one. ``keys`` asks for the keys that changed.

        Raises ``TYPE_MISMATCH`` for another kind, ``PARAMETER_MISMATCH`` for sketches of another size,
        ``STALE_STATE`` for a state that was away for longer than compaction waited, and a ``WireError`` for bytes
        that are no frame. The state is unchanged then.
        """
        if isinstance(other, State):
            return MergeReport(**call("state_merge", {"state": self._handle, "other": handle_of(other), "keys": keys}))
        return MergeReport(**call("state_merge_frame", {"state": self._handle, "frame": other, "keys": keys}))

    def merge_job(self, frame: Frame, *, keys: bool = False) -> Job[MergeReport]:
        """The same for a large frame, in steps. The state changes when the result is taken, and not before."""
        argument = {"state": self._handle, "frame": frame, "keys": keys}
        return Job._adopt(call("state_merge_job", argument), lambda report: MergeReport(**report))

    def merge(self, other: Self) -> Self:
        """The join of two states as a new one, which this state's replica writes."""
        joined = self.copy()
        joined.merge_from(other)
        return joined

    def __or__(self, other: Self) -> Self:
        return self.merge(other) if isinstance(other, State) else NotImplemented

    def __ior__(self, other: Self | Frame) -> Self:
        self.merge_from(other)
        return self

    def copy(self, replica: Replica | None = None) -> Self:
        """A copy, written by ``replica``, else by this state's."""
        handle = call("state_copy", {"state": self._handle, "replica": handle_of(replica)})
        return self._adopt(handle, replica or self.replica)

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, _known: dict[int, object]) -> Self:
        return self.copy()

    def __reduce__(self) -> tuple[Callable[[bytes], State], tuple[bytes]]:
        return type(self).decode, (self.encode(wire=2),)

    # Comparing --------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        equal: bool = call("state_equal", {"state": self._handle, "other": handle_of(other)})
        return equal

    __hash__ = None  # type: ignore[assignment]

    def compare(self, other: Self) -> str:
        """``before``, ``after``, ``equal`` or ``concurrent``: how two states relate in the order of their joins."""
        relation: str = call("state_compare", {"state": self._handle, "other": handle_of(other)})
        return relation

    @property
    def state_id(self) -> str:
        """64 hexadecimal digits, equal exactly for equal states."""
        identity: str = call("state_identify", {"state": self._handle})
        return identity

    # Sync -------------------------------------------------------------------------------------

    def summary(self, *, last: int | None = None, symbols: int | None = None, salt: int | None = None) -> bytes:
        """What the state has, in few bytes: what a peer's ``delta_for`` and ``compact`` take."""
        summary: bytes = call("state_summary", {"state": self._handle, "last": last, "symbols": symbols, "salt": salt})
        return summary

    def delta_for(self, summary: Frame) -> bytes:
        """What the replica behind a summary lacks, as a frame."""
        delta: bytes = call("state_delta", {"state": self._handle, "summary": summary})
        return delta

    def compact(self, summaries: Sequence[Frame], *, last: int | None = None) -> int:
        """Drops what removals left behind, as far as every peer has it: the peers whose summaries are given are all
        there are.

        How much was dropped.
        """
        dropped: int = call("state_compact", {"state": self._handle, "summaries": list(summaries), "last": last})
        return dropped

    def salvage(self, other: Self) -> tuple[Self, list[Any]]:
        """What is left of this state that ``other`` refuses as stale, and the keys or elements that were left out."""
        left = call("state_salvage", {"state": self._handle, "other": handle_of(other)})
        return self._adopt(left["state"], self.replica), left["left_out"]

    # Reading ----------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """The name of the kind."""
        kind: str = call("state_info", {"state": self._handle})["kind"]
        return kind

    def describe(self) -> dict[str, Any]:
        """The members of the state by name, for people and tools."""
        members: dict[str, Any] = call("state_describe", {"state": self._handle})
        return members

    def _value(self) -> Any:
        return call("state_value", {"state": self._handle})

    def __repr__(self) -> str:
        has_value = hasattr(type(self), "value")
        shown = reprlib.repr(self._value()) if has_value else self.kind
        return f"<{type(self).__name__} {shown}>"


def _of_any_kind(handle: int, replica: Replica | None) -> Any:
    """The object for a handle whose kind is not known yet."""
    kind = call("state_info", {"state": handle})["kind"]
    return _CLASSES.get(kind, State)._adopt(handle, replica)


def decode(frame: Frame, replica: Replica | None = None, *, lenient: bool = False) -> State:
    """The state in a frame, as an object of the class of its kind; see ``State.decode``."""
    return State.decode(frame, replica, lenient=lenient)


def merge_all(states: Iterable[State]) -> State:
    """The join of one or more states as a new one. Raises ``ValueError`` for none."""
    joined: State | None = None
    for state in states:
        if joined is None:
            joined = state.copy()
        else:
            joined.merge_from(state)
    if joined is None:
        raise ValueError("one or more states are merged")
    return joined

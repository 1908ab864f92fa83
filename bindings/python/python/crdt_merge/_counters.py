"""Counters, flags and clocks."""

from __future__ import annotations

from . import _native
from ._library import call
from ._states import State


class GCounter(State, kind="g_counter"):
    """A counter that only grows. ``increment(node_id=None, amount=1)`` counts for its replica or in the name of an
    explicit node."""

    __slots__ = ()
    increment = _native.State._increment

    @property
    def value(self) -> int:
        """The sum of all slots."""
        value: int = self._value()
        return value

    def slots(self) -> dict[str, int]:
        """What was counted, by node or actor."""
        slots: dict[str, int] = call("counter_slots", {"state": self._handle})["positive"]
        return slots


class PNCounter(State, kind="pn_counter"):
    """A counter that grows and shrinks: ``increment`` and ``decrement`` take ``(node_id=None, amount=1)``."""

    __slots__ = ()
    increment = _native.State._increment
    decrement = _native.State._decrement

    @property
    def value(self) -> int:
        """What was added without what was taken."""
        value: int = self._value()
        return value

    def slots(self) -> tuple[dict[str, int], dict[str, int]]:
        """What was added and what was taken, by node or actor."""
        slots = call("counter_slots", {"state": self._handle})
        return slots["positive"], slots["negative"]


class BoundedCounter(State, kind="bounded_counter"):
    """A counter that never falls below zero: who takes needs rights, which come from adding and from transfers.

    ``increment`` and ``decrement`` take ``(node_id=None, amount=1)``; taking more than ``available`` raises
    ``OUT_OF_RANGE``.
    """

    __slots__ = ()
    increment = _native.State._increment
    decrement = _native.State._decrement

    @property
    def value(self) -> int:
        """What was added without what was taken."""
        value: int = self._value()
        return value

    @property
    def actor(self) -> str:
        """The actor that others transfer rights to."""
        actor: str = call("counter_rights", {"state": self._handle})["actor"]
        return actor

    @property
    def available(self) -> int:
        """How much this replica may take."""
        available: int = call("counter_rights", {"state": self._handle})["available"]
        return available

    def transfer(self, to: str, amount: int) -> None:
        """Hands rights to another replica's ``actor``. Raises ``OUT_OF_RANGE`` for more than are available."""
        call("counter_transfer", {"state": self._handle, "to": to, "amount": amount})


class _Flag(State):
    """What both flags do."""

    __slots__ = ()

    def enable(self) -> bool:
        """Switches the flag on. Whether the state changed."""
        changed: bool = call("flag_set", {"state": self._handle, "on": True})
        return changed

    def disable(self) -> bool:
        """Switches the flag off. Whether the state changed."""
        changed: bool = call("flag_set", {"state": self._handle, "on": False})
        return changed

    @property
    def value(self) -> bool:
        """Whether the flag is on."""
        value: bool = self._value()
        return value

    def __bool__(self) -> bool:
        return self.value


class EWFlag(_Flag, kind="ew_flag"):
    """A flag: switched on and off at the same time, it is on."""

    __slots__ = ()


class DWFlag(_Flag, kind="dw_flag"):
    """A flag: switched on and off at the same time, it is off."""

    __slots__ = ()


class VectorClock(State, kind="vector_clock"):
    """How many events of each node are known."""

    __slots__ = ()

    def tick(self, node_id: str | None = None) -> int:
        """Counts an event of the replica or of an explicit node. The node's count after it."""
        count: int = call("clock_tick", {"state": self._handle, "node": node_id})
        return count

    @property
    def value(self) -> dict[str, int]:
        """The counts by node or actor."""
        value: dict[str, int] = self._value()
        return value

    def get(self, node_id: str) -> int:
        """The count of a node, 0 if none is known."""
        return self.value.get(node_id, 0)


class DottedVersionVector(State, kind="dotted_version_vector"):
    """A version vector with one event beside it, the dot, that is not folded in yet."""

    __slots__ = ()

    def tick(self, node_id: str | None = None) -> int:
        """Folds the dot in and makes the next one, of the replica or of an explicit node. Its count."""
        count: int = call("clock_tick", {"state": self._handle, "node": node_id})
        return count

    @property
    def value(self) -> dict[str, int]:
        """The counts by node, with the dot folded in."""
        value: dict[str, int] = self._value()
        return value

    @property
    def base(self) -> dict[str, int]:
        """The counts by node without the dot."""
        base: dict[str, int] = call("clock_parts", {"state": self._handle})["base"]
        return base

    @property
    def dot(self) -> tuple[str, int] | None:
        """Node and count of the event that is not folded in."""
        dot = call("clock_parts", {"state": self._handle})["dot"]
        return None if dot is None else (dot[0], dot[1])

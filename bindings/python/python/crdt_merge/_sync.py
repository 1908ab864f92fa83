"""Sync sessions: messages over any transport."""

from __future__ import annotations

from typing import Any, Self

from . import _native
from ._library import call
from ._states import MergeReport, State, handle_of


class SyncSession(_native.Handle):
    """Brings two states together by messages.

    Each side sends what ``start`` and ``receive`` give, in any order; messages may be lost or come twice. ``start``
    again sends the first messages anew. ``max_message`` bytes are the size of a message at most; ``keys`` asks for
    the keys that changed.
    """

    __slots__ = ("report", "state")
    state: State
    report: MergeReport

    def __new__(
        cls, state: State, *, last: int | None = None, max_message: int | None = None, keys: bool = False
    ) -> Self:
        argument = {"state": handle_of(state), "last": last, "max_message": max_message, "keys": keys}
        self = super().__new__(cls, call("session_new", argument))
        self.state = state
        self.report = MergeReport(False, 0, 0, [] if keys else None)
        return self

    def start(self) -> list[bytes]:
        """The first messages."""
        messages: list[bytes] = call("session_start", {"session": self._handle})
        return messages

    def receive(self, message: bytes) -> list[bytes]:
        """The answers to a message. What it changed is counted in ``report``."""
        received = call("session_receive", {"session": self._handle, "message": message})
        self.report = _together(self.report, MergeReport(**received["report"]))
        outgoing: list[bytes] = received["outgoing"]
        return outgoing

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = call("session_info", {"session": self._handle})
        return info

    @property
    def in_sync(self) -> bool:
        """Whether both sides had one state when they last spoke."""
        in_sync: bool = self._info()["in_sync"]
        return in_sync

    @property
    def refusal(self) -> bytes | None:
        """The message that refused the session, if one did."""
        refusal: bytes | None = self._info()["refusal"]
        return refusal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._close()


def _together(before: MergeReport, later: MergeReport) -> MergeReport:
    """What two merges did."""
    keys = None if before.changed_keys is None else sorted({*before.changed_keys, *(later.changed_keys or ())})
    conflicts, ties = before.conflicts + later.conflicts, before.ties + later.ties
    return MergeReport(before.changed or later.changed, conflicts, ties, keys)

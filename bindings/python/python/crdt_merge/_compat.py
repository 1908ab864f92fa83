"""What the modules with the original package's names share: documents, the dictionaries that frames of version 1
hold."""

from __future__ import annotations

from typing import Any, Protocol, Self

from ._errors import CrdtError, error_of
from ._library import call
from ._states import State


def document_of(state: State) -> dict[str, Any]:
    """The payload of a state's frame of version 1. Raises ``NOT_IN_V1``."""
    document: dict[str, Any] = call("decode", state.encode(wire=1))["payload"]
    return document


def frame_of(kind: str, document: object) -> bytes:
    """The frame of version 1 that holds a document. Raises the errors of frames for one that does not fit the kind."""
    frame: bytes = call("encode", {"type": kind, "payload": document})
    return frame


class Documented(State):
    """A state that is written to a dictionary and read from one."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The members by name, as frames of version 1 hold them."""
        return document_of(self)

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The state of such a dictionary."""
        assert cls.KIND is not None
        return cls.decode(frame_of(cls.KIND, {"type": cls.KIND} | d))


class Document(Protocol):
    """What is written to a dictionary."""

    def to_dict(self) -> dict[str, Any]:
        """The members by name."""


def refuse(code: str, message: str) -> CrdtError:
    """An error that only these modules know, to be raised."""
    return error_of(code, message)


def not_negative(amount: int, message: str) -> None:
    """Refuses a negative amount."""
    if amount < 0:
        raise refuse("OUT_OF_RANGE", message)

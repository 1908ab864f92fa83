"""Frames as bytes: looked at, converted, merged and packed without an object for their state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ._library import call
from ._states import Frame

__all__ = [
    "FrameInfo",
    "assemble",
    "check",
    "chunk",
    "convert",
    "inspect",
    "merge",
    "pack",
    "payload",
    "seal",
    "state_id",
    "unpack",
]


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """What the header of a frame says: kind and its tag, wire version, flags, and sizes in bytes."""

    kind: str
    tag: int
    version: int
    flags: int
    compressed: bool
    payload_bytes: int
    total_bytes: int

    @property
    def type(self) -> str:
        """The name of the kind."""
        return self.kind


def inspect(frame: Frame) -> FrameInfo:
    """What the header says; nothing else is looked at. Raises ``TOO_SHORT`` and ``BAD_MAGIC``."""
    return FrameInfo(**call("frame_inspect", {"frame": frame}))


def check(frame: Frame) -> FrameInfo:
    """What the header says, after reading the whole frame strictly. Raises the error of the first fault."""
    call("state_id", frame)
    return inspect(frame)


def state_id(frame: Frame) -> str:
    """The id of what a frame holds: 64 hexadecimal digits."""
    identity: str = call("state_id", frame)
    return identity


def payload(frame: Frame) -> tuple[str, Any]:
    """Kind and payload of a frame of version 1, members in the order of the wire."""
    document = call("decode", frame)
    return document["type"], document["payload"]


def convert(frame: Frame, *, wire: int) -> bytes:
    """The canonical frame of what a frame holds, in wire version 1 or 2. Raises ``NOT_IN_V1``."""
    converted: bytes = call("convert", {"frame": frame, "wire": wire})
    return converted


def merge(frames: Iterable[Frame]) -> bytes:
    """The join of the states in one or more frames of either version, as a frame of version 2."""
    joined: bytes = call("join", list(frames))
    return joined


def pack(frames: Iterable[Frame], *, compress: bool = False) -> bytes:
    """A batch of frames."""
    batch: bytes = call("batch_pack", {"items": list(frames), "compress": compress})
    return batch


def unpack(batch: Frame) -> list[bytes]:
    """The frames of a batch as they stand in it, each checked strictly."""
    frames: list[bytes] = call("batch_unpack", batch)
    return frames


def seal(frame: Frame, *, compress: bool = False, trailer: bool = False) -> bytes:
    """The frame in version 2, compressed if that is smaller, and with a trailer that tells whether bytes were
    damaged."""
    sealed: bytes = call("seal", {"frame": frame, "compress": compress, "trailer": trailer})
    return sealed


def chunk(frame: Frame, size: int) -> list[bytes]:
    """The frame as chunks that hold up to ``size`` bytes of it each, in order."""
    chunks: list[bytes] = call("chunk", {"frame": frame, "slice": size})
    return chunks


def assemble(chunks: Iterable[Frame]) -> bytes:
    """The frame whose chunks these are, in any order and with repeats. Raises ``CHUNK_MISMATCH`` when one is
    missing."""
    frame: bytes = call("assemble", list(chunks))
    return frame

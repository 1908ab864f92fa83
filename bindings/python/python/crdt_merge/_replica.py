"""Who writes: node id, clock, entropy, and where the save of both is kept."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from . import _native
from ._library import call

if TYPE_CHECKING:
    from ._states import State

# Bytes of entropy that a replica is made from.
_ENTROPY = 32


def system_clock() -> int:
    """Microseconds since 1970 UTC, by the clock of the host."""
    return time.time_ns() // 1000


class ManualClock:
    """A clock that stands still until it is moved: for tests and simulations. Calling it gives microseconds."""

    def __init__(self, micros: int = 0) -> None:
        self._micros = micros

    def __call__(self) -> int:
        return self._micros

    def set(self, micros: int) -> None:
        """Moves the clock to a time, which may be an earlier one."""
        self._micros = micros

    def advance(self, micros: int) -> None:
        """Moves the clock on."""
        self._micros += micros


def write_durably(path: str | os.PathLike[str], content: bytes) -> None:
    """Replaces a file so that a crash leaves the old content or the new one: temporary file, flush, rename, flush
    of the folder."""
    folder = os.path.dirname(os.path.abspath(path))
    descriptor, temporary = tempfile.mkstemp(dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _flush_folder(folder)


def _flush_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Replica(_native.Handle):
    """One writer.

    ``node`` is its id, random if left out; two live replicas must never have the same one. ``clock`` gives
    microseconds since 1970 UTC. ``wire`` is the version of frames that its peers read, ``max_ahead`` by how many
    microseconds it follows stamps that are ahead of its clock. Raises ``BAD_TEXT`` for an id that is empty, too long
    or holds a zero character.
    """

    __slots__ = ("_clock", "_path")
    _clock: Callable[[], int]
    _path: str | os.PathLike[str] | None

    def __new__(
        cls,
        node: str | None = None,
        *,
        clock: Callable[[], int] = system_clock,
        wire: int | None = None,
        max_ahead: int | None = None,
    ) -> Self:
        entropy = secrets.token_bytes(_ENTROPY)
        handle = call("replica_new", {"node": node, "entropy": entropy, "wire": wire, "max_ahead": max_ahead})
        return cls._adopt(handle, clock)

    @classmethod
    def _adopt(cls, handle: int, clock: Callable[[], int]) -> Self:
        self = super().__new__(cls, handle)
        self._clock = clock
        self._path = None
        return self

    @classmethod
    def open(
        cls,
        save: bytes,
        store: Callable[[bytes], object],
        *,
        clock: Callable[[], int] = system_clock,
        wire: int | None = None,
        max_ahead: int | None = None,
    ) -> Self:
        """The replica of a save, after a restart.

        ``store`` is called with the save that replaces the old one and must have made it durable when it returns;
        what it raises is passed on and nothing was opened. Raises the errors of frames for bytes that are no save.
        """
        entropy = secrets.token_bytes(_ENTROPY)
        argument = {"save": save, "entropy": entropy, "wire": wire, "max_ahead": max_ahead}
        opened = call("replica_open", argument)
        self = cls._adopt(opened["replica"], clock)
        store(opened["save"])
        return self

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], int] = system_clock,
        wire: int | None = None,
        max_ahead: int | None = None,
    ) -> Self:
        """The replica whose save is in a file. ``close`` writes there again. For restarts only, never on two
        devices."""
        with open(path, "rb") as file:
            save = file.read()
        self = cls.open(save, lambda new: write_durably(path, new), clock=clock, wire=wire, max_ahead=max_ahead)
        self._path = path
        return self

    def save(self, path: str | os.PathLike[str] | None = None) -> bytes:
        """The save of the replica in use. With a path it is written there, and ``close`` will write there too."""
        save: bytes = call("replica_save", {"replica": self._handle})
        if path is not None:
            write_durably(path, save)
            self._path = path
        return save

    def close(self) -> bytes:
        """Ends the replica: its states can be read and merged from here on, not written.

        The save from which its lines of writes go on, written to the file of ``load`` or ``save`` if there was one.
        Raises ``CLOSED`` when it was closed before.
        """
        save: bytes = call("replica_close", {"replica": self._handle})
        if self._path is not None:
            write_durably(self._path, save)
        return save

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    @property
    def node(self) -> str:
        """The node id."""
        node: str = call("replica_info", {"replica": self._handle})["node"]
        return node

    @property
    def last(self) -> int | None:
        """The last microsecond given out."""
        last: int | None = call("replica_info", {"replica": self._handle})["last"]
        return last

    @property
    def wire(self) -> int:
        """The version of frames that its peers read: 1 or 2."""
        wire: int = call("replica_info", {"replica": self._handle})["wire"]
        return wire

    def now(self) -> int:
        """A new stamp in microseconds: the clock, but past every stamp given out before."""
        stamp: int = call("replica_now", {"replica": self._handle, "now": self._clock()})
        return stamp

    def attach(self, state: State) -> int | None:
        """Takes the clock past the stamps of a state. By how many microseconds one of others is further ahead than
        it follows."""
        argument = {"replica": self._handle, "state": state._handle, "now": self._clock()}
        ahead: int | None = call("replica_attach", argument)
        return ahead

    def pick_peers(self, peers: Sequence[str], fanout: int, round: int = 0) -> list[str]:
        """The peers to talk to in a round of gossip; the same round picks the same ones."""
        places = call("pick_peers", {"peers": list(peers), "fanout": fanout, "seed": round})
        return [peers[place] for place in places]

    def __repr__(self) -> str:
        return f"<Replica {self._handle}>"

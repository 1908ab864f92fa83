"""Long operations: stepped by whoever iterates over them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from . import _native
from ._library import STEP_BUDGET, call

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``done`` of ``total`` (if that is known), counted in ``unit``."""

    phase: str
    done: int
    total: int | None
    unit: str


class Job(_native.Handle, Generic[R]):
    """A long operation.

    Iterating does the work and gives ``Progress``; ``result()`` does what is left of it. Leaving the loop early,
    ``cancel()`` and an exception in the body of the loop cancel it, and nothing has changed then.
    """

    __slots__ = ("_answer", "_read")
    _answer: Callable[[list[Any]], list[dict[str, Any]]] | None
    _read: Callable[[dict[str, Any]], R]

    @classmethod
    def _adopt(
        cls,
        handle: int,
        read: Callable[[dict[str, Any]], R],
        answer: Callable[[list[Any]], list[dict[str, Any]]] | None = None,
    ) -> Self:
        self = super().__new__(cls, handle)
        self._read = read
        self._answer = answer
        return self

    def _step(self) -> dict[str, Any]:
        step: dict[str, Any] = call("job_step", {"job": self._handle, "budget": STEP_BUDGET})
        if step["state"] == "ask" and self._answer is not None:
            call("job_answer", {"job": self._handle, "answers": self._answer(step["questions"])})
        return step

    def __iter__(self) -> Iterator[Progress]:
        is_done = False
        try:
            while not is_done:
                step = self._step()
                is_done = step["state"] == "done"
                if step["state"] == "running":
                    yield Progress(step["phase"], step["done"], step["total"], step["unit"])
        finally:
            if not is_done:
                self.cancel()

    def result(self) -> R:
        """What came of the job, after doing what is left of it; to be taken once. What the job changes is changed
        here."""
        for _ in self:
            pass
        return self._read(call("job_result", {"job": self._handle}))

    def __await__(self) -> Generator[None, None, R]:
        """The same for asyncio: other tasks run between the steps."""
        for _ in self:
            yield
        return self.result()

    def cancel(self) -> None:
        """Ends the job. Whoever steps it or asks for its result gets ``CANCELLED``."""
        call("job_cancel", {"job": self._handle})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._close()

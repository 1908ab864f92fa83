"""Whether a merge is one: commutative, associative, idempotent, monotone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ._jobs import Job
from ._library import call


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side of a broken law came to: a result, or the class of what was raised."""

    result: Any
    raised: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a law held: in how many trials, or else for which operands it did not and what both sides came to."""

    holds: bool
    trials: int | None = None
    operands: list[Any] | None = None
    left: Outcome | None = None
    right: Outcome | None = None


@dataclass(frozen=True, slots=True)
class LawReport:
    """What was found out about a merge. It is true if all laws held."""

    is_lawful: bool
    laws: dict[str, Verdict]

    def __bool__(self) -> bool:
        return self.is_lawful


def _verdict(found: dict[str, Any]) -> Verdict:
    sides: dict[str, Any] = {side: Outcome(**found[side]) for side in ("left", "right") if side in found}
    return Verdict(**(found | sides))


def report_of(found: dict[str, Any]) -> LawReport:
    """The report that the library made."""
    return LawReport(found["is_lawful"], {law: _verdict(verdict) for law, verdict in found["laws"].items()})


def _answer(merge: Callable[[Any, Any], object], pair: list[Any]) -> dict[str, object]:
    try:
        return {"value": merge(*pair)}
    except (
        Exception
    ) as error:  # whatever a merge raises is its answer; its words may depend on the order of the operands
        return {"raised": type(error).__name__}


def law_job(
    merge: Callable[[Any, Any], object],
    *,
    samples: Iterable[object] | None = None,
    trials: int | None = None,
    seed: int | None = None,
) -> Job[LawReport]:
    """The check of ``check_laws`` as a job with progress."""
    given = None if samples is None else list(samples)
    handle = call("law_job", {"samples": given, "trials": trials, "seed": seed})
    return Job._adopt(handle, report_of, lambda pairs: [_answer(merge, pair) for pair in pairs])


def check_laws(
    merge: Callable[[Any, Any], object],
    *,
    samples: Iterable[object] | None = None,
    trials: int | None = None,
    seed: int | None = None,
) -> LawReport:
    """Checks a function of two values over awkward values of all kinds and the samples given.

    The class of what the function raises counts as its answer. Raises ``BAD_ARGUMENT`` for no trials, ``BAD_VALUE``
    for an answer that is no value and ``OUT_OF_RANGE`` for an integer beyond 64 bits.
    """
    return law_job(merge, samples=samples, trials=trials, seed=seed).result()


def check_states(frames: Iterable[bytes], *, trials: int | None = None, seed: int | None = None) -> LawReport:
    """Checks the joins of states of one kind, given as frames."""
    return report_of(call("law_check", {"frames": list(frames), "trials": trials, "seed": seed}))

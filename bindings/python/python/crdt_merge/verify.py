"""Checks of merge functions, with the signatures of the original package.

``check_laws`` of ``crdt_merge`` brings its own awkward samples; the functions here take those of a generator.
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from ._compat import refuse
from ._errors import FAMILY_CLASSES, error_of
from ._laws import check_laws

__all__ = [
    "CRDTVerification",
    "CRDTVerificationError",
    "VerificationResult",
    "verified_merge",
    "verify_associative",
    "verify_commutative",
    "verify_convergence",
    "verify_crdt",
    "verify_idempotent",
]

CRDTVerificationError = FAMILY_CLASSES["laws"]

Merge = Callable[[Any, Any], Any]
M = TypeVar("M", bound=Merge)
Equal = Callable[[Any, Any], bool]
# Operands by name, and what both sides of a law came to.
Trial = Callable[[], tuple[dict[str, Any], Callable[[], Any], Callable[[], Any]]]


@dataclass
class VerificationResult:
    """How often a law was tried and failed, with the first failure."""

    property_name: str
    passed: bool
    trials: int
    failures: int
    first_failure: dict[str, Any] | None = None
    duration_ms: float = 0.0
    error: str | None = None

    def __repr__(self) -> str:
        mark = "✅ PASS" if self.passed else f"❌ FAIL ({self.failures}/{self.trials})"
        return f"Verify({self.property_name}): {mark} in {self.duration_ms:.1f}ms"


@dataclass
class CRDTVerification:
    """What was found out about all laws."""

    commutativity: VerificationResult
    associativity: VerificationResult
    idempotency: VerificationResult
    convergence: VerificationResult | None = None
    total_trials: int = 0
    total_duration_ms: float = 0.0

    def _results(self) -> list[VerificationResult]:
        results = [self.commutativity, self.associativity, self.idempotency]
        return results if self.convergence is None else [*results, self.convergence]

    @property
    def passed(self) -> bool:
        """Whether all laws held."""
        return all(result.passed for result in self._results())

    def summary(self) -> str:
        """A report for people."""
        counted = f"({self.total_trials} total trials, {self.total_duration_ms:.1f}ms)"
        verdict = "✅ ALL PROPERTIES VERIFIED" if self.passed else "❌ VERIFICATION FAILED"
        return "\n".join(
            ["CRDT Verification Report", "=" * 40, *map(repr, self._results()), "", f"{verdict} {counted}"]
        )

    def __repr__(self) -> str:
        return f"CRDTVerification(passed={self.passed}, trials={self.total_trials})"


def _equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def _tried(trial: Trial, eq_fn: Equal | None) -> tuple[dict[str, Any] | None, str | None]:
    """The failure of one trial and the text of what was raised, if there are any."""
    operands, left, right = trial()
    try:
        sides = left(), right()
        if (eq_fn or _equal)(*sides):
            return None, None
        return operands | {"left": sides[0], "right": sides[1]}, None
    except Exception as error:  # a merge that raises has failed
        return operands, f"{type(error).__name__}: {error}"


def _result(name: str, trial: Trial, trials: int, eq_fn: Equal | None) -> VerificationResult:
    begun, failures, first, error = time.perf_counter(), 0, None, None
    for _ in range(trials):
        failure, raised = _tried(trial, eq_fn)
        if failure is not None:
            failures, first, error = failures + 1, first or failure, error or raised
    spent = (time.perf_counter() - begun) * 1_000
    return VerificationResult(name, failures == 0, trials, failures, first, spent, error)


def verify_commutative(
    merge_fn: Merge, gen_fn: Callable[[], Any], trials: int = 1000, eq_fn: Equal | None = None
) -> VerificationResult:
    """Whether the order of two operands does not matter."""

    def trial() -> tuple[dict[str, Any], Callable[[], Any], Callable[[], Any]]:
        a, b = gen_fn(), gen_fn()
        return {"a": a, "b": b}, lambda: merge_fn(a, b), lambda: merge_fn(b, a)

    return _result("commutativity", trial, trials, eq_fn)


def verify_associative(
    merge_fn: Merge, gen_fn: Callable[[], Any], trials: int = 1000, eq_fn: Equal | None = None
) -> VerificationResult:
    """Whether the grouping of three operands does not matter."""

    def trial() -> tuple[dict[str, Any], Callable[[], Any], Callable[[], Any]]:
        a, b, c = gen_fn(), gen_fn(), gen_fn()
        operands = {"a": a, "b": b, "c": c}
        return operands, lambda: merge_fn(merge_fn(a, b), c), lambda: merge_fn(a, merge_fn(b, c))

    return _result("associativity", trial, trials, eq_fn)


def verify_idempotent(
    merge_fn: Merge, gen_fn: Callable[[], Any], trials: int = 1000, eq_fn: Equal | None = None
) -> VerificationResult:
    """Whether merging a state with itself changes nothing."""

    def trial() -> tuple[dict[str, Any], Callable[[], Any], Callable[[], Any]]:
        a = gen_fn()
        return {"a": a}, lambda: merge_fn(a, a), lambda: a

    return _result("idempotency", trial, trials, eq_fn)


def verify_convergence(
    merge_fn: Merge,
    gen_fn: Callable[[], Any],
    trials: int = 500,
    num_replicas: int = 5,
    eq_fn: Equal | None = None,
) -> VerificationResult:
    """Whether replicas that merge the same states in opposite orders come to the same."""

    def trial() -> tuple[dict[str, Any], Callable[[], Any], Callable[[], Any]]:
        states = [gen_fn() for _ in range(num_replicas)]
        forward = functools.partial(functools.reduce, merge_fn, states)
        return {"states": states}, forward, functools.partial(functools.reduce, merge_fn, states[::-1])

    return _result("convergence", trial, trials, eq_fn)


def verify_crdt(
    merge_fn: Merge,
    gen_fn: Callable[[], Any],
    trials: int = 1000,
    eq_fn: Equal | None = None,
    include_convergence: bool = True,
) -> CRDTVerification:
    """Checks all laws."""
    found = CRDTVerification(
        verify_commutative(merge_fn, gen_fn, trials, eq_fn),
        verify_associative(merge_fn, gen_fn, trials, eq_fn),
        verify_idempotent(merge_fn, gen_fn, trials, eq_fn),
        verify_convergence(merge_fn, gen_fn, trials, eq_fn=eq_fn) if include_convergence else None,
    )
    found.total_trials = sum(result.trials for result in found._results())
    found.total_duration_ms = sum(result.duration_ms for result in found._results())
    return found


def _refused(merge_fn: Merge, law: str, report: str) -> Exception:
    name = getattr(merge_fn, "__name__", repr(merge_fn))
    return error_of("LAW_VIOLATION", f"CRDT verification failed for {name}:\n{report}", {"law": law})


def _fail(error: Exception, on_fail: str) -> None:
    if on_fail == "raise":
        raise error
    if on_fail == "warn":
        warnings.warn(str(error), stacklevel=3)


def _check_samples(merge_fn: Merge, samples: Iterable[object] | None, trials: int, on_fail: str) -> None:
    """Checks a function over values of all kinds and the samples given."""
    report = check_laws(merge_fn, samples=samples, trials=trials)
    for law, verdict in report.laws.items():
        if not verdict.holds:
            return _fail(_refused(merge_fn, law, f"{law}: {verdict.operands!r}"), on_fail)
    return None


def _check_generated(
    merge_fn: Merge, gen_fn: Callable[[], Any], trials: int, eq_fn: Equal | None, on_fail: str
) -> CRDTVerification:
    found = verify_crdt(merge_fn, gen_fn, trials, eq_fn)
    if not found.passed:
        law = next(result.property_name for result in found._results() if not result.passed)
        _fail(_refused(merge_fn, law, found.summary()), on_fail)
    return found


def _checked_call(merge_fn: Merge, a: Any, b: Any, eq_fn: Equal, on_fail: str) -> Any:
    """A merge whose laws are looked at for its own operands."""
    joined = merge_fn(a, b)
    held = {
        "commutative": eq_fn(joined, merge_fn(b, a)),
        "idempotent": eq_fn(joined, merge_fn(joined, joined)),
        "absorbing": eq_fn(joined, merge_fn(joined, a)) and eq_fn(joined, merge_fn(joined, b)),
    }
    for law, holds in held.items():
        if not holds:
            _fail(_refused(merge_fn, law, f"{law}: {a!r}, {b!r}"), on_fail)
    return joined


@overload
def verified_merge(
    merge_fn: M,
    *,
    gen_fn: Callable[[], Any] | None = ...,
    trials: int = ...,
    eq_fn: Equal | None = ...,
    on_fail: str = ...,
    samples: Iterable[object] | None = ...,
    key: Callable[[Any], Any] | None = ...,
    check: str = ...,
) -> M: ...


@overload
def verified_merge(
    merge_fn: None = ...,
    *,
    gen_fn: Callable[[], Any] | None = ...,
    trials: int = ...,
    eq_fn: Equal | None = ...,
    on_fail: str = ...,
    samples: Iterable[object] | None = ...,
    key: Callable[[Any], Any] | None = ...,
    check: str = ...,
) -> Callable[[M], M]: ...


def verified_merge(
    merge_fn: Merge | None = None,
    *,
    gen_fn: Callable[[], Any] | None = None,
    trials: int = 100,
    eq_fn: Equal | None = None,
    on_fail: str = "raise",
    samples: Iterable[object] | None = None,
    key: Callable[[Any], Any] | None = None,
    check: str = "decoration",
) -> Any:
    """Decorates a merge function with a check of its laws.

    Bare or with ``samples`` it is checked over values of all kinds, with ``gen_fn`` over those of the generator.
    ``check="call"`` looks at the operands of each call instead. Results are compared by ``eq_fn``, else by what
    ``key`` gives for them. A broken law raises ``CRDTVerificationError``, or warns with ``on_fail="warn"``.
    """
    if check not in ("decoration", "call"):
        raise refuse("BAD_ARGUMENT", "check is decoration or call")
    equal = eq_fn or (_equal if key is None else lambda a, b: bool(key(a) == key(b)))

    def decorate(function: Merge) -> Any:
        @functools.wraps(function)
        def merged(a: Any, b: Any) -> Any:
            return _checked_call(function, a, b, equal, on_fail) if check == "call" else function(a, b)

        if gen_fn is not None:
            found = _check_generated(function, gen_fn, trials, equal, on_fail)
            merged.__dict__.update(_crdt_verified=found, _crdt_verification_summary=found.summary())
        elif check == "decoration":
            _check_samples(function, samples, trials, on_fail)
        return merged

    return decorate if merge_fn is None else decorate(merge_fn)

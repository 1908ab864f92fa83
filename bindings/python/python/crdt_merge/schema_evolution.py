"""How a schema becomes a newer one, with the signatures of the original package. A directed function, not a join."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Self

from ._library import call

__all__ = [
    "TYPE_WIDENING",
    "SchemaChange",
    "SchemaEvolutionResult",
    "SchemaPolicy",
    "check_compatibility",
    "evolve_schema",
    "widen_type",
]


class SchemaPolicy(Enum):
    """Which columns the resolved schema has, and whose types."""

    UNION = "union"
    INTERSECTION = "intersection"
    LEFT_PRIORITY = "left_priority"
    RIGHT_PRIORITY = "right_priority"


@dataclass
class SchemaChange:
    """What happened to a column: ``added``, ``removed`` or ``type_changed``."""

    column: str
    change_type: str
    old_type: str | None = None
    new_type: str | None = None
    resolved_type: str | None = None
    default_value: Any = None

    def to_dict(self) -> dict[str, Any]:
        """The members by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The change of such a dictionary."""
        return cls(**d)


@dataclass
class SchemaEvolutionResult:
    """The resolved schema, the changes that led to it, and what stands in the way."""

    resolved_schema: dict[str, str]
    changes: list[SchemaChange]
    defaults: dict[str, Any]
    policy_used: SchemaPolicy
    is_compatible: bool
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The members by name."""
        return {
            "resolved_schema": dict(self.resolved_schema),
            "changes": [change.to_dict() for change in self.changes],
            "defaults": dict(self.defaults),
            "policy_used": self.policy_used.value,
            "is_compatible": self.is_compatible,
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """The result of such a dictionary."""
        changes = [SchemaChange.from_dict(change) for change in d["changes"]]
        return cls(**(d | {"changes": changes, "policy_used": SchemaPolicy(d["policy_used"])}))


def evolve_schema(
    old: dict[str, str],
    new: dict[str, str],
    policy: SchemaPolicy = SchemaPolicy.UNION,
    defaults: dict[str, Any] | None = None,
    allow_type_narrowing: bool = False,
) -> SchemaEvolutionResult:
    """How a schema (types by column) becomes a newer one."""
    options = {"policy": SchemaPolicy(policy).value, "defaults": defaults or {}}
    argument = {"old": old, "new": new, "allow_type_narrowing": allow_type_narrowing} | options
    return SchemaEvolutionResult.from_dict(call("schema_evolve", argument))


def widen_type(type_a: str, type_b: str) -> str | None:
    """The type that both types widen to, None if there is none."""
    wide: str | None = call("schema_widen", {"a": type_a, "b": type_b})
    return wide


def check_compatibility(schema_a: dict[str, str], schema_b: dict[str, str]) -> tuple[bool, list[str]]:
    """Whether two schemas agree, and every place where they do not."""
    found = call("schema_check", {"old": schema_a, "new": schema_b})
    return found["compatible"], found["problems"]


_NAMES = ("int32", "int64", "float32", "float64", "int", "float")

# What two different types widen to, by their names.
TYPE_WIDENING: dict[tuple[str, str], str] = {
    (a, b): wide for a in _NAMES for b in _NAMES if a != b and (wide := widen_type(a, b)) is not None
} | {("str", "str"): "str"}

"""The policy's rules as row rules of PostgreSQL: the second meaning of `gateway.rules`."""

from collections.abc import Callable

from gateway.rules import (
    ActingFor,
    AllOf,
    AnyOf,
    Attribute,
    EveryRow,
    Missing,
    NoneOf,
    Own,
    ReachedThrough,
    Rule,
    Scope,
)
from models.vocabulary import Role

#: How a column is written in an expression.
Columns = Callable[[Attribute], str]

#: A subselect is worked out once a statement, not once a row.
_SCOPES = {
    Scope.SUBJECT: "(SELECT viewer.subject())",
    Scope.PARTNER: "(SELECT viewer.partner())",
    Scope.COUNTRIES: "ANY ((SELECT viewer.countries())::text[])",
    Scope.CENTRES: "ANY ((SELECT viewer.centres())::text[])",
}


def predicate(rule: Rule, role: Role, table: str) -> str:
    """The condition for a role's rows of a table; it holds for a sealed viewer of the role only.

    The planner cannot look into a CASE. Otherwise it would take our condition and the same one
    of the statement for two independent ones, expect far fewer rows, and sort them all.
    """
    acts = f"(SELECT viewer.acts_as('{role}'))"
    if isinstance(rule, EveryRow):
        return acts
    return f"CASE WHEN {acts} THEN {meaning(rule, table)} ELSE false END"


def meaning(rule: Rule, table: str) -> str:
    """What a rule says of a row of a table, whoever looks."""
    return _meaning(rule, lambda attribute: f"{table}.{attribute.key}")


def _meaning(rule: Rule, columns: Columns, depth: int = 1) -> str:
    match rule:
        case EveryRow():
            return "true"
        case Own(column, scope):
            return f"{columns(column)} = {_SCOPES[scope]}"
        case Missing(column):
            return f"{columns(column)} IS NULL"
        case NoneOf(column, words):
            listed = ", ".join(f"'{word}'" for word in words)
            return f"{columns(column)} NOT IN ({listed})"
        case AllOf(rules):
            return " AND ".join(_meaning(each, columns, depth) for each in rules)
        case AnyOf(rules):
            return f"({' OR '.join(_meaning(each, columns, depth) for each in rules)})"
        case ActingFor(partner):
            return f"(SELECT viewer.partner()) = '{partner}'"
        case ReachedThrough(key, named_by, inner):
            other, name = named_by.class_.__tablename__, f"by_{depth}"
            held = _meaning(inner, lambda attribute: f"{name}.{attribute.key}", depth + 1)
            return (
                f"EXISTS (SELECT FROM {other} AS {name}"
                f" WHERE {name}.{named_by.key} = {columns(key)} AND {held})"
            )

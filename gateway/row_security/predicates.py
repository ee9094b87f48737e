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

#: A subselect is worked out once a statement, not once a row; each looks at the seal by itself.
_SCOPES = {
    Scope.SUBJECT: "(SELECT viewer.subject({role}))",
    Scope.PARTNER: "(SELECT viewer.partner({role}))",
    Scope.COUNTRIES: "ANY ((SELECT viewer.countries({role}))::text[])",
    Scope.CENTRES: "ANY ((SELECT viewer.centres({role}))::text[])",
}


def predicate(rule: Rule, role: Role, table: str) -> str:
    """The condition for a role's rows of a table; it holds for a sealed viewer of the role only.

    The planner cannot look into a CASE. Otherwise it would take our condition and the same one
    of the statement for two independent ones, expect far fewer rows, and sort them all.
    """
    held = rule_as_sql(rule, role, table)
    if depends_on_viewer(rule):
        return f"CASE WHEN {held} THEN true ELSE false END"
    acts = f"(SELECT viewer.acts_as('{role}'))"
    return acts if isinstance(rule, EveryRow) else f"CASE WHEN {acts} THEN {held} ELSE false END"


def depends_on_viewer(rule: Rule) -> bool:
    """Whether no row meets a rule unless the sealed viewer was asked for a scope of the role."""
    match rule:
        case Own() | ActingFor():
            return True
        case AllOf(rules):
            return any(map(depends_on_viewer, rules))
        case AnyOf(rules):
            return all(map(depends_on_viewer, rules))
        case ReachedThrough(_, _, inner):
            return depends_on_viewer(inner)
        case EveryRow() | Missing() | NoneOf():
            return False


def rule_as_sql(rule: Rule, role: Role | None, table: str) -> str:
    """What a rule says of a row of a table, for whoever acts in a role, or in any.

    Of any role, where a statement asks for several: one that had to wait for a row works out
    every subselect in its rules, whichever role they are for.
    """
    return _rule_as_sql(rule, role, lambda attribute: f"{table}.{attribute.key}")


def _rule_as_sql(rule: Rule, role: Role | None, columns: Columns, depth: int = 1) -> str:
    match rule:
        case EveryRow():
            return "true"
        case Own(column, scope):
            return f"{columns(column)} = {_scope(scope, role)}"
        case Missing(column):
            return f"{columns(column)} IS NULL"
        case NoneOf(column, words):
            listed = ", ".join(f"'{word}'" for word in words)
            return f"{columns(column)} NOT IN ({listed})"
        case AllOf(rules):
            return " AND ".join(_rule_as_sql(each, role, columns, depth) for each in rules)
        case AnyOf(rules):
            return f"({' OR '.join(_rule_as_sql(each, role, columns, depth) for each in rules)})"
        case ActingFor(partner):
            return f"{_scope(Scope.PARTNER, role)} = '{partner}'"
        case ReachedThrough(key, named_by, inner):
            other, name = named_by.class_.__tablename__, f"by_{depth}"
            held = _rule_as_sql(inner, role, lambda attribute: f"{name}.{attribute.key}", depth + 1)
            return (
                f"EXISTS (SELECT FROM {other} AS {name}"
                f" WHERE {name}.{named_by.key} = {columns(key)} AND {held})"
            )


def _scope(scope: Scope, role: Role | None) -> str:
    return _SCOPES[scope].format(role=f"'{role}'" if role else "NULL")

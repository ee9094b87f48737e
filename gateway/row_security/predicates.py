"""Translates the rules of the policy to SQL conditions for row level security."""

from collections.abc import Callable

from gateway.rules import (
    AllOf,
    AnyOf,
    Attribute,
    EveryRow,
    InOwnPools,
    InTheFuture,
    InThePast,
    IsNull,
    KeptFrom,
    NoneOf,
    NotOwn,
    OfFamilyJustTaken,
    Own,
    OwnPlace,
    ReachedThrough,
    Recent,
    Rule,
    Scope,
    WithoutScope,
)
from models.vocabulary import Role

#: Writes a column as SQL.
Columns = Callable[[Attribute], str]

#: As subselects, so that PostgreSQL evaluates them once per statement, not once per row. Each
#: verifies the seal itself.
_SCOPES = {
    Scope.SUBJECT: "(SELECT viewer.subject({role}))",
    Scope.PARTNER: "(SELECT viewer.partner({role}))",
    Scope.COUNTRIES: "ANY ((SELECT viewer.countries({role}))::text[])",
    Scope.CENTRES: "ANY ((SELECT viewer.centres({role}))::text[])",
    Scope.PLACES: "ANY ((SELECT viewer.places({role}))::text[])",
    Scope.POOLS: "ANY ((SELECT viewer.pools({role}))::text[])",
    Scope.PURPOSE_REFERENCE: "(SELECT viewer.purpose_reference({role}))",
}


_IN_OWN_POOLS = (
    "(NOT EXISTS (SELECT FROM pool WHERE pool.is_open) OR EXISTS (SELECT FROM pool"
    " WHERE pool.is_open AND pool.code = {own}"
    " AND (pool.visa_types = '{{}}' OR {0} = ANY (pool.visa_types))"
    " AND (pool.channels = '{{}}' OR {1} = ANY (pool.channels))"
    " AND (pool.nationalities = '{{}}' OR {2} = ANY (pool.nationalities))))"
)


def predicate(rule: Rule, role: Role, table: str) -> str:
    """The condition for the rows of a role; true only for a viewer with a valid seal for the role.

    The CASE hides the condition from the planner. Otherwise the planner would take it and the
    same condition in the statement as independent, expect far fewer rows, and sort them all.
    """
    condition = rule_as_sql(rule, role, table)
    if depends_on_viewer(rule):
        return f"CASE WHEN {condition} THEN true ELSE false END"
    acts_as_role = f"(SELECT viewer.acts_as('{role}'))"
    return (
        acts_as_role
        if isinstance(rule, EveryRow)
        else (f"CASE WHEN {acts_as_role} THEN {condition} ELSE false END")
    )


def depends_on_viewer(rule: Rule) -> bool:
    """Whether the rule can only be true for a row if a scope of the sealed viewer was read."""
    match rule:
        case Own() | NotOwn() | OwnPlace() | WithoutScope() | OfFamilyJustTaken():
            return True
        case AllOf(rules):
            return any(map(depends_on_viewer, rules))
        case AnyOf(rules):
            return all(map(depends_on_viewer, rules))
        case ReachedThrough(_, _, inner):
            return depends_on_viewer(inner)
        case EveryRow() | IsNull() | Recent() | InThePast() | InTheFuture() | NoneOf() | KeptFrom():
            return False
        case InOwnPools():
            return False


def rule_as_sql(rule: Rule, role: Role, table: str) -> str:
    """The rule as a condition on a table's rows, for a role."""
    return _rule_as_sql(rule, role, lambda attribute: f"{table}.{attribute.key}")


def _rule_as_sql(rule: Rule, role: Role, columns: Columns, depth: int = 1) -> str:
    match rule:
        case EveryRow():
            return "true"
        case Own(column, scope):
            return f"{columns(column)} = {_scope(scope, role)}"
        case NotOwn(column, scope):
            return f"{columns(column)} <> {_scope(scope, role)}"
        case WithoutScope(scope):
            return f"{_scope(scope, role)} IS NULL"
        case OwnPlace(centre, country):
            place = f"coalesce({columns(centre)}, {columns(country)})"
            return f"{place} = {_scope(Scope.PLACES, role)}"
        case IsNull(column):
            return f"{columns(column)} IS NULL"
        case Recent(column, days):
            return f"{columns(column)} > now() - interval '{days} days'"
        case InThePast(column):
            return f"{columns(column)} <= now()"
        case InTheFuture(column):
            return f"{columns(column)} > now()"
        case NoneOf(column, words):
            listed = ", ".join(f"'{word}'" for word in words)
            return f"{columns(column)} NOT IN ({listed})"
        case KeptFrom(column, scope):
            return f"{_scope(scope, role)} <> ALL ({columns(column)})"
        case InOwnPools(visa_type, channel, nationality):
            of_case = map(columns, (visa_type, channel, nationality))
            return _IN_OWN_POOLS.format(*of_case, own=_scope(Scope.POOLS, role))
        case OfFamilyJustTaken(group):
            subject = _scope(Scope.SUBJECT, role)
            return f"viewer.is_of_family_just_taken({columns(group)}, {subject})"
        case AllOf(rules):
            return " AND ".join(_rule_as_sql(each, role, columns, depth) for each in rules)
        case AnyOf(rules):
            return f"({' OR '.join(_rule_as_sql(each, role, columns, depth) for each in rules)})"
        case ReachedThrough(key, named_by, inner):
            other, name = named_by.class_.__tablename__, f"by_{depth}"
            condition = _rule_as_sql(
                inner, role, lambda attribute: f"{name}.{attribute.key}", depth + 1
            )
            return (
                f"EXISTS (SELECT FROM {other} AS {name}"
                f" WHERE {name}.{named_by.key} = {columns(key)} AND {condition})"
            )


def _scope(scope: Scope, role: Role) -> str:
    return _SCOPES[scope].format(role=f"'{role}'")

"""Compiles the policy's row rules to SQL conditions, which every statement carries."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    all_,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.types import Text, TypeEngine

from gateway.policy import MUTATIONS, POLICY
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
from gateway.viewer import Viewer
from models import Applicant, Application, Assignment, VolumeChange
from models.life.grant_conditions import LARGEST_FAMILY
from models.reference.pool import in_pools
from models.vocabulary import Role

#: The execution option that marks a vouched statement; transactions refuse all others.
VOUCHED_FOR = "held_to_policy_of"

Columns = Callable[[Attribute], ColumnElement[Any]]


def _as_mapped(attribute: Attribute) -> ColumnElement[Any]:
    return attribute.expression


def select_reachable_in_role(
    type_name: str, role: Role, *columns: ColumnElement[Any]
) -> Select[Any]:
    """Select from the rows of a type that any viewer in a role may read: the scope is bound when
    the statement runs."""
    condition = reachable_in_role(type_name, role)
    return vouch_for(select(*columns).where(condition), type_name)


def select_value_in_role(
    type_name: str, role: Role, value: Attribute, on: ColumnElement[bool], of: Attribute
) -> ColumnElement[Any]:
    """A column of the row that stands beside a row of ``of``, for any viewer in a role. It is null
    where that row is out of reach."""
    reached = select(value).where(on, reachable_in_role(type_name, role))
    return reached.correlate(of.class_).scalar_subquery()


def names_for_the_purpose(column: Attribute) -> ColumnElement[bool]:
    """Whether the stated purpose names a row by this column: a question, which grants nothing."""
    return column == _scope(Scope.PURPOSE_REFERENCE, column.type)


def vouch_for(statement: Select[Any], type_name: str) -> Select[Any]:
    """Mark a statement as restricted by the policy of a type. The caller must be sure of it."""
    return statement.execution_options(**{VOUCHED_FOR: type_name})


def require_vouched(statement: Select[Any]) -> None:
    """Raise PermissionError for a statement that nobody vouched for."""
    if VOUCHED_FOR not in statement.get_execution_options():
        raise PermissionError("a statement that was not held to the policy")


def changeable(mutation: str, role: Role) -> ColumnElement[bool]:
    """The condition for the rows that any viewer in a role may change with a mutation."""
    return meets_in_role(rule_of_changing(mutation, role))


def rule_of_changing(mutation: str, role: Role) -> Rule | None:
    """Which rows a role may change with a mutation; None: no row."""
    return MUTATIONS[mutation].rows.get(role)


def rule_of_leaving(mutation: str, role: Role) -> Rule | None:
    """Which applications a mutation in a role may leave behind.

    Where it answers with them, those that the role may read; else those that it could change again.
    """
    is_answered = MUTATIONS[mutation].answers == "application"
    return rule_of_reading("Application", role) if is_answered else rule_of_changing(mutation, role)


def rule_of_reading(type_name: str, role: Role) -> Rule | None:
    """Which rows of a type a role may read; None: no row."""
    return POLICY[type_name].rows.get(role)


def meets_in_role(rule: Rule | None) -> ColumnElement[bool]:
    """The condition for the rows that meet a rule, or for none, for any viewer in a role.

    The scope is bound when the statement runs.
    """
    return false() if rule is None else _rule_condition(rule, _as_mapped)


def reachable_in_role(
    type_name: str, role: Role, columns: Columns = _as_mapped
) -> ColumnElement[bool]:
    """The condition for the rows of a type that any viewer in a role may read: the scope is bound
    when the statement runs."""
    rule = POLICY[type_name].rows.get(role)
    return false() if rule is None else _rule_condition(rule, columns)


def reach_key(type_name: str, viewer: Viewer) -> tuple[object, ...]:
    """A key for the reach of a viewer: viewers with equal keys may read the same rows."""
    scopes = _scopes_in_role(type_name, viewer.role)
    return (viewer.role, *(getattr(viewer, scope) for scope in scopes))


@cache
def _scopes_in_role(type_name: str, role: Role) -> Sequence[Scope]:
    rule = POLICY[type_name].rows.get(role)
    return sorted(set(_scopes(rule))) if rule else ()


class Topic(NamedTuple):
    """Whom a change may concern: everybody who follows a feed, or who has a value in a claim."""

    feed: str
    claim: str | None = None
    value: str | None = None


#: The claims by which the database says whom a change may concern, the one first that fewest share,
#: and the columns that it compares with them: see `viewer.concerned_by_changes`.
_ANNOUNCED = {
    Scope.SUBJECT: (Applicant.account,),
    Scope.PLACES: (Application.holder_place,),
    Scope.COUNTRIES: (Application.holder_country_code, VolumeChange.country_code),
    Scope.PARTNER: (Application.holder_partner_code, VolumeChange.partner_code),
}


def topics(feed: str, viewer: Viewer) -> frozenset[Topic]:
    """The topics of a viewer who follows a feed: what it may see is announced on one of them."""
    scopes = _topics_in_role(feed, viewer.role)
    if scopes is None:
        return frozenset({Topic(feed)})
    return frozenset(
        Topic(feed, scope, value) for scope in scopes for value in _values(getattr(viewer, scope))
    )


def _values(claim: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (claim,) if isinstance(claim, str) else claim or ()


@cache
def _topics_in_role(feed: str, role: Role) -> frozenset[Scope] | None:
    rule = POLICY[feed].rows.get(role)
    return _announced_by(rule) if rule else frozenset()


def _announced_by(rule: Rule) -> frozenset[Scope] | None:
    """Claims of which each row that meets a rule has a value of the viewer's in at least one; None
    where there are no such claims."""
    match rule:
        case Own(column, scope) if column in _ANNOUNCED.get(scope, ()):
            return frozenset({scope})
        case ReachedThrough(_, _, inner):
            return _announced_by(inner)
        case AllOf(rules):
            known = [scopes for each in rules if (scopes := _announced_by(each)) is not None]
            return min(known, key=_spread, default=None)
        case AnyOf(rules):
            parts = [_announced_by(each) for each in rules]
            return None if None in parts else frozenset().union(*filter(None, parts))
        case _:
            return None


def _spread(scopes: frozenset[Scope]) -> int:
    """The place of the widest of some claims: smaller is better."""
    return max((list(_ANNOUNCED).index(scope) for scope in scopes), default=-1)


def is_reached_by_scope(type_name: str, role: Role) -> bool:
    """Whether the viewer's scope alone decides which rows of a type are reached, no other rows."""
    rule = POLICY[type_name].rows.get(role)
    return rule is None or not _follows(rule)


def _follows(rule: Rule) -> bool:
    match rule:
        case ReachedThrough() | InOwnPools() | OfFamilyJustTaken():
            return True
        case AllOf(rules) | AnyOf(rules):
            return any(map(_follows, rules))
        case _:
            return False


def reads_every_row(type_name: str, role: Role) -> bool:
    """Whether everybody in a role reads every row of a type."""
    return isinstance(POLICY[type_name].rows.get(role), EveryRow)


def scopes_narrowing(type_name: str, role: Role) -> frozenset[Scope]:
    """The scopes that every row of a type that the role reads must match."""
    rule = POLICY[type_name].rows.get(role)
    return frozenset(_required_scopes(rule)) if rule else frozenset()


def _required_scopes(rule: Rule) -> Iterator[Scope]:
    match rule:
        case Own(_, scope):
            yield scope
        case OwnPlace():
            yield Scope.CENTRES
        case AllOf(rules):
            for each in rules:
                yield from _required_scopes(each)
        case _:
            return


def _scopes(rule: Rule) -> Iterator[Scope]:
    match rule:
        case Own(_, scope) | NotOwn(_, scope) | WithoutScope(scope) | KeptFrom(_, scope):
            yield scope
        case OwnPlace():
            yield from (Scope.CENTRES, Scope.COUNTRIES)
        case InOwnPools():
            yield Scope.POOLS
        case OfFamilyJustTaken():
            yield Scope.SUBJECT
        case AllOf(rules) | AnyOf(rules):
            for each in rules:
                yield from _scopes(each)
        case ReachedThrough(_, _, inner):
            yield from _scopes(inner)
        case EveryRow() | IsNull() | Recent() | InThePast() | InTheFuture() | NoneOf():
            return


_LISTS = (Scope.COUNTRIES, Scope.CENTRES, Scope.PLACES, Scope.POOLS)


def _type(scope: Scope, kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return ARRAY(kind) if scope in _LISTS else kind


def _scope(scope: Scope, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The viewer's scope, as a parameter. Without one a viewer matches no row: nothing equals null,
    or is in it."""
    return bindparam(scope.value, None, type_=_type(scope, kind))


def _rule_condition(rule: Rule, columns: Columns) -> ColumnElement[bool]:
    match rule:
        case EveryRow():
            return true()
        case Own(column, scope):
            return _own_scope(columns(column), scope)
        case NotOwn(column, scope):
            return columns(column) != _scope(scope, column.type)
        case WithoutScope(scope):
            return _scope(scope, Text()).is_(None)
        case OwnPlace(centre, country):
            # Under row rules no index is read along `coalesce`.
            places = _scope(Scope.PLACES, centre.type)
            at_none = and_(columns(centre).is_(None), columns(country) == any_(places))
            return or_(columns(centre) == any_(places), at_none)
        case IsNull(column):
            return columns(column).is_(None)
        case Recent(column, days):
            return columns(column) > func.now() - literal_column(f"interval '{days} days'")
        case InThePast(column):
            return columns(column) <= func.now()
        case InTheFuture(column):
            return columns(column) > func.now()
        case NoneOf(column, words):
            return columns(column).not_in(words)
        case KeptFrom(column, scope):
            return _scope(scope, Text()) != all_(columns(column))
        case InOwnPools(visa_type, channel, nationality):
            of_row = map(columns, (visa_type, channel, nationality))
            return in_pools(_scope(Scope.POOLS, Text()), *of_row)
        case OfFamilyJustTaken(group):
            return _of_family_just_taken(columns(group))
        case AllOf(rules):
            return and_(*(_rule_condition(each, columns) for each in rules))
        case AnyOf(rules):
            return or_(*(_rule_condition(each, columns) for each in rules))
        case ReachedThrough(key, named_by, inner):
            other = named_by.class_.__table__.alias()
            return (
                select(other.c[named_by.key])
                .where(
                    other.c[named_by.key] == columns(key),
                    _rule_condition(inner, lambda attribute: other.c[attribute.key]),
                )
                .exists()
            )


def _of_family_just_taken(group: ColumnElement[Any]) -> ColumnElement[bool]:
    member, other = Application.__table__.alias(), Application.__table__.alias()
    taken = Assignment.__table__.alias()
    own = (
        select(taken.c.id)
        .join(member, member.c.id == taken.c.application_id)
        .where(
            member.c.group_reference == group,
            _own_scope(taken.c.officer, Scope.SUBJECT),
            taken.c.ended_at.is_(None),
            taken.c.assigned_at >= func.now(),
        )
    )
    size = select(func.count()).where(other.c.group_reference == group).scalar_subquery()
    return and_(own.exists(), size <= literal_column(str(LARGEST_FAMILY)))


def _own_scope(column: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    own = _scope(scope, column.type)
    return column == (any_(own) if scope in _LISTS else own)

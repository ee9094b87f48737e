"""The statements of connections: prepared once per shape, run with many values."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam

from gateway.access.prepared_statements import PreparedStatement, prepare
from gateway.access.rows import select_reachable_in_role
from gateway.mapping.catalogue import DeclaredNoun
from gateway.mapping.context import Columns
from gateway.mapping.declare import Expression
from gateway.mapping.filters import Condition, Relation
from gateway.mapping.keyset import Boundary, Keyset, Place, boundary_values
from models.vocabulary import Role

_CACHED_STATEMENTS = 1_000
_LIMIT = "most"


class ListQuery(NamedTuple):
    """The shape of a page's statement, without the values: its cache key."""

    noun: DeclaredNoun
    role: Role
    columns: Columns
    conditions: tuple[tuple[Expression, Relation], ...]
    keyset: Keyset
    after: Boundary
    before: Boundary
    from_front: bool


@lru_cache(_CACHED_STATEMENTS)
def prepare_listing(listing: ListQuery) -> PreparedStatement:
    """Prepare the statement for a page; the values and the limit are parameters."""
    conditions = (Condition(column, relation, None) for column, relation in listing.conditions)
    clauses = (
        condition.clause_for(bindparam(_parameter_name(number), None, type_=condition.type))
        for number, condition in enumerate(conditions)
    )
    keyset = listing.keyset
    rows = select_reachable_in_role(listing.noun.name, listing.role, *listing.columns)
    return prepare(
        rows.add_columns(*keyset.columns())
        .where(*clauses, *keyset.between(listing.after, listing.before))
        .order_by(*keyset.order(from_front=listing.from_front))
        .limit(bindparam(_LIMIT, None, type_=Integer)),
        listing.role,
    )


def parameter_values(
    conditions: Sequence[Condition], after: Place | None, before: Place | None, limit: int
) -> dict[str, Any]:
    """The parameters of the statement, by name."""
    values = {
        _parameter_name(number): condition.value for number, condition in enumerate(conditions)
    }
    return {**values, **boundary_values(after, before), _LIMIT: limit}


def _parameter_name(number: int) -> str:
    return f"value_{number}"

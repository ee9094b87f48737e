"""Why a viewer could read a case at an instant: both walls, asked of the case as it was.

The first wall is the condition that our statements carry. The second is read from PostgreSQL's own
catalogue, as it is enforced now, with the viewer's scope put where a row rule asks the seal for it.
Both run over what `viewer.facts_of_case` hands out, under the names of the tables.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.types import DateTime

from gateway.access.rows import reachable_in_role, vouch_for
from gateway.access.transactions.prepared import Bound, Planning, bind_for, prepare
from gateway.access.transactions.reading import ReadTransaction
from gateway.policy import POLICY, ROWS_OF_A_CASE
from gateway.rules import AllOf, AnyOf, ReachedThrough, Rule, Scope
from gateway.viewer import Viewer
from models import Application
from models.row_security import database_role
from models.vocabulary import Role

#: How a row rule of the database asks for the viewer's scope, as PostgreSQL writes it.
_ASKS = re.compile(r"viewer\.(\w+)\('(\w+)'::text\)")
_LISTS = (Scope.COUNTRIES, Scope.CENTRES, Scope.PLACES, Scope.POOLS)


@dataclass(frozen=True, slots=True)
class RowsOfType:
    """What both walls say of the rows of one type that belong to a case."""

    type_name: str
    #: How many rows there are, and how many of them each wall lets through.
    rows: int
    by_gateway: int
    by_database: int
    #: Row rules of the database for the role, by name; none where it has none.
    row_policies: Mapping[str, str]
    #: The columns that the database grants the role, in order.
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExplainedCase:
    """What both walls say of a case, and whether the viewer was suspended."""

    at: datetime
    is_suspended: bool
    types: Sequence[RowsOfType]


async def explain_case(
    session: ReadTransaction, auditor: Viewer, viewer: Viewer, case: str, at: datetime | None
) -> ExplainedCase | None:
    """Ask both walls for a viewer, by facts of the instant or of now; None: no such case then."""
    policies, granted = await session.fetch(
        *(bind_for(auditor, "Explanation", each) for each in _catalogue_of(viewer.role))
    )
    by_table: dict[str, dict[str, str]] = {}
    for row in policies:
        by_table.setdefault(row.tablename, {})[row.policyname] = row.qual
    columns = {row.relname: tuple(row.granted) for row in granted}
    [answers] = await session.fetch(_ask(auditor, viewer, by_table, case, at))
    of_type = {row.type: row for row in answers}
    if not of_type[Application.__name__].rows:
        return None
    types = [
        RowsOfType(
            name,
            *(of_type[name].rows, of_type[name].by_gateway, of_type[name].by_database),
            by_table.get(table := _table(name), {}),
            columns.get(table, ()),
        )
        for name in ROWS_OF_A_CASE
    ]
    first = of_type[Application.__name__]
    return ExplainedCase(first.at, first.is_suspended, types)


def _table(type_name: str) -> str:
    return ROWS_OF_A_CASE[type_name].class_.__tablename__


@cache
def _catalogue_of(role: Role) -> tuple[Select[Any], Select[Any]]:
    """The row rules of a role, and the columns that it is granted, of the explained tables."""
    policies = text(
        "SELECT tablename::text, policyname::text, qual FROM pg_catalog.pg_policies"
        " WHERE schemaname = 'public' AND cmd IN ('SELECT', 'ALL')"
        " AND roles && ARRAY[:role, 'public']::name[] AND tablename = ANY (:tables)"
    )
    grants = text(
        "SELECT relname::text, array_agg(attname::text ORDER BY attname) AS granted"
        " FROM pg_catalog.pg_class JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'public'::regnamespace AND relname = ANY (:tables)"
        " AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege(:role, pg_class.oid, attnum, 'SELECT') GROUP BY relname"
    )
    bound = (
        bindparam("role", database_role(role), Text),
        bindparam("tables", sorted({_table(name) for name in ROWS_OF_A_CASE}), ARRAY(Text)),
    )
    named = (
        policies.bindparams(*bound)
        .columns(literal_column("tablename"), literal_column("policyname"), literal_column("qual"))
        .subquery()
    )
    listed = (
        grants.bindparams(*bound)
        .columns(literal_column("relname"), literal_column("granted"))
        .subquery()
    )
    return select(named), select(listed)


def _ask(
    auditor: Viewer,
    viewer: Viewer,
    policies: Mapping[str, Mapping[str, str]],
    case: str,
    at: datetime | None,
) -> Bound:
    """The statement that counts, for each type, the rows of the case and what each wall lets by."""
    facts = select(
        func.viewer.facts_of_case(
            auditor.role.value,
            *(case, viewer.subject, literal(viewer.partner, Text)),
            literal(at, DateTime(timezone=True)),
        ).label("told")
    ).cte("facts")
    asking = select(*(_scope(scope).label(scope) for scope in Scope)).cte("asking")
    shadows = (
        text(
            "SELECT told_of.* FROM facts, jsonb_populate_recordset("  # noqa: S608 a table of ours
            f"NULL::public.{name}, facts.told -> '{name}') AS told_of"
        )
        .columns()
        .cte(name)
        for name in sorted(_tables())
    )
    counted = union_all(
        *(_count(name, viewer.role, policies, case) for name in ROWS_OF_A_CASE)
    ).subquery()
    instant = func.coalesce(literal(at, DateTime(timezone=True)), func.now())
    suspended = literal_column("(SELECT (told ->> 'is_suspended')::boolean FROM facts)")
    statement = select(counted, instant.label("at"), suspended.label("is_suspended")).add_cte(
        facts, asking, *shadows
    )
    prepared = prepare(vouch_for(statement, "Explanation"), auditor.role, Planning.EACH_TIME)
    return prepared.bind(viewer)


def _scope(scope: Scope) -> ColumnElement[Any]:
    return bindparam(scope.value, None, type_=ARRAY(Text) if scope in _LISTS else Text())


def _count(
    name: str, role: Role, policies: Mapping[str, Mapping[str, str]], case: str
) -> Select[*tuple[Any, ...]]:
    of = ROWS_OF_A_CASE[name]
    files = Application.__table__.alias("the_case")
    key = files.c.id if of.key == "application_id" or of.class_ is Application else None
    the_case = select(files.c.applicant_id if key is None else key).where(files.c.reference == case)
    by_database = [_as_asked(qual, role) for qual in policies.get(_table(name), {}).values()]
    second = literal_column(" OR ".join(f"({one})" for one in by_database) or "false")
    return (
        select(
            literal_column(f"'{name}'").label("type"),
            func.count().label("rows"),
            func.count().filter(reachable_in_role(name, role)).label("by_gateway"),
            func.count().filter(second).label("by_database"),
        )
        .select_from(of.class_.__table__)
        .where(of == the_case.scalar_subquery())
    )


def _as_asked(condition: str, role: Role) -> str:
    """A row rule of the database with the viewer's scope in it. What it asks of another role is
    refused there: here it is unknown."""

    def answer(found: re.Match[str]) -> str:
        asked, of_role = found.groups()
        if of_role != role:
            return "NULL"
        scope = "true" if asked == "acts_as" else f"asking.{asked}"
        return f"(SELECT {scope} FROM asking)"  # noqa: S608 a word of our own functions

    return _ASKS.sub(answer, condition)


def _tables() -> set[str]:
    """The tables of the explained types, and those through which their rules go."""
    rules = (rule for name in ROWS_OF_A_CASE for rule in POLICY[name].rows.values())
    return {
        *map(_table, ROWS_OF_A_CASE),
        Application.__tablename__,
        *(table for rule in rules for table in _through(rule)),
    }


def _through(rule: Rule) -> Iterator[str]:
    match rule:
        case ReachedThrough(_, named_by, inner):
            yield named_by.class_.__tablename__
            yield from _through(inner)
        case AllOf(rules) | AnyOf(rules):
            for each in rules:
                yield from _through(each)
        case _:
            return

"""Under the row rules the indexes still work: the plans of every list, order, filter and link."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import ARRAY, Select, any_, literal
from sqlalchemy.dialects import postgresql

from gateway.access.fields import readable_fields
from gateway.access.rows import select_reachable_in_role
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.declare import Column, ToMany, ToOne, ToPages
from gateway.mapping.keyset import Boundary, Keyset
from gateway.mapping.linked_pages import LinkTarget, select_linked
from gateway.policy import POLICY
from gateway.viewer import Viewer
from models.database.connections import connect
from models.synthetic import Scale, start_of_day, synthesise
from models.vocabulary import Role
from tests.accounts import PAST_PARTITIONS
from tests.acting import act
from tests.gateway.schemas import FULL
from tests.walls.undoing import undone
from tests.walls.walking import of_tables

pytestmark = pytest.mark.anyio

CATALOGUE = Catalogue(FULL)
LISTS = ("Application", "AccessEvent", "Centre", "Partner", "Country", "VisaType")
#: What grows with the years; a handful of countries is read whole.
BIG = {"application", "applicant", "passport_ending", "identity", "application_event",
       "assignment", "decision", "screening", "access_event"}  # fmt: skip
VIEWERS = {
    role: Viewer("somebody", role, partner="NUSA", countries=("AU", "NZ"), centres=("AU-SYD",))
    for role in Role
}


@pytest.fixture(scope="module")
async def many(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A world of twenty thousand applications, with a log of reads."""
    until = start_of_day(date(2026, 11, 1))
    await synthesise(
        database, applications=20_000, months=24, seed=1, scale=Scale.PARTNER, until=until
    )
    connection = await connect(database)
    try:
        await connection.execute(PAST_PARTITIONS)
        await connection.execute(
            "INSERT INTO access_event (id, applicant_id, actor, actor_role, actor_partner_code,"
            " actor_country_code, purpose, case_reference, fields, trace_id, occurred_at)"
            " SELECT gen_random_uuid(), applicant_id, 'officer-' || ascii(reference), 'OFFICER',"
            " partner_code, country_code, 'CASEWORK', reference, '{}', 'trace', submitted_at"
            " FROM application"
        )
        # An empty partition is read whole, until rows are in it and it is planned anew.
        for row in await connection.fetch(
            "SELECT partition::regclass::text FROM partitions_made()"
        ):
            if not await connection.fetchval(f"SELECT EXISTS (SELECT FROM {row[0]})"):
                await connection.execute(f"DROP TABLE {row[0]}")
        await connection.execute("VACUUM ANALYZE")
        yield connection
    finally:
        await connection.close()


def pages(role: Role) -> Iterator[tuple[str, Select[Any]]]:
    """Every list that a role can ask for: by each order, by each filter, from a place on."""
    for noun in (CATALOGUE.nouns[name] for name in LISTS):
        if not readable_fields(noun.name, role):
            continue
        for order in _fields(noun, role, "is_order"):
            for descending in (False, True):
                keyset = Keyset.of_field(noun, order.python_name, descending=descending)
                page = _page(noun, role, keyset)
                name = f"{noun.name} by {order.name}{' descending' if descending else ''}"
                yield name, page
                for span in keyset.between(Boundary.WITH_VALUE, Boundary.NONE):
                    yield f"{name}, on", page.where(*span)
        usual = Keyset.of_field(noun, _usual(noun), descending=True)
        for filtering in _fields(noun, role, "is_filter"):
            column = getattr(filtering.source, "local", None) or filtering.source.value
            value = literal(_any(column.type.python_type), column.type)
            narrowed = column == value if isinstance(value.value, str) else column >= value
            yield f"{noun.name} where {filtering.name}", _page(noun, role, usual).where(narrowed)


def links(role: Role) -> Iterator[tuple[str, Select[Any]]]:
    """Every link that a role can follow, for a page of rows at once."""
    for noun in CATALOGUE.nouns.values():
        for field in noun.fields.values():
            source = field.source
            if isinstance(source, ToOne | ToMany) and field.name in readable_fields(
                noun.name, role
            ):
                target = CATALOGUE.target(source)
                if role not in POLICY[target.name].rows:
                    continue
                keys = literal([None] * 50, ARRAY(source.remote.type))
                statement = _select(target, role).where(source.remote == any_(keys))
                yield f"{noun.name}.{field.name}", statement
            if isinstance(source, ToPages) and field.name in readable_fields(noun.name, role):
                yield f"{noun.name}.{field.name}", _pages(source, role)


def _pages(source: ToPages, role: Role) -> Select[Any]:
    """The second page of each row that a link leads from."""
    noun = CATALOGUE.target(source)
    keyset = Keyset(noun, source.order, descending=source.newest_first)
    linked, columns = LinkTarget(noun, role, source.remote), CATALOGUE.columns(noun, role)
    keys = literal([None] * 50, ARRAY(source.remote.type))
    return select_linked(linked, columns, keyset, Boundary.WITH_VALUE, 51, keys)


def _fields(noun: DeclaredNoun, role: Role, kind: str) -> list[Any]:
    readable = readable_fields(noun.name, role)
    return [f for n, f in noun.fields.items() if n in readable and getattr(f.source, kind, False)]


def _usual(noun: DeclaredNoun) -> str:
    ordered = [field.python_name for field in noun.fields.values()
               if isinstance(field.source, Column) and field.source.is_order]  # fmt: skip
    return next((name for name in ("submitted_at", "occurred_at") if name in ordered), ordered[0])


def _page(noun: DeclaredNoun, role: Role, keyset: Keyset) -> Select[Any]:
    page = _select(noun, role).add_columns(*keyset.columns())
    return page.order_by(*keyset.order(from_front=True)).limit(51)


def _select(noun: DeclaredNoun, role: Role) -> Select[Any]:
    return select_reachable_in_role(noun.name, role, *CATALOGUE.columns(noun, role))


def _any(kind: type) -> Any:
    return kind() if kind in (str, int, bool) else UUID(int=0) if kind is UUID else kind(2026, 1, 1)


async def plan(connection: asyncpg.Connection, role: Role, statement: Select[Any]) -> Any:
    """The plan that the database keeps for a statement, whatever its values."""
    compiled = statement.compile(
        dialect=postgresql.asyncpg.dialect(), compile_kwargs={"render_postcompile": True}
    )
    await act(connection, VIEWERS[role])
    found = await explain_statement(connection, f"{compiled}", len(compiled.positiontup or ()))
    await connection.execute("RESET ROLE")
    return found


async def explain_statement(connection: asyncpg.Connection, text: str, parameters: int) -> Any:
    """The generic plan of a statement with so many parameters."""
    values = ", ".join(["NULL"] * parameters)
    await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE asked AS {text}")
    explain = f"EXPLAIN (FORMAT JSON) EXECUTE asked{f'({values})' if values else ''}"
    value = await connection.fetchval(explain)
    await connection.execute("DEALLOCATE asked")
    return of_tables(json.loads(value)[0]["Plan"])


def scanned_whole(node: Any) -> Iterator[str]:
    """The big tables of which a plan reads every row."""
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
        yield f"{node['Relation Name']}: {node.get('Filter', '')[:120]}"
    for below in node.get("Plans", ()):
        yield from scanned_whole(below)


@pytest.mark.proof
@pytest.mark.parametrize("role", Role)
async def test_no_question_reads_a_big_table_whole(many: asyncpg.Connection, role: Role) -> None:
    found = []
    async with many.transaction():
        for name, statement in (*pages(role), *links(role)):
            found += [f"{name}: {of}" for of in scanned_whole(await plan(many, role, statement))]
    assert found == []


@pytest.mark.proof
async def test_a_missing_index_is_noticed(many: asyncpg.Connection) -> None:
    async with undone(many):
        await many.execute("DROP INDEX ix_application_submitted_at_id")
        plans = [await plan(many, Role.OFFICER, page) for _, page in pages(Role.OFFICER)]
        assert [whole for one in plans for whole in scanned_whole(one)]


async def test_filters_and_orders_use_leakproof_operators_alone(
    connection: asyncpg.Connection,
) -> None:
    """Otherwise a row rule comes first, and no index is of use."""
    columns = [
        expression
        for noun in CATALOGUE.nouns.values()
        for field in noun.fields.values()
        for expression in _compared_expressions(field.source)
    ]
    types = {column.type.compile(postgresql.dialect()).lower() for column in columns}
    leaking = await connection.fetch(
        """
        SELECT DISTINCT amoplefttype::regtype::text, amopopr::regoperator::text
        FROM pg_amop
        JOIN pg_opfamily ON pg_opfamily.oid = amopfamily
        JOIN pg_am ON pg_am.oid = opfmethod AND amname = 'btree'
        JOIN pg_operator ON pg_operator.oid = amopopr
        JOIN pg_proc ON pg_proc.oid = oprcode
        WHERE amoplefttype = amoprighttype AND NOT proleakproof
            AND amoplefttype = ANY ($1::text[]::regtype[])
            AND opfname NOT LIKE '%pattern%'
        """,
        sorted(types),
    )
    assert types >= {"text", "uuid"}
    assert leaking == []


def _compared_expressions(source: Any) -> Iterator[Any]:
    match source:
        case Column(value, is_filter, is_order) if is_filter or is_order:
            yield value
        case ToOne(local, remote) | ToMany(local, remote) | ToPages(local, remote):
            yield from (local, remote)

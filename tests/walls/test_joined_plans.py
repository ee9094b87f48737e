"""PostgreSQL joins the links of a page row by row, and reads no table whole for it: under the row
rules, by plans that it makes once for all values."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import literal_column

from gateway.cli.explain import runner
from gateway.execution.operation import OperationRequest
from gateway.execution.plan.run import PlanRun
from gateway.mapping import listing
from gateway.mapping.keyset import LARGEST_PAGE
from models.database.connections import connect
from models.vocabulary import Role
from tests.acting import act
from tests.walls.test_plans import VIEWERS, explain_statement, scanned_whole
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

#: Links to large tables, over two levels; a list below; a row by its name.
PAGE = """{ applications(first: %d, where: {%s}) { nodes {
    reference decision { outcome }
    applicant { %s nationality { code } }
    events(first: 3) { nodes { kind } totalCount { value } }
} } }"""
QUERIES = {
    Role.OFFICER: [
        PAGE % (50, "", "passportLastFour"),
        PAGE % (50, "status: {in: [GRANTED, REFUSED]}", "id"),
        '{ application(by: {reference: "x"}) { decision { outcome } applicant { passportLastFour'
        " applications(first: 9) { nodes { decision { outcome } } } } } }",
    ],
    Role.PARTNER_MANAGER: [
        "{ applications(first: 50) { nodes { reference centre { city } applicant { id"
        " nationality { code } } } totalCount { value } } }",
    ],
}
#: Copies one application of the world, with its applicant, decision and first events, many times.
#: All of them are large: a table that stayed small would rightly be read whole, once analysed.
MULTIPLY = """
SET LOCAL session_replication_role = replica;
ALTER TABLE application DROP CONSTRAINT ck_application_reference_is_formed;
CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
    SELECT gen_random_uuid() AS a, gen_random_uuid() AS p, gen_random_uuid() AS d, n
    FROM generate_series(1, {rows}) n;
INSERT INTO applicant ({applicant}) SELECT {of_applicant} FROM copies,
    (SELECT * FROM applicant WHERE id = (SELECT applicant_id FROM application
     WHERE current_decision_id IS NOT NULL ORDER BY reference LIMIT 1)) one;
INSERT INTO passport_ending ({passport_ending}) SELECT {of_passport_ending} FROM copies,
    (SELECT * FROM passport_ending WHERE applicant_id = (SELECT applicant_id FROM application
     WHERE current_decision_id IS NOT NULL ORDER BY reference LIMIT 1)) one;
INSERT INTO decision ({decision}) SELECT {of_decision} FROM copies,
    (SELECT * FROM decision WHERE id = (SELECT current_decision_id FROM application
     WHERE current_decision_id IS NOT NULL ORDER BY reference LIMIT 1)) one;
INSERT INTO application ({application}) SELECT {of_application} FROM copies,
    (SELECT * FROM application
     WHERE current_decision_id IS NOT NULL ORDER BY reference LIMIT 1) one;
INSERT INTO application_event ({application_event}) SELECT {of_application_event} FROM copies,
    (SELECT * FROM application_event WHERE application_id = (SELECT id FROM application
     WHERE current_decision_id IS NOT NULL AND reference NOT LIKE 'COPY-%' ORDER BY reference
     LIMIT 1) ORDER BY sequence LIMIT 3) one;
ANALYZE applicant, passport_ending, decision, application, application_event;
"""
#: What of a copy is its own.
OWN = {
    "applicant": {"id": "p", "account": "NULL"},
    "passport_ending": {"applicant_id": "p"},
    "decision": {"id": "d", "application_id": "a", "supersedes_id": "NULL"},
    "application": {
        "id": "a",
        "reference": "'COPY-' || n",
        "applicant_id": "p",
        "current_decision_id": "d",
        "submitted_at": "one.submitted_at - n * interval '1 minute'",
        # Of one of many partners, in its country: where every row meets a rule, or is in the index
        # that the rule has, reading the table is right.
        "partner_code": "'PARTNER-' || n % 20",
        "country_code": "'P' || chr(65 + n % 20)",
    },
    "application_event": {"application_id": "a"},
}
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'
    AND identity_generation IS NULL
"""


@pytest.fixture(scope="module", params=[20_000, pytest.param(1_000_000, marks=pytest.mark.proof)])
async def many(request: Any, world: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in which the world has that many applications; it is undone."""
    connection = await connect(world)
    try:
        async with undone(connection):
            parts = {"rows": request.param}
            for table, own in OWN.items():
                columns = [row[0] for row in await connection.fetch(COLUMNS, table)]
                parts[table] = ", ".join(columns)
                parts[f"of_{table}"] = ", ".join(own.get(name, f"one.{name}") for name in columns)
            await connection.execute(MULTIPLY.format(**parts))
            # As on a disk: so that whole tables are read wherever many rows are expected.
            await connection.execute("SET LOCAL random_page_cost = 4")
            yield connection
    finally:
        await connection.close()


def statements(role: Role) -> Iterator[tuple[str, int]]:
    """The statements of the queries of a role, and how many parameters each has."""
    for query in QUERIES[role]:
        run = runner().plan(OperationRequest(document=query), VIEWERS[role])
        assert isinstance(run, PlanRun)
        for key, root in run.plan.roots.items():
            run.begin_root(key, root, None)
        for read in run.reads.begun:
            for bound in read.bind(VIEWERS[role]):
                yield bound.statement.text, len(bound.arguments)


async def read_whole(connection: asyncpg.Connection, role: Role) -> list[str]:
    """The large tables that the plans of these statements read whole."""
    found: list[str] = []
    for text, parameters in statements(role):
        async with undone(connection):
            await act(connection, VIEWERS[role])
            plan = await explain_statement(connection, text, parameters)
            found += scanned_whole(plan)
    return found


@pytest.mark.parametrize("role", QUERIES)
async def test_links_are_joined_row_by_row(many: asyncpg.Connection, role: Role) -> None:
    assert await read_whole(many, role) == []


async def test_with_a_bound_limit_alone_tables_are_read_whole(
    many: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planner takes it for a tenth of the table."""
    constant = listing.constant

    def no_limit(number: int) -> Any:
        return literal_column("ALL") if number == LARGEST_PAGE + 1 else constant(number)

    monkeypatch.setattr(listing, "constant", no_limit)
    runner.cache_clear()
    try:
        assert await read_whole(many, Role.OFFICER)
    finally:
        runner.cache_clear()

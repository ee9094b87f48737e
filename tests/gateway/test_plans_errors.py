"""On errors a plan answers what the executor answers, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any

import asyncpg
import httpx2
import pytest
from starlette.applications import Starlette

from gateway import service
from gateway.access.transactions.begin import TransactionLimits
from gateway.execution.selections import Selections
from models.database.connections import connect
from tests import tokens
from tests.gateway.both_ways import (
    BothWays,
    assert_honest_cost,
    both_ways,
    left_behind_ignored,
    plans_off,
)
from tests.gateway.conftest import CLAIMS, Answer, Viewer

pytestmark = pytest.mark.anyio

MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ('{ countries(first: 5, after: "x") { nodes { code } } }', {}),
    ('{ countries(first: 5, after: "") { edges { cursor } pageInfo { endCursor } } }', {}),
    ("{ countries(first: 0) { nodes { code } } }", {}),
    ("{ countries(last: 101) { edges { node { code } } } }", {}),
    ("{ countries { nodes { code } } }", {}),
    ("{ countries(first: 1, last: 1) { pageInfo { endCursor } } }", {}),
    ("query($n: Int) { countries(first: $n) { nodes { code } } }", {"n": -1}),
    ("query($n: Int) { countries(first: $n) { nodes { code } } }", {"n": None}),
    ("query($n: Int = 0) { countries(first: $n) { nodes { code } } }", {}),
    ('{ applications(first: 1, where: {reference: {prefix: ""}}) { nodes { id } } }', {}),
    ('{ applications(where: {reference: {eq: null, prefix: ""}}) { totalCount { value } } }', {}),
    ("query($p: String) { partners(first: 0, where: {code: {eq: $p}}) { nodes { id } } }",
     {"p": None}),
    ('query($c: CountryCode! = "AU") { country(by: {code: $c}) { name } }', {"c": None}),
    ("query($l: Language = ID) { countries(first: 2) { nodes { name(language: $l) } } }",
     {"l": None}),
    ("query($s: Boolean = true) { countries(first: 2) { nodes { code @skip(if: $s) } } }",
     {"s": None}),
    ("query($s: Boolean = true) { countries(first: 2) @include(if: $s) { nodes { code } } }",
     {"s": None}),
    ('{ good: country(by: {code: "AU"}) { code } bad: countries(first: 999) { nodes { code } } }',
     {}),
    ('{ visaType(by: {code: "B1"}) { code } bad: partner(by: {code: "\\u0000"}) { code } }', {}),
    ('{ applications(first: 1, where: {paidAt: {from: "0001-01-01T00:00:00Z"}}) { nodes { id } } }',
     {}),
]  # fmt: skip


@pytest.fixture(scope="module")
async def ways(who: dict[str, Viewer], world: str) -> AsyncIterator[BothWays]:
    async with both_ways(who, world) as compared:
        yield compared


@pytest.mark.parametrize(("query", "variables"), MISTAKES)
async def test_plan_and_executor_report_mistakes_alike(
    ways: BothWays, query: str, variables: dict[str, Any]
) -> None:
    with left_behind_ignored():
        await ways.compare("officer", {"query": query, "variables": variables})


# --- Documents that are too large ----------------------------------------------------------------


@pytest.mark.parametrize(("fields", "is_planned"), [(249, True), (250, False), (300, False)])
async def test_a_document_of_many_fields_has_no_plan_and_answers(
    ways: BothWays, fields: int, is_planned: bool
) -> None:
    """Each field counts for each place, the two ways in included."""
    aliases = " ".join(f"a{number}: iso3" for number in range(fields))
    ways_in = '{ a: country(by: {code: "AU"}) { ...F } b: country(by: {code: "NZ"}) { ...F } }'
    body = {"query": f"{ways_in} fragment F on Country {{ {aliases} }}"}
    assert await ways.compare("anonymous", body) == is_planned


@pytest.mark.parametrize("depth", [9, 30])
async def test_a_bomb_of_fragments_is_looked_at_no_further_than_a_plan_goes(
    ways: BothWays, depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    of = Selections.of

    def count_and_select(self: Selections, *arguments: Any) -> Any:
        nonlocal looked_at
        looked_at += 1
        return of(self, *arguments)

    monkeypatch.setattr(Selections, "of", count_and_select)
    doubled = "a: supersedes {{ ...F{0} }} b: supersedes {{ ...F{0} }}"
    bomb = [f"fragment F{n} on Decision {{ {doubled.format(n + 1)} }}" for n in range(depth)] + [
        f"fragment F{depth} on Decision {{ outcome }}"
    ]
    query = '{ application(by: {reference: "ANDA-CORR-0005"}) { decision { ...F0 } } }'
    assert not await ways.compare("officer", {"query": "\n".join((query, *bomb))})
    assert looked_at <= 500


# --- Rows that are not what they should be -------------------------------------------------------

#: A column that always has a value, of a page, of a joined row, of a list and of a look-up.
ALWAYS = [
    ("application", "channel", "{ applications(first: 20) { nodes { reference channel } } }"),
    ("decision", "decided_at",
     "{ applications(first: 20) { nodes { reference decision { decidedAt } } } }"),
    ("application_event", "kind",
     "{ applications(first: 20) { nodes { events(first: 9) { edges { node { kind } } } } } }"),
    ("application", "reference",
     '{ application(by: {reference: "AUSY-GRAN-0001"}) { submittedAt }'
     " applications(last: 20) { nodes { reference } } }"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "query"), ALWAYS)
async def test_null_where_there_must_be_a_value_is_left_to_the_executor(
    ways: BothWays, world: str, table: str, column: str, query: str
) -> None:
    assert await ways.compare("supervisor", {"query": query})
    owner = await connect(world)
    try:
        await owner.execute("SET session_replication_role = replica")
        await owner.execute(f"ALTER TABLE {table} ALTER {column} DROP NOT NULL")
        id_, value = await owner.fetchrow(f"SELECT id, {column} FROM {table} ORDER BY id LIMIT 1")
        await owner.execute(f"UPDATE {table} SET {column} = NULL WHERE id = $1", id_)
        try:
            assert not await ways.compare("supervisor", {"query": query})
        finally:
            await owner.execute(f"UPDATE {table} SET {column} = $2 WHERE id = $1", id_, value)
            await owner.execute(f"ALTER TABLE {table} ALTER {column} SET NOT NULL")
    finally:
        await owner.close()


# --- A database that fails -----------------------------------------------------------------------

NESTED = "{ countries(first: 3) { nodes { code entryRules { entry } } } }"
AT_ONCE = (
    '{ visaTypes(first: 3) { nodes { code } } country(by: {code: "AU"}) { entryRules { entry } } }'
)
TOP = "{ applications(first: 3) { nodes { reference events(first: 9) { nodes { kind } } } } }"
IDENTITY = (
    'query @purpose(code: SUPERVISION, reference: "SGPO-OPEN-0006") { applications(first: 3) {'
    " nodes {"
    " applicant { identity { fullName } } events(first: 9) { nodes { kind } } } } }"
)
FAILING = [("entry_rule", NESTED), ("entry_rule", AT_ONCE), ("application", TOP),
           ("application_event", IDENTITY)]  # fmt: skip


@asynccontextmanager
async def gateway_of_one_connection(
    world: str, statement_seconds: float
) -> AsyncIterator[Starlette]:
    """So long its statements wait for a lock, too, which is how a test makes them slow."""
    settings = tokens.settings(world, database_connections="1", operations="1")
    limits = TransactionLimits(statement_seconds, 2 * statement_seconds + 20, 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "TransactionLimits", lambda *_: limits)
        application = service.gateway(settings, key_source=tokens.key_source)
    async with application.router.lifespan_context(application):
        yield application


@asynccontextmanager
async def supervisor_of(application: Starlette) -> AsyncIterator[Viewer]:
    transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Viewer(client, CLAIMS["supervisor"])


@pytest.fixture(scope="module")
async def hasty(world: str) -> AsyncIterator[Viewer]:
    """Asks a gateway whose statements take half a second at most."""
    async with (
        gateway_of_one_connection(world, 0.5) as application,
        supervisor_of(application) as viewer,
    ):
        yield viewer


@asynccontextmanager
async def locked(world: str, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody reads a table meanwhile; the connection of who keeps it so."""
    owner = await connect(world)
    try:
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE {table}")
            yield owner
    finally:
        await owner.close()


WAITING = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def waiting(owner: asyncpg.Connection, count: int = 1) -> list[int]:
    """Who waits for a lock, as soon as that many do."""
    async with asyncio.timeout(30):
        while True:
            await owner.execute("SELECT pg_stat_clear_snapshot()")
            found = [row["pid"] for row in await owner.fetch(WAITING)]
            if len(found) == count:
                return found
            await asyncio.sleep(0.01)


def refusal_of(answer: Answer) -> Any:
    return answer.status, answer.codes, [error.get("path") for error in answer.errors]


@contextmanager
def way(is_planned: bool) -> Iterator[None]:
    with left_behind_ignored(), nullcontext() if is_planned else plans_off():
        yield


@pytest.mark.parametrize(("table", "query"), FAILING)
async def test_a_statement_that_takes_too_long_is_reported_and_not_repeated(
    hasty: Viewer, world: str, traffic: Any, table: str, query: str
) -> None:
    """A plan fails at the first place that reads on; what it read before is not answered."""
    for is_planned in (False, True):
        traffic.statements.clear()
        async with locked(world, table):
            with way(is_planned):
                answer = await hasty(query)
        assert (answer.status, set(answer.codes)) == (200, {"TIMEOUT"})
        sent = [f"{one} ".replace("\n", " ") for one in traffic.statements]
        late = [one for one in sent if f"FROM {table} " in one]
        assert len(late) == len(set(late)) > 0
    assert (await hasty(query)).errors == []


#: A table that nobody can read, and root fields of which those called `late…` read it.
ALONE = [
    ("application", "viewer { role } late: applications(first: 3) { nodes { reference } }"
     " countries(first: 2) { nodes { code } }"),
    ("application", "countries(first: 2) { nodes { code } }"
     " late: applications(first: 3) { totalCount { value } } viewer { role }"),
    ("entry_rule", "late: countries(first: 3) { nodes { code entryRules { entry } } }"
     " visaTypes(first: 2) { nodes { code } } policies { type }"),
    ("entry_rule", 'late: country(by: {code: "AU"}) { entryRules { entry } }'
     " cases: applications(first: 3) { nodes { reference } }"),
    ("volume_outbox", "viewer { role } late: volumes("
     'from: "2025-01-01", to: "2025-12-31", groupBy: [MONTH]) { rows { intake { value } } }'
     " countries(first: 2) { nodes { code entryRules { entry } } }"),
    ("entry_rule", "late: countries(first: 3) { nodes { code entryRules { entry } } }"
     " visaTypes(first: 2) { nodes { code fees { price { amount } } } }"
     " centres(first: 2) { nodes { code } }"),
]  # fmt: skip


@pytest.mark.parametrize("is_planned", [True, False])
@pytest.mark.parametrize(("table", "fields"), ALONE)
async def test_only_a_root_field_that_takes_too_long_is_null(
    hasty: Viewer, world: str, table: str, fields: str, is_planned: bool
) -> None:
    query = f"{{ {fields} }}"
    whole = (await hasty(query)).data
    async with locked(world, table):
        with way(is_planned):
            answer = await hasty(query)
    assert (answer.status, set(answer.codes)) == (200, {"TIMEOUT"})
    assert {error["path"][0] for error in answer.errors} == {"late"}
    assert answer.data == {**whole, "late": None}
    assert list(answer.data) == list(whole)
    assert_honest_cost(answer, query)


LISTED = "nodes { reference events(first: 1) { nodes { kind } } } totalCount { value }"
LISTS = (
    f"applications(first: 3, where: {{stage: {{eq: CLOSED}}}}) {{ {LISTED} }}",
    "applications { facets { stage { value } } }",
    "workList(queue: HELD, first: 3) { nodes { reference } }",
)


@pytest.mark.parametrize("is_planned", [True, False])
async def test_a_list_takes_less_time_than_other_statements(
    world: str, monkeypatch: pytest.MonkeyPatch, is_planned: bool
) -> None:
    monkeypatch.setattr("gateway.access.transactions.reading.MOST_LIST_SECONDS", 0.5)
    look_up = '{ application(by: {reference: "AUSY-PAID-0013"}) { reference } }'
    # So long, and longer than in any other test: settings are made once for each limit.
    async with (
        gateway_of_one_connection(world, 90 + is_planned) as application,
        supervisor_of(application) as viewer,
    ):
        whole = (await viewer(look_up)).data
        async with locked(world, "application"):
            with way(is_planned):
                for listed in LISTS:
                    answer = await viewer(f"{{ late: {listed} viewer {{ role }} }}")
                    assert (answer.status, set(answer.codes)) == (200, {"TIMEOUT"})
                    assert answer.data == {"late": None, "viewer": {"role": "SUPERVISOR"}}
                asking = asyncio.ensure_future(viewer(look_up))
                await asyncio.sleep(1.5)
                assert not asking.done()
        assert (await asking).data == whole


@pytest.mark.parametrize(("table", "query"), FAILING)
async def test_plan_and_executor_report_a_lost_database_alike(
    hasty: Viewer, world: str, table: str, query: str
) -> None:
    answers: list[Any] = []
    for is_planned in (False, True):
        async with locked(world, table) as owner:
            with way(is_planned):
                asking = asyncio.ensure_future(hasty(query))
                for process in await waiting(owner):
                    await owner.execute("SELECT pg_terminate_backend($1)", process)
                answer = await asking
        answers.append(refusal_of(answer))
    assert answers[0] == answers[1] == (503, ["UNAVAILABLE"], [None])
    assert (await hasty(query)).errors == []

"""How many people's last four of a passport a viewer read: counted exactly over two gateways."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest

from gateway.access import alerts
from gateway.execution import runner
from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from gateway.mapping.ids import GlobalId
from gateway.viewer import Viewer as ActingViewer
from models.jobs.forget_changes import forget
from models.row_keys import new_key
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.gateway.conftest import PATIENT, Viewer
from tests.gateway.in_process import two_gateways
from tests.gateway.log_lines import log_lines
from tests.walls.undoing import undone
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

USUAL = 5
IDS = [GlobalId("Applicant", str(applicant_id(name))).encode() for name in APPLICANTS]
ONE = "query ($id: ID!) { node(id: $id) { ... on Applicant { passportLastFour } } }"
PAGES = """{ applications(first: 3) { nodes { applicant { passportLastFour
    applications(first: 1) { nodes { applicant { passportLastFour } } } } } } }"""
OF_NOBODY = "{ applications(first: 5) { nodes { applicant { id nationality { code } } } } }"
COUNTED = "SELECT count(*) FROM ending_told WHERE actor = $1"
RAISED = "SELECT count(*) FROM alert WHERE actor = $1 AND kind = 'READ_BUDGET'"


@pytest.fixture(scope="module")
async def replicas(world: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Two gateways on one database."""
    async with two_gateways(
        tokens.settings(world, **PATIENT, last_four_alert=str(USUAL))
    ) as clients:
        yield clients


def supervisor(client: httpx2.AsyncClient, name: str) -> Viewer:
    """A supervisor who has read nobody's yet."""
    return Viewer(client, {"role": "SUPERVISOR", "sub": name})


async def ask_of(replicas: Any, name: str, ids: list[str]) -> None:
    """Ask for each person three times, all at once, at either gateway."""
    asked = await asyncio.gather(
        *(
            supervisor(replicas[number % 2], name)(ONE, id=id_)
            for number, id_ in enumerate([*ids, *ids, *ids])
        )
    )
    assert all(one.data["node"]["passportLastFour"] for one in asked)


async def counts_of(connection: asyncpg.Connection, name: str) -> tuple[int, int]:
    """How many people somebody read it of, and how many alerts there are about that."""
    return await connection.fetchval(COUNTED, name), await connection.fetchval(RAISED, name)


async def test_one_more_than_usual_raises_one_alert(replicas, connection) -> None:
    await ask_of(replicas, "steady", IDS[:USUAL])
    assert await counts_of(connection, "steady") == (USUAL, 0)
    await ask_of(replicas, "steady", IDS[: USUAL + 2])
    assert await counts_of(connection, "steady") == (USUAL + 2, 1)
    # Of many at once, no gateway alone sees that there are more.
    await ask_of(replicas, "at-once", IDS[: USUAL + 1])
    assert await counts_of(connection, "at-once") == (USUAL + 1, 1)


async def test_without_a_plan_the_count_is_the_same(replicas, connection, monkeypatch) -> None:
    """Of a page, only the rows that it shows are counted, not the one behind it."""
    assert (await supervisor(replicas[0], "planned")(PAGES)).errors == []
    monkeypatch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)
    assert (await supervisor(replicas[0], "unplanned")(PAGES)).errors == []
    assert (
        await counts_of(connection, "planned") == await counts_of(connection, "unplanned") == (3, 0)
    )


async def test_a_count_that_is_not_made_is_noticed(replicas, connection, monkeypatch) -> None:
    """The defect: an answer is not counted."""

    async def skip_count(*_: object) -> None:
        return None

    monkeypatch.setattr(runner, "count_endings", skip_count)
    await ask_of(replicas, "uncounted", IDS)
    assert await counts_of(connection, "uncounted") == (0, 0)


async def test_a_last_four_that_cannot_be_counted_is_not_answered(
    replicas, connection, monkeypatch
) -> None:
    monkeypatch.setattr(alerts, "_COUNTING", "SELECT $1::text, $2 / 0, $3::uuid[], $4::uuid")
    with log_lines() as log:
        asked = await supervisor(replicas[0], "in-an-outage")(ONE, id=IDS[0])
    assert [line["unlogged"] for line in log.of("request")] == [True]
    assert (asked.status, asked.codes, "data" in asked.body) == (503, ["UNAVAILABLE"], False)
    monkeypatch.undo()
    await ask_of(replicas, "in-an-outage", IDS[:1])
    assert await counts_of(connection, "in-an-outage") == (1, 0)


async def test_last_fours_older_than_an_hour_no_longer_count_and_are_deleted(
    replicas, connection
) -> None:
    await ask_of(replicas, "patient", IDS[:USUAL])
    await connection.execute(
        "UPDATE ending_told SET told_at = told_at - interval '1 hour' WHERE actor = 'patient'"
    )
    await ask_of(replicas, "patient", IDS[USUAL : USUAL + 2])
    assert await counts_of(connection, "patient") == (USUAL + 2, 0)
    await forget(connection)
    assert await counts_of(connection, "patient") == (2, 0)


async def test_a_count_is_the_viewers_own(connection) -> None:
    counting = "SELECT viewer.count_endings($1, 0, $2, $3)"
    async with undone(connection):
        await act(connection, ActingViewer("asking", Role.SUPERVISOR))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(counting, "OFFICER", [new_key()], new_key())


async def test_an_operation_without_last_fours_takes_no_more_statements(replicas, traffic) -> None:
    """One write, of the statements of the page: where nobody asks, and where all are null."""
    page = OF_NOBODY.replace("nationality { code }", "passportLastFour")
    stranger = Viewer(replicas[0], {"role": "OFFICER", "sub": "without-cases"})
    for asking, document in ((supervisor(replicas[0], "paging"), OF_NOBODY), (stranger, page)):
        await asking(document)
        traffic.statements.clear()
        traffic.connections = 0
        asked = await asking(document)
        assert (asked.errors, traffic.connections) == ([], 1)
        assert not [one for one in traffic.statements if "count_endings" in one]

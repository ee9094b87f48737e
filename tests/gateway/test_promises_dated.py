"""What the product promises for a time: an agent reads how a case ended until 30 days after."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.gateway.changing import granted_case, perform, row_id
from tests.gateway.conftest import Viewer, without_budget

pytestmark = pytest.mark.anyio

OUTCOME = """query($id: ID!) { node(id: $id) { ... on Application {
    stage closedAt decision { id outcome isIncomplete }
} } }"""
DECISION = "query($id: ID!) { node(id: $id) { id } }"
CENTRE = """{ volumes(from: "2025-01-01", to: "2025-03-31", groupBy: []) {
    rows { decisions { value } granted { value } }
} }"""
THIRTY_DAYS = timedelta(days=30)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
async def owner(world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(world)
    yield connection
    await connection.close()


async def close_again(owner: asyncpg.Connection, id_: str, ago: timedelta) -> None:
    """As if the case had been lodged, paid and closed so long ago."""
    await owner.execute(
        "UPDATE application SET submitted_at = now() - $2::interval, received_at = NULL,"
        " paid_at = now() - $2::interval, closed_at = now() - $2::interval WHERE id = $1",
        *(row_id(id_), ago),
    )


async def outcome(viewer: Viewer, id_: str) -> Any:
    return (await viewer(OUTCOME, id=id_)).data["node"]["decision"]


async def test_an_agent_reads_an_outcome_until_thirty_days_after(who, owner) -> None:
    case = await granted_case(who)
    found = await outcome(who["agent-au"], case)
    assert (found["outcome"], found["isIncomplete"]) == ("GRANTED", False)

    await close_again(owner, case, THIRTY_DAYS - A_MINUTE)
    assert await outcome(who["agent-au"], case) == found

    await close_again(owner, case, THIRTY_DAYS + A_MINUTE)
    node = (await who["agent-au"](OUTCOME, id=case)).data["node"]
    assert (node["stage"], node["decision"]) == ("CLOSED", None)
    assert node["closedAt"], "when it closed says nothing of how"
    for others in ("officer", "supervisor", "auditor"):
        answer = await who[others](OUTCOME.replace("isIncomplete", ""), id=case)
        assert answer.data["node"]["decision"]["outcome"] == "GRANTED"


async def test_a_decision_out_of_time_and_none_answer_alike(who, owner) -> None:
    case = await granted_case(who)
    decision = (await outcome(who["agent-au"], case))["id"]
    await close_again(owner, case, THIRTY_DAYS + A_MINUTE)
    nothing = GlobalId("Decision", "00000000-0000-7000-8000-00000000000f").encode()
    answers = [await who["agent-au"](DECISION, id=id_) for id_ in (decision, nothing)]
    first, second = (json.loads(without_budget(answer.text)) for answer in answers)
    assert first == second == {**first, "data": {"node": None}}


async def test_a_withdrawn_case_of_long_ago_looks_like_a_decided_one(who, owner) -> None:
    withdrawn, decided = await granted_case(who), await granted_case(who)
    async with owner.transaction():
        await owner.execute(
            "UPDATE application SET status = 'WITHDRAWN', current_decision_id = NULL WHERE id = $1",
            row_id(withdrawn),
        )
    for id_ in (withdrawn, decided):
        await close_again(owner, id_, THIRTY_DAYS + A_MINUTE)
    seen = [
        {**(await who["agent-au"](OUTCOME, id=id_)).data["node"], "closedAt": None}
        for id_ in (withdrawn, decided)
    ]
    assert seen[0] == seen[1]


async def test_the_centre_keeps_its_exact_figures(who) -> None:
    """Those of 2025, whose outcomes can be read one by one no more."""
    [row] = (await who["agent-au"](CENTRE)).data["volumes"]["rows"]
    assert (row["decisions"]["value"], row["granted"]["value"]) == (2, 2)


async def test_an_agent_does_not_hear_of_a_correction_out_of_time(who, owner) -> None:
    """The change itself would say that the outcome was another one."""
    lately, long_ago = await granted_case(who), await granted_case(who)
    await close_again(owner, long_ago, THIRTY_DAYS + A_MINUTE)
    refusal = {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}
    for id_ in (lately, long_ago):
        await perform(who["supervisor"], "supersedeDecision", id_, **refusal)
    answer = await who["agent-au"](OUTCOME, id=lately)
    assert answer.data["node"]["decision"]["outcome"] == "REFUSED"
    assert await outcome(who["agent-au"], long_ago) is None

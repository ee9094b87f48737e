"""What a mutation answers with is read by a plan, as the executor would read it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from gateway.execution.plan.cells import CellError
from gateway.execution.plan.reads import BranchReads
from tests.gateway import changing
from tests.gateway.both_ways import plans_off
from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    change,
    document,
    events,
    granted_case,
    key,
    submitted_case,
)
from tests.gateway.conftest import Viewer, without_budget
from tests.gateway.log_lines import log_lines

pytestmark = pytest.mark.anyio

Who = Mapping[str, Viewer]

#: More than the payload's own columns: rows that are joined, below, in memory, and in pages.
ANSWER = (
    "__typename application { id reference stage country { name } centre { city } bill { code }"
    " documents { kind } applicant { nationality { code } passportLastFour } }"
    " errors { __typename code message path }"
)


async def both_ways(viewer: Viewer, query: str, said: dict[str, Any]) -> Any:
    """The answer by a plan, which is also the executor's to the same request."""
    with log_lines() as log:
        asked = await viewer(query, input=said)
        with plans_off():
            again = await viewer(query, input=said)
    assert (asked.status, asked.errors) == (200, [])
    assert [line["way"] for line in log.of("request")] == ["plan", "executor"]
    assert without_budget(again.text) == without_budget(asked.text)
    return asked


async def test_plan_and_executor_answer_alike_to_every_mutation_up_to_a_visa(
    who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    async def send(viewer: Viewer, mutation: str, given: dict[str, Any]) -> Any:
        made.append(mutation)
        values = {"idempotencyKey": key(), **changing.UNSAID.get(mutation, {}), **given}
        return await both_ways(viewer, document(mutation), values)

    monkeypatch.setattr(changing, "send", send)
    await granted_case(who)
    assert len({*made}) > 5


async def test_links_of_what_was_changed_are_followed(who: Who) -> None:
    values = {
        "visaType": "B1",
        "nationality": "AU",
        "entryOn": ENTRY_ON,
        "identity": dict(IDENTITY),
    }
    query = document("submitApplication", ANSWER)
    asked = await both_ways(who["agent-au"], query, {**values, "idempotencyKey": key()})
    application = asked.data["submitApplication"]["application"]
    assert application["applicant"] == {"nationality": {"code": "AU"}, "passportLastFour": "4567"}
    assert (application["centre"], application["documents"]) == ({"city": "Sydney"}, [])
    refused = await both_ways(
        who["agent-au"], query, {**values, "visaType": "??", "idempotencyKey": key()}
    )
    assert refused.data["submitApplication"]["application"] is None


async def test_each_result_of_a_batch_has_its_application(who: Who) -> None:
    one = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    selection = f"results {{ {ANSWER} }} errors {{ code }}"
    values = {"applications": [one, {**one, "visaType": "C1"}], "idempotencyKey": key()}
    asked = await both_ways(who["agent-au"], document("submitApplications", selection), values)
    results = asked.data["submitApplications"]["results"]
    assert len({result["application"]["reference"] for result in results}) == 2


async def test_a_plan_that_fails_has_the_change_made_once(
    who: Who, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise CellError("a row that does not hold what it should")

    id_ = await submitted_case(who)
    before = await events(connection, id_)
    monkeypatch.setattr(BranchReads, "read", fail)
    with log_lines() as log:
        withdrawn = await change(who["agent-au"], "withdrawApplication", id_)
    assert withdrawn.is_done
    (line,) = log.of("request")
    assert (line["way"], line["why_executor"]) == ("executor", "unexpected")
    assert len(await events(connection, id_)) == len(before) + 1


async def test_several_mutations_run_one_after_the_other(
    who: Who, connection: asyncpg.Connection
) -> None:
    first, second = await asyncio.gather(submitted_case(who), submitted_case(who))
    query = """mutation($one: WithdrawApplicationInput!, $other: WithdrawApplicationInput!) {
        b: withdrawApplication(input: $other) { application { id stage } errors { code } }
        a: withdrawApplication(input: $one) { application { id stage } errors { code } }
        again: withdrawApplication(input: $other) { application { id } errors { code } }
    }"""
    one, other = ({"applicationId": id_, "idempotencyKey": key()} for id_ in (first, second))
    with log_lines() as log:
        asked = await who["agent-au"](query, one=one, other=other)
    assert [*asked.data] == ["b", "a", "again"]
    assert [payload["application"]["id"] for payload in asked.data.values()] == [
        second,
        first,
        second,
    ]
    assert [payload["errors"] for payload in asked.data.values()] == [[], [], []]
    assert [line["way"] for line in log.of("request")] == ["plan"]

"""Systems take a step of each of several applications: each for itself, once, and in their own
reach alone."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from gateway.schema.mutations.inputs import MOST_AT_ONCE
from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    assign_to,
    document,
    everything,
    global_id,
    hand_over,
    in_screening,
    key,
    pay_bill,
    perform,
)
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

RESULTS = "results { application { id stage } errors { code path } } errors { code path message }"
ANSWERED = "results { screening { proposed } errors { code path } } errors { code path message }"
CALLING = {"visaType": "C1", "nationality": "AF"}
#: Of another partner, and of nobody.
FOREIGN = global_id("ANDA-CORR-0005")
MISSING = GlobalId("Application", str(uuid4())).encode()


async def together(
    viewer: Viewer, mutation: str, shown: str = RESULTS, **items: list[dict[str, Any]]
) -> dict[str, Any]:
    answer = await viewer(document(mutation, shown), input=items)
    assert (answer.status, answer.errors) == (200, []), answer.text
    return answer.data[mutation]


async def lodged(service: Viewer) -> str:
    identity = {**IDENTITY, "passportNumber": key()[:8].upper()}
    given = {"visaType": "B1", "nationality": "AU", "country": "AU", "entryOn": ENTRY_ON}
    return await perform(service, "submitApplication", identity=identity, **given)


def of(case: str, **given: Any) -> dict[str, Any]:
    return {"applicationId": case, "idempotencyKey": key(), **given}


def outcomes(payload: dict[str, Any]) -> list[Any]:
    """The stage of each, or its mistakes below the input."""
    return [
        one["application"]["stage"]
        if one["application"]
        else [(mistake["code"], *mistake["path"][1:]) for mistake in one["errors"]]
        for one in payload["results"]
    ]


async def test_a_batch_takes_each_step_for_itself(who, world, connection) -> None:
    service = who["service"]
    first, second = [await lodged(service) for _ in range(2)]
    before = await everything(connection)
    nothing = [of(first), {**of(second), "idempotencyKey": "short"}]
    refused = await together(service, "proposeCorrections", corrections=nothing)
    assert outcomes(refused) == [
        [("INVALID", "corrections", "0", "identity")],
        [("INVALID", "corrections", "1", field) for field in ("idempotencyKey", "identity")],
    ]
    assert await everything(connection) == before
    steps = [
        of(first),
        of(FOREIGN),
        {**of(second), "expectedStage": "CLOSED"},
        of(second),
    ]
    done = await together(service, "withdrawApplications", withdrawals=steps)
    assert done["errors"] == []
    assert outcomes(done) == [
        "CLOSED",
        [("NOT_FOUND", "withdrawals", "1", "applicationId")],
        [("STAGE_CHANGED", "withdrawals", "2", "expectedStage")],
        "CLOSED",
    ]


async def test_what_was_done_is_answered_again_and_a_key_serves_one_step(
    who, world, connection
) -> None:
    service = who["service"]
    cases = [await lodged(service) for _ in range(3)]
    steps = [of(case) for case in cases]
    cut = await together(service, "withdrawApplications", withdrawals=steps[:1])
    twice = [*steps, steps[1], {**steps[1], "applicationId": cases[0]}]
    again, concurrent = await asyncio.gather(
        *(together(service, "withdrawApplications", withdrawals=twice) for _ in range(2))
    )
    conflict = [("IDEMPOTENCY_CONFLICT", "withdrawals", "4", "idempotencyKey")]
    assert outcomes(again) == outcomes(concurrent) == [*["CLOSED"] * 4, conflict]
    assert again["results"][0] == cut["results"][0]
    [(number,)] = await connection.fetch(
        "SELECT count(*) FROM application_event WHERE kind = 'WITHDRAWN' AND application_id IN"
        " (SELECT application_id FROM application_event WHERE kind = 'SUBMITTED' AND"
        " actor = 'service' ORDER BY occurred_at DESC LIMIT 3)"
    )
    assert number == 3


async def test_corrections_and_answers_come_in_batches(who, world) -> None:
    service = who["service"]
    first, second = [await lodged(service) for _ in range(2)]
    corrections = [
        of(first, identity={"fullName": "Olive Other"}),
        of(second, identity={"fullName": ""}),
    ]
    corrected = await together(service, "proposeCorrections", corrections=corrections)
    assert outcomes(corrected) == [
        "WAITING_FOR_APPLICANT", [("INVALID", "corrections", "1", "identity", "fullName")],
    ]  # fmt: skip
    for case in (first, second):
        await hand_over(service, await pay_bill(who, case), "B1")
        await assign_to(who, "officer", case)
        items = [{"kind": "RETURN_TICKET"}]
        await perform(who["officer"], "requestInformation", case, items=items)
    requests = [of(first, items=["RETURN_TICKET"]), of(second, items=["PHOTOGRAPH"])]
    answered = await together(service, "answerInformationRequests", requests=requests)
    assert outcomes(answered)[0] == "IN_PROCESS"
    assert outcomes(answered)[1][0][1:3] == ("requests", "1")


async def test_the_screening_authority_answers_and_agrees_in_batches(who, world) -> None:
    first, second = [await in_screening(who, **CALLING) for _ in range(2)]
    answers = [
        of(case, kind=kind, result="CLEAR")
        for case in (first, second)
        for kind in ("ENTRY_BAN", "CLEARANCE")
    ]
    again = of(first, kind="ENTRY_BAN", result="CLEAR")
    given = {"answers": [*answers, answers[0], again]}
    recorded = await together(who["screening"], "recordScreenings", shown=ANSWERED, **given)
    # What waits for a second person is still a question.
    assert answered(recorded) == [
        *[None, "CLEAR"] * 2, None, [("NOTHING_ASKED", "answers", "5", "applicationId")],
    ]  # fmt: skip
    agreed = [of(case, kind="CLEARANCE") for case in (first, second)]
    alone, both = [
        await together(who[name], "confirmScreenings", shown=ANSWERED, answers=agreed)
        for name in ("screening", "screening-2")
    ]
    assert [one[0][0] for one in answered(alone)] == ["SECOND_PERSON_REQUIRED"] * 2
    assert answered(both) == [None, None]
    for case in (first, second):
        await perform(who["officer"], "recordDecision", case, outcome="GRANTED")


def answered(payload: dict[str, Any]) -> list[Any]:
    """What is proposed to each question that is open still, or the mistakes."""
    return [
        [(mistake["code"], *mistake["path"][1:]) for mistake in one["errors"]]
        or (one["screening"] and one["screening"]["proposed"])
        for one in payload["results"]
    ]


@pytest.mark.parametrize(
    ("mutation", "items", "given"),
    [
        ("proposeCorrections", "corrections", {"identity": {"fullName": "Olive Other"}}),
        ("withdrawApplications", "withdrawals", {}),
        ("answerInformationRequests", "requests", {"items": ["RETURN_TICKET"]}),
    ],
)
async def test_a_foreign_file_is_a_missing_one_and_a_batch_has_a_size(
    who, world, connection: asyncpg.Connection, mutation: str, items: str, given: dict[str, Any]
) -> None:
    service, before = who["service"], await everything(connection)
    found = [
        await together(service, mutation, **{items: [of(case, **given)]})
        for case in (FOREIGN, MISSING)
    ]
    assert found[0] == found[1]
    assert outcomes(found[0]) == [[("NOT_FOUND", items, "0", "applicationId")]]
    for number in (0, MOST_AT_ONCE + 1):
        many = [of(MISSING, **given)] * number
        refused = await together(service, mutation, **{items: many})
        assert refused["results"] == []
        [mistake] = refused["errors"]
        assert (mistake["code"], mistake["path"]) == ("INVALID", ["input", items])
        assert str(MOST_AT_ONCE) in mistake["message"]
    most = [of(MISSING, **given)] * MOST_AT_ONCE
    assert len((await together(service, mutation, **{items: most}))["results"]) == MOST_AT_ONCE
    assert await everything(connection) == before

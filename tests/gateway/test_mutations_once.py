"""Nothing is done twice and nothing is lost: keys, expectations, and many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from tests.gateway.changing import (
    IDENTITY,
    MutationAnswer,
    change,
    cleared_case,
    document,
    events,
    everything,
    in_verification,
    key,
    paid_case,
    pay,
    perform,
    receipt,
    row,
    row_id,
    send,
    submitted_case,
)
from tests.gateway.conftest import Answer, Viewer

pytestmark = pytest.mark.anyio

SUBMISSION: dict[str, Any] = {
    "visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY),
}  # fmt: skip
CROWD = 20


async def together(*calls: Awaitable[Any]) -> list[Any]:
    return list(await asyncio.gather(*calls))


async def applications(connection: Any) -> int:
    return await connection.fetchval("SELECT count(*) FROM application")


# --- Keys ----------------------------------------------------------------------------------------


async def test_the_same_request_again_answers_the_same_and_does_nothing(
    who, world, connection
) -> None:
    values = {**SUBMISSION, "idempotencyKey": key()}
    first = await change(who["agent-au"], "submitApplication", **values)
    before = await everything(connection)
    again = await change(who["agent-au"], "submitApplication", **values)
    assert again.payload == first.payload
    assert await everything(connection) == before


async def test_a_decision_again_is_not_refused_for_the_status_it_made(
    who, world, connection
) -> None:
    id_ = await cleared_case(who)
    values = {"idempotencyKey": key(), "outcome": "GRANTED", "expectedStatus": "SCREENING"}
    for _ in range(3):
        assert (await change(who["officer"], "recordDecision", id_, **values)).codes == []
    made = "SELECT count(*) FROM decision WHERE application_id = $1"
    assert await connection.fetchval(made, row_id(id_)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"nationality": "NZ"},
        {"identity": {**IDENTITY, "fullName": "Olive Zephyrina"}},
        {"visaType": "C1"},
    ],
)
async def test_an_idempotency_key_with_another_input_is_refused(
    who, world, connection, other
) -> None:
    values = {**SUBMISSION, "idempotencyKey": key()}
    await perform(who["agent-au"], "submitApplication", **values)
    before = await everything(connection)
    changed = await change(who["agent-au"], "submitApplication", **{**values, **other})
    assert changed.codes == ["IDEMPOTENCY_CONFLICT"]
    assert changed.payload["errors"][0]["path"] == ["input", "idempotencyKey"]
    assert await everything(connection) == before


async def test_a_key_used_by_another_mutation_is_refused(who, world) -> None:
    first, second, key_ = await submitted_case(who), await submitted_case(who), key()
    await perform(who["agent-au"], "markReceived", first, idempotencyKey=key_)
    for mutation, id_ in (("withdrawApplication", first), ("markReceived", second)):
        changed = await change(who["agent-au"], mutation, id_, idempotencyKey=key_)
        assert changed.codes == ["IDEMPOTENCY_CONFLICT"]


async def test_a_key_is_that_of_one_person_in_one_role(who, world) -> None:
    key_ = key()
    ids = [
        await perform(viewer, "submitApplication", **SUBMISSION, idempotencyKey=key_)
        for viewer in (
            who["agent-au"],
            Viewer(who["agent-au"].client, {**who["agent-au"].claims, "sub": "agent-2"}),
            Viewer(who["agent-au"].client, {"role": "APPLICANT", "sub": "agent-au"}),
        )
    ]
    assert len(set(ids)) == 3


async def test_who_has_lost_the_row_is_answered_without_it(who, world) -> None:
    values = {**SUBMISSION, "idempotencyKey": key()}
    await perform(who["agent-au"], "submitApplication", **values)
    moved = Viewer(who["agent-au"].client, {**who["agent-au"].claims, "centres": ["AU-MEL"]})
    again = await change(moved, "submitApplication", **values)
    assert (again.codes, again.payload["application"]) == ([], None)


async def test_a_refusal_leaves_no_key_behind(who, world, connection) -> None:
    id_ = await in_verification(who)
    values = {"idempotencyKey": key(), "outcome": "GRANTED"}
    kept = await connection.fetchval("SELECT count(*) FROM idempotency")
    assert (await change(who["officer"], "recordDecision", id_, **values)).codes == ["NOT_CLEARED"]
    assert await connection.fetchval("SELECT count(*) FROM idempotency") == kept
    await perform(who["officer"], "referToScreening", id_)
    await perform(who["screening"], "recordScreening", id_, kind="ENTRY_BAN", result="CLEAR")
    assert (await change(who["officer"], "recordDecision", id_, **values)).codes == []


async def test_neither_key_nor_input_can_be_read_from_what_is_kept(who, world, connection) -> None:
    key_ = key()
    await perform(who["agent-au"], "submitApplication", **SUBMISSION, idempotencyKey=key_)
    digests = []
    for other in (key_, key()):
        viewer = Viewer(who["agent-au"].client, {**who["agent-au"].claims, "sub": "agent-3"})
        await perform(viewer, "submitApplication", **SUBMISSION, idempotencyKey=other)
        digests.append(await connection.fetchrow(
            "SELECT * FROM idempotency ORDER BY created_at DESC LIMIT 1"
        ))  # fmt: skip
    assert key_ not in str(digests[0])
    # The same input under another key has another digest: it cannot be guessed without the key.
    assert digests[0]["input_digest"] != digests[1]["input_digest"]


async def test_many_at_once_with_one_key_have_one_effect(who, world, connection) -> None:
    values = {**SUBMISSION, "idempotencyKey": key()}
    before = await applications(connection)
    made = await together(
        *(perform(who["agent-au"], "submitApplication", **values) for _ in range(CROWD))
    )
    assert len(set(made)) == 1
    assert await applications(connection) == before + 1


async def test_many_at_once_with_one_key_and_different_inputs_have_one_effect(
    who, world, connection
) -> None:
    key_, before = key(), await applications(connection)
    changed: list[MutationAnswer] = await together(
        *(
            change(
                who["agent-au"], "submitApplication",
                **{**SUBMISSION, "identity": {**IDENTITY, "fullName": f"Olive {n} Zephyrine"}},
                idempotencyKey=key_,
            )
            for n in range(CROWD)
        )
    )  # fmt: skip
    assert sorted(one.codes for one in changed) == [[]] + [["IDEMPOTENCY_CONFLICT"]] * (CROWD - 1)
    assert await applications(connection) == before + 1


async def test_a_first_application_of_many_at_once_makes_one_person(who, world, connection) -> None:
    newcomer = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "hasty"})
    submissions = (perform(newcomer, "submitApplication", **SUBMISSION) for _ in range(CROWD))
    ids = await together(*submissions)
    persons = {(await row(connection, id_))["applicant_id"] for id_ in ids}
    assert (len(set(ids)), len(persons)) == (CROWD, 1)


# --- Expectations --------------------------------------------------------------------------------

DECIDED = document(
    "recordDecision", "application { id } errors { code ... on CaseError { currentStatus } }"
)


async def decide(viewer: Viewer, id_: str, outcome: str) -> dict[str, Any]:
    grounds = {"grounds": ["INCOMPLETE"]} if outcome == "REFUSED" else {}
    answer: Answer = await viewer(
        DECIDED,
        input={
            "idempotencyKey": key(), "applicationId": id_, "outcome": outcome,
            "expectedStatus": "SCREENING", **grounds,
        },
    )  # fmt: skip
    return answer.data["recordDecision"]


@pytest.mark.parametrize("number", range(8))
async def test_of_two_simultaneous_decisions_one_wins_and_the_other_is_refused(
    who, world, connection, number
) -> None:
    id_ = await cleared_case(who)
    one, other = await together(
        decide(who["officer"], id_, "GRANTED"), decide(who["officer"], id_, "REFUSED")
    )
    won, lost = (one, other) if not one["errors"] else (other, one)
    status = "GRANTED" if won is one else "REFUSED"
    assert (won["errors"], lost) == (
        [], {"application": None, "errors": [{"code": "STATUS_CHANGED", "currentStatus": status}]},
    )  # fmt: skip
    assert (await row(connection, id_))["status"] == status
    made = await connection.fetch("SELECT * FROM decision WHERE application_id = $1", row_id(id_))
    assert [decision["outcome"] for decision in made] == [status]


async def test_of_many_officers_who_take_a_case_no_two_get_the_same(who, world, connection) -> None:
    """Half as many cases as officers: each goes to one, and the others get none."""
    while (await change(who["officer"], "takeCase", queue="FREE")).is_done:
        pass  # what other tests of this module left in the queue
    free = {await paid_case(who) for _ in range(CROWD // 2)}
    officers = [
        Viewer(who["anonymous"].client, {"role": "OFFICER", "sub": f"officer-{n}"})
        for n in range(CROWD)
    ]
    taking = (change(one, "takeCase", queue="FREE") for one in officers)
    changed: list[MutationAnswer] = await together(*taking)
    taken = [one.id for one in changed if one.is_done]
    assert (len(taken), set(taken)) == (len(free), free)
    assert [one.codes for one in changed if not one.is_done] == [["QUEUE_EMPTY"]] * (
        CROWD - len(free)
    )
    for n, one in enumerate(changed):
        if one.is_done:
            desk = await connection.fetch(
                "SELECT officer FROM assignment WHERE application_id = $1", row_id(one.id)
            )
            assert [row["officer"] for row in desk] == [f"officer-{n}"]


async def test_a_fee_is_paid_once_however_often_its_payment_is_reported(
    who, world, connection
) -> None:
    id_ = await submitted_case(who)
    changed: list[MutationAnswer] = await together(*(pay(who, id_) for _ in range(CROWD)))
    assert len([one for one in changed if one.is_done]) == 1
    assert sorted(one.codes for one in changed)[1:] == [["BILL_CLOSED"]] * (CROWD - 1)
    assert [kind for _, kind, _ in await events(connection, id_)].count("PAID") == 1


async def test_a_receipt_pays_one_bill_only(who, world, connection) -> None:
    number, bills = receipt(), [await submitted_case(who) for _ in range(CROWD)]
    payments = (pay(who, id_, receiptNumber=number) for id_ in bills)
    changed: list[MutationAnswer] = await together(*payments)
    assert sorted(one.codes for one in changed) == [[], *[["RECEIPT_USED"]] * (CROWD - 1)]


@pytest.mark.parametrize("number", range(8))
async def test_a_case_that_is_held_at_the_same_moment_is_not_granted(
    who, world, connection, number
) -> None:
    """Whoever comes second meets what the first did: a visa can be held, a hold not granted."""
    id_ = await cleared_case(who)
    held, decided = await together(
        change(who["supervisor"], "holdApplication", id_),
        change(who["officer"], "recordDecision", id_, outcome="GRANTED"),
    )
    assert held.codes == []
    assert decided.codes in ([], ["NOT_CLEARED"])
    written = await row(connection, id_)
    kinds = [kind for _, kind, _ in await events(connection, id_)]
    assert written["is_held"]
    if decided.codes:
        assert (written["status"], "GRANTED" in kinds) == ("SCREENING", False)
    else:
        assert (written["status"], kinds[-2:]) == ("GRANTED", ["GRANTED", "HELD"])


async def test_events_of_many_at_once_are_numbered_without_gap(who, world, connection) -> None:
    id_ = await paid_case(who)
    await together(
        *(change(who["supervisor"], name, id_)
          for name in ("holdApplication", "releaseApplication") * CROWD)
    )  # fmt: skip
    history = await events(connection, id_)
    assert [number for number, _, _ in history] == list(range(1, len(history) + 1))
    kinds = [kind for _, kind, _ in history if kind in ("HELD", "RELEASED")]
    assert kinds == (["HELD", "RELEASED"] * CROWD)[: len(kinds)]
    assert (await row(connection, id_))["is_held"] is (kinds[-1:] == ["HELD"])


# --- Waiting -------------------------------------------------------------------------------------


async def test_a_mutation_that_waits_too_long_is_refused_and_does_nothing(
    who, world, connection
) -> None:
    id_, text = await submitted_case(who), {"idempotencyKey": key()}
    other = await connect(world)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM application WHERE id = $1 FOR UPDATE", row_id(id_))
            before = await everything(connection)
            answer = await send(
                who["agent-au"], "withdrawApplication", {"applicationId": id_, **text}
            )
            assert answer.codes == ["TIMEOUT"]
            assert await everything(connection) == before
    finally:
        await other.close()
    await perform(who["agent-au"], "withdrawApplication", id_, **text)


async def until(connection: asyncpg.Connection, is_so: Callable[[int], bool]) -> None:
    """Wait until so many statements wait for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(2):  # they would give up by themselves after three seconds
        while not is_so(await connection.fetchval(waiting)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_request_that_is_given_up_leaves_nothing_done_and_nothing_running(
    who, world, connection
) -> None:
    id_ = await submitted_case(who)
    other = await connect(world)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM application WHERE id = $1 FOR UPDATE", row_id(id_))
            before = await everything(connection)
            calls = [
                asyncio.create_task(change(who["agent-au"], "withdrawApplication", id_))
                for _ in range(CROWD)
            ]
            await until(connection, lambda waiting: waiting > 0)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            await until(connection, lambda waiting: waiting == 0)
    finally:
        await other.close()
    assert await everything(connection) == before
    await perform(who["agent-au"], "withdrawApplication", id_)

"""Changes of reference data are done once, by administrators, or not at all; many at once too."""

import asyncio
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from gateway.mutations import reference
from gateway.mutations.reference import decrees, requests
from gateway.mutations.reference.rows import Row
from models.vocabulary import ReferenceKind
from tests.gateway import test_reference, test_reference_refusals, walls
from tests.gateway.administering import (
    PROPOSALS,
    administer,
    change_of,
    later,
    refusal_of,
    sample,
    today,
)
from tests.gateway.changing import everything, key, rupiah

pytestmark = pytest.mark.anyio

each_change = pytest.mark.parametrize("mutation", PROPOSALS)


@pytest.fixture
async def on(connection: asyncpg.Connection) -> date:
    return await today(connection)


# --- Once ----------------------------------------------------------------------------------------


@each_change
async def test_the_same_request_again_answers_the_same_and_does_nothing(
    who, world, connection, on, mutation
) -> None:
    values = {**sample(mutation, on), "idempotencyKey": key()}
    before = await everything(connection)
    first = await administer(who["administrator"], mutation, **values)
    after = await everything(connection)
    assert change_of(first)
    assert after != before
    again = await administer(who["administrator"], mutation, **values)
    assert again.payload == first.payload
    assert await everything(connection) == after


async def test_an_idempotency_key_with_another_input_is_refused(who, world, connection, on) -> None:
    values = {**sample("proposeFee", on), "visaType": "C1", "idempotencyKey": key()}
    change_of(await administer(who["administrator"], "proposeFee", **values))
    before = await everything(connection)
    for mutation, other in (
        ("proposeFee", {**values, "fee": rupiah(1)}),
        (
            "proposeEntryRule",
            {**sample("proposeEntryRule", on), "idempotencyKey": values["idempotencyKey"]},
        ),
    ):
        answer = await administer(who["administrator"], mutation, **other)
        assert refusal_of(answer) == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await everything(connection) == before


async def test_a_refusal_leaves_no_key_behind(who, world, connection, on) -> None:
    kept = await connection.fetchval("SELECT count(*) FROM idempotency")
    values = {"code": "LATER", "name": " ", "idempotencyKey": key()}
    assert refusal_of(await administer(who["administrator"], "proposePartner", **values))
    assert await connection.fetchval("SELECT count(*) FROM idempotency") == kept
    change_of(
        await administer(who["administrator"], "proposePartner", **{**values, "name": "Later"})
    )


async def test_of_many_who_propose_the_same_at_once_one_does(who, world, on) -> None:
    for mutation in ("proposePartner", "proposeFee"):
        values = sample(mutation, on + timedelta(days=3)) | (
            {"code": "SWIFT"} if mutation == "proposePartner" else {}
        )
        answers = await asyncio.gather(*(
            administer(who["administrator"], mutation, **values) for _ in range(12)
        ))  # fmt: skip
        refused = [code for answer in answers for code in answer.codes]
        assert refused == ["ALREADY_PROPOSED"] * 11


async def test_of_many_who_approve_at_once_one_does(who, world, connection, on) -> None:
    values = {**sample("proposeFee", on), "validFrom": later(on, 5)}
    change = change_of(await administer(who["administrator"], "proposeFee", **values))
    answers = await asyncio.gather(*(
        administer(who["administrator-2"], "approveReferenceChange", changeId=change["id"])
        for _ in range(12)
    ))  # fmt: skip
    refused = [code for answer in answers for code in answer.codes]
    assert refused == ["ALREADY_APPROVED"] * 11
    fees = "SELECT amount_idr FROM fee WHERE visa_type_code = 'B1' AND valid_from = $1"
    assert await connection.fetchval(fees, on + timedelta(days=5)) == values["fee"]["amount"]


async def test_nothing_is_half_introduced(who, world, connection, on) -> None:
    values = {**sample("proposeVisaType", on), "code": "E28A"}
    change = change_of(await administer(who["administrator"], "proposeVisaType", **values))
    before = await everything(connection)
    await connection.execute(
        "ALTER TABLE service_target ADD CONSTRAINT no CHECK (hours <> 120) NOT VALID"
    )
    approval = {"changeId": change["id"]}
    try:
        with pytest.raises(AssertionError, match="INTERNAL"):
            await administer(who["administrator-2"], "approveReferenceChange", **approval)
    finally:
        await connection.execute("ALTER TABLE service_target DROP CONSTRAINT no")
    assert await everything(connection) == before


# --- The walls, and defects that are seen --------------------------------------------------------


@pytest.fixture
def forgets_the_day(monkeypatch) -> None:
    """A gateway that checks no proposal."""
    monkeypatch.setattr(reference, "check", lambda *_: None)
    monkeypatch.setattr(decrees, "check_event_days", lambda *_: None)


@pytest.mark.parametrize(
    "mutation",
    [one for one in PROPOSALS if one not in ("proposeCountry", "proposeGrantRule", "proposePool")],
)
async def test_the_database_alone_keeps_the_past(
    who, world, connection, on, forgets_the_day, mutation
) -> None:
    before = await everything(connection)
    of_the_past = dict.fromkeys(
        ("openedOn", "closedOn", "validFrom", "validUntil", "beganOn", "day"), "2021-01-01"
    )
    values = sample(mutation, on)
    values |= {name: day for name, day in of_the_past.items() if name in values}
    if "code" in values:
        values["code"] = {"proposePartner": "DIRECT", "proposeCentre": "AU-OLD"}.get(mutation, "Z1")
    with pytest.raises(AssertionError, match="INTERNAL"):
        await administer(who["administrator"], mutation, **values)
    assert await everything(connection) == before


async def test_an_unchecked_day_of_a_decree_is_noticed(
    who, world, connection, on, forgets_the_day
) -> None:
    async with walls.second_wall_down(world):
        with pytest.raises((AssertionError, ValueError)):
            await test_reference_refusals.test_a_decree_from_a_day_in_the_past_is_refused(
                who, world, connection, on, "proposeFee"
            )


async def test_a_visa_type_without_its_fee_is_seen(who, world, on, monkeypatch) -> None:
    async def by_itself(*said: Any) -> list[Row]:
        return (await decrees.build_visa_type(*said))[:1]

    proposal = {requests.ProposeVisaType: (ReferenceKind.VISA_TYPE, by_itself)}
    monkeypatch.setattr(reference, "PROPOSALS", {**reference.PROPOSALS, **proposal})
    with pytest.raises(AssertionError):
        await test_reference.test_a_visa_type_is_introduced_with_a_fee_and_a_target(who, world, on)

"""Changes of reference data are done once, by administrators, or not at all; many at once too."""

import asyncio
from datetime import date
from typing import Any

import asyncpg
import pytest

from gateway.mutations import reference
from gateway.mutations.reference import decrees
from tests.gateway import test_reference, walls
from tests.gateway.administering import (
    ANSWERS,
    administer,
    changed_of,
    later,
    refusal_of,
    sample,
    today,
)
from tests.gateway.changing import everything, key

pytestmark = pytest.mark.anyio

each_change = pytest.mark.parametrize("mutation", list(ANSWERS))


@pytest.fixture
async def on(connection: asyncpg.Connection) -> date:
    return await today(connection)


# --- Once ----------------------------------------------------------------------------------------


@each_change
async def test_the_same_request_again_answers_the_same_and_does_nothing(
    who, world, connection, on, mutation
) -> None:
    said = {**sample(mutation, on), "idempotencyKey": key()}
    before = await everything(connection)
    first = await administer(who["administrator"], mutation, **said)
    after = await everything(connection)
    assert changed_of(first)
    assert after != before
    again = await administer(who["administrator"], mutation, **said)
    assert again.payload == first.payload
    assert await everything(connection) == after


async def test_a_key_for_something_else_is_refused(who, world, connection, on) -> None:
    said = {**sample("setFee", on), "idempotencyKey": key()}
    changed_of(await administer(who["administrator"], "setFee", **said))
    before = await everything(connection)
    for mutation, other in (
        ("setFee", {**said, "amountIdr": 1}),
        ("setEntryRule", {**sample("setEntryRule", on), "idempotencyKey": said["idempotencyKey"]}),
    ):
        answer = await administer(who["administrator"], mutation, **other)
        assert refusal_of(answer) == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await everything(connection) == before


async def test_a_refusal_leaves_no_key_behind(who, world, connection, on) -> None:
    kept = await connection.fetchval("SELECT count(*) FROM idempotency")
    said = {"code": "LATER", "name": " ", "idempotencyKey": key()}
    assert refusal_of(await administer(who["administrator"], "addPartner", **said))
    assert await connection.fetchval("SELECT count(*) FROM idempotency") == kept
    changed_of(await administer(who["administrator"], "addPartner", **{**said, "name": "Later"}))


async def test_of_many_who_take_a_code_at_once_one_has_it(who, world, connection) -> None:
    answers = await asyncio.gather(*(
        administer(who["administrator"], "addPartner", code="SWIFT", name=f"Swift {number}")
        for number in range(12)
    ))  # fmt: skip
    assert sorted(code for answer in answers for code in answer.codes) == ["CODE_TAKEN"] * 11
    [winner] = [changed_of(answer)["name"] for answer in answers if answer.is_done]
    assert await connection.fetchval("SELECT name FROM partner WHERE code = 'SWIFT'") == winner


async def test_of_many_who_say_a_fee_at_once_each_is_done_and_one_stands(
    who, world, connection, on
) -> None:
    said = {**sample("setFee", on), "validFrom": later(on, 3)}
    amounts = range(600_001, 600_013)
    answers = await asyncio.gather(*(
        administer(who["administrator"], "setFee", **{**said, "amountIdr": amount})
        for amount in amounts
    ))  # fmt: skip
    assert all(answer.is_done for answer in answers)
    rows = await connection.fetch(
        "SELECT amount_idr FROM fee WHERE visa_type_code = 'B1' AND valid_from > $1", on
    )
    assert [row["amount_idr"] in amounts for row in rows] == [True]


async def test_nothing_is_half_introduced(who, world, connection, on) -> None:
    before = await everything(connection)
    await connection.execute("ALTER TABLE service_target RENAME TO away")
    said = {**sample("introduceVisaType", on), "code": "E28A"}
    try:
        with pytest.raises(AssertionError, match="INTERNAL"):
            await administer(who["administrator"], "introduceVisaType", **said)
    finally:
        await connection.execute("ALTER TABLE away RENAME TO service_target")
    assert await everything(connection) == before


# --- The walls, and defects that are seen --------------------------------------------------------


@pytest.fixture
def forgets_the_day(monkeypatch) -> None:
    """A gateway that looks at nothing that is said."""
    monkeypatch.setattr(reference, "check", lambda *_: None)


@each_change
async def test_the_database_alone_keeps_the_past(
    who, world, connection, on, forgets_the_day, mutation
) -> None:
    before = await everything(connection)
    of_the_past = dict.fromkeys(("openedOn", "closedOn", "validFrom", "validUntil"), "2021-01-01")
    said = sample(mutation, on)
    said |= {name: day for name, day in of_the_past.items() if name in said}
    if "code" in said:
        said["code"] = {"addPartner": "DIRECT", "openCentre": "AU-OLD"}.get(mutation, "Z1")
    with pytest.raises(AssertionError, match="INTERNAL"):
        await administer(who["administrator"], mutation, **said)
    assert await everything(connection) == before


async def test_a_day_that_is_not_looked_at_is_seen(
    who, world, connection, on, forgets_the_day
) -> None:
    async with walls.second_wall_down(world):
        with pytest.raises((AssertionError, ValueError)):
            await test_reference.test_no_day_before_today_is_taken(
                who, world, connection, on, "setFee"
            )


async def test_a_visa_type_without_its_fee_is_seen(who, world, on, monkeypatch) -> None:
    async def nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(decrees, "set_from", nothing)
    with pytest.raises(AssertionError):
        await test_reference.test_a_visa_type_is_introduced_with_a_fee_and_a_target(who, world, on)

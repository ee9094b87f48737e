"""The second wall of validities: whatever a gateway says, a file has one that is offered, and its
bill and its visa are of that one.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.walls.moving import CASE, VIEWERS, is_let_through, prepare, put_into, ways
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

OFFICER = VIEWERS["OFFICER"]
#: A year is offered besides 90 days; 30 days were until today, and 45 are from tomorrow on.
FEES = """
    INSERT INTO fee VALUES
        ('B1', 365, wib_day(now()), 900000, true),
        ('B1', 30, wib_day(now()) - 1, 100000, true), ('B1', 30, wib_day(now()), 100000, false),
        ('B1', 45, wib_day(now()) + 1, 100000, true)
"""
LODGE = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, use_within_days, status, submitted_at)
    SELECT gen_random_uuid(), 'MADE-0000-0001', applicant_id, nationality_code, visa_type_code,
        channel, partner_code, country_code, centre_code, {days}, 'AWAITING_PAYMENT', now()
    FROM application WHERE reference = 'AUSY-PAID-0013'
"""
BILL = """
    INSERT INTO bill (billing_code, application_id, amount_idr, issued_at, due_at)
    SELECT '555555555555555', id, {amount}, now(), now() + interval '7 days'
    FROM application WHERE reference = 'MADE-0000-0001'
"""
VISA = """
    INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)
    SELECT 'ID999999999999', application_id, id, decided_at, wib_day(now()) + {days}, 30
    FROM decision WHERE application_id = '{case}' ORDER BY decided_at DESC LIMIT 1
"""


@pytest.fixture
async def offering(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    async with undone(complete_world):
        await complete_world.execute(FEES)
        yield complete_world


@pytest.mark.parametrize("role", ["PARTNER_AGENT", "PARTNER_SERVICE"])
async def test_a_file_has_a_validity_that_is_offered_and_the_bill_of_that_one(
    offering, role
) -> None:
    viewer = VIEWERS[role]
    for days, amount in ((90, 500_000), (365, 900_000)):
        lodge = LODGE.format(days=days)
        assert await is_let_through(offering, viewer, lodge, BILL.format(amount=amount))
        for wrong in (100_000, 1_400_000 - amount, 0):
            assert not await is_let_through(offering, viewer, lodge, BILL.format(amount=wrong))
    for days in ("30", "45", "60", "0", "-90", "NULL"):
        assert not await is_let_through(offering, viewer, LODGE.format(days=days)), days


async def test_nobody_changes_a_validity(offering) -> None:
    change = f"UPDATE application SET use_within_days = 365 WHERE id = '{CASE}'"
    for viewer in VIEWERS.values():
        assert not await is_let_through(offering, viewer, change)


async def test_a_visa_serves_as_long_as_was_asked_for_whatever_is_offered_now(offering) -> None:
    await prepare(offering)
    await put_into(offering, "SCREENING", "GRANTED", OFFICER)
    [(decide, close)] = ways(OFFICER, "SCREENING", "GRANTED")
    # Of what was chosen while it was offered, and of what still is.
    for chosen in (30, 90, 365):
        await offering.execute(f"UPDATE application SET use_within_days = {chosen}")
        for days in (30, 90, 365):
            visa = VISA.format(days=days, case=CASE)
            issued = await is_let_through(offering, OFFICER, decide, visa, close)
            assert issued is (days == chosen), (chosen, days)
        for days in (chosen - 1, chosen + 1):
            visa = VISA.format(days=days, case=CASE)
            assert not await is_let_through(offering, OFFICER, decide, visa, close)

"""What an injected statement of the writing role may do to the bill of a family: it is paid
whole, and nobody but those who come in together has a share of it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.acting import act, act_writing
from tests.walls.test_kept_payments_written import FIRST, of_kept
from tests.walls.test_kept_payments_written import RECEIPT as KEPT
from tests.walls.test_payments_written import KEEP, OTHER, OTHERS, TREASURY, is_done
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

CODE, RECEIPT = "7" * 15, "NTPN000000007777"
AGENT = OTHERS["agent"]
GROUP = "G-AAAA-BBBB-CCCC"
LODGE = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, group_reference, status, submitted_at,
        use_within_days)
    SELECT gen_random_uuid(), 'MADE-0000-00' || lpad('{number}', 2, '0'), applicant_id,
        nationality_code, visa_type_code, channel, partner_code, country_code, centre_code, {group},
        'AWAITING_PAYMENT', now(), use_within_days
    FROM application WHERE reference = 'AUSY-PAID-0013'
"""
BILL = """
    INSERT INTO bill (billing_code, application_id, family_code, amount_idr, issued_at, due_at)
    SELECT lpad('{number}', 15, '5'), id, '{code}', 500000, now(), now() + interval '7 days'
    FROM application WHERE reference = 'MADE-0000-00' || lpad('{number}', 2, '0')
"""
PAY = (
    "UPDATE bill SET paid_at = now(), receipt_number = '{receipt}'"
    " WHERE paid_under = '{code}' AND {which}"
)
#: The bill, and the shares, with what is to be paid in all.
WHOLE, SHARES = [(1_500_000, None)], [(500_000, 1_500_000)] * 3
NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def files(*numbers: int, group: str = f"'{GROUP}'", code: str = CODE) -> list[str]:
    """Statements that hand files in and bill them together."""
    lodged = [LODGE.format(number=number, group=group) for number in numbers]
    return [*lodged, *(BILL.format(number=number, code=code) for number in numbers)]


@pytest.fixture
async def family(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A world with a family of three."""
    async with undone(complete_world):
        for statement in files(1, 2, 3):
            await complete_world.execute(statement)
        yield complete_world


async def test_those_who_come_in_together_share_a_bill(complete_world) -> None:
    assert await is_done(complete_world, AGENT, *files(1, 2, 3))
    async with undone(complete_world):
        await act_writing(complete_world, AGENT)
        for statement in files(*range(1, 21)):
            await complete_world.execute(statement)
        await complete_world.execute("RESET ROLE")
        whole = await complete_world.fetchrow("SELECT * FROM bill WHERE billing_code = $1", CODE)
        assert (whole["amount_idr"], whole["application_id"]) == (10_000_000, None)
        told = "SELECT DISTINCT family_fee_idr FROM bill WHERE family_code = $1"
        assert [tuple(row) for row in await complete_world.fetch(told, CODE)] == [(10_000_000,)]
    assert not await is_done(complete_world, AGENT, *files(*range(1, 22)))
    for wrong in (
        [*files(1), *files(2, group="'G-AAAA-BBBB-CCCD'")],  # of another group
        files(1, 2, group="NULL"),  # of none
        [*files(1), *files(2, group="NULL")],
        files(1, code=await complete_world.fetchval("SELECT max(billing_code) FROM bill")),
    ):
        assert not await is_done(complete_world, AGENT, *wrong), wrong


async def test_nobody_joins_a_family_later(family) -> None:
    await family.execute(
        f"UPDATE bill SET issued_at = issued_at - interval '1 s', due_at ="
        f" due_at - interval '1 s' WHERE paid_under = '{CODE}'"
    )
    assert not await is_done(family, AGENT, *files(4))


async def test_nobody_writes_the_bill_of_a_family(family) -> None:
    whole = f"billing_code = '{CODE}'"
    made = BILL.format(number=4, code=CODE).replace(" id, '", " NULL, '")
    for viewer in (TREASURY, *OTHERS.values()):
        for wrong in (
            f"UPDATE bill SET paid_at = now(), receipt_number = '{RECEIPT}' WHERE {whole}",
            f"UPDATE bill SET amount_idr = 1 WHERE {whole}",
            f"UPDATE bill SET family_code = NULL WHERE family_code = '{CODE}'",
            f"UPDATE bill SET family_fee_idr = 1 WHERE family_code = '{CODE}'",
            made,
        ):
            assert not await is_done(family, viewer, wrong), (viewer, wrong)


async def test_a_family_pays_as_a_whole_by_one_receipt(family) -> None:
    everybody = PAY.format(receipt=RECEIPT, code=CODE, which="application_id IS NOT NULL")
    first = "billing_code = lpad('1', 15, '5')"
    others = f"application_id IS NOT NULL AND NOT {first}"
    assert await is_done(family, TREASURY, everybody)
    async with undone(family):
        await act_writing(family, TREASURY)
        await family.execute(everybody)
        await family.execute(NOW)
        await family.execute("RESET ROLE")
        whole = await family.fetchrow("SELECT * FROM bill WHERE billing_code = $1", CODE)
        assert whole["receipt_number"] == RECEIPT
    for part in (
        [PAY.format(receipt=RECEIPT, code=CODE, which=first)],
        [
            PAY.format(receipt=RECEIPT, code=CODE, which=first),
            PAY.format(receipt="NTPN000000007778", code=CODE, which=others),
        ],
    ):
        async with undone(family):
            await act_writing(family, TREASURY)
            for statement in part:
                await family.execute(statement)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await family.execute(NOW)


async def test_a_payment_that_was_kept_is_assigned_to_the_bill_and_to_no_share(family) -> None:
    for code, amount, is_assigned in (
        (CODE, 1_500_000, True), (CODE, 500_000, False), (f"{1:5>15}", 500_000, False),
    ):  # fmt: skip
        recommended = f"{FIRST.format('treasury')}, recommended_bill = '{code}'"
        everybody = PAY.format(receipt=KEPT, code=CODE, which="application_id IS NOT NULL")
        async with undone(family):
            keep = KEEP.format(receipt=KEPT, by="treasury").replace("500000", str(amount))
            await family.execute(keep)
            assert not await is_done(family, OTHER, everybody)
            assert await is_done(family, TREASURY, of_kept(recommended)) == is_assigned, code
            await family.execute(of_kept(f"{recommended}, recommended_at = now()"))
            assert await is_done(family, OTHER, everybody) == is_assigned
            assert not await is_done(family, TREASURY, everybody)


async def test_a_receipt_is_of_one_code_alone(family) -> None:
    used = await family.fetchval("SELECT max(receipt_number) FROM bill")
    everybody = PAY.format(receipt=used, code=CODE, which="application_id IS NOT NULL")
    async with undone(family):
        await act_writing(family, TREASURY)
        with pytest.raises(asyncpg.UniqueViolationError):
            await family.execute(everybody)
    async with undone(family):
        await family.execute(everybody.replace(used, RECEIPT))
        unpaid = application_id("DIRE-UNPA-0011")
        with pytest.raises(asyncpg.UniqueViolationError):
            await family.execute(
                "UPDATE bill SET paid_at = now(), receipt_number = $2 WHERE application_id = $1",
                unpaid, RECEIPT,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [(TREASURY, WHOLE), (OTHERS["officer"], SHARES), (OTHERS["supervisor"], SHARES),
     (AGENT, SHARES), (OTHERS["applicant"], [])],
)  # fmt: skip
async def test_the_treasury_reads_the_bill_and_others_the_shares(family, viewer, expected) -> None:
    await act(family, viewer)
    read = "SELECT amount_idr, family_fee_idr FROM bill WHERE paid_under = $1"
    rows = [tuple(row) for row in await family.fetch(read, CODE)]
    assert rows == expected

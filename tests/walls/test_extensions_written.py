"""The second wall of extensions: whatever a gateway says, a stay is extended as its rule allows, by
its holder, after the officer who has it recorded that the holder appeared."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.acting import act_writing
from tests.walls.reach import viewer
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id, visa_number

pytestmark = pytest.mark.anyio

CASE, VISA, HOLDER = "AUSY-GRAN-0001", visa_number("AUSY-GRAN-0001"), applicant_id("Ruby Hale")
FIRST, OTHER = application_id(CASE), visa_number("AUSY-LATE-0002")
KEY = "00000000-0000-0000-0000-0000000e0087"
RUBY = viewer({"role": "APPLICANT", "sub": "applicant"})
OFFICER, ANOTHER = [viewer({"role": "OFFICER", "sub": name}) for name in ("officer", "officer-2")]
_USABLE = f"UPDATE visa SET use_by = wib_day(now()) + 9 WHERE visa_number IN ('{VISA}', '{OTHER}')"
_STAYS = (
    "INSERT INTO stay (id, visa_number, application_id, presence, is_used, entered_on, stay_until)"
    f" VALUES (gen_random_uuid(), '{VISA}', '{FIRST}', '{{}}', true, wib_day(now()) - 30,"
    " wib_day(now()) {})"
)
_PAYABLE = "least(now() + interval '14 days', {})"
_TODAY_ENDS = "(wib_day(now()) + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'"
_BILL = (
    "INSERT INTO bill (billing_code, application_id, amount_idr, issued_at, due_at)"
    f" VALUES ('123456789012345', '{KEY}', {{}}, now(), {{}})"
)


def extend(
    visa: str | None = VISA, holder: str = str(HOLDER), visa_type: str = "B1",
    pay_by: str = "now() + interval '14 days'", at: str = "now()", status: str = "AWAITING_PAYMENT",
) -> str:  # fmt: skip
    named = f"'{visa}'" if visa else "NULL"
    return (
        "INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code,"
        " channel, extends_visa_number, pay_by, status, submitted_at)"
        f" VALUES ('{KEY}', '8787-8787-8787', '{holder}', 'AU', '{visa_type}', 'DIRECT', {named},"
        f" {pay_by}, '{status}', {at})"
    )


@pytest.fixture
async def staying(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Ruby may still enter by her visa, or may have: nobody reported it."""
    async with undone(complete_world):
        await complete_world.execute(f"DELETE FROM stay; DELETE FROM movement; {_USABLE}")
        yield complete_world


async def test_only_its_holder_asks_for_an_extension_and_all_of_it_is_right(staying) -> None:
    assert await is_done(staying, RUBY, extend())
    for wrong in (
        extend(visa=OTHER),
        extend(holder=str(applicant_id("Jack Doyle"))),
        extend(visa_type="C1"),
        extend(pay_by="now() + interval '14 days 1 second'"),
        extend(pay_by="NULL"),
        extend(at="now() - interval '1 second'"),
        extend(status="SUBMITTED"),
    ):
        assert not await is_done(staying, RUBY, wrong), wrong
    agent = viewer({"role": "PARTNER_AGENT", "sub": "agent", "partner": "NUSA", "countries": ["AU"],
                    "centres": ["AU-SYD"]})  # fmt: skip
    assert not await is_done(staying, agent, extend())
    for refused in (
        f"UPDATE visa SET extended_days = 30 WHERE visa_number = '{VISA}'",
        f"SELECT viewer.record_entry('{KEY}', wib_day(now()), gen_random_uuid())",
        "SELECT * FROM movement",
    ):
        for who in (RUBY, agent):
            assert not await is_done(staying, who, refused), refused


async def test_whether_a_stay_may_be_extended_is_told_to_its_holder_alone(staying) -> None:
    stranger = viewer({"role": "APPLICANT", "sub": "applicant-2"})
    for told in (
        f"SELECT 1 / count(*) FROM viewer.extension_of('{FIRST}')",
        f"SELECT 1 / (viewer.extendability('{FIRST}') <> 'NO_RULE')::integer",
    ):
        assert await is_done(staying, RUBY, told)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await is_done(staying, stranger, told)


@pytest.mark.parametrize(
    ("unless", "is_possible"),
    [
        (_STAYS.format("IN_COUNTRY", "- 1"), False),
        (_STAYS.format("IN_COUNTRY", "+ 20"), True),
        (_STAYS.format("DEPARTED", "+ 20"), False),
        (f"UPDATE visa SET revoked_at = now() WHERE visa_number = '{VISA}'", False),
        (f"UPDATE visa SET superseded_at = now() WHERE visa_number = '{VISA}'", False),
        (f"UPDATE visa SET returned_at = now() WHERE visa_number = '{VISA}'", False),
        (f"UPDATE visa SET use_by = wib_day(now()) - 31 WHERE visa_number = '{VISA}'", False),
        ("UPDATE extension_rule SET times = 0", False),
        ("UPDATE extension_rule SET valid_from = wib_day(now()) + 1", False),
        ("UPDATE extension_rule SET valid_from = wib_day(now())", True),
        ("UPDATE visa_type SET is_multiple_entry = true", False),
    ],
)
async def test_a_stay_is_extended_until_it_ends_by_a_visa_in_force_and_a_rule(
    staying, unless: str, is_possible: bool
) -> None:
    await staying.execute(unless)
    assert await is_done(staying, RUBY, extend()) is is_possible


async def test_a_stay_lasts_longer_by_the_rule_of_the_day_on_which_it_was_applied_for(
    staying,
) -> None:
    await staying.execute(
        "DELETE FROM extension_rule; INSERT INTO extension_rule VALUES"
        " ('B1', '2024-01-01', 1, 30, 1),"
        " ('B1', '2025-01-01', 1, 45, 1), ('C1', '2025-01-01', 1, 9, 1)"
    )
    asked = "SELECT days_of_extension('B1', $1::text::timestamptz)"
    for instant, days in (
        ("2023-12-31 16:59Z", None), ("2023-12-31 17:00Z", 30), ("2024-12-31 16:59Z", 30),
        ("2024-12-31 17:00Z", 45), ("2030-01-01Z", 45),
    ):  # fmt: skip
        assert await staying.fetchval(asked, instant) == days


async def test_on_the_last_day_it_is_paid_until_the_day_ends(staying) -> None:
    await staying.execute(_STAYS.format("IN_COUNTRY", "+ 0"))
    ends = _PAYABLE.format(_TODAY_ENDS)
    assert await is_done(staying, RUBY, extend(pay_by=ends))
    assert not await is_done(staying, RUBY, extend())
    await staying.execute("UPDATE stay SET stay_until = stay_until - 1")
    over = "wib_day(now())::timestamp AT TIME ZONE 'Asia/Jakarta'"
    assert not await is_done(staying, RUBY, extend(pay_by=over))
    await staying.execute("UPDATE stay SET stay_until = stay_until + 1")
    due, late = f"least(now() + interval '7 days', {ends})", f"{ends} + interval '1 second'"
    for amount, at in ((500_000, due), (499_999, due), (500_000, late)):
        billed = await is_done(staying, RUBY, extend(pay_by=ends), _BILL.format(amount, at))
        assert billed is ((amount, at) == (500_000, due))


async def test_a_second_one_is_none_unless_the_first_came_to_nothing(staying) -> None:
    again = extend().replace("e0087", "e0088").replace("8787-8787-8787", "8788-8788-8788")
    await staying.execute(extend())
    assert not await is_done(staying, RUBY, again)
    await staying.execute(
        f"UPDATE application SET status = 'WITHDRAWN', closed_at = now() WHERE id = '{KEY}'"
    )
    assert await is_done(staying, RUBY, again)


APPEARED = (
    "INSERT INTO application_event (application_id, sequence, kind, occurred_at, actor, actor_role)"
    f" VALUES ('{KEY}', {{}}, 'APPEARED', now(), '{{}}', 'OFFICER')"
)
GRANTED = (
    "INSERT INTO decision (id, application_id, outcome, decided_at, officer)"
    f" VALUES ('{KEY}', '{KEY}', 'GRANTED', now(), 'officer')"
)


def entry(day: str) -> str:
    return f"SELECT viewer.record_entry('{KEY}', wib_day(now()) {day}, gen_random_uuid())"


@pytest.fixture
async def on_desk(staying: asyncpg.Connection) -> asyncpg.Connection:
    """Her extension is paid, cleared, and on an officer's desk."""
    await staying.execute(
        f"UPDATE visa SET issued_at = now() - interval '40 days' WHERE visa_number = '{VISA}';"
        f"UPDATE application SET is_held = false, is_visa_held = false WHERE id = '{FIRST}';"
        f"{extend(status='AWAITING_PAYMENT')};"
        "UPDATE application SET status = 'IN_VERIFICATION', paid_at = now(), fee_idr = 500000,"
        f" target_due_at = now(), is_linked = true WHERE id = '{KEY}';"
        "INSERT INTO assignment (application_id, officer, assigned_at)"
        f" VALUES ('{KEY}', 'officer', now());"
        "INSERT INTO screening (id, application_id, kind, result, requested_at, answered_at,"
        f" answered_by) SELECT gen_random_uuid(), id, 'ENTRY_BAN', 'CLEAR', now(), now(), 'x'"
        f" FROM application WHERE id IN ('{KEY}', '{FIRST}')"
    )
    return staying


async def test_an_entry_is_recorded_once_by_the_officer_within_the_days_it_can_have_been(
    on_desk,
) -> None:
    for day, can_be in (("- 30", True), ("- 31", False), ("+ 0", True), ("+ 1", False)):
        assert await is_done(on_desk, OFFICER, entry(day)) is can_be, day
    assert not await is_done(on_desk, ANOTHER, entry("- 9"))
    for unless in (
        f"UPDATE visa SET use_by = wib_day(now()) - 10 WHERE visa_number = '{VISA}'",
        f"UPDATE visa SET issued_at = now() - interval '8 days' WHERE visa_number = '{VISA}'",
        _STAYS.format("IN_COUNTRY", "+ 9"),
        f"UPDATE application SET status = 'INFO_REQUESTED' WHERE id = '{KEY}'",
        "UPDATE application SET extends_visa_number = NULL, use_within_days = 90"
        f" WHERE id = '{KEY}'",
    ):
        async with undone(on_desk):
            await on_desk.execute(unless)
            assert not await is_done(on_desk, OFFICER, entry("- 9")), unless
    await on_desk.execute(f"SET LOCAL role TO NONE; UPDATE visa SET revoked_at = now()"
                          f" WHERE visa_number = '{VISA}'")  # fmt: skip
    await act_writing(on_desk, OFFICER)
    await on_desk.execute(entry("- 9"))
    await on_desk.execute("RESET role")
    movement = await on_desk.fetchrow("SELECT * FROM movement WHERE visa_number = $1", VISA)
    assert (movement["direction"], movement["port"]) == ("ENTRY", "KANIM")
    alerts = "SELECT count(*) FROM alert WHERE kind = 'REVOKED_IN_COUNTRY' AND application_id = $1"
    assert await on_desk.fetchval(alerts, FIRST) == 1


async def test_nothing_is_granted_before_the_officer_says_once_that_the_holder_appeared(
    on_desk,
) -> None:
    assert not await is_done(on_desk, OFFICER, APPEARED.format(1, "officer"))  # no entry is known
    await on_desk.execute(_STAYS.format("IN_COUNTRY", "+ 0"))
    assert not await is_done(on_desk, OFFICER, GRANTED)
    assert not await is_done(on_desk, ANOTHER, APPEARED.format(1, "officer-2"))
    await on_desk.execute(APPEARED.format(1, "officer"))
    assert not await is_done(on_desk, OFFICER, APPEARED.format(2, "officer"))
    for stop in ("is_held = true", "is_visa_held = true", "has_open_hit = true"):
        async with undone(on_desk):
            await on_desk.execute(f"UPDATE application SET {stop} WHERE id = '{FIRST}'")
            assert not await is_done(on_desk, OFFICER, GRANTED), stop
    async with undone(on_desk):
        await on_desk.execute(f"UPDATE visa SET returned_at = now() WHERE visa_number = '{VISA}'")
        assert not await is_done(on_desk, OFFICER, GRANTED)
    visa = (
        "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)"
        f" VALUES ('ID0A1B2C3D4E5F', '{KEY}', '{KEY}', now(), wib_day(now()) + 90, 30)"
    )
    assert await is_done(on_desk, OFFICER, GRANTED)
    assert not await is_done(on_desk, OFFICER, GRANTED, visa)
    # The conditions of the visa stay: an extension has none of its own.
    conditional = GRANTED.replace("outcome,", "outcome, conditions,")
    for conditions, is_possible in (("{}", True), ("{WITH_FAMILY}", False)):
        granted = conditional.replace("'GRANTED',", f"'GRANTED', '{conditions}',")
        assert await is_done(on_desk, OFFICER, granted) is is_possible

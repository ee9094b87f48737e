"""When the person of an entry of the ban list is erased: by the first day that ended it, in WIB."""

from uuid import uuid4

import asyncpg
import pytest

from models.rights.erasure_steps import hide_ended_bans

pytestmark = pytest.mark.anyio

DAYS = 10
#: The first instant of the last day on which an entry may have ended and is kept.
KEPT = "((wib_day(now() - interval '10 days'))::timestamp - interval '7 hours') AT TIME ZONE 'UTC'"
LAST = f"{KEPT} - interval '1 second'"
_ENTRY = """
    INSERT INTO ban_entry (id, reference, ground, reason, banned_from, banned_until, proposed_by,
        approved_by, approved_at, rejected_by, rejected_at, reject_reason, withdrawal_proposed_by,
        withdrawal_proposed_at, withdrawal_reason, withdrawn_by, withdrawn_at)
    VALUES ($1::uuid, $1::uuid::text, 'CRIME', 'Why.', '2024-01-01', {until}, 'one', {by},
        {approved}, {no}, {rejected}, {why_not}, {ends}, {proposed}, {why}, {withdrawn_by},
        {withdrawn})
"""
_PERSON = "INSERT INTO banned_person (ban_id, full_name, birth_date) VALUES ($1, 'X', '1980-01-01')"


def entry(until: str = "NULL", rejected: str = "", withdrawn: str = "") -> str:
    """The statement that writes an entry which ended so."""
    return _ENTRY.format(
        until=until,
        by="NULL" if rejected else "'two'",
        approved="NULL" if rejected else "now()",
        no="'two'" if rejected else "NULL",
        rejected=rejected or "NULL",
        why_not="'No.'" if rejected else "NULL",
        ends="'one'" if withdrawn else "NULL",
        proposed="now()" if withdrawn else "NULL",
        why="'Over.'" if withdrawn else "NULL",
        withdrawn_by="'two'" if withdrawn else "NULL",
        withdrawn=withdrawn or "NULL",
    )


@pytest.mark.parametrize(
    ("ended", "is_erased"),
    [
        (entry(), False),
        (entry("wib_day(now()) - 10"), False),
        (entry("wib_day(now()) - 11"), True),
        (entry(rejected=KEPT), False),
        (entry(rejected=LAST), True),
        (entry(withdrawn=KEPT), False),
        (entry(withdrawn=LAST), True),
        # Whatever comes first ends it.
        (entry("wib_day(now()) + 99", withdrawn=LAST), True),
        (entry("wib_day(now()) - 11", withdrawn="now()"), True),
        (entry("wib_day(now()) + 99", rejected=LAST), True),
        (entry("wib_day(now()) - 11", rejected="now()"), True),
    ],
)
async def test_the_person_of_an_entry_is_erased_so_many_days_after_its_end(
    rolled_back: asyncpg.Connection, ended: str, *, is_erased: bool
) -> None:
    ban = uuid4()
    await rolled_back.execute(ended, ban)
    await rolled_back.execute(_PERSON, ban)
    assert await hide_ended_bans(rolled_back, DAYS, 9) == is_erased
    [name, at] = await rolled_back.fetchrow(
        "SELECT full_name, erased_at FROM banned_person WHERE ban_id = $1", ban
    )
    assert (name, at is not None) == (None if is_erased else "X", is_erased)
    assert await hide_ended_bans(rolled_back, DAYS, 9) == 0

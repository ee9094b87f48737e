"""What the database holds of the ledger by itself: whatever statement an administrator sends, a
change takes another one, says what it will write, and is written from its day on or not at all."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from uuid import UUID

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.administering import proposing
from tests.walls.test_payments_written import is_done
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

FIRST, SECOND = Viewer("administrator", Role.ADMINISTRATOR), Viewer("second", Role.ADMINISTRATOR)
ID = UUID(int=901)
PROPOSE = proposing("fee", "wib_day(now()) + {days}").replace("gen_random_uuid()", f"'{ID}'")
APPROVE = f"UPDATE reference_change SET approved_by = viewer.subject(NULL) WHERE id = '{ID}'"
CANCEL = (
    "UPDATE reference_change SET cancelled_by = viewer.subject(NULL), cancel_reason = 'Wrong.'"
    f" WHERE id = '{ID}'"
)
FEES = "SELECT amount_idr FROM fee WHERE visa_type_code = 'B1' ORDER BY valid_from"


@pytest.fixture
async def connection(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The small world; whatever is done to it is undone."""
    async with undone(complete_world):
        yield complete_world


async def does(connection: asyncpg.Connection, viewer: Viewer, statement: str) -> str:
    """A statement of an administrator's writing role, which the others see."""
    async with connection.transaction():
        await act_writing(connection, viewer)
        done = await connection.execute(statement)
        await connection.execute("RESET ROLE")
    return done


async def propose(connection: asyncpg.Connection, days: int = 1) -> None:
    assert await does(connection, FIRST, PROPOSE.format(days=days)) == "INSERT 0 1"


async def fees(connection: asyncpg.Connection) -> list[int]:
    return [row["amount_idr"] for row in await connection.fetch(FEES)]


async def test_a_proposal_alone_changes_no_reference_data(connection) -> None:
    await propose(connection)
    assert await fees(connection) == [500_000]
    for statement in (
        APPROVE,
        APPROVE.replace("viewer.subject(NULL)", "'second'"),
        f"UPDATE reference_change SET proposed_by = 'second' WHERE id = '{ID}'",
        f"UPDATE reference_change SET changed = '[]' WHERE id = '{ID}'",
        f"UPDATE reference_change SET effective_on = '2020-01-01' WHERE id = '{ID}'",
        f"DELETE FROM reference_change WHERE id = '{ID}'",
        f"UPDATE reference_change_value SET after = '2' WHERE change_id = '{ID}'",
    ):
        assert not await is_done(connection, FIRST, statement), statement
    in_anothers_name = PROPOSE.format(days=2).replace("viewer.subject(NULL)", "'second'")
    assert not await is_done(connection, FIRST, in_anothers_name)


async def test_an_approval_by_another_person_writes_what_was_proposed_alone(connection) -> None:
    await propose(connection)
    read = await connection.fetch(
        "SELECT name, before, after FROM reference_change_value WHERE change_id = $1", ID
    )
    assert [tuple(value) for value in read] == [
        ("useWithinDays", "90", "90"), ("amountIdr", "500000", "1"), ("isOffered", "true", "true"),
    ]  # fmt: skip
    for words in ("changed = '[]', ", "decree = 'PP 46', ", "proposed_by = 'third', "):
        changed_on_the_way = APPROVE.replace("SET ", f"SET {words}")
        assert not await is_done(connection, SECOND, changed_on_the_way), words
    assert await does(connection, SECOND, APPROVE) == "UPDATE 1"
    assert await fees(connection) == [500_000, 1]
    assert not await is_done(connection, SECOND, APPROVE)


async def test_a_proposal_about_data_that_changed_since_is_not_written(connection) -> None:
    await propose(connection)
    await connection.execute("INSERT INTO fee VALUES ('B1', 90, wib_day(now()) + 1, 7, true)")
    assert await does(connection, SECOND, APPROVE) == "UPDATE 0"
    assert await fees(connection) == [500_000, 7]


@pytest.mark.parametrize(("days", "is_let"), [(1, True), (0, False)])
async def test_a_change_can_be_cancelled_until_its_day(connection, days, is_let) -> None:
    await propose(connection, days)
    assert await does(connection, SECOND, APPROVE) == "UPDATE 1"
    assert await is_done(connection, FIRST, CANCEL) is is_let
    if is_let:
        assert await does(connection, FIRST, CANCEL) == "UPDATE 1"
        assert await fees(connection) == [500_000]
        assert not await is_done(connection, SECOND, APPROVE)


@pytest.mark.parametrize(("days", "is_let"), [(0, True), (-1, False)])
async def test_a_change_is_approved_on_its_day_and_not_after_it(connection, days, is_let) -> None:
    await propose(connection, 0)
    waited = "UPDATE reference_change SET effective_on = wib_day(now()) + $1::int WHERE id = $2"
    await connection.execute(waited, days, ID)
    # Too late is refused by its day, whatever the rows say.
    refused = nullcontext() if is_let else pytest.raises(asyncpg.InsufficientPrivilegeError)
    with refused:
        assert await does(connection, SECOND, APPROVE) == "UPDATE 1"


async def test_what_was_written_since_is_not_cancelled(connection) -> None:
    await propose(connection)
    await does(connection, SECOND, APPROVE)
    await connection.execute("UPDATE fee SET amount_idr = 7 WHERE amount_idr = 1")
    assert await does(connection, FIRST, CANCEL) == "UPDATE 0"
    assert await fees(connection) == [500_000, 7]


@pytest.mark.parametrize(
    ("days", "is_approved", "is_let"),
    [(0, False, False), (1, False, False), (-1, False, True), (0, True, True), (1, True, False)],
)
async def test_a_change_waits_for_another_of_the_same_rows_until_its_day(
    connection, days, is_approved, is_let
) -> None:
    await propose(connection)
    if is_approved:
        await does(connection, SECOND, APPROVE)
    waited = "UPDATE reference_change SET effective_on = wib_day(now()) + $1::int WHERE id = $2"
    await connection.execute(waited, days, ID)
    another = PROPOSE.format(days=1).replace(str(ID), str(UUID(int=902)))
    done = await does(connection, FIRST, another)
    assert done == ("INSERT 0 1" if is_let else "INSERT 0 0")


async def test_nobody_changes_ledger_entries_without_a_decree(connection) -> None:
    initial = "(SELECT id FROM reference_change WHERE kind = 'FEE' AND subject = 'B1')"
    for statement in (APPROVE, CANCEL):
        of_initial = statement.replace(f"= '{ID}'", f"= {initial}")
        assert not await is_done(connection, SECOND, of_initial)


async def test_a_ledger_without_its_guard_is_noticed(connection) -> None:
    """The defect: a ledger without its guard lets one person alone write down both names."""
    await connection.execute("DROP TRIGGER guard_reference_change ON reference_change")
    alone = (
        "INSERT INTO reference_change (id, kind, decree, reason, changed, proposed_by)"
        f" VALUES ('{ID}', 'FEE', 'x', 'x', '[]', 'second')"
    )
    await connection.execute("ALTER TABLE reference_change ALTER subject DROP NOT NULL,"
                             " ALTER targets DROP NOT NULL")  # fmt: skip
    assert await is_done(connection, FIRST, alone)


AUDITOR = Viewer("auditor", Role.AUDITOR)
EVENT = proposing("named_event", "wib_day(now()) - 14").replace("gen_random_uuid()", f"'{ID}'")


async def test_an_event_is_proposed_by_an_administrator_and_approved_by_an_auditor(
    connection,
) -> None:
    assert not await is_done(connection, AUDITOR, EVENT)
    assert await does(connection, FIRST, EVENT) == "INSERT 0 1"
    for viewer in (FIRST, SECOND):
        assert not await is_done(connection, viewer, APPROVE)
    assert await does(connection, AUDITOR, APPROVE) == "UPDATE 1"
    kinds = await connection.fetch("SELECT kind FROM named_event WHERE kind = 'STRIKE'")
    assert len(kinds) == 1


async def test_an_auditor_answers_events_alone(connection) -> None:
    await propose(connection)
    for statement in (APPROVE, CANCEL):
        assert not await is_done(connection, AUDITOR, statement)
    assert await does(connection, SECOND, APPROVE) == "UPDATE 1"


async def test_what_an_event_was_is_held_to_its_words(connection) -> None:
    """The code says kind and day, and only an outage is one of screening."""
    for wrong in (
        EVENT.replace("'STRIKE-' ||", "'OUTAGE-' ||"),
        EVENT.replace("'was_screening_out', false", "'was_screening_out', true"),
        EVENT.replace("'ended_on', wib_day(now()) - 14", "'ended_on', wib_day(now()) - 15"),
        EVENT.replace("'ended_on', wib_day(now()) - 14", "'ended_on', wib_day(now()) + 17"),
    ):
        assert wrong != EVENT
        async with undone(connection):
            await does(connection, FIRST, wrong)
            with pytest.raises(asyncpg.CheckViolationError):
                await does(connection, AUDITOR, APPROVE)


SUPERVISOR = Viewer("supervisor", Role.SUPERVISOR)
RULE = proposing("grant_rule").replace("gen_random_uuid()", f"'{ID}'")
STOP = (
    "INSERT INTO grant_rule_stop (id, rule_code, stopped_by, reason)"
    f" VALUES ('{ID}', 'B1-1', viewer.subject(NULL), 'Too many.')"
)


async def test_a_rule_that_grants_is_approved_by_a_supervisor_and_stopped_by_one(
    connection,
) -> None:
    assert not await is_done(connection, SUPERVISOR, RULE)
    assert await does(connection, FIRST, RULE) == "INSERT 0 1"
    for viewer in (FIRST, SECOND, AUDITOR):
        assert not await is_done(connection, viewer, APPROVE)
    assert await does(connection, SUPERVISOR, APPROVE) == "UPDATE 1"
    # What is in force is no longer taken back, and never changed: it is stopped, in the own name.
    assert not await is_done(connection, SUPERVISOR, CANCEL)
    assert not await is_done(connection, FIRST, STOP)
    assert not await is_done(connection, SUPERVISOR, STOP.replace("viewer.subject(NULL)", "'x'"))
    assert await does(connection, SUPERVISOR, STOP) == "INSERT 0 1"
    assert not await is_done(connection, SUPERVISOR, "DELETE FROM grant_rule_stop")
    again = RULE.replace(str(ID), str(UUID(int=903)))
    assert not await is_done(connection, FIRST, again)
    following = again.replace("'B1-1'", "'B1-2'").replace("'version', 1", "'version', 2")
    assert await does(connection, FIRST, following) == "INSERT 0 1"


async def test_a_supervisor_answers_rules_that_grant_alone(connection) -> None:
    await propose(connection)
    for statement in (APPROVE, CANCEL):
        assert not await is_done(connection, SUPERVISOR, statement)


async def test_a_rule_is_for_somebody_with_a_sample_and_not_at_once(connection) -> None:
    for right, wrong in (
        ("ARRAY['AU']", "ARRAY[]::text[]"),
        ("'sample_percent', 2", "'sample_percent', 1"),
        ("'hours_after_payment', 2", "'hours_after_payment', 1"),
        ("'B1-1'", "'B1-7'"),
    ):
        async with undone(connection):
            await does(connection, FIRST, RULE.replace(right, wrong))
            with pytest.raises(asyncpg.CheckViolationError):
                await does(connection, SUPERVISOR, APPROVE)

"""What an injected statement of a writing role may do to the checklist of a case."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from tests.acting import act_writing
from tests.walls.reach import viewer
from tests.walls.test_items_written import ITS_SERVICE, OFFICER, SUPERVISOR
from tests.walls.test_payments_written import OTHERS, TREASURY, is_done
from tests.walls.undoing import undone
from tests.world import application_id

pytestmark = pytest.mark.anyio

#: At ANDALAN's portal in Australia.
CASE = "ANDA-LAPS-0012"
AGENT = viewer({
    "role": "PARTNER_AGENT", "sub": "agent-andalan", "partner": "ANDALAN", "countries": ["AU"],
})  # fmt: skip
RECORD = (
    "UPDATE case_document SET recorded_at = {at}, recorded_by = {by}"
    f" WHERE application_id = '{application_id(CASE)}'"
)
SEND = "UPDATE document_upload SET sent_at = now() WHERE sent_at IS NULL"
HAND_OVER = f"UPDATE application SET received_at = now() WHERE id = '{application_id(CASE)}'"


def record(by: str, at: str = "now()") -> str:
    return RECORD.format(by=f"'{by}'", at=at)


TAKE_BACK = RECORD.format(by="NULL", at="NULL")


@pytest.fixture
async def taken_in(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The case is with its partner, and a photograph belongs to its file."""
    async with undone(complete_world):
        await complete_world.execute(
            "UPDATE application SET status = 'PAID', closed_at = NULL, received_at = NULL"
            " WHERE id = $1",
            application_id(CASE),
        )
        yield complete_world


async def test_documents_are_recorded_in_the_own_name_and_now(taken_in) -> None:
    for who in (AGENT, ITS_SERVICE):
        assert await is_done(taken_in, who, record(who.subject))
        assert await is_done(taken_in, who, record(who.subject), TAKE_BACK)
        assert not await is_done(taken_in, who, record("somebody"))
        assert not await is_done(taken_in, who, record(who.subject, "now() - interval '1 day'"))
        # What is there keeps who said so, and when.
        again = record(who.subject, "clock_timestamp()")
        assert not await is_done(taken_in, who, record(who.subject), again)
    for other in (OFFICER, SUPERVISOR, TREASURY, OTHERS["the partner's system"]):
        assert not await is_done(taken_in, other, record(other.subject))


async def test_no_file_is_handed_over_with_something_missing(taken_in) -> None:
    assert not await is_done(taken_in, ITS_SERVICE, HAND_OVER)
    assert await is_done(taken_in, ITS_SERVICE, record("service"), HAND_OVER)


async def test_a_checklist_stays_once_the_file_is_handed_over(taken_in) -> None:
    assert not await is_done(taken_in, AGENT, record("agent-andalan"), HAND_OVER, TAKE_BACK)


async def test_nobody_writes_the_checklist_itself(taken_in) -> None:
    made = f"INSERT INTO case_document VALUES ('{application_id(CASE)}', 'ITINERARY')"
    for who in (AGENT, ITS_SERVICE, OFFICER):
        assert not await is_done(taken_in, who, made)
        assert not await is_done(taken_in, who, "UPDATE case_document SET kind = 'ITINERARY'")
        assert not await is_done(taken_in, who, "DELETE FROM case_document")


async def test_a_checklist_without_its_guard_is_noticed(taken_in) -> None:
    async with undone(taken_in):
        await taken_in.execute("DROP TRIGGER guard ON application")
        await act_writing(taken_in, ITS_SERVICE)
        await taken_in.execute(HAND_OVER)


def announce(by: str, upload: str = "gen_random_uuid()", **more: str) -> str:
    """Announce a document by its id, with values for further columns."""
    return (
        "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256,"
        f" {', '.join(['requested_by', *more])}) VALUES ({upload},"
        f" '{application_id(CASE)}', 'PHOTOGRAPH', 'PNG', 1, decode(repeat('0a', 32), 'hex'),"
        f" {', '.join([repr(by), *more.values()])})"
    )


def register(by: str, locator: str = "gen_random_uuid()::text") -> str:
    return announce(by, locator=locator)


async def test_a_partners_system_alone_registers_what_is_in_its_store(taken_in) -> None:
    assert await is_done(taken_in, ITS_SERVICE, register("service"))
    assert await is_done(taken_in, AGENT, announce(AGENT.subject))
    assert not await is_done(taken_in, AGENT, register(AGENT.subject))
    assert not await is_done(taken_in, ITS_SERVICE, register("somebody"))
    other = OTHERS["the partner's system"]
    assert not await is_done(taken_in, other, register(other.subject))
    closed = "UPDATE application SET status = 'LAPSED', closed_at = now() WHERE id = $1"
    await taken_in.execute(closed, application_id(CASE))
    assert not await is_done(taken_in, ITS_SERVICE, register("service"))


async def test_what_is_registered_says_nothing_of_anybody_and_stays(taken_in) -> None:
    for locator in (
        "'ruby-smith-1990.pdf'", "''", "'A1890000-0000-7000-8000-000000000000'",
        "'01890000-0000-1000-8000-000000000000'", "'01890000-0000-7000-c000-000000000000'",
        "'01890000-0000-7000-8000-0000000000001'", "'x01890000-0000-7000-8000-000000000000'",
    ):  # fmt: skip
        assert not await is_done(taken_in, ITS_SERVICE, register("service", locator=locator))
    for column, value in (
        ("sent_at", "NULL"), ("sent_at", "now()"), ("replaced_at", "now()"),
        ("locator", "NULL"), ("sha256", "''"), ("registered_sha256", "NULL"),
    ):  # fmt: skip
        later = f"UPDATE document_upload SET {column} = {value} WHERE locator IS NOT NULL"
        assert not await is_done(taken_in, ITS_SERVICE, register("service"), later)
    # Neither that it is what had been registered, nor that it counts, is for its sender to say.
    for column, value in (
        ("registered_sha256", "''"), ("completed_at", "now()"), ("sent_at", "now()"),
    ):  # fmt: skip
        assert not await is_done(taken_in, ITS_SERVICE, announce("service", **{column: value}))


async def test_a_digest_stays_until_its_person_is_erased_and_what_is_registered_counts(
    taken_in,
) -> None:
    later = {"expires_at": "now() + '1 day'", "locator": "gen_random_uuid()"}
    await taken_in.execute(announce("service", **later, sent_at="now()", completed_at="now()"))
    for statement in (
        "UPDATE document_upload SET sha256 = NULL WHERE locator IS NOT NULL",
        announce("service", **later),
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with undone(taken_in):
                await taken_in.execute(statement)
    await taken_in.execute(
        "UPDATE document_upload SET sha256 = NULL, replaced_at = now() WHERE locator IS NOT NULL"
    )


async def test_whoever_recorded_a_document_first_did_so(taken_in) -> None:
    await taken_in.execute(record("somebody", "'2025-01-01'"))
    await taken_in.execute(
        announce("service", expires_at="now() + '1 day'", locator="gen_random_uuid()",
                 sent_at="now()", completed_at="now()")
    )  # fmt: skip
    recorded = "SELECT DISTINCT recorded_by FROM case_document WHERE application_id = $1"
    assert await taken_in.fetchval(recorded, application_id(CASE)) == "somebody"


@pytest.mark.parametrize(("until", "is_sent"), [("1 minute", True), ("5 milliseconds", False)])
async def test_what_was_announced_is_sent_until_it_expires(taken_in, until, is_sent) -> None:
    await taken_in.execute(announce(AGENT.subject, expires_at=f"clock_timestamp() + '{until}'"))
    await taken_in.execute("SELECT pg_sleep(0.02)")
    assert await is_done(taken_in, AGENT, SEND) is is_sent


async def test_a_content_belongs_to_what_was_just_sent_and_counts(taken_in) -> None:
    one, other = (f"'{UUID(int=number)}'" for number in (1, 2))
    content = (
        f"INSERT INTO document_content (upload_id, applicant_id) SELECT {one}, applicant_id"
        f" FROM application WHERE id = '{application_id(CASE)}'"
    )
    announced, replacing = (announce(AGENT.subject, upload) for upload in (one, other))
    assert await is_done(taken_in, AGENT, announced, SEND, content)
    assert not await is_done(taken_in, AGENT, announced, content)
    assert await is_done(taken_in, AGENT, announced, SEND, replacing, SEND)
    assert not await is_done(taken_in, AGENT, announced, SEND, replacing, SEND, content)

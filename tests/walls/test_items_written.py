"""What an injected statement of a writing role may do to requested items, to refusals that are
announced, and to visas."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls import moving
from tests.walls.moving import VIEWERS, is_let_through
from tests.walls.reach import viewer
from tests.walls.test_payments_written import OTHERS, TREASURY, is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id, decision_id, requested_item_id

pytestmark = pytest.mark.anyio

#: Whatever names a visa.
USES_OF_VISAS = "DELETE FROM visa_document; DELETE FROM movement; DELETE FROM stay"
IN_VERIFICATION, ASKED = "SGPO-OPEN-0006", "ANDA-LAPS-0012"
GRANTED, REVOKED, REFUSED = "NZGR-MIDN-0008", "DIRE-REVO-0010", "AUPO-SECU-0003"
WEI = applicant_id("Wei Tan")
OFFICER, SECOND = OTHERS["officer"], Viewer("officer-2", Role.OFFICER)
SUPERVISOR = OTHERS["supervisor"]
ITS_SERVICE = viewer(
    {"role": "PARTNER_SERVICE", "sub": "service", "partner": "ANDALAN", "countries": ["AU"]}
)
ASK = (
    "INSERT INTO requested_item (id, application_id, kind, requested_at)"
    f" VALUES (gen_random_uuid(), '{application_id(IN_VERIFICATION)}', 'PHOTOGRAPH', now())"
)
ANSWER = (
    "UPDATE requested_item SET answered_at = {at}, answered_by = '{by}'"
    f" WHERE id = '{requested_item_id(ASKED)}'"
)
ISSUE = (
    "INSERT INTO visa (visa_number, application_id, decision_id, issued_at, use_by, stay_days)"
    " VALUES ('ID999999999999', '{application}', '{decision}', now(), current_date + 90, 60)"
)


def answer(by: str, at: str = "now()") -> str:
    return ANSWER.format(by=by, at=at)


def issue(reference: str) -> str:
    return ISSUE.format(application=application_id(reference), decision=decision_id(reference, 1))


@pytest.fixture
async def waiting(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The case that lapsed waits for its applicant again."""
    async with undone(complete_world):
        await complete_world.execute(
            "UPDATE application SET status = 'INFO_REQUESTED', closed_at = NULL WHERE id = $1",
            application_id(ASKED),
        )
        yield complete_world


async def test_officers_alone_request_items(complete_world) -> None:
    assert await is_done(complete_world, OFFICER, ASK)
    assert not await is_done(
        complete_world, OFFICER, ASK.replace("now()", "now() - interval '1 day'")
    )
    for other in (SUPERVISOR, TREASURY, ITS_SERVICE, OTHERS["the partner's system"]):
        assert not await is_done(complete_world, other, ASK)


async def test_an_item_is_answered_once_in_the_own_name_and_now(waiting) -> None:
    assert await is_done(waiting, ITS_SERVICE, answer("service"))
    assert not await is_done(waiting, ITS_SERVICE, answer("service"), answer("service"))
    assert not await is_done(waiting, ITS_SERVICE, answer("applicant"))
    assert not await is_done(waiting, ITS_SERVICE, answer("service", "now() - interval '1 day'"))
    for other in (OFFICER, SUPERVISOR, OTHERS["the partner's system"]):
        assert not await is_done(waiting, other, answer(other.subject))


async def test_what_is_no_document_is_answered_with_a_value_of_its_person(waiting) -> None:
    item, address = requested_item_id(ASKED), "'ADDRESS_IN_INDONESIA'"
    await waiting.execute("DELETE FROM item_answer WHERE item_id = $1", item)
    await waiting.execute(f"UPDATE requested_item SET kind = {address} WHERE id = $1", item)
    assert not await is_done(waiting, ITS_SERVICE, answer("service"))
    value = (
        "INSERT INTO item_answer (item_id, application_id, applicant_id, sealed)"
        " SELECT {item}, id, {person}, '{sealed}' FROM application"
        f" WHERE id = '{application_id(ASKED)}'"
    )
    its = {"item": f"'{item}'::uuid", "person": "applicant_id", "sealed": '{"street": "sealed"}'}
    assert await is_done(waiting, ITS_SERVICE, value.format(**its), answer("service"))
    another = requested_item_id(IN_VERIFICATION)
    wrong = (
        {"person": f"'{WEI}'::uuid"},
        {"item": f"'{another}'::uuid"},
        {"sealed": "{}"},
    )
    for one in wrong:
        assert not await is_done(waiting, ITS_SERVICE, value.format(**{**its, **one}))
    # Once it is answered, nobody writes another value, or over it.
    for after in (value.format(**its), "UPDATE item_answer SET sealed = '{}'"):
        assert not await is_done(
            waiting, ITS_SERVICE, value.format(**its), answer("service"), after
        )
    for other in (OFFICER, SUPERVISOR, OTHERS["the partner's system"]):
        assert not await is_done(waiting, other, value.format(**its))


async def test_a_case_does_not_go_on_with_something_missing(waiting) -> None:
    goes_on = (
        "UPDATE application SET status = 'IN_VERIFICATION', paused_seconds = (SELECT"
        " round(extract(epoch FROM clock_timestamp() - max(occurred_at))) FROM application_event"
        " WHERE application_id = application.id AND kind = 'INFO_REQUESTED')"
        f" WHERE id = '{application_id(ASKED)}'"
    )
    assert not await is_done(waiting, ITS_SERVICE, goes_on)


async def test_nothing_is_answered_of_a_case_that_does_not_wait(complete_world) -> None:
    assert not await is_done(complete_world, ITS_SERVICE, answer("service"))


async def test_the_text_of_a_requested_item_is_never_changed(waiting) -> None:
    reworded = f"UPDATE requested_item SET note = 'Else' WHERE id = '{requested_item_id(ASKED)}'"
    for who in (OFFICER, ITS_SERVICE):
        assert not await is_done(waiting, who, reworded)


#: To announce a refusal, and to answer it, as steps do.
ANNOUNCES, ANSWERS = (
    ("IN_VERIFICATION", "REFUSAL_INTENDED"),
    ("REFUSAL_INTENDED", "IN_VERIFICATION"),
)
_HOURS_AGO = ("now()", "now() - interval '2 hours'")


async def is_moved(
    connection: asyncpg.Connection, role: str, move: tuple[str, str], *change: tuple[str, str]
) -> bool:
    """Whether a role makes a move whose statements say something else in one place, or at least
    gets as far as that."""
    statements = next(moving.ways(VIEWERS[role], *move))
    written = [*statements, moving.event_of(VIEWERS[role], move[1])]
    until = len(written)
    for old, new in change:
        place = next(number for number, one in enumerate(written) if old in one)
        written[place] = written[place].replace(old, new)
        until = place + 1 if new else until
    return await is_let_through(connection, VIEWERS[role], *filter(None, written[:until]))


@pytest.fixture
async def to_announce(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A case that an officer may announce a refusal of, within other days than for requests."""
    async with undone(complete_world):
        await complete_world.execute("UPDATE deadline SET days = 9 WHERE wait = 'INTENTION'")
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, *ANNOUNCES, VIEWERS["OFFICER"])
        yield complete_world


async def test_a_refusal_is_announced_in_the_own_name_and_now(to_announce) -> None:
    def deadline(days: int) -> tuple[str, str]:
        entered = "status = 'REFUSAL_INTENDED'"
        return entered, f"{entered}, answer_by = now() + interval '{days} days'"

    assert await is_moved(to_announce, "OFFICER", ANNOUNCES)
    assert await is_moved(to_announce, "OFFICER", ANNOUNCES, deadline(9))
    for wrong in (
        _HOURS_AGO, ("'officer'", "'officer-2'"), ("{INCOMPLETE}", "{}"),
        ("{INCOMPLETE}", "{SECURITY}"), ("{INCOMPLETE}", "{INCOMPLETE,FORGED_DOCUMENT}"),
        deadline(14),
    ):  # fmt: skip
        assert not await is_moved(to_announce, "OFFICER", ANNOUNCES, wrong), wrong
    # Nor is the status entered by what was announced before, or by another.
    await to_announce.execute(
        "INSERT INTO refusal_intention (application_id, grounds, announced_at, announced_by)"
        " VALUES ($1, '{INCOMPLETE}', now() - interval '1 hour', 'officer')", moving.CASE,
    )  # fmt: skip
    [(_, entered)] = moving.ways(VIEWERS["OFFICER"], *ANNOUNCES)
    assert not await is_let_through(to_announce, VIEWERS["OFFICER"], entered)


async def test_nobody_is_refused_before_they_were_heard(to_announce) -> None:
    """Announced and refused at once, without the time in between."""
    [(announced, _)] = moving.ways(VIEWERS["OFFICER"], *ANNOUNCES)
    [refused] = moving.ways(VIEWERS["OFFICER"], "IN_VERIFICATION", "REFUSED")
    assert not await is_let_through(to_announce, VIEWERS["OFFICER"], announced, *refused)
    await to_announce.execute(
        "INSERT INTO refusal_intention (application_id, grounds, announced_at, announced_by,"
        " ended_at) VALUES ($1, '{INCOMPLETE}', now() - interval '1 hour', 'officer', now())",
        moving.CASE,
    )
    assert await is_let_through(to_announce, VIEWERS["OFFICER"], *refused)


async def test_which_rule_is_in_force_says_whether_a_refusal_is_announced(to_announce) -> None:
    """That of today, and the latest: neither one of tomorrow nor one that was replaced."""
    [rule] = await to_announce.fetch("SELECT * FROM handling_rule")
    for days, is_possible in ((0, True), (-1, True), (1, False)):
        await to_announce.execute(
            "UPDATE handling_rule SET valid_from = wib_day(now()) + $1::int", days
        )
        assert await is_moved(to_announce, "OFFICER", ANNOUNCES) is is_possible, days
    await to_announce.execute("UPDATE handling_rule SET valid_from = wib_day(now()) - 9")
    await to_announce.execute(
        "INSERT INTO handling_rule (visa_type_code, valid_from, is_announced, is_corrected)"
        " VALUES ($1, wib_day(now()) - 1, false, true)", rule["visa_type_code"],
    )  # fmt: skip
    assert not await is_moved(to_announce, "OFFICER", ANNOUNCES)


@pytest.fixture
async def heard(complete_world: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A case of which a refusal was announced, and whose applicant may say something."""
    async with undone(complete_world):
        await moving.prepare(complete_world)
        await moving.put_into(complete_world, *ANSWERS, VIEWERS["APPLICANT"])
        yield complete_world


async def test_an_announcement_is_answered_once_in_the_own_name_and_now(heard) -> None:
    assert await is_moved(heard, "APPLICANT", ANSWERS)
    said, noted, goes_on = next(moving.ways(VIEWERS["APPLICANT"], *ANSWERS))
    for wrong in (
        (said, ""), (noted, ""), _HOURS_AGO, ("'applicant'", "'agent-au'"),
        ('{"as_text": "sealed"}', "{}"), ("SELECT id, applicant_id", f"SELECT id, '{WEI}'::uuid"),
        # It ends with the answer.
        ("ended_at = now()", "ended_at = NULL"),
    ):  # fmt: skip
        assert not await is_moved(heard, "APPLICANT", ANSWERS, wrong), wrong
    for again in (said, noted):
        statements = (said, noted, goes_on, again)
        assert not await is_let_through(heard, VIEWERS["APPLICANT"], *statements)
    # Nobody changes what was announced, or what was said.
    await heard.execute("ALTER TABLE refusal_intention ENABLE TRIGGER append_only")
    for column in ("note = 'Else'", "grounds = '{FALSE_STATEMENT}'", "announced_by = 'officer-2'"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with heard.transaction():
                await heard.execute(f"UPDATE refusal_intention SET {column}")
    for role in ("APPLICANT", "OFFICER"):
        over = "UPDATE intention_answer SET sealed = '{}'"
        assert not await is_let_through(heard, VIEWERS[role], over)


async def test_no_visa_is_made_beside_a_grant_of_its_own(complete_world) -> None:
    """Not for a refusal, nor for a grant that was made before, by whomever."""
    async with undone(complete_world):
        await complete_world.execute(USES_OF_VISAS)
        await complete_world.execute("DELETE FROM visa WHERE visa_number <> 'ID000000000099'")
        for who in (OFFICER, SECOND, SUPERVISOR, ITS_SERVICE):
            for reference in (REFUSED, GRANTED, REVOKED):
                assert not await is_done(complete_world, who, issue(reference))


async def test_a_revocation_by_a_supervisor_is_not_undone(complete_world) -> None:
    def change(reference: str, what: str) -> str:
        return f"UPDATE visa SET {what} WHERE application_id = '{application_id(reference)}'"

    assert await is_done(complete_world, SUPERVISOR, change(GRANTED, "revoked_at = now()"))
    assert not await is_done(complete_world, OFFICER, change(GRANTED, "revoked_at = now()"))
    for what in ("revoked_at = NULL", "use_by = '2099-01-01'", "stay_days = 3650"):
        assert not await is_done(complete_world, SUPERVISOR, change(REVOKED, what))


async def test_visas_without_their_guard_are_noticed(complete_world) -> None:
    async with undone(complete_world):
        await complete_world.execute("DROP TRIGGER guard ON visa")
        await complete_world.execute(USES_OF_VISAS)
        await complete_world.execute(
            "DELETE FROM visa WHERE application_id = $1", application_id(GRANTED)
        )
        await act_writing(complete_world, OFFICER)
        await complete_world.execute(issue(GRANTED))

"""What an injected statement of a writing role may do to requested items and to visas."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.acting import act_writing
from tests.walls.reach import viewer
from tests.walls.test_payments_written import OTHERS, TREASURY, is_done
from tests.walls.undoing import undone
from tests.world import applicant_id, application_id, decision_id, requested_item_id

pytestmark = pytest.mark.anyio

#: Whatever names a visa.
USES_OF_VISAS = "DELETE FROM visa_document; DELETE FROM movement; DELETE FROM stay"
IN_VERIFICATION, ASKED = "SGPO-OPEN-0006", "ANDA-LAPS-0012"
GRANTED, REVOKED, REFUSED = "NZGR-MIDN-0008", "DIRE-REVO-0010", "AUPO-SECU-0003"
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
        {"person": f"'{applicant_id('Wei Tan')}'::uuid"},
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

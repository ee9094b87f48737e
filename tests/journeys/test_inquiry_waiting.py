"""An inquiry does not wait for ever: others are alerted that nobody reviewed it, and one to which
nobody agreed lapses."""

import asyncio
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.jobs.inquiries import lapse_inquiries, raise_overdue_reviews
from tests.gateway.changing import change
from tests.gateway.conftest import Viewer
from tests.gateway.live import served

pytestmark = pytest.mark.anyio

WHY = "Three officers granted with the same forged bank letters: who applied with them?"
ALERTS = """
    { alerts(first: 9, where: {isOpen: {eq: true}}) { nodes {
        kind actor inquiry { reference isReviewed }
    } } }
"""
FOLLOWED = (
    "subscription { alertRaised { position ... on Alert { kind actor inquiry { reason } } } }"
)
OPEN = """
    { inquiries(first: 9, where: {isOpen: {eq: true}}) { nodes { reference lapsedAt endsAt } } }
"""
PEOPLE = """
    query ($purpose: String!) @purpose(code: SUPERVISION, reference: $purpose) {
        applications(first: 1) { nodes { applicant { identity { fullName } } } }
    }
"""


async def open_inquiry(viewer: Viewer, most: int = 4) -> dict[str, Any]:
    values = {"reason": WHY, "minutes": 30, "mostPeople": most}
    inquiry: dict[str, Any] = (await change(viewer, "openInquiry", **values)).payload["inquiry"]
    return inquiry


async def alerts(viewer: Viewer) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await viewer(ALERTS)).data["alerts"]["nodes"]
    return nodes


async def move_back(connection: asyncpg.Connection, reference: str, time: str) -> None:
    """Make it a while ago that an inquiry was opened, by the clock of the database."""
    await connection.execute(
        "UPDATE inquiry SET opened_at = opened_at - $2::text::interval,"
        " ends_at = ends_at - $2::text::interval,"
        " review_due_at = review_due_at - $2::text::interval WHERE reference = $1",
        *(reference, time),
    )


async def test_others_hear_that_nobody_reviewed_an_inquiry_once(who, world, connection) -> None:
    curious, other, auditor = who["supervisor"], who["supervisor-2"], who["auditor"]
    inquiry = await open_inquiry(curious)
    await move_back(connection, inquiry["reference"], "71 hours 59 minutes")
    assert await raise_overdue_reviews(connection) == 0
    await move_back(connection, inquiry["reference"], "1 minute")
    assert await lapse_inquiries(connection) == 0  # what was begun does not wait
    async with (
        served(world) as live,
        live.as_viewer("supervisor-2") as second,
        live.as_viewer("auditor") as auditing,
        live.as_viewer("supervisor") as oneself,
    ):
        for one in (second, auditing, oneself):
            await one.follows(FOLLOWED)
        # A keeper that is killed in the middle has sent nothing; two at once send one event.
        killed = connection.transaction()
        await killed.start()
        assert await raise_overdue_reviews(connection) == 1
        await killed.rollback()
        keepers = [await connect(world) for _ in range(2)]
        assert sum(await asyncio.gather(*map(raise_overdue_reviews, keepers))) == 1
        for keeper in keepers:
            assert await raise_overdue_reviews(keeper) == 0
            await keeper.close()
        for one in (second, auditing):
            payload = await one.next_value()
            assert (payload["kind"], payload["actor"]) == ("REVIEW_OVERDUE", "supervisor")
            assert payload["inquiry"] == {"reason": WHY}
        await oneself.receives_nothing()

    about = {"reference": inquiry["reference"], "isReviewed": False}
    for reader in (other, auditor):
        assert await alerts(reader) == [
            {"kind": kind, "actor": "supervisor", "inquiry": about}
            for kind in ("REVIEW_OVERDUE", "INQUIRY")
        ]
    assert await alerts(curious) == []
    # The review, late as it is, closes both.
    verdict = {"inquiryId": inquiry["id"], "verdict": "JUSTIFIED", "reason": "A ring was found."}
    assert (await change(other, "reviewInquiry", **verdict)).codes == []
    assert (await alerts(auditor), await raise_overdue_reviews(connection)) == ([], 0)


async def test_an_inquiry_to_which_nobody_agrees_lapses_and_is_asked_for_anew(
    who, connection
) -> None:
    asking, second = who["supervisor-2"], who["supervisor"]
    inquiry = await open_inquiry(asking, 51)
    by = {"inquiryId": inquiry["id"]}
    await move_back(connection, inquiry["reference"], "23 hours 59 minutes")
    assert await lapse_inquiries(connection) == 0
    await move_back(connection, inquiry["reference"], "1 minute")
    # From then on nobody agrees to it, whether the keeper was there or not.
    assert (await change(second, "approveInquiry", **by)).codes == ["INQUIRY_LAPSED"]
    # That it lapsed is an entry of the account.
    noted = "SELECT count(*) FROM account_outbox WHERE source = 'inquiry'"
    before = await connection.fetchval(noted)
    assert [await lapse_inquiries(connection) for _ in range(2)] == [1, 0]
    assert await connection.fetchval(noted) == before + 1
    assert (await change(second, "approveInquiry", **by)).codes == ["INQUIRY_LAPSED"]
    asked = await asking(PEOPLE, purpose=inquiry["reference"])
    assert (asked.codes, "is over" in asked.errors[0]["message"]) == (["INQUIRY_LIMIT"], True)
    assert (await second(OPEN)).data["inquiries"]["nodes"] == []
    # There is nothing to be reviewed, so there is no alert that it is overdue.
    await move_back(connection, inquiry["reference"], "100 hours")
    assert await raise_overdue_reviews(connection) == 0

    anew = await open_inquiry(asking, 51)
    agreed = await change(second, "approveInquiry", inquiryId=anew["id"])
    assert agreed.payload["inquiry"]["endsAt"] is not None
    [waiting] = (await asking(OPEN)).data["inquiries"]["nodes"]
    assert (waiting["reference"], waiting["lapsedAt"]) == (anew["reference"], None)
    assert await lapse_inquiries(connection) == 0


async def test_what_was_reviewed_in_time_is_never_overdue(who, world, connection) -> None:
    inquiry = await open_inquiry(who["supervisor"])
    await move_back(connection, inquiry["reference"], "71 hours")
    verdict = {"inquiryId": inquiry["id"], "verdict": "JUSTIFIED", "reason": "A ring was found."}
    assert (await change(who["supervisor-2"], "reviewInquiry", **verdict)).codes == []
    await move_back(connection, inquiry["reference"], "2 hours")
    assert await raise_overdue_reviews(connection) == 0

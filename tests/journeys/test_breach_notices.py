"""A breach is recorded: the institution and the people are told within three days, each notice is
written down with who gave it, and another auditor closes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dashboard.model.period import WIB
from gateway.doctor.database import examine_breaches
from models.jobs.inquiries import raise_overdue_notices
from tests.accounts import find_tampering, past_triggers, sign
from tests.dashboard.filling_in import fill, send, typed
from tests.dashboard.visiting import Visitor
from tests.gateway.conftest import Viewer
from tests.rights import payload_of

pytestmark = pytest.mark.anyio

OUTCOME = "access-outcome"
OPEN = """
    { breaches(first: 9, where: {isOpen: {eq: true}}) { nodes {
        id viewer noticedAt dueAt recordedBy institutionNotifiedAt peopleNotified
    } } }
"""
STEPS = (
    ("notifyInstitution", {"notice": "By letter 17/2026."}),
    ("notifyPeople", {"notice": "By mail to each.", "people": 2}),
)


def codes_of(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_a_breach_is_recorded_told_of_and_closed_by_another_auditor(
    who: dict[str, Viewer], connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """An account was somebody else's since yesterday: the clock runs, and two auditors end it."""
    auditor, other = who["auditor"], who["auditor-2"]
    noticed = datetime.now(UTC) - timedelta(hours=1)
    given = {
        "description": "An officer's account was used by another person.",
        "noticedAt": noticed.isoformat(),
        "windowFrom": (noticed - timedelta(days=1)).isoformat(),
        "windowBefore": noticed.isoformat(),
        "viewer": "officer-2",
    }
    recorded = await payload_of(auditor, "recordBreach", "breach { id dueAt }", **given)
    breach = recorded["breach"]
    assert datetime.fromisoformat(breach["dueAt"]) == noticed + timedelta(hours=72)
    about, closing = {"breachId": breach["id"]}, {"reason": "The account has a new owner."}

    # Nobody closes it before everybody was told, and each notice is given once.
    early = await payload_of(other, "closeBreach", "breach { id }", **about, **closing)
    assert codes_of(early) == ["NOT_NOTIFIED"]
    for mutation, notice in STEPS:
        told = await payload_of(auditor, mutation, "breach { id }", **about, **notice)
        assert told == {"breach": {"id": breach["id"]}, "errors": []}
        again = await payload_of(other, mutation, "breach { id }", **about, **notice)
        assert codes_of(again) == ["ALREADY_NOTIFIED"]
    [listed] = (await other(OPEN)).data["breaches"]["nodes"]
    assert (listed["recordedBy"], listed["peopleNotified"]) == ("auditor", 2)

    # Whoever took a step does not close it.
    own = await payload_of(auditor, "closeBreach", "breach { id }", **about, **closing)
    assert codes_of(own) == ["SECOND_PERSON_REQUIRED"]
    closed = await payload_of(
        other, "closeBreach", "breach { closedBy isOpen }", **about, **closing
    )
    assert closed == {"breach": {"closedBy": "auditor-2", "isOpen": False}, "errors": []}
    again = await payload_of(other, "closeBreach", "breach { id }", **about, **closing)
    assert codes_of(again) == ["ALREADY_CLOSED"]
    assert (await auditor(OPEN)).data["breaches"]["nodes"] == []
    assert await raise_overdue_notices(connection) == 0

    # Each step is in the account, and whoever changes one afterwards is found out.
    await sign(connection, tmp_path)
    assert await find_tampering(connection, tmp_path) == []
    steps = "SELECT count(*) FROM account_leaf WHERE source = 'breach'"
    assert await connection.fetchval(steps) == 4
    async with past_triggers(connection):
        await connection.execute("UPDATE breach SET noticed_at = noticed_at + interval '1 hour'")
    assert len(await find_tampering(connection, tmp_path)) == 1


async def test_a_breach_of_which_nobody_was_told_in_time_raises_one_alert(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """Supervisors and auditors see it, and so does whoever runs `gerbang doctor`."""
    noticed = datetime.now(UTC) - timedelta(hours=73)
    given = {
        "description": "A laptop was lost.",
        "noticedAt": noticed.isoformat(),
        "windowFrom": noticed.isoformat(),
        "windowBefore": datetime.now(UTC).isoformat(),
    }
    recorded = await payload_of(who["auditor"], "recordBreach", "breach { id }", **given)
    about = {"breachId": recorded["breach"]["id"]}
    await payload_of(who["auditor"], "notifyPeople", "breach { id }", **about, **STEPS[1][1])
    assert [await raise_overdue_notices(connection) for _ in range(2)] == [1, 0]
    alerts = "{ alerts(first: 9) { nodes { kind actor actorRole } } }"
    raised = {"kind": "NOTICE_OVERDUE", "actor": "auditor", "actorRole": "AUDITOR"}
    for name in ("supervisor", "auditor"):
        assert (await who[name](alerts)).data["alerts"]["nodes"] == [raised], name
    [finding] = [one async for one in examine_breaches(connection)]
    assert "1 breach" in finding.what


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"noticedAt": "2100-01-01T00:00:00Z"}, "noticedAt"),
        ({"windowFrom": "2025-02-11T00:00:00Z"}, "noticedAt"),
        ({"windowBefore": "2025-02-09T00:00:00Z"}, "windowBefore"),
        ({"description": " "}, "description"),
    ],
)
async def test_what_cannot_be_true_of_a_breach_is_refused(who, wrong, path) -> None:
    given = {
        "description": "A laptop was lost.",
        "noticedAt": "2025-02-10T12:00:00Z",
        "windowFrom": "2025-02-10T00:00:00Z",
        "windowBefore": "2025-02-12T00:00:00Z",
    }
    refused = await payload_of(who["auditor"], "recordBreach", "breach { id }", **given | wrong)
    assert refused == {"breach": None, "errors": [{"code": "INVALID", "path": ["input", path]}]}
    none = {"breachId": "nobody's", "notice": "x", "people": -1}
    missing = await payload_of(who["auditor"], "notifyPeople", "breach { id }", **none)
    assert codes_of(missing) == ["INVALID", "NOT_FOUND"]


def test_at_a_browser_the_clock_of_a_breach_has_run_out(
    visitor: Visitor, colleague: Visitor
) -> None:
    """It was noticed 74 hours ago and is recorded today: the page says how late it is, above what
    has time, a supervisor hears of it, and others are told; then no clock runs."""
    page, what = visitor.opens("auditor", path="/access"), "A courier lost passports for a night."
    for description, hours in (("A letter went astray.", 3), (what, 74)):
        noticed = datetime.now(WIB) - timedelta(hours=hours, minutes=5)
        instants = {"noticedAt": typed(noticed), "windowFrom": typed(noticed)}
        fill(page, "recordBreach", description=description, **instants)
        assert "within 3 × 24 hours" in send(page, "recordBreach", OUTCOME)
        page.wait_for_selector(f"#access-breach article >> text={description}")
    assert what in page.locator("#access-breach article").first.inner_text()
    ours = page.locator("#access-breach article", has_text=what)
    assert "2 hours late." in ours.locator(".late").inner_text()
    in_time = page.locator("#access-breach article", has_text="A letter went astray.")
    assert "68 hours left." in in_time.inner_text()
    assert not in_time.locator(".late").count()

    supervisor = colleague.opens("supervisor", path="/supervision")
    alerts = supervisor.locator("#supervision-alerts article", has_text="auditor, Auditor")
    alerts.get_by_text("a breach of which others were not told in time").wait_for(timeout=120_000)

    for change, filled in (
        ("notifyInstitution", {"notice": "Letter 18, late."}),
        ("notifyPeople", {"people": "3", "notice": "By telephone."}),
    ):
        form = str(ours.locator(f"form[data-change={change}]").get_attribute("id"))
        fill(page, form, **filled)
        assert "Recorded that" in send(page, form, OUTCOME)
        ours.locator(f"form[data-change={change}]").wait_for(state="detached")
    assert not ours.locator(".late").count()

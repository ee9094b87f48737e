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
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.gateway.changing import IDENTITY, perform, reference_of
from tests.gateway.conftest import Viewer
from tests.rights import READ, payload_of

pytestmark = pytest.mark.anyio

OUTCOME = "access-outcome"
OPEN = """
    { breaches(first: 9, where: {isOpen: {eq: true}}) { nodes {
        id viewer noticedAt dueAt recordedBy institutionNotifiedAt peopleNotified
    } } }
"""
TOLD = {
    "inEnglish": "Somebody else used an officer's account; it is closed.",
    "inIndonesian": "Akun petugas dipakai orang lain; akun itu telah ditutup.",
}
STEPS = (
    ("notifyInstitution", {"notice": "By letter 17/2026."}),
    ("notifyPeople", {"notice": "By mail to each.", "people": 2, "reached": "READ", **TOLD}),
)
MINE = """
    query ($language: Language!) { myData { applicant { breachNotices(first: 9) { nodes {
        toldAt fields
        breach { id noticedAt windowFrom windowBefore inWords(language: $language) }
    } } } } }
"""


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


async def notices(subject: Viewer, language: str = "EN") -> list[dict[str, Any]]:
    asked = await subject(MINE, language=language)
    assert asked.errors == [], asked.text
    return asked.data["myData"]["applicant"]["breachNotices"]["nodes"]


async def of_everybody(subject: Viewer) -> list[dict[str, Any]]:
    asked = await subject("{ myData { breaches { id inWords } } }")
    assert asked.errors == [], asked.text
    return asked.data["myData"]["breaches"]


async def test_whoever_was_read_in_a_breach_sees_it_in_their_own_data_and_nobody_else(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    """What happened in both languages, when, and which data of theirs: once people were told."""
    applicants = [Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": name})
                  for name in ("person-read", "person-unread")]  # fmt: skip
    thief = Viewer(who["supervisor"].client, {"role": "SUPERVISOR", "sub": "supervisor-misused"})
    for number, applicant in enumerate(applicants):
        identity = {**IDENTITY, "passportNumber": f"BREACH{number:03d}"}
        case = await perform(
            applicant, "submitApplication", visaType="B1", nationality="AU", identity=identity
        )
        # The other one is read by somebody else.
        reader = (thief, who["supervisor"])[number]
        named = {"case": case, "for": await reference_of(who["supervisor"], case)}
        assert (await reader(READ, **named)).errors == []
    noticed = datetime.now(UTC)
    window = {"windowFrom": noticed - timedelta(hours=1), "windowBefore": noticed}
    given = {"noticedAt": noticed, "viewer": "supervisor-misused", **window}
    about: list[dict[str, str]] = []
    for description in ("Of an account.", "The same, of letters.", "A copy was stolen."):
        written = {name: at.isoformat() if isinstance(at, datetime) else at
                   for name, at in given.items()}  # fmt: skip
        recorded = await payload_of(
            who["auditor"], "recordBreach", "breach { id }", description=description, **written
        )
        about.append({"breachId": recorded["breach"]["id"]})
    # Nobody is told here before it is recorded that people were told.
    assert [await notices(one) for one in applicants] == [[], []]
    assert [await of_everybody(one) for one in applicants] == [[], []]
    for breach, reached in zip(about, ("READ", "OTHERS", "EVERYBODY"), strict=True):
        told = {**STEPS[1][1], "reached": reached}
        done = await payload_of(who["auditor"], "notifyPeople", "breach { id }", **breach, **told)
        assert done["errors"] == []

    [notice] = await notices(applicants[0])
    instants = {name: datetime.fromisoformat(at) for name, at in notice["breach"].items()
                if name not in ("id", "inWords")}  # fmt: skip
    assert instants == {"noticedAt": noticed, **window}
    assert notice["breach"]["id"] == about[0]["breachId"]
    assert notice["breach"]["inWords"] == TOLD["inEnglish"]
    assert notice["fields"] == ["fullName"]
    [again] = await notices(applicants[0], "ID")
    assert again["breach"]["inWords"] == TOLD["inIndonesian"]

    # A stolen copy concerns whoever was on file by then, read or not.
    late = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "person-late"})
    identity = {**IDENTITY, "passportNumber": "BREACH002"}
    await perform(late, "submitApplication", visaType="B1", nationality="AU", identity=identity)
    of_all = {"id": about[2]["breachId"], "inWords": TOLD["inEnglish"]}
    assert [await of_everybody(one) for one in (*applicants, late)] == [[of_all], [of_all], []]

    # To somebody else it is not there, by whatever way; nor is what auditors alone read.
    assert await notices(applicants[1]) == []
    by_id = "query ($id: ID!) { node(id: $id) { __typename } }"
    named = about[0]["breachId"]
    assert (await applicants[0](by_id, id=named)).data["node"] is not None
    for other in (applicants[1], who["officer"], who["anonymous"]):
        hidden, absent = [await other(by_id, id=one) for one in (named, "nobody's")]
        assert hidden.data == absent.data == {"node": None}
    asked = "{ myData { applicant { breachNotices(first: 9) { nodes { breach { viewer } } } } } }"
    assert set((await applicants[0](asked)).codes) == {"FORBIDDEN_FIELD"}
    # What somebody was told stays as it was.
    for change in ("UPDATE breach_notice SET fields = '{}'", "DELETE FROM breach_notice"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute(change)


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
        ({"windowBefore": "2025-02-10T00:00:00Z"}, "windowBefore"),  # as it begins
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
    none = {**STEPS[1][1], "breachId": "nobody's", "people": -1, "inIndonesian": " "}
    missing = await payload_of(who["auditor"], "notifyPeople", "breach { id }", **none)
    assert codes_of(missing) == ["INVALID", "INVALID", "NOT_FOUND"]


async def test_whoever_took_any_step_of_a_breach_does_not_close_it(who: dict[str, Viewer]) -> None:
    client = who["auditor"].client
    auditors = [Viewer(client, {"role": "AUDITOR", "sub": f"auditor-{n}"}) for n in range(4)]
    given = {
        "description": "A laptop was lost.",
        "noticedAt": "2025-02-10T12:00:00Z",
        "windowFrom": "2025-02-10T00:00:00Z",
        "windowBefore": "2025-02-12T00:00:00Z",
    }
    recorded = await payload_of(auditors[0], "recordBreach", "breach { id }", **given)
    about = {"breachId": recorded["breach"]["id"]}
    for by, (mutation, notice) in zip(auditors[1:3], STEPS, strict=True):
        told = await payload_of(by, mutation, "breach { id }", **about, **notice)
        assert told["errors"] == []
    for by in auditors:
        closed = await payload_of(by, "closeBreach", "breach { id }", **about, reason="Found.")
        assert codes_of(closed) == ([] if by is auditors[3] else ["SECOND_PERSON_REQUIRED"])


def test_at_a_browser_the_clock_of_a_breach_has_run_out(
    visitor: Visitor, colleague: Visitor
) -> None:
    """It was noticed 74 hours ago and is recorded today: the page says how late it is, above what
    has time, a supervisor hears of it, and others are told; then no clock runs."""
    colleague.opens("applicant", path="/my-data").wait_for_selector("#my-data dd")
    page, what = visitor.opens("auditor", path="/access"), "A courier lost passports for a night."
    for description, hours in (("A letter went astray.", 3), (what, 74)):
        noticed = datetime.now(WIB) - timedelta(hours=hours, minutes=5)
        tomorrow = datetime.now(WIB) + timedelta(days=1)
        instants = {"noticedAt": typed(noticed), "windowFrom": typed(noticed)}
        instants["windowBefore"] = typed(tomorrow)
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
        ("notifyPeople", {"people": "3", "notice": "By telephone.", "reached": "READ", **TOLD}),
    ):
        form = str(ours.locator(f"form[data-change={change}]").get_attribute("id"))
        fill(page, form, **filled)
        assert "Recorded that" in send(page, form, OUTCOME)
        ours.locator(f"form[data-change={change}]").wait_for(state="detached")
    assert not ours.locator(".late").count()
    assert TOLD["inEnglish"] in ours.inner_text()

    # One's own look was in the window, so whoever looks again is told of it.
    person = colleague.opens("applicant", path="/my-data")
    told = person.locator("#my-data section", has_text="Breaches of your data")
    assert TOLD["inEnglish"] in told.inner_text()
    assert "What was read of yours: Name, Date of birth" in told.inner_text()
    assert "It lasted from" in told.inner_text()
    assert_accessible(person, widths=(390,))
    person.goto(f"{colleague.demo.dashboard_url}/my-data?language=id")
    told = person.locator("#my-data section", has_text="Kegagalan pelindungan data")
    assert TOLD["inIndonesian"] in told.inner_text()

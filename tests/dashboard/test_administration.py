"""The page Administration, as two administrators use it: what one proposes the other approves."""

import re
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.model.period import today
from dashboard.pages.administration.forms import CHANGES
from dashboard.pages.administration.tables import visa_types
from dashboard.texts import texts
from dashboard.web.gate import DRAWN_FOR
from dashboard.web.sessions import COOKIE
from tests.dashboard.asking_dash import draw
from tests.dashboard.conftest import Running
from tests.dashboard.filling_in import fill, outcome_of, result_of, send, send_to_dash
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

PATH = "/administration"
VALIDITY = {"useWithinDays": "90", "isOffered": "true"}
OUTCOME = outcome_of("administration-outcome")
CHANGED = """
    query ($subject: String!) {
        referenceChanges(first: 20, where: { subject: { eq: $subject }, kind: { eq: FEE } }) {
            nodes { state decree proposedBy approvedBy values { name after } }
        }
    }
"""
OPEN = """
    { applications(where: { closedAt: { isNull: true }, visaType: { eq: "C1" } }) {
        totalCount { value }
    } }
"""


def opens(visitor: Visitor, user: str, language: str = "en") -> Page:
    page = visitor.opens(user, f"language={language}", PATH)
    page.wait_for_selector("#administration-visa_types tbody tr")
    return page


def test_a_fee_by_decree_is_proposed_by_one_and_approved_by_another(
    visitor: Visitor, colleague: Visitor, demo: Demo
) -> None:
    page = opens(visitor, "administrator")
    day = today() + timedelta(days=40)
    fill(page, "proposeFee", visaType="C1", fee="654000", validFrom=day.isoformat())
    fill(page, "proposeFee", **VALIDITY, decree="PP 1/2027", reason="Costs have risen.")
    assert "Proposed." in send(page, "proposeFee")
    page.wait_for_selector("#administration-waiting article >> text=654,000")
    own = page.locator("#administration-waiting article", has_text="654,000")
    assert "another administrator has to approve it" in own.inner_text()
    assert not own.get_by_role("button", name="Approve").is_visible()
    assert page.input_value("#proposeFee-decree") == ""  # nothing is proposed twice by mistake
    assert_accessible(page, widths=(390, 1440))

    other = opens(colleague, "administrator-2")
    proposed = other.locator("#administration-waiting article", has_text="654,000")
    assert "PP 1/2027" in proposed.inner_text()
    waits = demo.ask("supervisor", OPEN)["applications"]["totalCount"]["value"]
    touched = f"{waits} open files keep what held before" if waits else "No open file is touched"
    assert re.sub(r"^1 open files keep", "1 open file keeps", touched) in proposed.inner_text()
    proposed.get_by_role("button", name="Approve").click()
    other.wait_for_selector(f"{OUTCOME} >> text=Approved.")
    other.wait_for_selector("#administration-visa_types >> text=654,000")
    assert "Costs have risen." in other.inner_text("#administration-settled")
    changes = demo.ask("administrator", CHANGED, subject="C1")["referenceChanges"]["nodes"]
    [change] = [each for each in changes if each["decree"] == "PP 1/2027"]
    assert (change["state"], change["approvedBy"]) == ("APPROVED", "administrator-2")


def test_an_outage_is_recorded_by_an_administrator_and_approved_by_an_auditor(
    visitor: Visitor, colleague: Visitor
) -> None:
    page = opens(visitor, "administrator")
    first, last = (today() - timedelta(days=days) for days in (3, 1))
    days = {"beganOn": first.isoformat(), "endedOn": last.isoformat()}
    fill(page, "proposeNamedEvent", kind="DISASTER", wasScreeningOut="false", country="NZ", **days)
    fill(page, "proposeNamedEvent", decree="LAP 7/2026", reason="An earthquake.")
    assert "Proposed." in send(page, "proposeNamedEvent")
    own = page.locator("#administration-waiting article", has_text="LAP 7/2026")
    assert "An auditor has to approve it." in own.inner_text()

    other = opens(colleague, "auditor")
    assert not other.locator("#panel-propose").is_visible()
    assert other.locator("#suspendViewer").count() == 0
    proposed = other.locator("#administration-waiting article", has_text="LAP 7/2026")
    proposed.get_by_role("button", name="Approve").click()
    other.wait_for_selector(f"{OUTCOME} >> text=Approved.")
    other.wait_for_selector("#administration-events tr >> text=New Zealand")


def test_a_rule_that_grants_is_approved_and_stopped_by_a_supervisor(
    visitor: Visitor, colleague: Visitor
) -> None:
    page = opens(visitor, "administrator")
    # For whom nobody in the demo is waited for, and late.
    rule = {"visaType": "C2", "nationalities": "is, mt", "samplePercent": "5"}
    fill(page, "proposeGrantRule", **rule, hoursAfterPayment="240", official="director")
    fill(page, "proposeGrantRule", decree="PP 9/2027", reason="They are all alike.")
    assert "Proposed." in send(page, "proposeGrantRule")
    own = page.locator("#administration-waiting article", has_text="PP 9/2027")
    assert "A supervisor has to approve it." in own.inner_text()

    other = opens(colleague, "supervisor")
    assert not other.locator("#panel-propose").is_visible()
    proposed = other.locator("#administration-waiting article", has_text="PP 9/2027")
    proposed.get_by_role("button", name="Approve").click()
    other.wait_for_selector(f"{OUTCOME} >> text=Approved.")
    granting = other.locator("#administration-grant_rules article", has_text="PP 9/2027")
    granting.wait_for()
    assert "in force" in granting.inner_text()
    assert "For IS, MT: at the earliest 240 hours after the payment, 5%" in granting.inner_text()
    granting.locator("summary").click()
    granting.locator("[name=reason]").fill("Not these.")
    granting.get_by_role("button", name="Stop this rule").click()
    other.wait_for_selector(f"{OUTCOME} >> text=The rule is stopped.")
    other.wait_for_selector("#administration-grant_rules >> text=Not these.")
    assert "stopped" in granting.inner_text()
    assert granting.locator("summary").count() == 0


def test_a_mistake_stands_at_its_field_in_the_readers_language(visitor: Visitor) -> None:
    page = opens(visitor, "administrator", "id")
    day = today() - timedelta(days=4)
    fill(page, "proposeFee", visaType="C1", fee="1000", validFrom=day.isoformat())
    fill(page, "proposeFee", **VALIDITY, decree="PP 2/2027", reason="Terlambat.")
    refused = send(page, "proposeFee")
    assert "Tidak ada yang diubah." in refused
    assert page.get_attribute("#proposeFee-validFrom", "aria-invalid") == "true"
    assert page.input_value("#proposeFee-decree") == "PP 2/2027"  # what was filled in stays
    again = send(page, "proposeFee")
    assert again == refused


def test_an_account_is_suspended_at_once_confirmed_by_another_and_lifted(
    visitor: Visitor, colleague: Visitor
) -> None:
    page = opens(visitor, "administrator")
    fill(page, "suspendViewer", subject="agent-nz", reason="A stolen telephone.")
    assert "Suspended at once." in send(page, "suspendViewer")
    page.wait_for_selector("#administration-suspensions >> text=agent-nz")
    assert "unless a second person confirms it" in page.inner_text("#administration-suspensions")
    assert (
        not page.locator("#administration-suspensions")
        .get_by_role("button", name="Confirm")
        .is_visible()
    )

    other = opens(colleague, "administrator-2")
    one = other.locator("#administration-suspensions article", has_text="agent-nz")
    one.get_by_role("button", name="Confirm").click()
    other.wait_for_selector("#administration-suspensions >> text=Confirmed by administrator-2")
    one.locator("summary").click()
    one.locator("[name=reason]").fill("It was found.")
    one.get_by_role("button", name="Propose to lift").click()
    other.wait_for_selector("#administration-suspensions >> text=proposed to lift it")
    waits = "#administration-waiting article >> text=agent-nz"
    other.wait_for_selector(waits)
    assert not other.get_by_role("button", name="Lift", exact=True).count()

    # It waits for the first one, among what waits for a second person.
    page = opens(visitor, "administrator")
    page.wait_for_selector(waits)
    page.get_by_role("button", name="Lift", exact=True).click()
    page.wait_for_selector("#administration-suspensions >> text=Nobody is suspended.")


@pytest.mark.proof
def test_the_page_is_for_administrators_alone(visitor: Visitor) -> None:
    page = visitor.opens("leadership", path=PATH)
    assert not page.locator("form[data-change]").count()
    assert "Administration" not in page.inner_text("#navigation")


async def sent(browser: httpx2.AsyncClient, data: Any) -> httpx2.Response:
    """The answer to a form as the page sends it."""
    return await send_to_dash(browser, "administration-sent", "administration-outcome", data)


def a_suspension(**changes: Any) -> dict[str, Any]:
    values = {"subject": "agent-my", "reason": "A stolen telephone."}
    given = {"change": "suspendViewer", "form": "suspendViewer", "key": "k" * 32, "at": 1}
    return {**given, "values": values, **changes}


SUSPENSIONS = "{ suspensions(first: 50) { nodes { id subject liftedAt } } }"


async def lift(connected: Running, browser: httpx2.AsyncClient, suspension: str, key: str) -> None:
    """One administrator proposes it, another lifts it."""
    values = {"suspensionId": suspension, "reason": "Found."}
    proposal = a_suspension(change="proposeLifting", key=f"propose-{key}", values=values)
    assert result_of(await sent(browser, proposal)) == "done"
    named = {"change": "liftSuspension", "values": {"suspensionId": suspension}}
    alone = a_suspension(key=f"alone-{key}", **named)
    assert result_of(await sent(browser, alone)) == "refused"
    other, _ = await connected.visitor("administrator-2")
    async with other:
        await draw(other)
        last = a_suspension(key=f"lift-{key}", **named)
        assert result_of(await sent(other, last)) == "done"


def open_suspensions(demo: Demo, subject: str) -> list[str]:
    found = demo.ask("administrator", SUSPENSIONS)["suspensions"]["nodes"]
    return [one["id"] for one in found if one["subject"] == subject and not one["liftedAt"]]


@pytest.mark.anyio
async def test_a_form_that_is_sent_twice_is_done_once(connected: Running, demo: Demo) -> None:
    browser, _ = await connected.visitor("administrator")
    async with browser:
        await draw(browser)
        for _ in range(2):
            assert result_of(await sent(browser, a_suspension())) == "done"
        [id_] = open_suspensions(demo, "agent-my")
        again = await sent(browser, a_suspension(key="another-form"))
        assert result_of(again) == "refused"  # it is suspended already
        await lift(connected, browser, id_, "it-again")


@pytest.mark.anyio
async def test_a_form_of_another_viewers_page_changes_nothing(
    connected: Running, demo: Demo
) -> None:
    browser, _ = await connected.visitor("administrator")
    async with browser:
        await draw(browser)
        browser.cookies.set(COOKIE, (await connected.session_of("administrator-2"))[0])
        assert (await sent(browser, a_suspension(key="of-another-page"))).status_code == 409
        browser.headers[DRAWN_FOR] = ""
        assert (await sent(browser, a_suspension(key="of-another-page"))).status_code == 409
        browser.headers["Sec-Fetch-Site"] = "cross-site"
        assert (await sent(browser, a_suspension(key="of-another-page"))).status_code == 403
    assert open_suspensions(demo, "agent-my") == []


@pytest.mark.anyio
@pytest.mark.parametrize("user", ["leadership", "officer", "manager-au"])
async def test_nobody_else_changes_anything_by_the_form(
    connected: Running, demo: Demo, user: str
) -> None:
    browser, _ = await connected.visitor(user)
    async with browser:
        await draw(browser)
        assert result_of(await sent(browser, a_suspension(key=f"of-{user}"))) == "refused"
    assert open_suspensions(demo, "agent-my") == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    "data",
    [
        None, 7, [], {}, a_suspension(change="viewer"), a_suspension(change="../question"),
        a_suspension(values=[]), a_suspension(key=""), a_suspension(key="k" * 65),
        a_suspension(change="proposeFee", values={"fee": "much"}),
        a_suspension(values={}),
    ],
    ids=str,
)  # fmt: skip
async def test_what_no_form_sends_is_refused(connected: Running, data: Any) -> None:
    browser, _ = await connected.visitor("administrator")
    async with browser:
        await draw(browser)
        assert result_of(await sent(browser, data)) == "refused"


@pytest.mark.anyio
async def test_while_the_gateway_is_away_the_outcome_is_not_known(
    connected: Running, demo: Demo
) -> None:
    """The same form, sent again, is done once."""
    values = {"subject": "agent-th", "reason": "A stolen telephone."}
    browser, _ = await connected.visitor("administrator")
    async with browser:
        await draw(browser)
        connected.line.is_cut = True
        assert (
            result_of(await sent(browser, a_suspension(key="sent-twice", values=values)))
            == "unknown"
        )
        connected.line.is_cut = False
        assert (
            result_of(await sent(browser, a_suspension(key="sent-twice", values=values))) == "done"
        )
        [id_] = open_suspensions(demo, "agent-th")
        await lift(connected, browser, id_, "it-later")


def test_what_holds_from_today_on_stands_before_what_will() -> None:
    fees = [
        {"useWithinDays": days, "validFrom": f"2026-{first}", "price": {"amount": amount},
         "isOffered": amount < 400}
        for days, first, amount in ((365, "02-01", 400), (90, "04-01", 300), (90, "01-01", 100),
                                    (90, "03-10", 200))
    ]  # fmt: skip
    targets = [
        {"validFrom": "2026-01-01", "clock": clock, "hours": hours, "workingDays": days,
         "promisedPercent": None}
        for clock, hours, days in (("STANDARD", 24, None), ("CALLING_VISA", None, 30))
    ]  # fmt: skip
    shown = visa_types(
        [{"code": "B1", "name": "On arrival", "stayDays": 30, "fees": fees, "passportRules": [],
          "extensionRules": [], "handlingRules": [], "serviceTargets": targets}],
        date(2026, 3, 10),
        texts("en"),
    )  # fmt: skip
    found = re.findall("<td[^>]*>(.*?)</td>", html_of(shown), re.DOTALL)
    cells = [re.sub("<[^>]*>", " ", cell).split() for cell in found]
    now, later, other = "90 days · Rp 200", "from 1 Apr 2026: 90 days · Rp 300", "365 days"
    assert " ".join(cells[1]) == f"{now} {later} {other} · not offered"
    assert cells[-1][-2:] == ["24", "hours"]


def test_every_change_of_an_administrator_has_a_form(demo: Demo) -> None:
    asked = '{ __type(name: "Mutation") { fields { name } } }'
    fields = demo.ask("administrator", asked)["__type"]["fields"]
    # Supervisors stop a rule that grants.
    assert {field["name"] for field in fields} == CHANGES.forms.keys() - {"stopGrantRule"}


def test_an_administrator_sees_which_role_runs_which_document(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor, "administrator")
    clients = page.locator("#administration-documents > details > summary")
    clients.filter(has_text="dashboard").click()
    page.wait_for_selector("#administration-documents tbody tr")
    asked = "{ trustedDocuments { verdicts { role canRun cost } operations } }"
    registered = demo.ask("administrator", asked)["trustedDocuments"]
    rows = page.locator("#administration-documents tbody tr")
    assert rows.count() == len(registered)
    own = page.locator("#administration-documents tbody tr", has_text="TrustedDocuments")
    [document] = [one for one in registered if one["operations"] == ["TrustedDocuments"]]
    costs = [f"{one['cost']:,}" if one["canRun"] else "\N{EN DASH}" for one in document["verdicts"]]
    assert own.locator("td").all_inner_texts()[:-1] == costs
    own.locator("summary").click()
    assert "Query.trustedDocuments" in own.locator("details").inner_text()
    assert_accessible(page, widths=(390,))

    page = opens(visitor, "auditor")
    assert not page.locator("#panel-documents").is_visible()
    assert not page.locator("#administration-documents tr").count()

"""The page Supervision: what waits, and the answers that supervisors give to it."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page

from dashboard.components.forms import Changes
from dashboard.components.html_part import html_of
from dashboard.components.panels import count_waiting, cursors_named
from dashboard.pages.access.forms import CHANGES as OF_AUDITORS
from dashboard.pages.administration.forms import CHANGES as OF_ADMINISTRATORS
from dashboard.pages.administration.forms import STOPS
from dashboard.pages.case.forms import CHANGES as OF_CASES
from dashboard.pages.screening.forms import CHANGES as OF_SCREENING
from dashboard.pages.supervision.lists import case_lines
from dashboard.pages.supervision.page import CHANGES as OF_SUPERVISORS
from dashboard.pages.supervision.page import (
    WIDENED_ROLES,
    list_alerts,
    list_exceptions,
    list_inquiries,
    show_replays,
)
from dashboard.pages.treasury.page import CHANGES as OF_THE_TREASURY
from dashboard.pages.views.page import CHANGES as OF_READERS
from dashboard.texts import texts
from models.supervision import budget_exception
from models.vocabulary import Role
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

PATH = "/supervision"
PAST = "2026-03-01T00:00:00+00:00"
CASE = "query ($reference: String!) { application(by: { reference: $reference }) { id } }"
CONFIRM = """
    mutation ($case: ID!, $key: String!) { confirmScreening(input: {
        idempotencyKey: $key, applicationId: $case, kind: ENTRY_BAN
    }) { errors { code } } }
"""
OUTCOME = "#supervision-outcome [data-result]"
#: Which status or version a sender saw is for programs that keep a case open for long.
NOT_FILLED_IN = {"idempotencyKey", "expectedStatus"}
FORMS = [
    ("supervisor" if change == STOPS else user, changes, change)
    for user, changes in (
        ("administrator", OF_ADMINISTRATORS),
        ("auditor", OF_AUDITORS),
        ("screening", OF_SCREENING),
        ("supervisor", OF_CASES),
        ("supervisor", OF_SUPERVISORS),
        ("treasury", OF_THE_TREASURY),
        ("leadership", OF_READERS),
    )
    for change in changes.forms
    if change not in changes.batches
]


def opens(visitor: Visitor, user: str, path: str = PATH) -> Page:
    page = visitor.opens(user, path=path)
    page.wait_for_selector("#supervision-overdue :is(p, article)")
    return page


def _alert_of_supervisor(page: Page) -> Locator:
    opened = page.locator("#supervision-alerts article", has_text="Opened an inquiry")
    return opened.filter(has_text="supervisor, Supervisor")


def test_an_inquiry_is_opened_by_one_and_its_alert_closed_by_another(
    visitor: Visitor, colleague: Visitor
) -> None:
    page = opens(visitor, "supervisor", "/")
    page.wait_for_url("**/supervision**")  # their home
    page.locator("details:has(> #openInquiry) > summary").click()
    page.fill("#openInquiry-minutes", "15")
    page.fill("#openInquiry-mostPeople", "3")
    page.fill("#openInquiry-reason", "A pattern of one officer.")
    page.get_by_role("button", name="Open an inquiry").click()
    page.wait_for_selector(f"{OUTCOME} >> text=The inquiry is recorded.")
    own = page.locator("#supervision-inquiries article", has_text="A pattern of one officer.")
    own.wait_for()
    assert "another supervisor has to review it" in own.inner_text()
    assert not own.locator("form").count()
    assert not _alert_of_supervisor(page).count()  # nobody is shown one's own
    assert_accessible(page, widths=(390, 1440))

    other = opens(colleague, "supervisor-2")
    alert = _alert_of_supervisor(other)
    alert.locator("summary").click()
    alert.locator("textarea").fill("Agreed with the chief.")
    alert.get_by_role("button", name="Close the alert").click()
    other.wait_for_selector(f"{OUTCOME} >> text=The alert is closed.")
    alert.wait_for(state="detached")
    found = other.locator("#supervision-inquiries article", has_text="A pattern of one officer.")
    assert "another supervisor reviews it" in found.inner_text()
    assert not found.locator("form").count()  # it has not ended


@pytest.mark.parametrize(
    ("own", "changes", "form"),
    [
        ("another", {}, "reviewInquiry"),
        ("opener", {}, None),
        ("second", {}, None),
        ("another", {"endsAt": "2999-01-01T00:00:00+00:00"}, None),
        ("another", {"endsAt": None, "reviewDueAt": None, "approvedBy": None}, "approveInquiry"),
        ("opener", {"endsAt": None, "reviewDueAt": None, "approvedBy": None}, None),
    ],
)
def test_an_inquiry_is_answered_by_whom_and_when_the_gateway_takes_it(
    own: str, changes: dict[str, Any], form: str | None
) -> None:
    one = {
        "id": "x", "reference": "INQ", "reason": "Why.", "mostPeople": 3, "seen": 2,
        "openedBy": "opener", "openedAt": PAST, "approvedBy": "second", "endsAt": PAST,
        "reviewDueAt": "2026-03-04T00:00:00+00:00",
    }  # fmt: skip
    answer = {"viewer": {"subject": own}, "inquiries": {"nodes": [one | changes]}}
    article, _ = list_inquiries(answer, texts("en"))
    assert re.findall('data-change="([A-Za-z]+)"', html_of(article)) == ([form] if form else [])


LATELY = datetime.now(UTC).isoformat()


@pytest.mark.parametrize(
    ("own", "changes", "form"),
    [
        ("another", {"proposedAt": LATELY}, "approveBudgetException"),
        ("proposer", {"proposedAt": LATELY}, None),
        ("reader", {"proposedAt": LATELY}, None),
        ("another", {}, None),
        ("another", {"proposedAt": LATELY, "approvedBy": "second", "endsAt": LATELY}, None),
    ],
)
def test_an_exception_is_agreed_to_by_whom_and_when_the_gateway_takes_it(
    own: str, changes: dict[str, Any], form: str | None
) -> None:
    one = {
        "id": "x", "viewer": "reader", "role": "OFFICER", "reason": "Why.", "mostPeople": 3,
        "minutes": 9, "seen": 2, "proposedBy": "proposer", "proposedAt": PAST, "approvedBy": None,
        "endsAt": None,
    }  # fmt: skip
    answer = {"viewer": {"subject": own}, "exceptions": {"nodes": [one | changes]}}
    article, _ = list_exceptions(answer, texts("en"))
    assert re.findall('data-change="([A-Za-z]+)"', html_of(article)) == ([form] if form else [])


def test_further_people_are_proposed_where_a_budget_was_spent_that_is_widened() -> None:
    assert WIDENED_ROLES == budget_exception.WIDENED_ROLES
    alert = {"id": "x", "kind": "READ_BUDGET", "actor": "reader", "raisedAt": PAST,
             "application": None}  # fmt: skip
    for role in Role:
        answer = {"viewer": {"subject": "own"}, "alerts": {"nodes": [alert | {"actorRole": role}]}}
        shown = html_of(*list_alerts(answer, texts("en")))
        assert ("proposeBudgetException" in shown) is (role in WIDENED_ROLES), role


@pytest.mark.parametrize(
    ("completed", "lines", "said"),
    [
        ((), (), ()),
        ((PAST,), (), ("Nobody had been cleared by an older list or rule.", "was compared by")),
        (
            (PAST,),
            ((1, 0, 0), (1_200, 3, 1)),
            (
                "1 file compared, 0 people who may be on today&#x27;s list, 0 whom",
                "1,200 files compared, 3 people who may be on today&#x27;s list, 1 whom",
            ),
        ),
        (
            (None, PAST),
            ((4, 1, 0),),
            ("4 files compared, 1 person who may be", "A replay is under"),
        ),
    ],
)
def test_a_replay_says_what_it_found_and_is_started_where_none_goes_on(
    completed: tuple[str | None, ...],
    lines: tuple[tuple[int, int, int], ...],
    said: tuple[str, ...],
) -> None:
    found = [
        {"listVersion": "e3b0", "ruleVersion": "1", "files": files, "candidates": candidates,
         "unread": unread}
        for files, candidates, unread in lines
    ]  # fmt: skip
    replays = [
        {"askedBy": "supervisor-2", "askedAt": PAST, "completedAt": at, "lines": {"nodes": found}}
        for at in completed
    ]
    drawn = "".join(
        html_of(one) for one in show_replays({"replays": {"nodes": replays}}, texts("en"))
    )
    assert [each for each in said if each not in drawn] == []
    assert drawn.count("<article") == drawn.count("supervisor-2") == len(completed)
    assert ("replayScreening" in drawn) == (None not in completed)


def test_a_supervisor_starts_a_replay_and_sees_that_it_goes_on(visitor: Visitor) -> None:
    page = opens(visitor, "supervisor")
    page.get_by_role("button", name="Compare with today's list").click()
    page.wait_for_selector(f"{OUTCOME} >> text=The comparison begins within moments.")
    page.locator("#supervision-replays article", has_text="supervisor,").wait_for()


def test_what_a_hit_is_takes_effect_once_a_second_person_agrees(
    visitor: Visitor, demo: Demo
) -> None:
    page = opens(visitor, "supervisor")
    hit = page.locator("#supervision-hits article").first
    reference = hit.locator("b").inner_text()
    resolve(hit, "NO_MATCH")
    page.wait_for_selector(f"{OUTCOME} >> text=second person of the screening authority")
    page.wait_for_selector("#supervision-hits >> text=supervisor said: somebody else.")

    case = demo.ask("supervisor", CASE, reference=reference)["application"]["id"]
    agreed = demo.ask("screening-2", CONFIRM, case=case, key=f"agreed-{reference}")
    assert agreed["confirmScreening"]["errors"] == []
    page.reload()
    page.wait_for_selector("#supervision-overdue :is(p, article)")
    assert not page.locator("#supervision-hits article", has_text=reference).count()


def test_a_long_queue_is_turned_and_a_forged_place_in_it_is_refused(
    visitor: Visitor, demo: Demo
) -> None:
    asked = """{ workList(queue: HITS, first: 1) {
        nodes { reference } pageInfo { endCursor } totalCount { value }
    } }"""
    hits = demo.ask("supervisor", asked)["workList"]
    first, cursor = hits["nodes"][0]["reference"], hits["pageInfo"]["endCursor"]
    page = opens(visitor, "supervisor")
    panel, address = page.locator("#supervision-hits"), page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(f"{address}#of={quote('hits:' + cursor)}")
    panel.get_by_text("From the first").wait_for()
    assert first not in panel.inner_text()
    assert f"{hits['totalCount']['value']:,} waiting" in panel.inner_text()
    assert_accessible(page, widths=(390,))

    link = panel.get_by_role("link", name="From the first")
    link.focus()
    link.press("Enter")
    panel.get_by_role("link", name=first).wait_for()
    assert page.evaluate("document.activeElement !== document.body")

    page.goto("about:blank")
    page.goto(f"{address}#of=hits:forged")
    page.wait_for_selector("#supervision-notice :is(p, h2)")
    assert not page.locator("#supervision-hits article").count()


def test_the_next_rows_of_a_list_are_led_to() -> None:
    def shown(*, after: bool, more: bool, precision: str = "EXACT") -> str:
        info = {"hasPreviousPage": after, "hasNextPage": more, "endCursor": "a+b/c="}
        connection = {"totalCount": {"value": 10_000, "precision": precision}, "pageInfo": info}
        return html_of(count_waiting("hits", "Hits", connection, texts("en")))

    assert 'href="#of=hits%3Aa%2Bb/c%3D"' in shown(after=False, more=True)
    assert "From the first" not in shown(after=False, more=True)
    assert 'href="#of=hits"' in shown(after=True, more=False)
    assert "href" not in shown(after=False, more=False)
    assert "At least 10,000 waiting" in shown(after=False, more=True, precision="AT_LEAST")
    assert cursors_named("hits:a+b/c=", {"hits"}) == {"hits": "a+b/c="}
    for about in ("hits", "hits:", "other:x", ""):
        assert cursors_named(about, {"hits"}) == {}


@pytest.mark.parametrize(("status", "is_due"), [("PAID", True), ("SCREENING", True),
                                               ("GRANTED", False)])  # fmt: skip
def test_by_when_a_case_is_due_is_said_while_it_is_under_way(status: str, is_due: bool) -> None:
    case = {
        "reference": "7K3M-9QPX-2F4D", "status": status, "visaType": {"code": "C1"},
        "country": {"name": "Australia"}, "targetDueAt": PAST,
    }  # fmt: skip
    said = html_of(case_lines(case, texts("en")))
    assert ("due" in said.lower()) is is_due
    assert "C1 · Australia · " in said


def resolve(hit: Locator, resolution: str) -> None:
    hit.locator("summary").click()
    hit.locator("select").select_option(resolution)
    hit.locator("textarea").fill("Born in another year.")
    hit.get_by_role("button", name="Resolve the hit").click()


def test_nobody_is_named_by_the_page(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor, "supervisor")
    assert page.locator("#supervision-hits article").count()
    for word in ("passport", "birth"):
        assert word not in page.inner_text("#main").lower()


@pytest.mark.proof
def test_the_page_is_for_supervisors_alone(visitor: Visitor) -> None:
    page = visitor.opens("officer", path=PATH)
    assert not page.locator("form[data-change]").count()
    assert "Supervision" not in page.inner_text("#navigation")


@pytest.mark.parametrize(("user", "changes", "change"), FORMS)
def test_every_form_holds_what_its_mutation_takes(
    demo: Demo, user: str, changes: Changes, change: str
) -> None:
    name = f"{change[0].upper()}{change[1:]}Input"
    asked = "query ($name: String!) { __type(name: $name) { inputFields { name type { kind } } } }"
    inputs = demo.ask(user, asked, name=name)["__type"]["inputFields"]
    wanted = {
        field["name"]: field["type"]["kind"] == "NON_NULL"
        for field in inputs
        if field["name"] not in NOT_FILLED_IN
    }
    fields = {field.name: field.is_required for field in changes.forms[change]}
    assert fields.keys() == wanted.keys()
    assert all(fields[name] for name, is_required in wanted.items() if is_required)

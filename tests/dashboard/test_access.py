"""The page Access, as an auditor uses it: breach lists, letters of people, unusual readers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.model.period import WIB
from dashboard.pages.access.breaches import list_breaches
from dashboard.pages.access.forms import QUESTIONS, show_read_people, show_why
from dashboard.pages.access.page import list_readers, list_requests
from dashboard.texts import texts
from tests.dashboard.asking_dash import draw
from tests.dashboard.conftest import Running
from tests.dashboard.filling_in import fill, outcome_of, result_of, send, send_to_dash, typed
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

PATH = "/access"
ANSWER = "access-answer"
CASES = "{ applications(first: 2) { nodes { reference } } }"
READ = """
    query ($case: String!) @purpose(code: CASEWORK, reference: $case) {
        application(by: { reference: $case }) { applicant { identity { fullName birthDate } } }
    }
"""
WHY = """
    query ($case: String!) {
        why(case: $case, viewer: "supervisor-3", role: SUPERVISOR) { rows { line } }
    }
"""
LIST = """
    query ($from: DateTime!, $before: DateTime!, $viewer: String) {
        peopleRead(from: $from, before: $before, viewer: $viewer) {
            people { value } rows { applicant viewers }
        }
    }
"""


def opens(visitor: Visitor, language: str = "en", path: str = PATH) -> Page:
    page = visitor.opens("auditor", f"language={language}", path)
    page.wait_for_selector("#access-account p:not(:has(.skeleton))")
    return page


def window_of(hours: int) -> tuple[datetime, datetime]:
    """From so many hours ago until a minute from now."""
    now = datetime.now(WIB).replace(second=0, microsecond=0)
    return now - timedelta(hours=hours), now + timedelta(minutes=1)


def read_somebody(demo: Demo) -> list[dict[str, str]]:
    """The applicants of some cases, whom a supervisor has read."""
    cases = [each["reference"] for each in demo.ask("supervisor-3", CASES)["applications"]["nodes"]]
    asked = (demo.ask("supervisor-3", READ, case=case)["application"] for case in cases)
    return [each["applicant"]["identity"] for each in asked]


def test_a_breach_list_names_everybody_whom_one_account_read(visitor: Visitor, demo: Demo) -> None:
    """A supervisor's account was somebody else's: those it read are told within three days."""
    people = read_somebody(demo)
    page = opens(visitor, path="/")
    page.wait_for_url("**/access**")  # their home
    since, before = window_of(2)
    fill(page, "peopleRead-", from_=typed(since), before=typed(before), viewer="supervisor-3")
    shown = send(page, "peopleRead-", ANSWER)
    window = {"from": since.isoformat(), "before": before.isoformat()}
    listed = demo.ask("auditor", LIST, **window, viewer="supervisor-3")["peopleRead"]
    count = listed["people"]["value"]
    assert shown.startswith(f"{count} person was read" if count == 1 else f"{count} people were")
    for row in listed["rows"]:
        assert row["applicant"] in shown
    assert "supervisor-3" not in page.url  # nor does the history know
    for person in people:
        assert person["fullName"] not in page.content()
    assert_accessible(page, widths=(390, 1440))


def test_an_auditor_reads_why_an_account_reads_a_case(visitor: Visitor, demo: Demo) -> None:
    [case, *_] = demo.ask("supervisor-3", CASES)["applications"]["nodes"]
    page = opens(visitor)
    fill(page, "why", caseReference=case["reference"], viewer="supervisor-3", role="SUPERVISOR")
    shown = send(page, "why", ANSWER)
    assert shown.startswith("Both walls let it read rows of")
    for row in demo.ask("auditor", WHY, case=case["reference"])["why"]["rows"]:
        assert f"policy.py:{row['line']}" in shown
    assert case["reference"] not in page.url
    assert_accessible(page, widths=(390, 1440))
    fill(page, "why", caseReference="NONE-SUCH-0000", viewer="officer", role="OFFICER")
    assert "no such case" in send(page, "why", ANSWER)


def test_a_window_that_ends_before_it_begins_is_explained(visitor: Visitor) -> None:
    page = opens(visitor, "id")
    since, before = window_of(2)
    fill(page, "peopleRead-", from_=typed(before), before=typed(since))
    assert "`before`" in send(page, "peopleRead-", ANSWER)
    assert page.input_value("#peopleRead--from") == typed(before)  # what was filled in stays


def test_a_letter_is_registered_its_author_found_and_answered(visitor: Visitor, demo: Demo) -> None:
    [person, *_] = read_somebody(demo)
    page = opens(visitor)
    fill(page, "registerDataRequest", kind="RECTIFICATION")
    assert "within 3 × 24 hours" in send(page, "registerDataRequest", "access-outcome")
    page.wait_for_selector("#access-requests article >> text=Correction")
    letter = page.locator("#access-requests article", has_text="Correction").last
    assert "hours left" in letter.inner_text()
    reference = letter.locator("[name=reference]").first.input_value()
    fill(page, f"findByName-{reference}", fullName=person["fullName"])
    fill(page, f"findByName-{reference}", birthDate=person["birthDate"])
    found = send(page, f"findByName-{reference}", ANSWER)
    assert person["fullName"] not in found
    page.locator(f"#{ANSWER} article form button").first.click()
    page.wait_for_selector(f"{outcome_of('access-outcome')} >> text=Recorded whom")
    page.wait_for_selector("#access-requests article:has-text('Correction') >> text=It is about")
    letter = page.locator("#access-requests article", has_text="Correction").last
    answer_form = letter.locator("form[data-change=answerDataRequest]").get_attribute("id")
    fill(page, str(answer_form), outcome="REFUSED", reason="It is correct as it is.")
    assert "answered" in send(page, str(answer_form), "access-outcome")
    page.wait_for_selector("#access-requests >> text=It is correct as it is.")
    page.wait_for_selector("#access-look_ups tbody tr >> text=name and date of birth")


def test_a_breach_is_recorded_others_are_told_and_another_auditor_closes_it(
    visitor: Visitor, colleague: Visitor
) -> None:
    page, what = opens(visitor), "A laptop with case files was lost."
    since, _ = window_of(30)
    fill(page, "recordBreach", description=what, noticedAt=typed(since), windowFrom=typed(since))
    assert "within 3 × 24 hours" in send(page, "recordBreach", "access-outcome")
    ours = f"#access-breach article:has-text('{what}')"
    page.wait_for_selector(f"{ours} >> text=hours left")
    page.locator(ours).get_by_role("button", name="List the people who were read").click()
    page.wait_for_selector(f"#{ANSWER} >> text=read.")
    for change, filled, told in (
        ("notifyInstitution", {"notice": "Letter 17."}, "The institution was told by auditor"),
        (
            "notifyPeople",
            {
                "people": "2",
                "notice": "By mail.",
                "reached": "OTHERS",
                "inEnglish": "A loss.",
                "inIndonesian": "Hilang.",
            },
            "2 people were told by auditor",
        ),
    ):
        form = page.locator(f"{ours} form[data-change={change}]").get_attribute("id")
        fill(page, str(form), **filled)
        assert "Recorded that" in send(page, str(form), "access-outcome")
        page.wait_for_selector(f"{ours} >> text={told}")
    page.wait_for_selector(f"{ours} >> text=Somebody who had no part in it closes it.")
    assert not page.locator(f"{ours} form[data-change=closeBreach]").count()
    assert_accessible(page, widths=(390, 1440))

    other = colleague.opens("auditor-2", "language=en", PATH)
    other.wait_for_selector(ours)
    form = other.locator(f"{ours} form[data-change=closeBreach]").get_attribute("id")
    fill(other, str(form), reason="It was found, unopened.")
    assert "closed" in send(other, str(form), "access-outcome")
    other.wait_for_selector(f"{ours} >> text=It was found, unopened.")


def test_the_page_is_for_auditors_alone(visitor: Visitor) -> None:
    page = visitor.opens("supervisor", path=PATH)
    assert not page.locator("form[data-change]").count()
    assert "Access" not in page.inner_text("#navigation")


@pytest.mark.anyio
@pytest.mark.parametrize("user", ["leadership", "officer", "supervisor", "administrator"])
async def test_nobody_else_gets_a_breach_list_by_the_form(connected: Running, user: str) -> None:
    since, before = window_of(2)
    values = {"from": typed(since), "before": typed(before)}
    asked = {"change": "peopleRead", "form": "x", "key": "k" * 32, "at": 1, "values": values}
    assert await result_for(connected, "auditor", asked) == "answered"
    assert await result_for(connected, user, asked) == "refused"


async def result_for(connected: Running, user: str, asked: Any) -> str:
    browser, _ = await connected.visitor(user)
    async with browser:
        await draw(browser)
        answer: httpx2.Response = await send_to_dash(browser, "access-asked", ANSWER, asked)
        return result_of(answer)


def reader(viewer: str, people: int, *, is_unusual: bool | None) -> dict[str, Any]:
    count = {"value": people}
    return {
        "viewer": viewer, "role": "OFFICER", "people": count, "reads": count, "countedNow": 3,
        "budget": 60, "others": 0 if is_unusual is None else 9, "isUnusual": is_unusual,
        "median": None if is_unusual is None else 4, "upperQuartile": 6,
    }  # fmt: skip


def test_unusual_readers_come_first_and_few_others_are_not_compared() -> None:
    rows = [
        reader("many", 90, is_unusual=False),
        reader("alone", 80, is_unusual=None),
        reader("odd", 70, is_unusual=True),
    ]
    shown = html_of(list_readers({"readers": {"rows": rows}}, texts("en")))
    assert shown.startswith("<p>1 account reads unusually many")
    assert [shown.index(f">{each['viewer']}<") for each in (rows[2], *rows[:2])] == sorted(
        shown.index(f">{name}<") for name in ("odd", "many", "alone")
    )
    assert "too few others to compare with" in shown
    assert "3 of 60" in shown


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (30 * 60 + 1, "30 hours left."), (61, "1 hour left."), (59, "0 hours left."),
        (-1, "0 hours late."), (-121, "2 hours late."),
    ],
)  # fmt: skip
def test_a_request_says_what_is_left_of_its_three_days(minutes: int, words: str) -> None:
    due = datetime.now(UTC) + timedelta(minutes=minutes)
    request = {
        "id": "x", "reference": "R", "kind": "ACCESS", "lodgedRole": "AUDITOR",
        "lodgedAt": "2026-03-01T00:00:00+00:00", "dueAt": due.isoformat(), "legalBasis": "Law.",
        "applicant": None,
    }  # fmt: skip
    answer = {"requests": {"nodes": [request]}, "answered": {"nodes": []}}
    assert words in html_of(list_requests(answer, texts("en")))


@pytest.mark.parametrize(
    "had_part", ["recordedBy", "institutionNotifiedBy", "peopleNotifiedBy", ""]
)
def test_whoever_had_a_part_in_a_breach_does_not_close_it(had_part: str) -> None:
    instants = ("noticedAt", "dueAt", "windowFrom", "windowBefore", "institutionNotifiedAt",
                "peopleNotifiedAt")  # fmt: skip
    others = ("recordedBy", "institutionNotifiedBy", "peopleNotifiedBy")
    words = ("description", "institutionNotice", "peopleNotice", "id")
    breach: dict[str, Any] = {
        **dict.fromkeys(instants, "2026-03-01T00:00:00+00:00"), **dict.fromkeys(others, "another"),
        **dict.fromkeys(words, "words"), "viewer": None, "peopleNotified": 2, "inWords": None,
        "closedBy": None, "closedAt": None, "closeReason": None,
    }  # fmt: skip
    answer = {
        "viewer": {"subject": "own"}, "closedBreaches": {"nodes": []},
        "breaches": {"nodes": [breach | {had_part: "own"}]},
    }  # fmt: skip
    shown = html_of(list_breaches(answer, texts("en")))
    assert ('data-change="closeBreach"' in shown) == (not had_part)
    # The clock runs until both are told.
    half = {"nodes": [breach | {"peopleNotifiedAt": None}]}
    for breaches, is_told in ((answer["breaches"], True), (half, False)):
        told = html_of(list_breaches({**answer, "breaches": breaches}, texts("en")))
        assert ("hours late" in told) == (not is_told)


def test_rows_are_read_where_both_walls_let_them_through() -> None:
    rows = [
        {"type": "Application", "rows": 1, "byGateway": gateway, "byDatabase": database,
         "rule": None, "line": 7, "fields": []}
        for gateway, database in ((1, 1), (1, 0), (0, 1))
    ]  # fmt: skip
    why = {"rows": rows, "isSuspended": False, "at": "2026-03-01T00:00:00+00:00"}
    assert "rows of 1 type of" in html_of(show_why({"why": why}, {}, texts("en")))


def test_those_behind_a_full_list_are_asked_for_by_a_form() -> None:
    instant = "2026-03-01T00:00:00+00:00"
    row = {
        "reads": {"value": 1}, "firstReadAt": instant, "lastReadAt": instant, "viewers": ["a"],
        "fields": ["fullName"],
    }  # fmt: skip
    rows = [{**row, "applicant": f"person-{number}"} for number in range(500)]
    people = {"value": 700, "precision": "AT_LEAST"}
    table = {"asOf": instant, "keptSince": instant, "people": people, "rows": rows}
    asked = {"from": instant, "before": instant}
    shown = html_of(show_read_people({"peopleRead": table}, asked, texts("en")))
    assert "At least 700 people were read." in shown
    assert 'name="after" type="hidden" value="person-499"' in shown
    parsed = {
        each.name: each.parse(asked.get(each.name, "")) for each in QUESTIONS.forms["peopleRead"]
    }
    assert parsed["from"] == instant  # an instant that was answered is asked again as it is
    few = {**table, "rows": rows[:499]}
    assert 'type="hidden"' not in html_of(show_read_people({"peopleRead": few}, asked, texts("en")))

"""The page Screening: questions answered in batches, with the person at hand, and by two."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.pages.screening.forms import read_picks, show_person
from dashboard.pages.screening.page import list_bans, list_confirmations, list_questions
from dashboard.texts import texts
from tests.dashboard.asking_dash import draw
from tests.dashboard.conftest import Running
from tests.dashboard.filling_in import fill, result_of, send, send_to_dash
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

PATH = "/screening"
OUTCOME = "screening-outcome"
OPEN = "{ screenings(first: 50) { nodes { kind application { reference } } } }"
TICKS = "#screening-questions input[type=checkbox]"
DESK = "{ workList(queue: MINE, first: 9) { nodes { id reference status } } }"
REFER = """
    mutation ($input: ReferToScreeningInput!) { referToScreening(input: $input) {
        errors { code }
    } }
"""


@pytest.fixture(autouse=True)
def questions(demo: Demo) -> None:
    """What an officer has referred: two questions more."""
    for case in demo.ask("officer", DESK)["workList"]["nodes"]:
        key = {"idempotencyKey": f"refer-{case['reference']}", "applicationId": case["id"]}
        if case["status"] == "IN_VERIFICATION":
            demo.ask("officer", REFER, input={**key, "reason": "DOCUMENTS_IN_DOUBT"})


def opens(visitor: Visitor, user: str = "screening") -> Page:
    page = visitor.opens(user, path="/")
    page.wait_for_url("**/screening**")  # their home
    page.wait_for_selector("#screening-bans :is(article, p:not(:has(.skeleton)))")
    return page


def open_cases(demo: Demo) -> set[str]:
    nodes = demo.ask("screening", OPEN)["screenings"]["nodes"]
    return {each["application"]["reference"] for each in nodes}


def test_nothing_is_sent_where_nothing_was_chosen(visitor: Visitor) -> None:
    page = opens(visitor)
    assert page.locator(TICKS).count()
    fill(page, "recordScreenings", result="CLEAR")
    assert "Nothing was chosen." in send(page, "recordScreenings", OUTCOME)


def test_a_question_is_answered_with_the_person_at_hand(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor)
    row = page.locator("#screening-questions tbody tr").first
    case = row.locator("th").inner_text()
    row.get_by_role("button").click()
    page.wait_for_selector("#screening-answer dl")
    person = page.inner_text("#screening-answer")
    assert "Passport number" in person
    assert_accessible(page, widths=(390, 1440))
    assert case not in page.url

    answer = page.locator("#screening-answer form[data-change=recordScreening]")
    answer.locator("select").select_option("CLEAR")
    answer.locator("button").click()
    page.wait_for_selector(f"#{OUTCOME} >> text=The answer is recorded.")
    assert case not in open_cases(demo)
    log = "{ accessEvents(first: 1) { nodes { actor caseReference } } }"
    [read] = demo.ask("auditor", log)["accessEvents"]["nodes"]
    assert read == {"actor": "screening", "caseReference": case}


def question(number: int, **changes: Any) -> dict[str, Any]:
    case = {
        "id": f"case-{number}", "reference": f"REF-{number}", "targetDueAt": None,
        "visaType": {"code": "B1"}, "nationality": {"name": "Australia"},
    }  # fmt: skip
    return {
        "id": f"question-{number}", "kind": "ENTRY_BAN", "requestedAt": "2026-03-01T00:00:00Z",
        "referralReason": "ROUTINE", "referralNote": None, "proposed": None, "proposedBy": None,
        "reason": None, "banMatches": [], "application": case, **changes,
    }  # fmt: skip


def answer_of(*questions: dict[str, Any]) -> dict[str, Any]:
    waiting = {
        "totalCount": {"value": 9_999, "precision": "EXACT"},
        "pageInfo": {"hasPreviousPage": False, "hasNextPage": True, "endCursor": "x"},
        "nodes": [*questions],
    }
    return {"viewer": {"subject": "own"}, "screenings": waiting}


def test_what_another_proposed_is_confirmed_and_ones_own_waits() -> None:
    say = texts("en")
    answer = answer_of(
        question(1),
        question(2, proposed="CLEAR", proposedBy="own"),
        question(3, proposed="CLEAR", proposedBy="another"),
    )
    asked = html_of(list_questions(answer, say))
    assert "9,999 waiting" in asked
    assert ("REF-1" in asked, "REF-2" in asked, "REF-3" in asked) == (True, False, False)
    confirmed = html_of(list_confirmations(answer, say))
    assert ("REF-2" in confirmed, "REF-3" in confirmed) == (False, True)
    assert "another said: clear" in confirmed
    assert "1 of your own answer waits" in confirmed


@pytest.mark.parametrize(
    ("state", "proposed", "withdrawn", "steps"),
    [
        ("PROPOSED", "another", None, ["approveBan", "rejectBan"]),
        ("PROPOSED", "own", None, []),
        ("WITHDRAWAL_PROPOSED", "own", "another", ["approveBanWithdrawal"]),
        ("WITHDRAWAL_PROPOSED", "another", "own", []),
    ],
)
def test_an_entry_is_agreed_to_by_who_did_not_propose_what_waits(
    state: str, proposed: str, withdrawn: str | None, steps: list[str]
) -> None:
    entry = {
        "id": "ban-1", "reference": "BAN-1", "ground": "SECURITY", "state": state,
        "bannedFrom": "2026-03-01", "bannedUntil": None, "reason": "why",
        "proposedBy": proposed, "withdrawalProposedBy": withdrawn, "withdrawalReason": "why not",
    }  # fmt: skip
    listed = answer_of()["screenings"] | {"nodes": [entry]}
    shown = html_of(list_bans({**answer_of(), "banEntries": listed}, texts("en")))
    assert re.findall(r'data-change="(\w+)"', shown) == steps


@pytest.mark.parametrize(
    ("by", "steps"),
    [(None, ["recordScreening"]), ("own", []), ("another", ["confirmScreening"])],
)
def test_a_person_is_seen_beside_who_matches_and_the_second_answer_is_anothers(
    by: str | None, steps: list[str]
) -> None:
    case = {"id": "1", "reference": "REF-1", "applicant": {
        "identity": {"fullName": "Ruby Hale"}, "nationality": {"name": "Australia"},
    }}  # fmt: skip
    ban = {"reference": "BAN-1", "ground": "SECURITY", "person": {"fullName": "Ruby Hail"}}
    matches = [{"by": "LIKENESS", "ban": ban}, {"by": "PASSPORT", "ban": {**ban, "person": None}}]
    asked = question(1, proposed=by and "HIT", proposedBy=by, banMatches=matches)
    answer = {"viewer": {"subject": "own"}, "case": case, "question": asked}
    shown = html_of(show_person(answer, {}, texts("en")))
    assert [name for name in ("Ruby Hale", "Ruby Hail") if name in shown] == [
        "Ruby Hale", "Ruby Hail",
    ]  # fmt: skip
    assert re.findall(r'data-change="(\w+)"', shown) == steps
    unread = {**case, "applicant": {"identity": None, "nationality": None}}
    for gone in ({"case": None}, {"question": None}, {"case": unread}):
        assert "data-change" not in html_of(show_person(answer | gone, {}, texts("en")))


def test_ticks_name_questions() -> None:
    values = {"pick-0": "case-1 ENTRY_BAN REF-1", "pick-7": "case-2 CLEARANCE REF-2", "result": "x"}
    assert read_picks(values, texts("en")) == {
        "REF-1, Entry ban": {"applicationId": "case-1", "kind": "ENTRY_BAN"},
        "REF-2, Clearance of the agencies": {"applicationId": "case-2", "kind": "CLEARANCE"},
    }
    with pytest.raises(ValueError, match="unpack"):
        read_picks({"pick-0": "nothing"}, texts("en"))


@pytest.mark.anyio
async def test_a_batch_says_what_was_refused_and_makes_the_rest(
    connected: Running, demo: Demo
) -> None:
    """And sent again, nothing is made twice."""
    ask = "{ screenings(first: 1) { nodes { kind application { id reference } } } }"
    [one] = demo.ask("screening", ask)["screenings"]["nodes"]
    case = one["application"]
    picks = {"pick-0": f"{case['id']} {one['kind']} {case['reference']}"}
    wrong = {"pick-8": "bm9ib2R5 ENTRY_BAN NOBODYS-CASE"}
    sent = {
        "change": "recordScreenings", "form": "recordScreenings", "key": "k" * 32, "at": 1,
        "values": {**picks, **wrong, "result": "CLEAR"},
    }  # fmt: skip
    browser, _ = await connected.visitor("screening")
    async with browser:
        await draw(browser)
        for _ in range(2):
            answer = await send_to_dash(browser, "screening-sent", OUTCOME, sent)
            assert result_of(answer) == "partly"
            assert "1 dari 2 selesai." in answer.text
            assert "NOBODYS-CASE" in answer.text
        for refused in ({"result": "CLEAR"}, {"pick-0": "nothing", "result": "CLEAR"}):
            answer = await send_to_dash(
                browser, "screening-sent", OUTCOME, {**sent, "values": refused}
            )
            assert result_of(answer) == "refused"


@pytest.mark.parametrize("user", ["officer", pytest.param("supervisor", marks=pytest.mark.proof)])
def test_the_page_is_for_the_screening_authority_alone(visitor: Visitor, user: str) -> None:
    page = visitor.opens(user, path=PATH)
    assert not page.locator("form[data-change]").count()
    assert "Screening" not in page.inner_text("#navigation")

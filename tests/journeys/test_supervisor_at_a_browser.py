"""A supervisor's morning at a browser: a hit, a referral, and an officer who is paid to look."""

import re
from datetime import datetime
from time import monotonic, sleep

from playwright.sync_api import Page

from models.instants import WIB
from tests.dashboard.filling_in import fill, send
from tests.dashboard.visiting import Visitor
from tests.handing_in import handed_over
from tests.running_demo import Demo

REFER = """
    mutation ($case: ID!) { referToScreening(input: {
        idempotencyKey: "a-referral", applicationId: $case, reason: TRAVEL_HISTORY,
        note: "Three passports in two years."
    }) { errors { code } } }
"""
DESK = "{ workList(queue: MINE, first: 10) { nodes { id reference extends { number } } } }"
PASS = """
    mutation ($input: ReassignCaseInput!) { reassignCase(input: $input) { errors { code } } }
"""
LOOK = """
    query ($case: ID!, $reference: String!) @purpose(code: CASEWORK, reference: $reference) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""
GIVE_BACK = """
    mutation ($case: ID!, $key: String!) { releaseCase(input: {
        idempotencyKey: $key, applicationId: $case, reason: "Better seen by somebody else."
    }) { errors { code } } }
"""
GIVEN_BACK = """
    query ($on: Date!) { officers(from: $on, to: $on) { rows { officer givenBack { value } } } }
"""
#: How often the officer looks at somebody and does nothing for them.
LOOKS = 12


def opens_screening(visitor: Visitor, user: str) -> Page:
    page = visitor.opens(user, path="/screening")
    page.wait_for_selector("#screening-bans :is(article, p:not(:has(.skeleton)))")
    return page


def test_a_supervisors_morning(visitor: Visitor, colleague: Visitor, demo: Demo) -> None:
    page = visitor.opens("supervisor", path="/")
    page.wait_for_url("**/supervision**")
    resolve_a_hit(page, colleague)
    follow_a_referral(page, colleague, demo)
    find_who_is_paid_to_look(page, demo)


def resolve_a_hit(page: Page, colleague: Visitor) -> None:
    """It leaves the queue by itself once the screening authority agrees."""
    hit = page.locator("#supervision-hits article", has_not_text="supervisor said").first
    hit.wait_for()
    reference = hit.locator("b").inner_text()
    hit.locator("summary").click()
    hit.locator("select").select_option("NO_MATCH")
    hit.locator("textarea").fill("Born in another year.")
    hit.get_by_role("button").click()
    said = page.locator("#supervision-hits article", has_text=reference)
    said.get_by_text("supervisor said: somebody else.").wait_for()

    other = opens_screening(colleague, "screening-2")
    row = other.locator("#screening-confirmations tr", has_text=reference)
    row.locator("input[type=checkbox]").check()
    assert "1 of 1 done." in send(other, "confirmScreenings", "screening-outcome")
    said.wait_for(state="detached")  # nobody reloads the page


def follow_a_referral(page: Page, colleague: Visitor, demo: Demo) -> None:
    """What an officer asks stands in the case with its reason, and at once so does the answer."""
    case = handed_over(demo)
    pass_to("officer", case["id"], "passed-to-refer", demo)
    assert demo.ask("officer", REFER, case=case["id"])["referToScreening"]["errors"] == []
    reference = case["reference"]
    page.get_by_role("link", name="Case", exact=True).click()
    page.fill("#case-of", reference)
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector(f"h2 >> text={reference}")
    asked = page.locator("#case-screenings tr", has_text="Three passports in two years.").first
    asked.get_by_text("not answered").wait_for()

    other = opens_screening(colleague, "screening")
    row = other.locator("#screening-questions tr", has_text=reference).first
    assert "Three passports in two years." in row.inner_text()
    row.locator("input[type=checkbox]").check()
    fill(other, "recordScreenings", result="CLEAR")
    assert "1 of 1 done." in send(other, "recordScreenings", "screening-outcome")
    asked.get_by_text("clear", exact=True).wait_for()  # live, too


def find_who_is_paid_to_look(page: Page, demo: Demo) -> None:
    """An officer reads who applies, and gives the case back: that stands out the same day."""
    cases = demo.ask("officer", DESK)["workList"]["nodes"]
    case = next(case for case in cases if case["extends"] is None)
    for number in range(LOOKS):
        pass_to("officer-2", case["id"], f"passed-to-look-{number}", demo)
        demo.ask("officer-2", LOOK, case=case["id"], reference=case["reference"])
        given = demo.ask("officer-2", GIVE_BACK, case=case["id"], key=f"given-back-{number}")
        assert given["releaseCase"]["errors"] == []
    pass_to("officer", case["id"], "as-before", demo)
    wait_until_counted("officer-2", LOOKS, demo)
    page.get_by_role("link", name="Decisions", exact=True).click()
    page.wait_for_selector("#decisions-officers tbody tr")
    officer = page.locator(
        "#decisions-officers tbody tr", has=page.get_by_text("officer-2", exact=True)
    ).first
    given_back = officer.locator("td.bad").last.inner_text()
    assert re.search(r"of \d+, between [\d.]+% and [\d.]+%", given_back)
    assert "above the control limit" in given_back
    first = page.locator("#decisions-officers tbody tr").first
    assert first.locator("td.bad").count()


def wait_until_counted(officer: str, number: int, demo: Demo) -> None:
    """Until the keeper has counted what the officer gave back."""
    today = datetime.now(WIB).date().isoformat()
    until = monotonic() + 30
    while True:
        rows = demo.ask("supervisor", GIVEN_BACK, on=today)["officers"]["rows"]
        if number <= sum(one["givenBack"]["value"] for one in rows if one["officer"] == officer):
            return
        assert monotonic() < until, rows
        sleep(0.2)


def pass_to(officer: str, case: str, key: str, demo: Demo) -> None:
    given = {"idempotencyKey": key, "applicationId": case, "officer": officer}
    passed = demo.ask("supervisor", PASS, input={**given, "reason": "In turn."})
    assert passed["reassignCase"]["errors"] in ([], [{"code": "ALREADY_ASSIGNED"}])

"""At a browser: a country of a partner is closed by two administrators, and opened again."""

from playwright.sync_api import Page

from dashboard.model.period import today
from tests.dashboard.filling_in import fill, outcome_of, send
from tests.dashboard.visiting import Visitor
from tests.running_demo import Demo

CLOSING, OUTCOME = "proposePartnerCountryClosing", outcome_of("administration-outcome")
#: One with few applications: whoever else uses this world misses nothing meanwhile.
COUNTRY = "WS"
PARTNER = "{ viewer { partner { code } } }"
PLACES = """
    query ($partner: String!, $after: Cursor) { partner(by: { code: $partner }) {
        countries(first: 100, after: $after) {
            nodes { country { code } closedOn } pageInfo { endCursor hasNextPage }
        }
    } }
"""
OPEN = """
    query ($partner: String!, $country: CountryCode!) { applications(where: {
        partner: { eq: $partner }, country: { eq: $country }, closedAt: { isNull: true }
    }) { totalCount { value } } }
"""


def opens(visitor: Visitor, user: str) -> Page:
    page = visitor.opens(user, path="/administration")
    page.wait_for_selector("#administration-visa_types tbody tr")
    return page


def closed_on(demo: Demo, partner: str) -> str | None:
    """On which day the partner's country closes; None while it stays open."""
    after = None
    while True:
        asked = demo.ask("administrator", PLACES, partner=partner, after=after)
        page = asked["partner"]["countries"]
        for each in page["nodes"]:
            if each["country"]["code"] == COUNTRY:
                return each["closedOn"]
        assert page["pageInfo"]["hasNextPage"], "the partner works there"
        after = page["pageInfo"]["endCursor"]


def change(visitor: Visitor, colleague: Visitor, partner: str, decree: str, day: str) -> str:
    """What the second person is told before approving what the first proposes."""
    page = opens(visitor, "administrator")
    fill(page, CLOSING, partner=partner, country=COUNTRY, closedOn=day)
    fill(page, CLOSING, decree=decree, reason="The contract changes.")
    assert "Proposed." in send(page, CLOSING)
    other = opens(colleague, "administrator-2")
    proposed = other.locator("#administration-waiting article", has_text=decree)
    told = proposed.inner_text()
    proposed.get_by_role("button", name="Approve").click()
    other.wait_for_selector(f"{OUTCOME} >> text=Approved.")
    other.wait_for_selector(f"#administration-settled >> text={decree}")
    return told


def test_a_country_is_closed_and_opened_again(
    visitor: Visitor, colleague: Visitor, demo: Demo
) -> None:
    partner = demo.ask("manager-ws", PARTNER)["viewer"]["partner"]["code"]
    assert closed_on(demo, partner) is None
    waits = demo.ask("supervisor", OPEN, partner=partner, country=COUNTRY)
    count = waits["applications"]["totalCount"]["value"]
    told = change(visitor, colleague, partner, "KEP 1/2027", today().isoformat())
    touched = "No open file is touched." if not count else f"{count} open file"
    assert touched in told
    assert closed_on(demo, partner) == today().isoformat()
    change(visitor, colleague, partner, "KEP 2/2027", "")
    assert closed_on(demo, partner) is None

"""A partner manager's morning in Australia: own figures, the network's beside, nothing foreign."""

import csv
import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dashboard.model.period import month_start, today
from tests.dashboard.visiting import Visitor, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

OWN = """
query Own($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) { rows { country { code } intake { value } } }
}
"""
ENDED = """
query Ended($from: Date!, $to: Date!) {
  volumes(
    from: $from, to: $to, groupBy: [COUNTRY], where: { country: {eq: "AU"}, partner: {eq: "NUSA"} }
  ) { rows { refused { value } refusalRate { value } } }
}
"""
#: Of others: a country and a partner that this manager has nothing to do with.
FOREIGN = ("Singapore", "Malaysia", "India", "Andalan")


def assert_nothing_foreign(page: Page) -> None:
    text = page.inner_text("main")
    for name in FOREIGN:
        assert name not in text


def test_a_manager_reads_the_own_country_with_the_network_beside_it(visitor: Visitor) -> None:
    # The first page is of the own country, and says so.
    page = visitor.opens_today("manager-au")
    assert "Scope: Australia · NUSA" in page.inner_text("#today-facts")
    assert page.inner_text(".today h1") == "Five answers today"
    came_in = number(page.inner_text("#today-change h2").split(" applications")[0])
    assert_nothing_foreign(page)

    # Who needs attention shows refusals, as they were first decided, beside the other figures.
    places = page.inner_text("#today-places")
    for words in ("Late", "Refused", "Information requested", "Handover"):
        assert words in places
    assert page.locator("#today-measure label", has_text="Refusal rate").count()

    # The promise is judged by own decisions, and there is an outlook.
    assert re.match("Yes|No|Partly|Cannot be judged", page.inner_text("#today-promise h2"))
    assert page.inner_text("#today-coming h2")

    # The link leads to the same figures, which are the gateway's for this manager.
    page.locator("#today-change .more a").click()
    page.wait_for_selector(".card-intake .number")
    page.wait_for_selector("#ranking tbody tr")
    assert number(page.inner_text(".card-intake .number")) == came_in

    # Refusals stand with everything else, of whole months and one dimension.
    page.wait_for_selector(".card-refusal-rate .number")
    assert re.fullmatch(r"[\d.]+%", page.inner_text(".card-refusal-rate .number").strip())

    # By visa type, as the link is, they stand beside those of the whole network.
    page.wait_for_selector("#outcomes tbody tr")
    for cell in page.locator("#outcomes tbody td:last-child").all_inner_texts():
        assert re.fullmatch(r"[\d.]+%|too few elsewhere|–", cell.strip())

    # Of a month that is not over, and by two dimensions, there are none, and the page says why.
    page.goto(page.url + "&period=this-month")
    page.wait_for_selector(".card-intake .number")
    assert not page.locator(".card-refusal-rate").count()
    assert "Refusals come by whole months that are over" in page.inner_text("#volumes-heading")


def test_a_manager_is_told_what_is_outside_and_takes_own_rows_to_the_review(
    visitor: Visitor, demo: Demo
) -> None:
    page = visitor.opens_today("manager-au")
    came_in = number(page.inner_text("#today-change h2").split(" applications")[0])

    # A director's link to another country answers with its reason, and with no figure.
    for path, question in (("/volumes", "#volumes-notice"), ("/", "#today-notice")):
        page.goto(f"{demo.dashboard_url}{path}?language=en&country=SG")
        page.wait_for_selector(f"{question} .notice")
        notice = page.inner_text(question)
        assert "Singapore: outside your scope, so nothing is said of it here" in notice
        assert "Your figures cover: Australia · NUSA" in notice
        assert not re.search(r"\d+ applications", page.inner_text("main"))
    page.get_by_role("link", name="Show my figures").click()
    visitor.reads_today()
    page.wait_for_selector("#today-questions:not([hidden])")
    assert number(page.inner_text("#today-change h2").split(" applications")[0]) == came_in

    # The file for the review meeting holds own rows alone, with refusals as first decided.
    page.goto(f"{demo.dashboard_url}/volumes?language=en")
    page.wait_for_selector("#ranking tbody tr")
    assert_nothing_foreign(page)
    with page.expect_download() as downloading:
        page.locator("#ranking-below a", has_text="CSV").first.click()
    text = downloading.value.path().read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    window = {"from": rows[0]["from"], "to": rows[0]["to"]}
    (own,) = demo.ask("manager-au", OWN, **window)["volumes"]["rows"]
    assert [row["code"] for row in rows if row["code"]] == ["AU"]
    assert int(rows[0]["intake"]) == own["intake"]["value"] == came_in
    (ended,) = demo.ask("manager-au", ENDED, **window)["volumes"]["rows"]
    (current,) = demo.ask("leadership", ENDED, **window)["volumes"]["rows"]
    rate = ended["refusalRate"]["value"]
    assert float(rows[0]["refusal_rate"]) == pytest.approx(rate, abs=1e-5)
    # What was corrected later, the directorate alone reads.
    assert abs(current["refused"]["value"] - ended["refused"]["value"]) < 20
    assert "overturned" not in text


#: Of the last two years, as the page lists them.
FILES = """
query Files($since: DateTime!) {
  applications(first: 50, where: { submittedAt: { from: $since } }) {
    nodes { reference targetDueAt closedAt }
  }
}
"""


def intakes(demo: Demo) -> dict[str, int]:
    """By country, what one partner took in within two years."""
    days = {"from": month_start(today(), -23).isoformat(), "to": today().isoformat()}
    rows = demo.ask(
        "leadership",
        "query ($from: Date!, $to: Date!) { volumes(from: $from, to: $to, groupBy: [COUNTRY],"
        ' where: {partner: {eq: "NUSA"}}) { rows { country { code } intake { value } } } }',
        **days,
    )["volumes"]["rows"]
    return {row["country"]["code"]: row["intake"]["value"] for row in rows}


#: What stands behind each figure of a manager's own work in the last month.
WORK = """
query Work($from: Date!, $to: Date!) {
  findings(from: $from, to: $to, reason: VISA_TYPE, kinds: [WORK_FIGURE]) {
    rows { numbers { name n } }
  }
}
"""


def largest_work(demo: Demo, manager: str) -> int:
    """How many cases the figure that most stand behind rests on: the page asks for ten."""
    last = month_start(today()) - timedelta(days=1)
    months = {"from": month_start(last, -11).isoformat(), "to": last.isoformat()}
    rows = demo.ask(manager, WORK, **months)["findings"]["rows"]
    numbers = [number for row in rows for number in row["numbers"] if number["name"] == "NOW"]
    return max((number["n"] for number in numbers), default=0)


def test_the_own_part_of_the_work_stands_by_centre_and_visa_type(
    visitor: Visitor, demo: Demo
) -> None:
    # Which country had enough to say something differs by the day that the world is made.
    managers = [f"manager-{country.lower()}" for country in intakes(demo)]
    work = {manager: largest_work(demo, manager) for manager in managers}
    assert max(work.values()) >= 10
    page = visitor.opens_today(max(work, key=work.__getitem__))
    page.wait_for_selector("#today-work-table th")
    table = page.inner_text("#today-work-table")
    for words in ("Handover", "Information requested", "Turnaround", "Overdue"):
        assert words in table
    assert re.search("Portal and groups|Visa on arrival", table)
    assert "efus" not in page.inner_text(".question-work")


def test_a_manager_of_three_applications_a_year_reads_each_of_them(
    visitor: Visitor, demo: Demo
) -> None:
    # Nothing can be compared, and nothing pretends to be: no picture, no verdict, no forecast.
    few = min(country for country, number in intakes(demo).items() if 3 <= number <= 8)
    manager = f"manager-{few.lower()}"
    page = visitor.opens_today(manager)
    page.wait_for_selector("#answer-files:not([hidden]) h2")
    assert not page.locator("#answer-attention").is_visible()
    assert not page.locator("#answer-work").is_visible()
    page.wait_for_selector("#today-coming h2:text-is('Too little for a forecast')")
    expect(page.locator("figure:visible")).to_have_count(0)

    # Each application of two years stands there, with its wait beside what was promised.
    since = month_start(today(), -24).isoformat()
    files = demo.ask(manager, FILES, since=f"{since}T00:00:00+07:00")["applications"]["nodes"]
    rows = page.locator("#today-files-table tbody tr")
    assert rows.count() == len(files) > 0
    references = {text.split()[0] for text in rows.all_inner_texts()}
    assert references == {each["reference"] for each in files}
    title = page.inner_text("#today-files h2")
    assert title.startswith(f"All {len(files)} application")
    ended = [each for each in files if each["closedAt"] and each["targetDueAt"]]
    in_time = sum(each["closedAt"] <= each["targetDueAt"] for each in ended)
    assert rows.filter(has_text="✓").count() == in_time

    # The strip says the same, and a filter brings back the page of all others.
    assert title in page.inner_text("#today-strip")
    page.goto(f"{demo.dashboard_url}/?language=en&visa=B1")
    visitor.reads_today()
    assert not page.locator("#answer-files").is_visible()

"""A director's morning: four answers, the country behind one of them, a link, and a file."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page

from tests.dashboard.visiting import QUESTIONS, Visitor, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

BY_COUNTRY = """
query ByCountry($from: Date!, $to: Date!, $where: VolumeWhere) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY], where: $where) {
    rows { country { code name(language: EN) } intake { value } }
  }
}
"""


def intake_by_country(demo: Demo, period: tuple[str, str], **where: list[str]) -> dict[str, int]:
    """What the gateway itself says came in, by country; direct applications have none."""
    window = {"from": period[0], "to": period[1]}
    rows = demo.ask("leadership", BY_COUNTRY, **window, where=where)["volumes"]["rows"]
    return {
        row["country"]["name"] if row["country"] else "": row["intake"]["value"] for row in rows
    }


def signed_number(text: str) -> int:
    """A contribution as it is written: +12 or −3."""
    return number(text) * (-1 if text.startswith("\N{MINUS SIGN}") else 1)


def file_of(page: Page) -> list[dict[str, str]]:
    """The rows of the file that the page offers."""
    with page.expect_download() as downloading:
        page.locator("#ranking-below a", has_text="CSV").first.click()
    return list(csv.DictReader(io.StringIO(downloading.value.path().read_text("utf-8"))))


def test_a_director_reads_four_answers_and_follows_one(visitor: Visitor) -> None:
    # At the desk, the first page answers before anything is asked.
    page = visitor.opens_today("leadership")
    assert page.inner_text(".today h1") == "Four answers today"
    assert "Scope: All partner countries" in page.inner_text("#today-facts")

    # Up or down? The number is the gateway's, and the reasons add up to all of the change.
    headline = page.inner_text("#today-change h2")
    came_in = number(headline.split(" applications")[0])
    page.locator(".question-change .twin summary").click()
    bars = page.locator("#today-steps tbody tr").all_inner_texts()
    *parts, whole = (signed_number(bar.split("\t")[-1].strip()) for bar in bars)
    assert sum(parts) == whole
    assert ("more than" in headline) == (whole > 0)
    assert re.search(r"Most of the (in|de)crease: \S", page.inner_text("#today-change"))

    # By partner instead: the same change, explained by other causes.
    page.locator("#today-why label", has_text="Partner").click()
    page.wait_for_selector("#today-change .notes:has-text('Nusa')")
    bars = page.locator("#today-steps tbody tr").all_inner_texts()
    assert signed_number(bars[-1].split("\t")[-1].strip()) == whole
    assert page.inner_text("#today-change h2") == headline

    # Who needs attention? Nobody whom chance alone explains; four figures stand side by side.
    attention = page.inner_text("#today-attention")
    assert re.search("Nobody stands out|need attention|needs attention|Too few", attention)
    heads = page.locator("#today-places thead th").all_inner_texts()
    assert heads == ["Place", "Late", "Refused", "Information requested", "Handover, 9 in 10"]
    assert re.search(r"overdue|waiting", page.inner_text("#today-waiting"))

    # Is the promise kept? Yes or no for each visa type, beside what is promised of it.
    assert re.match("Yes|No|Partly|Cannot be judged", page.inner_text("#today-promise h2"))
    rows = page.locator("#today-promises tbody tr").all()
    assert rows
    for row in rows:
        verdict = row.locator(".verdict").inner_text().strip()
        share, promised = (
            re.match(r"[\d.]+", row.locator(column).inner_text())
            for column in (".in_time", ".promised")
        )
        if verdict.endswith(("Yes", "No")):
            assert share
            assert promised
            beyond = float(share[0]) - float(promised[0])
            if abs(beyond) > 0.05:  # as near as that, what is shown is rounded to either side
                assert (beyond > 0) == verdict.endswith("Yes")

    # What comes next? At what this month will end and the next three, with how often such ranges
    # have held.
    coming = page.inner_text("#today-coming")
    assert re.search(r"The months after: \w+ \d{4} [\d,]+–[\d,]+", coming)
    assert re.search(r"such ranges of past months .*held the actual number", coming)

    # The link under the first answer leads to all figures behind it, and they are the same.
    page.locator("#today-change .more a").click()
    page.wait_for_selector("#ranking tbody tr")
    page.wait_for_selector(".card-intake .number")
    assert number(page.inner_text(".card-intake .number")) == came_in
    assert "by=partner" in page.url


def test_a_director_general_has_ten_seconds(visitor: Visitor) -> None:
    """The page is opened and read, and nothing is clicked: four answers above the fold."""
    page = visitor.opens_today("leadership")
    answers = page.locator("#today-strip li")
    assert answers.count() == 4
    for each in answers.all():
        box = each.bounding_box()
        assert box
        assert box["y"] + box["height"] < 700
        assert each.locator(".mark").inner_text().strip()
        assert each.locator(".unseen").inner_text().strip()
        assert len(each.locator(".sentence").inner_text()) > 10
    change, attention, promise, coming = (
        each.locator(".sentence").inner_text() for each in answers.all()
    )
    assert re.search(r"^[\d,]+ applications came in", change)
    assert re.search("attention|Nobody|Too few", attention)
    assert re.match("Yes|No|Partly|Cannot be judged", promise)
    assert re.search(r"will end at [\d,]+ to [\d,]+|expected|Too little", coming)
    # The sentence is the one of its panel, to which it leads.
    for panel, sentence in zip(QUESTIONS, (change, attention, promise, coming), strict=True):
        assert page.inner_text(f"#today-{panel} h2") == sentence
    answers.nth(2).locator("a").click()
    assert page.url.endswith("#answer-promise")
    assert page.locator("#answer-promise h2").is_visible()


def test_a_director_general_reads_it_on_a_phone(newcomer: Visitor) -> None:
    newcomer.page.set_viewport_size({"width": 390, "height": 844})
    page = newcomer.opens_today("leadership")
    box = page.locator("#today-strip").bounding_box()
    assert box
    assert box["height"] < 844, "the answers fit on one screen"
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_director_shares_a_country_and_takes_a_file_to_the_meeting(
    visitor: Visitor, colleague: Visitor, demo: Demo
) -> None:
    page = visitor.opens("leadership", "language=en&rows=all")

    # The table goes to the meeting as a file, whose rows are the gateway's.
    rows = file_of(page)
    by_country = intake_by_country(demo, (rows[0]["from"], rows[0]["to"]))
    in_file = {
        row["name"]: int(row["intake"]) for row in rows if row["code"] and row["intake"] != "0"
    }
    assert in_file == {name: count for name, count in by_country.items() if name and count}
    assert number(page.inner_text(".card-intake .number")) == sum(by_country.values())

    # A country is one click away; everything on the page is then of that country.
    foreign = next(name for name in in_file if name != "Australia")
    page.locator("#ranking tbody th a", has_text=foreign).first.click()
    page.wait_for_selector(f"h1:has-text('{foreign}: ')")
    page.wait_for_function(
        "expected => document.querySelector('.card-intake .number')?.innerText === expected",
        arg=f"{by_country[foreign]:,}",
    )

    # Whoever opens the link sees the same, and whoever may not see it reads just that.
    link = page.url.partition("?")[2]
    seen = colleague.opens("officer", link)
    seen.wait_for_selector(f"h1:has-text('{foreign}: ')")
    assert seen.inner_text("h1") == page.inner_text("h1")
    refused = colleague.opens("manager-au", link)
    refused.wait_for_selector(f"h1:has-text('{foreign}: outside your scope')")
    assert not re.search(rf"\b{by_country[foreign]:,}\b", refused.inner_text("main"))

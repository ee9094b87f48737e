"""Before the monitoring meeting, at a browser: a deputy director has ten minutes, a manager of four
countries prepares the partner's side, and both take reports whose figures are those on the page."""

import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Page

from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS
from dashboard.model.period import month_start, today
from tests.dashboard.filling_in import fill, send
from tests.dashboard.test_choosing import pick
from tests.dashboard.test_figure_verify import verify
from tests.dashboard.test_report import text_of, words_of
from tests.dashboard.visiting import Visitor, number
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

FINDINGS = """
query ($from: Date!, $to: Date!, $where: VolumeWhere, $kinds: [FindingKind!]) {
  findings(from: $from, to: $to, where: $where, kinds: $kinds) {
    rows {
      kind measure isConcern subject { code }
      numbers { name unit value n } sentence { english }
    }
  }
}
"""
BY_COUNTRY = """
query ($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
    rows { country { code name(language: EN) } intake { value } }
  }
}
"""
NAME_OF_B1 = "{ visaTypes(first: 100) { nodes { code name(language: EN) } } }"
OWN = {"AU": "Australia", "FJ": "Fiji", "NZ": "New Zealand", "PG": "Papua New Guinea"}


def usual_period() -> dict[str, str]:
    """The days that a page is about before anything is chosen."""
    period = PERIODS[DEFAULT_PERIOD](today())
    return {"from": period.from_on.isoformat(), "to": period.to_on.isoformat()}


def findings(demo: Demo, user: str, *kinds: str, **where: str) -> list[dict[str, Any]]:
    """What the gateway itself finds for somebody."""
    narrowed = {name: {"in": [code]} for name, code in where.items()}
    asked = demo.ask(user, FINDINGS, **usual_period(), where=narrowed, kinds=list(kinds))
    return asked["findings"]["rows"]


def intake_by_country(demo: Demo, user: str) -> dict[str, int]:
    rows = demo.ask(user, BY_COUNTRY, **usual_period())["volumes"]["rows"]
    return {
        row["country"]["name"] if row["country"] else "": row["intake"]["value"] for row in rows
    }


def download(page: Page, kind: str, folder: Path) -> Path:
    """The report that the page offers as a file of this kind."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name=f"Download the report as {kind}").click()
    file = folder / f"report.{kind.lower()}"
    downloading.value.save_as(file)
    return file


def save_view(page: Page, shown: str, name: str, of: str) -> None:
    """Save what the page shows under a name; the page of the views lists it then."""
    page.locator(f"#{shown}-views a").last.click()
    page.wait_for_selector("#views-save form")
    form = page.locator("form[data-change=saveView]").get_attribute("id") or ""
    fill(page, form, name=name, page_=of)
    assert "The view is saved." in send(page, form, "views-outcome")
    page.wait_for_selector(f"#views-saved a >> text={name}")


def remove(page: Page, change: str, said: str) -> None:
    """Take back what only this visit needed."""
    page.wait_for_selector(f"form[data-change={change}]")
    form = page.locator(f"form[data-change={change}]").get_attribute("id") or ""
    assert said in send(page, form, "views-outcome")


def test_a_deputy_has_ten_minutes_before_the_monitoring_meeting(
    visitor: Visitor, demo: Demo, tmp_path: Path
) -> None:
    # Who needs attention? The sentence above, and the same one where its figures stand.
    page = visitor.opens_today("leadership")
    worst = page.locator("#today-strip li").nth(1).locator(".sentence").inner_text()
    assert page.inner_text("#today-attention h2") == worst
    [summary] = findings(demo, "leadership", "ATTENTION")
    assert worst == summary["sentence"]["english"]

    # The place that stands first, by what: each share of its row is the gateway's.
    row = page.locator("#today-places tbody tr").first
    place = row.locator("th").inner_text()
    href = row.locator("th a").get_attribute("href") or ""
    code = re.findall(r"country=([A-Z]{2})", href)[0]
    found = [
        f"{each['numbers'][0]['value']:.1%}"
        for each in findings(demo, "leadership", "PLACE", "PLACE_MONTH")
        if each["subject"]["code"] == code and each["numbers"][0]["unit"] == "SHARE"
    ]
    shown = re.findall(r"[\d.]+%", " ".join(row.locator("td").all_inner_texts()))
    assert len(shown) == 3
    assert set(shown) <= set(found)

    # What are these limits? The definition is one click away.
    page.locator(".question-attention .define").click()
    page.wait_for_selector("[role=dialog] .facts-of-measure")
    assert "99.8" in page.inner_text("[role=dialog]")
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="hidden")

    # Only that country, only visas on arrival: every answer is of those.
    types = demo.ask("leadership", NAME_OF_B1)["visaTypes"]["nodes"]
    pick(page, "country", place, of="today")
    pick(page, "visa", next(each["name"] for each in types if each["code"] == "B1"), of="today")
    change, *_ = findings(demo, "leadership", "CHANGE", country=code, visaType="B1")
    headline = change["sentence"]["english"]
    page.wait_for_selector(f"#today-change h2 >> text={headline}")
    assert f"country={code}" in page.url
    assert "visa=B1" in page.url
    [promise] = findings(demo, "leadership", "PROMISE", country=code, visaType="B1")
    assert page.inner_text("#today-promise h2") == promise["sentence"]["english"]

    # The report says what the page says, of the same; its figures can be asked for again.
    pdf, xlsx = (download(page, kind, tmp_path) for kind in ("PDF", "XLSX"))
    for said in (text_of(pdf.read_bytes()), " ".join(words_of(xlsx.read_bytes()))):
        for sentence in (headline, promise["sentence"]["english"], "Visa type: B1", place):
            assert sentence in said
    for file in (pdf, xlsx):
        code_of_exit, told = verify(demo, "leadership", file)
        counted = re.search(r"(\d+) of (\d+) figures are as reported", told)
        assert counted, told
        assert (code_of_exit, counted[1]) == (0, counted[2])

    # Next month the same view is a click away, with the figures of then.
    save_view(page, "today", "Arrivals of the worst", "TODAY")
    page.locator("#views-saved a", has_text="Arrivals of the worst").click()
    page.wait_for_selector(f"#today-change h2 >> text={headline}")
    page.goto(f"{demo.dashboard_url}/views?language=en")
    remove(page, "removeSavedView", "The view is removed.")


def test_a_manager_of_four_countries_reads_and_reports_those_alone(
    visitor: Visitor, demo: Demo, tmp_path: Path
) -> None:
    # The scope is named, and nothing else can be chosen.
    page = visitor.opens_today("manager-pacific")
    facts = page.inner_text("#today-facts")
    assert all(name in facts for name in OWN.values())
    page.locator("#today-country").click()
    offered = page.get_by_role("option").all_inner_texts()
    page.keyboard.press("Escape")
    own = intake_by_country(demo, "manager-pacific")
    assert set(offered) <= set(own) <= set(OWN.values())
    assert len(offered) >= 2
    places = page.locator("#today-places tbody th").all_inner_texts()
    assert set(places) <= set(OWN.values())

    # All of it is the own: the headline adds up, and no figure of the others is anywhere.
    shown, of_all = page.inner_text("main"), intake_by_country(demo, "leadership")
    headline = page.inner_text("#today-change h2")
    assert number(headline.split(" applications")[0]) == sum(own.values())
    assert f"{sum(of_all.values()):,}" not in shown
    assert len(of_all) > 50
    assert not any(name in shown for name in of_all if name and name not in OWN.values())

    # The countries beside each other, each with its own figure; two of them in one picture.
    page = visitor.opens("manager-pacific", "language=en&rows=all")
    rows = {
        row.locator("th a:not(.compare)").inner_text(): number(
            row.locator(".with-bar").inner_text()
        )
        for row in page.locator("#ranking tbody tr").all()
    }
    assert {name: count for name, count in rows.items() if count} == {
        name: count for name, count in own.items() if count
    }
    assert number(page.inner_text("#ranking tfoot tr.total .with-bar")) == sum(own.values())
    page.locator("#ranking tbody th a:not(.compare)", has_text="Australia").click()
    page.wait_for_selector("h1:has-text('Australia: ')")
    page.get_by_role("link", name="Compare with New Zealand").click()
    page.wait_for_selector("#trend-title >> text=Australia and New Zealand")

    # The comparison is kept under a name, and the report of all four is taken along.
    save_view(page, "volumes", "Both sides of the Tasman", "VOLUMES")
    page.locator("#views-saved a", has_text="Both sides of the Tasman").click()
    page.wait_for_selector("#trend-title >> text=Australia and New Zealand")
    page.goto(f"{demo.dashboard_url}/views?language=en")
    remove(page, "removeSavedView", "The view is removed.")
    page = visitor.opens_today("manager-pacific")
    headline = page.inner_text("#today-change h2")
    pdf, xlsx = (download(page, kind, tmp_path) for kind in ("PDF", "XLSX"))
    for said in (text_of(pdf.read_bytes()), " ".join(words_of(xlsx.read_bytes()))):
        assert headline in said
        assert not any(name in said for name in of_all if name and name not in OWN.values())
    exit_code, told = verify(demo, "manager-pacific", xlsx)
    assert exit_code == 0, told

    # What is another manager's does not exist here, as a page or as a report.
    page.goto(f"{demo.dashboard_url}/place?language=en&country=MY")
    page.wait_for_selector("#place-heading h1 >> text=There is no such place here")


def test_what_is_noted_on_a_month_stands_in_the_report_of_a_centre(
    visitor: Visitor, colleague: Visitor, demo: Demo, tmp_path: Path
) -> None:
    # A manager notes why a month was as it was.
    note, month = "The centre moved to another floor.", month_start(today(), -1)
    page = visitor.opens("manager-my", "language=en", "/views")
    page.wait_for_selector("#views-note form")
    form = page.locator("form[data-change=noteMonth]").get_attribute("id") or ""
    fill(page, form, month=month.isoformat(), text=note)
    assert "It is noted." in send(page, form, "views-outcome")

    # From a name in the table to the centre: its answers, the note beside them, its report.
    page = visitor.opens("manager-my", "language=en&by=centre")
    link = page.locator("#ranking a[href*='/place']").first
    centre = re.findall(r"centre=([A-Z0-9-]+)", link.get_attribute("href") or "")[0]
    link.click()
    page.wait_for_selector(f"#place-change .noted >> text={note}")
    change, *_ = findings(demo, "manager-my", "CHANGE", centre=centre)
    headline = change["sentence"]["english"]
    assert page.inner_text("#place-change h2") == headline
    pdf, xlsx = (download(page, kind, tmp_path) for kind in ("PDF", "XLSX"))
    for said in (text_of(pdf.read_bytes()), " ".join(words_of(xlsx.read_bytes()))):
        for words in (headline, note, f"{month:%B %Y} · Malaysia", page.inner_text("h1")):
            assert words in said
    assert len(pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages) <= 2

    # A centre elsewhere has no such note, not even for leadership, who reads it here.
    for place, is_noted in ((centre, True), ("AU-SYD", False)):
        seen = colleague.opens("leadership", f"language=en&centre={place}", "/place")
        seen.wait_for_selector("#place-coming h2:not(:has(.skeleton))")
        assert (note in seen.inner_text("#place-change")) == is_noted
    page.goto(f"{demo.dashboard_url}/views?language=en")
    remove(page, "removeMonthNote", "The note is removed.")

"""A manager before the review: a view saved under a name, and a note on the month of a strike; and
another manager, who sees neither."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from dashboard.model.period import month_start, today
from tests.dashboard.filling_in import fill, send
from tests.dashboard.test_export import signed_in
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

pytestmark = pytest.mark.browser

OUTCOME = "views-outcome"
NAME, NOTE = "Ours by centre", "The couriers were on strike."


def ids(page: Page, change: str) -> list[str]:
    """The forms of a change, by their ids."""
    forms = page.locator(f"form[data-change={change}]").all()
    return [form.get_attribute("id") or "" for form in forms]


def test_a_manager_saves_a_view_and_notes_a_month_and_another_sees_neither(
    visitor: Visitor, colleague: Visitor, demo: Demo
) -> None:
    # The view is what the page shows: the question, without a figure.
    page = visitor.opens("manager-my", "language=en&by=centre&visa=B1")
    page.wait_for_selector("#volumes-views a")
    page.locator("#volumes-views a").last.click()
    page.wait_for_selector("#views-saved >> text=You have saved no view.")
    [saving] = ids(page, "saveView")
    fill(page, saving, name=NAME, page_="VOLUMES")
    assert "The view is saved." in send(page, saving, OUTCOME)
    page.wait_for_selector(f"#views-saved a >> text={NAME}")

    # A month, in words that stand beside it from now on.
    month = month_start(today(), -1)
    [noting] = ids(page, "noteMonth")
    fill(page, noting, month=month.isoformat(), text=NOTE)
    assert "It is noted." in send(page, noting, OUTCOME)
    page.wait_for_selector(f"#views-notes >> text={NOTE}")
    assert_accessible(page, widths=(390, 1440))

    # The link of the view opens what was saved, with the note; files have it, too.
    page.locator("#views-saved a", has_text=NAME).click()
    page.wait_for_selector(f"#trend-note >> text={NOTE}")
    assert {**parse_qs(urlsplit(page.url).query)} == {
        "language": ["en"], "by": ["centre"], "visa": ["B1"],
    }  # fmt: skip
    assert f"{month:%B %Y} · Malaysia" in page.inner_text("#trend-note")
    assert "(manager-my, " in page.inner_text("#trend-note")
    page.goto(f"{demo.dashboard_url}/?language=en")
    page.wait_for_selector(f"#today-views a >> text={NAME}")
    assert NOTE in page.inner_text("#today-control-note")
    with signed_in(demo, "manager-my") as client:
        assert NOTE in client.get("/export-months.csv?language=en").text
    with signed_in(demo, "leadership") as client:
        assert NOTE in client.get("/export-months.csv?language=en").text

    # Another manager of the partner sees neither; leadership the note alone.
    for name in ("manager-sg", "leadership"):
        theirs = colleague.opens(name, "language=en", "/views")
        theirs.wait_for_selector("#views-saved >> text=You have saved no view.")
        theirs.wait_for_selector("#views-notes :is(p, article)")
        assert (NOTE in theirs.inner_text("#views-notes")) == (name == "leadership")
        assert ids(theirs, "removeMonthNote") == []

    # Another name, and then both go.
    page.goto(f"{demo.dashboard_url}/views?language=en")
    page.wait_for_selector(f"#views-saved a >> text={NAME}")
    page.get_by_text("Rename", exact=True).first.click()
    [renaming] = ids(page, "renameSavedView")
    fill(page, renaming, name="B1 by centre")
    assert "The view has another name." in send(page, renaming, OUTCOME)
    page.wait_for_selector("#views-saved a >> text=B1 by centre")
    for change, said in (
        ("removeSavedView", "The view is removed."),
        ("removeMonthNote", "The note is removed."),
    ):
        [removing] = ids(page, change)
        assert said in send(page, removing, OUTCOME)
    page.wait_for_selector("#views-saved >> text=You have saved no view.")
    page.wait_for_selector("#views-notes >> text=There are no notes in your scope.")

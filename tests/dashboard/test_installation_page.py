"""The page Installation: what is late with the word of its fault, and the keys by their age."""

from typing import Any

from dashboard.components.html_part import html_of
from dashboard.pages.installation.page import list_keys, show_health
from dashboard.texts import texts
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

ASKED = "{ installation { work { kind waiting } keys { usedFor } version } }"


def test_an_administrator_reads_what_works_behind_the_rest(visitor: Visitor, demo: Demo) -> None:
    page = visitor.opens("administrator", path="/installation")
    page.wait_for_selector("#installation-work tbody tr")
    answered = demo.ask("administrator", ASKED)["installation"]
    assert page.locator("#installation-work tbody tr").count() == len(answered["work"])
    assert answered["version"] in page.inner_text("#installation-health")
    assert_accessible(page, widths=(390, 1440))


def test_the_page_is_an_administrators(visitor: Visitor) -> None:
    page = visitor.opens("auditor", path="/installation")
    assert not page.locator("#installation-work").count()


def test_what_is_late_is_told_by_the_word_of_its_fault() -> None:
    def installed(*, is_late: bool) -> dict[str, Any]:
        work = [{"kind": "ACCOUNT", "isLate": is_late}, {"kind": "ERASURE", "isLate": False}]
        return {"installation": {"version": "1", "work": work}}

    say = texts("en")
    assert "Nothing is late" in html_of(show_health(installed(is_late=False), say))
    shown = html_of(show_health(installed(is_late=True), say))
    assert "checkpoint: the account is not signed." in shown
    assert "gerbang keep" in shown


def test_a_key_has_its_age_and_without_keys_that_is_said() -> None:
    key = {"usedFor": "DATA_KEY", "key": "abc", "since": "2020-01-01T00:00:00+00:00"}
    shown = html_of(list_keys({"installation": {"keys": [key]}}, texts("en")))
    assert "<code>abc</code>" in shown
    assert " days<" in shown
    assert "No key" in html_of(list_keys({"installation": {"keys": []}}, texts("en")))

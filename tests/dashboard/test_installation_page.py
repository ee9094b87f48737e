"""The page Installation: what is wrong by the word of its fault, what was last done, what the
process says of itself, and the keys by their age."""

from typing import Any

import pytest

from dashboard.components.html_part import html_of
from dashboard.pages.installation.page import list_jobs, list_keys, show_health
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
    jobs = page.inner_text("#installation-jobs")
    assert "fold_or_age" in jobs
    assert "note_passes" in jobs
    slow = page.inner_text("#installation-documents")
    assert "dashboard" in slow, "the client is named"
    assert_accessible(page, widths=(390, 1440, 2560))


@pytest.mark.proof
def test_the_page_is_an_administrators(visitor: Visitor) -> None:
    page = visitor.opens("auditor", path="/installation")
    assert not page.locator("#installation-work").count()


def test_what_is_wrong_is_told_in_the_gateways_words() -> None:
    def installed(*faults: dict[str, Any]) -> dict[str, Any]:
        database = {"revision": "0001", "postgres": "17"}
        return {"installation": {"version": "1", "database": database, "faults": faults}}

    say = texts("en")
    assert "Nothing is wrong" in html_of(show_health(installed(), say))
    fault = {"name": "checkpoint", "stops": False, "why": "It matters.", "remedy": "Mend it."}
    shown = html_of(show_health(installed(fault), say))
    for told in ("<code>checkpoint</code>", "Warning.", "It matters.", "Mend it."):
        assert told in shown
    assert "Not ready." in html_of(show_health(installed(fault | {"stops": True}), say))


def test_late_jobs_stand_first_and_without_a_keeper_that_is_said() -> None:
    def job(name: str, *, is_late: bool) -> dict[str, Any]:
        return {
            "name": name, "lastPassedAt": None, "milliseconds": 5, "failures": 0, "isLate": is_late,
        }  # fmt: skip

    jobs = [job("forget", is_late=False), job("publish", is_late=True)]
    shown = html_of(list_jobs({"installation": {"jobs": jobs}}, texts("en")))
    assert shown.index("publish") < shown.index("forget")
    assert "gerbang keep" in html_of(list_jobs({"installation": {"jobs": []}}, texts("en")))


def test_a_key_has_its_age_and_without_keys_that_is_said() -> None:
    key = {"usedFor": "DATA_KEY", "key": "abc", "since": "2020-01-01T00:00:00+00:00"}
    shown = html_of(list_keys({"installation": {"keys": [key]}}, texts("en")))
    assert "<code>abc</code>" in shown
    assert " days<" in shown
    assert "No key" in html_of(list_keys({"installation": {"keys": []}}, texts("en")))

"""The page Desk: an officer finds the own cases, the queue and the own reads, and nobody's name."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.gateway.client import HttpGatewayClient
from dashboard.gateway.session import Session
from dashboard.pages.desk.page import list_own, way_to_work
from dashboard.texts import texts
from dashboard.web.visit import Visit, current_visit
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

QUEUES = """{
    mine: workList(queue: MINE, first: 20) { totalCount { value } nodes { reference } }
    free: workList(queue: FREE, first: 1) { totalCount { value } }
}"""


def opens(visitor: Visitor, user: str) -> Page:
    page = visitor.opens(user, path="/desk")
    page.wait_for_selector("#desk-waiting p:not(:has(.skeleton))")
    return page


def test_an_officer_finds_the_own_cases_and_what_waits(visitor: Visitor, demo: Demo) -> None:
    page = opens(visitor, "officer")
    queues = demo.ask("officer", QUEUES)
    shown = page.locator("#desk-mine article b").all_inner_texts()
    assert set(shown) == {each["reference"] for each in queues["mine"]["nodes"]}
    free = queues["free"]["totalCount"]["value"]
    assert page.inner_text("#desk-waiting").startswith(str(free))
    assert "front end for officers" in page.inner_text("#panel-where")
    assert_accessible(page, widths=(390, 1440))


@pytest.mark.proof
def test_the_desk_is_an_officers(visitor: Visitor) -> None:
    page = visitor.opens("supervisor", path="/desk")
    assert not page.locator("#desk-mine").count()


@pytest.mark.parametrize(
    ("answered_at", "ended_at", "english", "indonesian"),
    [
        (None, None, None, None),
        ("2026-11-20T03:00:00Z", "2026-11-20T03:00:00Z", "was answered", "sudah ditanggapi"),
        (None, "2026-11-20T03:00:00Z", "Nobody answered", "tidak ditanggapi"),
    ],
)
def test_a_case_says_that_whoever_was_to_be_refused_is_heard(
    answered_at, ended_at, english, indonesian
) -> None:
    case = {
        "reference": "AUSY-OPEN-0001", "status": "IN_VERIFICATION", "targetDueAt": None,
        "visaType": None, "country": None, "uploads": [],
    }  # fmt: skip
    announced = {"answeredAt": answered_at, "endedAt": ended_at}
    for language, words in (("en", english), ("id", indonesian)):
        for one in (None, announced):
            nodes = [{**case, "refusalIntention": one}]
            own = {"mine": {"totalCount": {"value": 1}, "nodes": nodes}}
            shown = html_of(list_own(own, texts(language)))
            assert ("<strong>" in shown) is (one is announced and ended_at is not None)
            assert words is None or one is None or words in shown


@pytest.mark.parametrize("url", [None, "https://cases.example/desk"])
def test_an_officer_is_led_to_the_front_end_that_the_installation_names(url: str | None) -> None:
    visit = Visit(Session("", None, "", 0), HttpGatewayClient("http://gateway"), "en")
    token = current_visit.set(replace(visit, officers_url=url))
    try:
        shown = html_of(way_to_work(texts("en")))
    finally:
        current_visit.reset(token)
    assert ('<a class="button" href="https://cases.example/desk">' in shown) is (url is not None)

"""The page Desk: an officer finds the own cases, the queue and the own reads, and nobody's name."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page

from dashboard.components.html_part import html_of
from dashboard.gateway.client import HttpGatewayClient
from dashboard.gateway.session import Session
from dashboard.pages.desk.page import way_to_work
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


def test_the_desk_is_an_officers(visitor: Visitor) -> None:
    page = visitor.opens("supervisor", path="/desk")
    assert not page.locator("#desk-mine").count()


@pytest.mark.parametrize("url", [None, "https://cases.example/desk"])
def test_an_officer_is_led_to_the_front_end_that_the_installation_names(url: str | None) -> None:
    visit = Visit(Session("", None, "", 0), HttpGatewayClient("http://gateway"), "en")
    token = current_visit.set(replace(visit, officers_url=url))
    try:
        shown = html_of(way_to_work(texts("en")))
    finally:
        current_visit.reset(token)
    assert ('<a class="button" href="https://cases.example/desk">' in shown) is (url is not None)

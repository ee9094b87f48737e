"""A mistake in a page shows its author the reason, in development alone, and nobody's data."""

import pytest
from playwright.sync_api import Browser

from dashboard.pages.volumes import page as volumes_page
from tests.dashboard.conftest import Running, signed_in

pytestmark = pytest.mark.browser

PERSON = "Siti Rahma"


def fail(*_: object) -> None:
    raise ValueError(f"{PERSON} is no number")


@pytest.fixture
def development(connected: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setattr(connected.gate, "_is_development", True)
    return connected


@pytest.mark.parametrize(
    "part",
    [
        "cards",
        *(pytest.param(it, marks=pytest.mark.proof) for it in ("filter_options", "world_map")),
    ],
)
def test_a_mistake_in_a_part_is_shown_with_its_place(
    browser: Browser, development: Running, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(volumes_page, part, fail)
    with signed_in(browser, development, "leadership") as context:
        page = context.new_page()
        page.goto(f"{development.url}/volumes?language=en")
        page.wait_for_selector("#mistake pre")
        shown = page.inner_text("#mistake")
    assert shown.startswith("ValueError\n")
    assert "dashboard/pages/volumes/page.py:" in shown
    assert f"{part}(" in shown
    assert PERSON not in shown


def test_a_mistake_about_code_says_what_is_wrong_with_it(
    browser: Browser, development: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(volumes_page, "cards")
    with signed_in(browser, development, "leadership") as context:
        page = context.new_page()
        page.goto(f"{development.url}/volumes?language=en")
        page.wait_for_selector("#mistake pre")
        assert "NameError: name 'cards' is not defined" in page.inner_text("#mistake")


@pytest.mark.parametrize("is_development", [True, False])
def test_a_page_that_cannot_be_laid_out_says_so(
    browser: Browser, connected: Running, monkeypatch: pytest.MonkeyPatch, *, is_development: bool
) -> None:
    monkeypatch.setattr(connected.gate, "_is_development", is_development)
    monkeypatch.setattr(volumes_page, "page_body", fail)
    with signed_in(browser, connected, "leadership") as context:
        page = context.new_page()
        page.goto(f"{connected.url}/volumes?language=en")
        page.wait_for_selector(".notice.failed")
        assert "Trace id" in page.inner_text(".notice.failed")
        assert ("ValueError" in page.inner_text("#mistake")) is is_development
        assert PERSON not in page.content()


def test_in_production_nothing_of_it_reaches_the_browser(
    browser: Browser,
    connected: Running,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(volumes_page, "cards", fail)
    with signed_in(browser, connected, "leadership") as context:
        page = context.new_page()
        page.goto(f"{connected.url}/volumes?language=en")
        page.wait_for_selector("#cards .missing")
        assert page.inner_text("#mistake") == ""
        assert "ValueError" not in page.content()
    (logged,) = (each for each in caplog.records if "a part of the page failed" in each.message)
    assert "ValueError | dashboard/components/page.py:" in logged.message
    assert PERSON not in caplog.text

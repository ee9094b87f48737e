"""The page Subscriptions: mail says that a report waits, and whoever opens it sees the own."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from dashboard.model.period import today
from tests.dashboard.filling_in import fill, send
from tests.dashboard.test_export import signed_in
from tests.dashboard.test_report import text_of
from tests.dashboard.visiting import Visitor, assert_accessible
from tests.running_demo import Demo

OUTCOME = "subscriptions-outcome"
LASTING = "#subscriptions-lasting article"
#: Managers of one country each, and what nobody but its own reads of.
COUNTRIES = {
    "au": "Australia", "sg": "Singapore", "my": "Malaysia", "in": "India", "cn": "China",
    "jp": "Japan", "gb": "United Kingdom", "fr": "France", "de": "Germany", "us": "United States",
    "nz": "New Zealand", "nl": "Netherlands",
}  # fmt: skip


def link_of_last_month(query: str) -> str:
    """The report on the page that mail of this month leads to."""
    first = today().replace(day=1)
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    month = f"{before:%Y-%m}"
    return f"/report.pdf?language=en{query}&period=custom&first={month}&last={month}"


def test_a_manager_subscribes_from_the_page_of_a_place_and_ends_it(visitor: Visitor) -> None:
    page = visitor.opens("manager-au", "language=en&country=AU", "/place")
    page.get_by_role("link", name="by mail").click()
    page.wait_for_selector("#subscriptions-lasting >> text=You have no subscription.")
    assert urlsplit(page.url).path == "/subscriptions"
    assert "About: Australia" in page.inner_text("#subscriptions-subscribe")
    [form] = page.locator("#subscriptions-subscribe form").all()
    id_ = form.get_attribute("id") or ""
    fill(page, id_, occasion="MONTHLY")
    assert "You will be told by mail." in send(page, id_, OUTCOME)
    page.wait_for_selector(f"{LASTING} >> text=Australia · each month")
    assert_accessible(page, widths=(390, 1440))
    fill(page, id_, occasion="MONTHLY")
    assert "You have this subscription already." in send(page, id_, OUTCOME)
    fill(page, id_, occasion="TARGET_MISSED", visaType="B1")
    assert "You will be told by mail." in send(page, id_, OUTCOME)
    page.wait_for_selector(f"{LASTING} >> text=Australia · B1 · when the service promise is newly")
    alert = page.locator(LASTING, has_text="B1")
    alert.get_by_role("button", name="End", exact=True).click()
    alert.wait_for(state="detached")
    page.get_by_role("button", name="Renew for 90 days").click()
    page.wait_for_selector(f"#{OUTCOME} >> text=Renewed for 90 days.")
    page.get_by_role("button", name="End", exact=True).click()
    page.wait_for_selector("#subscriptions-lasting >> text=You have no subscription.")


def test_a_place_out_of_reach_is_offered_to_nobody(visitor: Visitor) -> None:
    page = visitor.opens("manager-sg", "language=en&centre=AU-SYD", "/subscriptions")
    page.wait_for_selector("#subscriptions-subscribe >> text=There is no such place here")
    assert page.locator("#subscriptions-subscribe form").count() == 0


@pytest.mark.parametrize("code", COUNTRIES)
def test_the_same_link_shows_each_recipient_the_own_scope_alone(demo: Demo, code: str) -> None:
    with signed_in(demo, f"manager-{code}") as client:
        answer = client.get(link_of_last_month(""))
        assert answer.status_code == 200
        said = text_of(answer.content)
        assert "Monthly monitoring meeting" in said
        others = {name for other, name in COUNTRIES.items() if other != code}
        assert [name for name in others if name in said] == []
        # A link that was forwarded finds what its reader may read.
        theirs = "country=SG" if code != "sg" else "country=AU"
        assert client.get(link_of_last_month(f"&{theirs}")).status_code == 404

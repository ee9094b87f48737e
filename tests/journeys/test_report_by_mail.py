"""The first of a month of a manager: mail says that a report waits; its link is opened by somebody
who has to sign in first, and leads to the page of the place, with its report."""

from pathlib import Path

from tests.dashboard.test_report import text_of
from tests.dashboard.visiting import Visitor

#: As mail has it: see models/jobs/subscriptions.py.
LINK = "/place?language=en&country=MY&period=custom&first=2026-09&last=2026-10"


def test_a_manager_opens_the_report_that_waits_and_looks_at_the_place(
    newcomer: Visitor, tmp_path: Path
) -> None:
    page, dashboard = newcomer.page, newcomer.demo.dashboard_url
    page.goto(f"{dashboard}{LINK}")
    page.fill("input[name=user]", "manager-my")
    page.locator("form").last.locator("button").last.click()
    page.wait_for_selector("#place-heading h1 >> text=Malaysia")
    page.wait_for_selector("#place-strip a")
    assert page.locator("#place-strip a").count() >= 3
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report as PDF").click()
    file = tmp_path / "report.pdf"
    download.value.save_as(file)
    said = text_of(file.read_bytes())
    assert "Malaysia" in said
    assert "Singapore" not in said
    # What is read once is announced from then on.
    page.get_by_role("link", name="by mail").click()
    page.wait_for_selector("#subscriptions-subscribe >> text=About: Malaysia")

"""The page My data: what is on file of whoever looks, and who read it, for nobody else."""

import json

import pytest
from dash import html

from dashboard.pages.my_data.page import content
from dashboard.texts import texts
from tests.dashboard.visiting import Visitor, assert_accessible


def test_an_applicant_reads_what_is_on_file_and_takes_it_along(visitor: Visitor) -> None:
    page = visitor.opens("applicant", path="/")
    page.wait_for_url("**/my-data**")
    page.wait_for_selector("#my-data dd")
    text = page.inner_text("#my-data")
    # One's own look is the latest read, once the page is asked for again.
    page.reload()
    page.wait_for_selector("#my-data dd")
    again = page.inner_text("#my-data")
    assert "You yourself read your data." in again
    assert "Law 27 of 2022" not in text  # nothing was asked yet
    assert_accessible(page, widths=(390, 1440))

    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of it").click()
    taken = json.loads(download.value.path().read_text("utf-8"))
    assert download.value.suggested_filename == "gerbang-my-data.json"
    person = taken["myData"]["applicant"]["identity"]
    assert person["fullName"] in again
    assert person["passportNumber"] in again
    assert taken["reads"][0]["inWords"] == "You yourself read your data."
    assert {one["reference"] for one in taken["myData"]["applicant"]["applications"]["nodes"]}

    page.goto(f"{visitor.demo.dashboard_url}/my-data?language=id")
    page.wait_for_selector("#my-data dd")
    assert "Anda sendiri membaca data Anda." in page.inner_text("#my-data")


def test_another_role_learns_for_whom_the_page_is(visitor: Visitor) -> None:
    page = visitor.opens("officer", path="/my-data")
    assert not page.locator("#my-data").count()
    assert page.locator(".notice").count() == 1
    assert page.request.get(f"{visitor.demo.dashboard_url}/my-data.json").status == 403


@pytest.mark.parametrize(
    ("kept_since", "said", "unsaid"),
    [
        (None, "Nobody has read it yet.", "no longer kept"),
        ("2016-02-01T00:00:00+00:00", "is kept from 1 Feb 2016", "Nobody has read it"),
    ],
)
def test_no_statement_is_made_about_reads_older_than_the_log(
    kept_since: str | None, said: str, unsaid: str
) -> None:
    person = {"identity": None, "nationality": None}
    person |= {"identityVersions": {"nodes": []}, "applications": {"nodes": []}}
    mine = {"applicant": person, "keptSince": kept_since, "note": ""}
    page = str(html.Div(content({"myData": mine, "reads": [], "requests": []}, texts("en"))))
    assert said in page
    assert unsaid not in page


def test_a_version_that_is_not_in_force_is_said_to_be_proposed() -> None:
    versions = [
        {"writtenAt": "2026-03-01T00:00:00+00:00", "validFrom": start, "fullName": name}
        for start, name in ((None, "Ruby Marsh"), ("2026-03-02T00:00:00+00:00", "Ruby Hale"))
    ]
    person = {"identity": None, "nationality": None}
    person |= {"identityVersions": {"nodes": versions}, "applications": {"nodes": []}}
    mine = {"applicant": person, "keptSince": None, "note": ""}
    shown = content({"myData": mine, "reads": [], "requests": []}, texts("en"))
    [heading, listed] = shown[2].children
    assert heading.children == "Corrections"
    assert [one.children[1:] for one in listed.children] == [
        ["Name: Ruby Marsh", " (proposed)"],
        ["Name: Ruby Hale", ""],
    ]

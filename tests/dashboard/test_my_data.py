"""The page My data: what is on file of whoever looks, and who read it, for nobody else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from dash import html

from dashboard.components.html_part import html_of
from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session
from dashboard.pages.my_data.page import content, field_names
from dashboard.pages.my_data.reading import READS, ask_my_data
from dashboard.texts import texts
from tests.dashboard.visiting import Visitor, assert_accessible

#: Of whom nothing is on file.
PERSON: dict[str, Any] = {
    "identity": None,
    "nationality": None,
    "identityVersions": {"nodes": []},
    "applications": {"nodes": []},
    "breachNotices": {"nodes": []},
    "movements": {"nodes": []},
}
NOTHING_TOLD: Mapping[str, Any] = {"breaches": [], "lookups": [], "visaChecks": []}


def test_an_applicant_reads_what_is_on_file_and_takes_it_along(visitor: Visitor) -> None:
    page = visitor.opens("applicant", path="/")
    page.wait_for_url("**/my-data**")
    page.wait_for_selector("#my-data dd")
    asked = page.locator("#my-data section", has_text="What you asked of your data").inner_text()
    # One's own look is the latest read, once the page is asked for again.
    page.reload()
    page.wait_for_selector("#my-data dd")
    again = page.inner_text("#my-data")
    assert "You yourself read your data." in again
    assert "Law 27 of 2022" not in asked  # nothing was asked yet
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
    mine = {"applicant": PERSON, "keptSince": kept_since, "note": "", **NOTHING_TOLD}
    page = str(
        html.Div(
            content({"myData": mine, "reads": [], "requests": [], "complaints": []}, texts("en"))
        )
    )
    assert said in page
    assert unsaid not in page
    read = {"occurredAt": "2026-03-01T00:00:00+00:00", "inWords": "An officer.", "fields": []}
    page = str(
        html.Div(
            content(
                {"myData": mine, "reads": [read], "requests": [], "complaints": []}, texts("en")
            )
        )
    )
    assert ("is kept from" in page) is bool(kept_since)
    assert "Nobody has read it" not in page


def test_what_was_read_is_named_and_that_earlier_versions_were() -> None:
    say = texts("en")
    assert field_names(["passportNumber", "fullName"], say) == ["Name", "Passport number"]
    assert field_names(["document.link"], say) == ["your documents"]
    assert field_names(["fullName", "versions.fullName"], say) == ["Name", say("my_data.earlier")]
    assert field_names(["answers.street", "answers.city", "visa.pdf"], say) == [
        "what you answered", "your visa",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Who looked for you", "2 Mar 2026", "Visa officer, for a case",
                "It concerns everybody who was on file by then.", "A copy was stolen.")),
        ("id", ("Siapa yang mencari Anda", "2 Mar 2026", "untuk suatu permohonan",
                "Menyangkut semua orang yang datanya tersimpan pada waktu itu.")),
    ],
)  # fmt: skip
def test_look_ups_and_breaches_of_everybody_are_told(language: str, said: tuple[str, ...]) -> None:
    lookup = {"lookedUpOn": "2026-03-02", "lookedUpBy": "OFFICER", "purpose": "CASEWORK"}
    instants = ("windowFrom", "windowBefore", "noticedAt", "peopleNotifiedAt")
    breach = {"inWords": "A copy was stolen.",
              **dict.fromkeys(instants, "2026-03-01T00:00:00+00:00")}  # fmt: skip
    mine = {"applicant": PERSON, "keptSince": None, "note": "", "breaches": [breach],
            "lookups": [lookup]}  # fmt: skip
    mine |= {"visaChecks": []}
    page = str(
        html.Div(
            content(
                {"myData": mine, "reads": [], "requests": [], "complaints": []}, texts(language)
            )
        )
    )
    assert [one for one in said if one not in page] == []


def test_it_is_told_when_data_was_erased_and_until_when_copies_last() -> None:
    asked = {
        "state": "GRANTED", "kind": "ERASURE", "reference": "DR-1", "legalBasis": "", "reason": "",
        "lodgedAt": "2026-03-01T00:00:00+00:00", "answeredAt": "2026-03-02T00:00:00+00:00",
        "erasure": {"erasedAt": "2026-03-03T00:00:00+00:00",
                    "copiesEndAt": "2026-04-04T00:00:00+00:00"},
    }  # fmt: skip
    mine = {"applicant": PERSON, "keptSince": None, "note": "", **NOTHING_TOLD}
    answer = {"myData": mine, "reads": [], "requests": [asked], "complaints": []}
    page = html_of(html.Div(content(answer, texts("en"))))
    erased, gone = (page.index(day) for day in ("3 Mar 2026", "4 Apr 2026"))
    assert erased < gone


@pytest.mark.parametrize("closed_at", [None, "2026-03-03T00:00:00+00:00"])
def test_when_to_expect_a_decision_is_told_until_it_is_over(closed_at: str | None) -> None:
    case = {
        "id": "x", "centre": None, "reference": "7K3M-9QPX-2F4D", "visaType": None,
        "stage": "CLOSED", "decision": None,
        "submittedAt": "2026-03-01T00:00:00+00:00", "targetDueAt": "2026-03-04T00:00:00+00:00",
        "closedAt": closed_at, "requestedItems": {"nodes": []}, "uploads": [],
    }  # fmt: skip
    person = PERSON | {"applications": {"nodes": [case]}}
    mine = {"applicant": person, "keptSince": None, "note": "", **NOTHING_TOLD}
    page = str(
        html.Div(
            content({"myData": mine, "reads": [], "requests": [], "complaints": []}, texts("en"))
        )
    )
    assert ("4 Mar 2026" in page) is (closed_at is None)


class InPages(GatewayClient):
    """Reads of somebody, a few at a time."""

    def __init__(self, *pages: list[int]) -> None:
        self.pages, self.after = pages, list[str | None]()

    async def ask(self, name: str, variables: Mapping[str, Any], *_: Any, **__: Any) -> Any:
        if name != READS:
            return {
                "myData": {"applicant": None},
                "dataRequests": {"nodes": []},
                "complaints": {"nodes": []},
            }
        self.after.append(variables["after"])
        at = int(variables["after"] or 0)
        has_more = at + 1 < len(self.pages)
        info = {"endCursor": str(at + 1), "hasNextPage": has_more}
        events = {"nodes": self.pages[at], "pageInfo": info}
        return {"myData": {"applicant": {"accessEvents": events}}}


@pytest.mark.anyio
async def test_every_read_is_asked_for_page_by_page() -> None:
    gateway = InPages([1, 2], [3, 4], [5])
    found = await ask_my_data(gateway, Session("access", None, "id", 0, role="APPLICANT"), "en")
    assert (found["reads"], gateway.after) == ([1, 2, 3, 4, 5], [None, "1", "2"])


def test_a_version_that_is_not_in_force_is_said_to_be_proposed() -> None:
    versions = [
        {"writtenAt": "2026-03-01T00:00:00+00:00", "validFrom": start, "fullName": name}
        for start, name in ((None, "Ruby Marsh"), ("2026-03-02T00:00:00+00:00", "Ruby Hale"))
    ]
    person = {"identity": None, "nationality": None}
    person |= {"identityVersions": {"nodes": versions}, "applications": {"nodes": []}}
    person |= {"breachNotices": {"nodes": []}, "movements": {"nodes": []}}
    mine = {"applicant": person, "keptSince": None, "note": "", **NOTHING_TOLD}
    shown = content({"myData": mine, "reads": [], "requests": [], "complaints": []}, texts("en"))
    [heading, listed] = shown[3].children
    assert heading.children == "Corrections"
    assert [one.children[1:] for one in listed.children] == [
        ["Name: Ruby Marsh", " (proposed)"],
        ["Name: Ruby Hale", ""],
    ]


def test_who_checked_a_visa_and_each_entry_and_exit_are_told() -> None:
    stay = {"presence": "IN_COUNTRY", "until": "2026-03-31"}
    visa = {"number": "ID0A1B2C3D4E5F", "useBy": "2026-04-01", "stay": stay}
    case = {
        "id": "x", "centre": None, "reference": "7K3M-9QPX-2F4D", "visaType": None,
        "stage": "CLOSED",
        "submittedAt": "2026-02-01T00:00:00+00:00", "targetDueAt": None, "closedAt": None,
        "requestedItems": {"nodes": []}, "uploads": [],
        "decision": {
            "outcome": "GRANTED", "decidedAt": "2026-02-02T00:00:00+00:00", "conditions": [],
            "visa": visa,
        },
    }  # fmt: skip
    entry = {"direction": "ENTRY", "crossedAt": "2026-03-01T05:00:00+00:00", "port": "CGK"}
    checks = [
        {"checkedOn": "2026-03-01", "checkedBy": "CARRIER", "flightNumber": "GA715"},
        {"checkedOn": "2026-02-28", "checkedBy": "BORDER", "flightNumber": None},
    ]
    person = {"identity": None, "nationality": None, "movements": {"nodes": [entry]}}
    person |= {"identityVersions": {"nodes": []}, "applications": {"nodes": [case]}}
    person |= {"breachNotices": {"nodes": []}}
    mine = {
        "applicant": person,
        "keptSince": None,
        "note": "",
        **NOTHING_TOLD,
        "visaChecks": checks,
    }
    say = texts("en")
    page = str(
        html.Div(content({"myData": mine, "reads": [], "requests": [], "complaints": []}, say))
    )
    for said in ("stay until 31 Mar 2026", "entry, CGK", "GA715", "28 Feb 2026"):
        assert said in page
    departed = {**visa, "stay": {"presence": "DEPARTED", "until": "2026-03-31"}}
    case["decision"]["visa"] = departed
    page = str(
        html.Div(content({"myData": mine, "reads": [], "requests": [], "complaints": []}, say))
    )
    assert "stay until" not in page
    assert field_names(["movements.port"], say) == ["Entries and exits"]

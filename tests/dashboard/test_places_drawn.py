"""Each of few files, the page of a place and its report, drawn: every word and number."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dashboard.export.evidence import evidence_of
from dashboard.export.report import report_of
from dashboard.model.findings import Claim, Number
from dashboard.model.page_state import read_address
from dashboard.model.user import User
from dashboard.pages.place.page import kind_text, standing
from dashboard.pages.place.reading import (
    KINDS,
    Place,
    late_variables,
    variables_of,
    waiting_variables,
)
from dashboard.pages.place.tables import late_table, split_tables
from dashboard.pages.today import files
from dashboard.texts import texts
from tests.dashboard.snapshots import assert_as_drawn
from tests.dashboard.some_volumes import LEADER
from tests.dashboard.test_findings_drawn import (
    AGENT,
    MANAGER,
    NOW,
    PERIOD,
    TODAY,
    coming,
    some_today,
)


def some_files(*regions: str, rate: float | None = 0.9) -> files.FewFiles:
    """Files that are decided at, and an hour before and after, the time that was promised."""
    paid = datetime(2026, 9, 30, 17, 30, tzinfo=UTC)
    nodes = [
        {
            "reference": f"7K3M-9QPX-2F4{9 - n}",
            "visaType": {"code": "B1"} if n else None,
            "stage": "CLOSED" if closed else "IN_PROCESS",
            "submittedAt": f"2026-09-{20 + n}T18:00:00Z",
            "receivedAt": None if n == 3 else f"2026-09-{21 + n}T02:00:00Z",
            "paidAt": None if n == 3 else paid.isoformat(),
            "targetDueAt": None if n == 3 else due.isoformat(),
            "closedAt": closed and closed.isoformat(),
        }
        for n, (closed, due) in enumerate(
            [
                (paid + timedelta(hours=48), paid + timedelta(hours=48)),
                (paid + timedelta(hours=49), paid + timedelta(hours=48)),
                (None, NOW),
                (None, NOW),
                (None, NOW - timedelta(hours=1)),
            ]
        )
    ]
    hours = {"hours": 50.0 if rate == 0.9 else None}
    region = {"region": "OCEANIA", "targetRate": {"value": rate}, "turnaroundP50": hours}
    data = {
        "countries": {"nodes": [{"region": each} for each in ("OCEANIA", *regions)]},
        "regions": {"rows": [region, {"region": "ASIA"}]},
        "applications": {"nodes": nodes[::-1]},
    }
    return files.read_files(data, 2025)


def test_each_of_few_files_is_as_it_was() -> None:
    found, shown = some_files("OCEANIA"), dict[str, Any]()
    for language in ("en", "id"):
        say = texts(language)
        shown[f"answer_{language}"] = files.files_answer(found, NOW, say)
        shown[f"table_{language}"] = files.files_table(found, NOW, say)
    few = {n: some_today([Claim("RECEIVED", "STEADY", numbers={"RECEIVED": Number(n)})])
           for n in (29.0, 30.0)}  # fmt: skip
    of_years = [
        Claim("RECEIVED", "STEADY", numbers={"RECEIVED": Number(n)}) for n in [40, *[2] * 12]
    ]
    assert_as_drawn(
        "today-files",
        **shown,
        without=[
            files.files_answer(each, NOW, texts("en"))
            for each in (some_files("ASIA"), some_files(rate=None), some_files(rate=0.5))
        ],
        asked=files.variables_of(("AU", "SG"), date(2026, 10, 15)),
        # A year has twelve months, and expectations need more than a few.
        small={str(n): files.is_very_small(each) for n, each in few.items()},
        years=files.is_very_small(some_today(of_years)),
        expected=files.is_very_small(some_today(coming()[-3:])),
    )


EVIDENCE = {
    "checkpointSignedAt": "2026-10-14T05:00:00Z", "checkpointRoot": "root",
    "edition": 3, "publishedAt": "2026-10-01T05:00:00Z",
}  # fmt: skip


def some_place(kind: str, code: str, viewer: User, language: str = "en") -> Place:
    late = [
        {
            "reference": f"7K3M-9QPX-2F4{n}",
            "visaType": {"code": "B1"} if n else None,
            "centre": {"city": "Sydney"} if n == 1 else None,
            "stage": "WAITING_FOR_APPLICANT" if n == 2 else "IN_PROCESS",
            "receivedAt": None if n == 0 else "2026-10-01T00:00:00Z",
            "targetDueAt": due,
        }
        for n, due in enumerate(
            ("2026-10-10T18:00:00Z", "2026-10-13T12:00:00Z", "2026-10-14T03:30:00Z")
        )
    ]
    split = [
        {"centre": {"code": f"AU-{n}", "name": "Sydney" if n < 2 else f"City {n}"} if n else None,
         "backlog": {"value": n % 4}, "wip": {"value": n * 2 % 17}}
        for n in range(13)
    ]  # fmt: skip
    node = {"name": "Australia", "country": {"name": "Australia"}, "partner": None}
    address = read_address(f"{kind}={code}&period=last-year&language={language}", language)
    return Place(kind, code, node if kind else None, TODAY, late, 4, {"centre": split}, address,
                 viewer, texts(language), EVIDENCE)  # fmt: skip


PLACES = {
    "country": some_place("country", "AU", LEADER),
    "centre": some_place("centre", "AU-SYD", MANAGER, "id"),
    "partner": some_place("partner", "NUSA", LEADER),
    "all": some_place("", "", AGENT),
}


def test_every_word_of_a_place_and_of_its_report_is_as_it_was() -> None:
    shown: dict[str, Any] = {}
    for name, place in PLACES.items():
        report = report_of(place)
        shown |= {
            f"{name}_standing": standing(place),
            f"{name}_late": late_table(place, NOW),
            f"{name}_split": split_tables(place),
            f"{name}_title": [report.title, report.kind, report.facts],
            f"{name}_sections": report.sections,
            f"{name}_evidence": evidence_of(place),
            f"{name}_asked": variables_of(
                place.kind, place.code, place.address, PERIOD, place.compared
            ),
        }
        if place.kind:
            shown |= {
                f"{name}_kind": kind_text(place),
                f"{name}_asked_of_late": late_variables(place.kind, place.code, place.address, NOW),
            }
    asked = (waiting_variables(kind, "X", PLACES["all"].address) for kind in ("", *KINDS))
    shown["asked_of_waiting"] = [
        {name: value for name, value in each.items() if name != "today"} for each in asked
    ]
    shown["all_of_the_late"] = late_table(replace(PLACES["all"], late_count=3), NOW)
    assert_as_drawn("place", **shown)

"""The page Volumes and its files, drawn of many places: every word, number and picture.

The places have what lies on both sides of each limit: counts that are small, rates that rest on too
little, ties, and nothing at all.
"""

from datetime import date
from typing import Any

import pytest

from dashboard.export.files import as_csv, as_months_csv
from dashboard.export.sheet import sheet_of
from dashboard.figures.bars import bars
from dashboard.figures.trend import small_multiples, trend, trend_months, trend_of_several
from dashboard.figures.world import places_on_map, world_map
from dashboard.gateway.volumes_query import variables_of
from dashboard.model.events import events_between
from dashboard.model.filters import FILTER
from dashboard.model.measures import MANAGING, MEASURES, PROCESSING, MeasureKind
from dashboard.model.page_state import Address, read_address
from dashboard.model.period import Period, month_start
from dashboard.model.query_text import query_of_groups, query_of_months
from dashboard.model.user import User
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.cards import cards
from dashboard.pages.volumes.filter_bar import OFFERED, filter_chips, filter_options
from dashboard.pages.volumes.map_legend import map_legend
from dashboard.pages.volumes.outcomes import outcomes
from dashboard.pages.volumes.ranking import ranking
from dashboard.pages.volumes.titles import document_title, map_title, page_heading, trend_title
from dashboard.pages.volumes.trend_table import trend_notes, trend_table
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from tests.dashboard.snapshots import assert_as_drawn
from tests.dashboard.some_volumes import B1, LEADER, a_rate

QUARTER = Period(date(2025, 12, 1), date(2026, 2, 28))
#: It goes on for all months that a trend shows, and ends as a month begins.
LONG = Period(date(2025, 2, 1), date(2026, 3, 1))
#: It cuts its last month.
SO_FAR = Period(date(2026, 2, 1), date(2026, 3, 10))
MANAGER = User("PARTNER_MANAGER", ("PARTNER_MANAGER", "LEADERSHIP"), "Rina", "NUSA", ("AU", "SG"))

COUNTRIES = [
    *("AU", "SG", "MY", "IN", "CN", "US", "GB", "FR", "DE"),
    *("NL", "JP", "KR", "TH", "VN", "PH", "NZ", "BN", "TL"),
]
PARTNERS = ["NUSA", "ANDALAN", *(f"PARTNER-{n}".ljust(n + 15, "X") for n in range(12))]
CODES = {
    "country": COUNTRIES,
    "nationality": COUNTRIES[:14],
    "partner": PARTNERS,
    "centre": ["AU-SYD", "AU-MEL", "SG-SIN"],
    "visa": ["B1", "C1", "D2"],
    "channel": ["DIRECT", "PARTNER_PORTAL", "PARTNER_CENTRE"],
}


def a_row(seed: int, by: str = "", code: str | None = None) -> dict[str, Any]:
    """Figures that differ from measure to measure, from small to large."""
    row: dict[str, Any] = dict.fromkeys(each.field for each in FILTER.values())
    for n, measure in enumerate(MEASURES):
        odd = seed * 7 + n * 3
        match measure.kind:
            case MeasureKind.RATE:
                value = None if seed % 11 == 5 else odd % 21 / 100
                row[measure.field] = a_rate(value, 28 + seed % 4 * (1 + seed))
            case MeasureKind.DURATION:
                hours = None if seed % 11 == 5 else 66.0 + odd % 9 * 1.5
                row[measure.field] = {"hours": hours, "measured": 28 + seed % 5}
            case MeasureKind.MONEY:
                row[measure.field] = {"value": {"amount": 450_000 * odd**2}}
            case MeasureKind.COUNT:
                row[measure.field] = {"value": [0, 19, 20, 21, 20][seed] if seed < 5 else odd * 3}
    if code:
        name = "city" if by == "centre" else "name"
        named = {"code": code, "iso3": f"{code}X", name: f"{code[::-1].title()} & co"}
        row[FILTER[by].field] = code if FILTER[by].words else named
    return row


def some_answer(by: str, starts: date) -> dict[str, Any]:
    """An answer about all groups of a dimension."""
    codes = CODES[by]
    months = [month_start(starts, n) for n in range(27)]
    at = [{"period": {"startsOn": str(month)}} for month in months]
    target = {"clock": "STANDARD", "hours": 70, "validFrom": "2026-01-01"}
    rush = {
        "code": "EID",
        "kind": "HOLIDAY_RUSH",
        "beganOn": "2025-12-30",
        "endedOn": "2026-01-04",
    }
    away = {"code": "QUAKE", "kind": "DISASTER", "beganOn": "2026-02-27", "endedOn": "2026-03-02"}
    nowhere = [a_row(9)] if by in ("country", "partner", "centre", "purpose") else []
    australia = {"code": "AU", "name": "Australia"}
    return {
        "total": {"asOf": "2026-03-10T05:30:00Z", "completeFrom": str(starts), "rows": [a_row(61)]},
        "before": {"rows": [a_row(58)]},
        "all": {"rows": [a_row(91)]},
        "allBefore": {"rows": [a_row(88)]},
        "months": {"rows": [a_row(n + 3) | each for n, each in enumerate(at)]},
        "lines": {
            "rows": [
                a_row(n + m, by, code) | each
                for m, code in enumerate(codes[:3])
                for n, each in enumerate(at)
                if n != 20
            ]
        },
        "groups": {"rows": [a_row(n, by, code) for n, code in enumerate(codes)] + nowhere},
        "groupsBefore": {
            "rows": [a_row(n * 5 % 13, by, code) for n, code in enumerate(codes[2:])] + [a_row(8)]
        },
        "recent": {
            "rows": [a_row(n * 2, by, codes[1]) | each for n, each in enumerate(at)]
            + [a_row(2, by, codes[2]) | at[-1]]
        },
        "countries": {"rows": [a_row(1, "country", code) for code in ("SG", "AU")] + [a_row(1)]},
        "nationalities": {"rows": [a_row(1, "nationality", "IN")]},
        "centres": {"rows": [a_row(1, "centre", code) for code in ("SG-SIN", "AU-SYD")]},
        "named": {"nodes": [{"code": code, "name": f"the {code}"} for code in ("AU", "SG", "MY")]},
        "namedCentres": {"nodes": [{"code": "AU-MEL", "city": "Melbourne"}]},
        "partners": {"nodes": [{"code": "NUSA", "name": "Nusa Visa"}]},
        "visaTypes": {
            "nodes": [B1 | {"serviceTargets": [target, *B1["serviceTargets"]]},
                      {"code": "C1", "name": None, "serviceTargets": []}],
        },
        "events": {"nodes": [rush | {"country": None}, away | {"country": australia}]},
        "network": {
            "rows": [
                a_row(n, by, code) | {"network": a_row(50) if n != 1 else None}
                for n, code in enumerate(codes[:3])
            ]
        },
    }  # fmt: skip


def a_view(query: str, period: Period, viewer: User = LEADER, starts: str = "2023-12-01") -> View:
    audience = MANAGING if viewer is MANAGER else PROCESSING
    address: Address = read_address(query, "en").among(audience)
    data = some_answer(address.by, date.fromisoformat(starts))
    volumes = read_volumes(data, period, address)
    return View(address, viewer, audience, period, volumes, texts(address.language))


VIEWS = {
    "counts": a_view("country=AU", QUARTER),
    "refusals": a_view(
        "language=id&measure=refusal_rate&sort=refusal_rate&country=AU,SG,MY,ZZ&measures=all"
        "&nationality=IN&compare=previous",
        QUARTER, MANAGER, "2025-06-01",
    ),
    "partners": a_view(
        "period=custom&first=2026-02&last=2026-03&by=partner&partner=NUSA,ANDALAN&measure=wip"
        "&scale=index&visa=B1&sort=name&order=up",
        SO_FAR,
    ),
    "durations": a_view(
        "by=nationality&measure=turnaround_p90&visa=B1&region=asia&sort=turnaround_p90&order=up",
        SO_FAR,
    ),
    "channels": a_view(
        "language=id&by=channel&measure=revenue&channel=DIRECT&sort=intake&order=up&centre=AU-MEL",
        QUARTER, starts="2024-12-01",
    ),
    "world": a_view(
        "measure=decisions&region=world&country=SG,MY,BN&sort=decisions", LONG, starts="2023-12-01"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_every_word_and_number_of_the_page_is_as_it_was(name: str) -> None:
    view = VIEWS[name]
    address, say = view.address, view.say
    title, table, below = ranking(view)
    assert_as_drawn(
        f"volumes-{name}",
        title=document_title(view),
        heading=page_heading(view),
        cards=cards(view),
        chips=filter_chips(view),
        offered={key: filter_options(key, view) for key in OFFERED},
        map=map_title(view),
        ranking=title,
        table=table,
        below=below,
        trend=trend_title(view),
        months=trend_table(view),
        notes=trend_notes(view, view.volumes.events),
        outcomes=outcomes(view),
        question=variables_of(view.period, address, view.audience),
        groups=query_of_groups(view.period, [view.measure], address),
        asked_of_months=query_of_months(date(2026, 1, 1), view.period, view.measures, address),
        is_current=(view.is_current, str(view.read_on), view.subject),
        legend=map_legend(places_on_map(view.volumes.groups, view.measure), say),
    )


@pytest.mark.parametrize("name", VIEWS)
def test_every_number_of_a_picture_is_as_it_was(name: str) -> None:
    view = VIEWS[name]
    address, say = view.address, view.say
    months = trend_months(view.volumes, view.period)
    shared = view.volumes, view.measure, view.period
    events = events_between(view.volumes.events, months[0], view.period.to_on)
    on_map = places_on_map(view.volumes.groups, view.measure)
    several = {"is_indexed": address.is_indexed}
    assert_as_drawn(
        f"pictures-{name}",
        map=world_map(on_map, [view.measure], address.members, address.region, say),
        bars=bars(view.volumes.groups, view.measure, address.members, view.name_of, say),
        trend=trend(*shared, events, say),
        together=trend_of_several(*shared, view.members, say, events=events, **several),
        apart=small_multiples(*shared, view.members, say, **several)[:1],
    )


@pytest.mark.parametrize("name", ["counts", "refusals", "partners"])
def test_every_cell_of_a_file_is_as_it_was(name: str) -> None:
    sheet = sheet_of(VIEWS[name])
    assert_as_drawn(
        f"files-{name}",
        table=as_csv(sheet).decode().replace("\r", ""),
        months=as_months_csv(sheet).decode().replace("\r", ""),
        heads=[[column.title for column in table.columns] for table in (sheet.table, sheet.months)],
        notes=[*sheet.notes],
    )

"""A few volumes that a reader can hold in mind: two partner countries and direct applications."""

from datetime import date
from typing import Any

from dashboard.model.measures import MEASURES, PROCESSING, Kind
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.viewer import Viewer
from dashboard.model.volumes import Volumes, read_volumes
from dashboard.pages.volumes.view import View
from dashboard.texts import texts


def row(intake: int | None, country: str | None = None, **more: Any) -> dict[str, Any]:
    values = {measure.field: _told(measure.kind, None) for measure in MEASURES}
    values |= {"intake": _told(Kind.COUNT, intake), "decisions": _told(Kind.COUNT, 90)}
    values |= {"refusalRate": _told(Kind.RATE, 0.05), "turnaroundP50": _told(Kind.DURATION, 6.25)}
    names = {"AU": "Australia", "SG": "Singapore"}
    named = {"code": country, "iso3": ISO3[country], "name": names[country]} if country else None
    return values | {"country": named, "nationality": None} | more


ISO3 = {"AU": "AUS", "SG": "SGP"}
PERIOD = Period(date(2026, 1, 1), date(2026, 2, 28))
LEADER = Viewer("LEADERSHIP", ("LEADERSHIP",), "Sari Wijaya", None, ())


def some_volumes(begins_on: date = date(2024, 12, 1), address: Address | None = None) -> Volumes:
    """January and February 2026, from data that begin with a month."""
    return read_volumes(some_data(begins_on), PERIOD, address or Address("en"))


def some_view(address: Address | None = None, begins_on: date = date(2024, 12, 1)) -> View:
    """What leadership sees of them."""
    address = (address or Address("en")).among(PROCESSING)
    volumes = some_volumes(begins_on, address)
    return View(address, LEADER, PROCESSING, PERIOD, volumes, texts(address.language))


def some_data(begins_on: date) -> dict[str, Any]:
    early = [month_start(date(2024, 12, 1), shift) for shift in range(12)]
    months = [(str(day), 30 if day >= begins_on else 0) for day in early]
    months += [("2025-12-01", 40), ("2026-01-01", 60), ("2026-02-01", 50)]
    return {
        "total": {"asOf": "2026-03-01T01:30:00Z", "rows": [row(110)]},
        "all": {"rows": [row(110)]},
        "allPrevious": {"rows": [row(100)]},
        "allYearBefore": {"rows": [row(88)]},
        "previous": {"rows": [row(100)]},
        "yearBefore": {"rows": [row(88)]},
        "known": {"rows": [_month(n, start) for start, n in months]},
        "months": {"rows": [_month(n, start) for start, n in months]},
        "places": {"rows": [row(20, "SG"), row(80, "AU"), row(10)]},
        "previousPlaces": {"rows": [row(100, "AU"), row(120, "SG")]},
        "yearBeforePlaces": {"rows": [row(64, "AU")]},
        "recent": {"rows": [_month(n, start) | _AUSTRALIA for start, n in months]},
        "countries": {"rows": []},
        "nationalities": {"rows": []},
        "partners": {"nodes": [{"code": "NUSA", "name": "Nusa Visa"}]},
        "visaTypes": {"nodes": [B1]},
    }


_AUSTRALIA = {"country": {"code": "AU"}, "nationality": None}
B1 = {
    "code": "B1",
    "name": "Visa on arrival",
    "serviceTargets": [
        {"clock": "STANDARD", "hours": 24, "validFrom": "2025-06-01"},
        {"clock": "CALLING_VISA", "hours": 240, "validFrom": "2025-01-01"},
        {"clock": "STANDARD", "hours": 48, "validFrom": "2020-01-01"},
    ],
}


def _month(intake: int, starts_on: str) -> dict[str, Any]:
    told = _told(Kind.COUNT, intake)
    return {"period": {"startsOn": starts_on}, "intake": told, "decisions": told}


def _told(kind: Kind, value: float | None) -> dict[str, Any]:
    return {"hours" if kind is Kind.DURATION else "value": value}

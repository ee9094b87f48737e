"""A few volumes that a reader can hold in mind: two partner countries and direct applications."""

from datetime import date
from typing import Any

from dashboard.model.measures import MEASURES, PROCESSING, MeasureKind
from dashboard.model.page_state import Address
from dashboard.model.period import Period, month_start
from dashboard.model.user import User
from dashboard.model.volumes import Volumes, read_volumes
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from gateway.findings.rates import Z95, Z_OF_MANY, wilson


def row(intake: int | None, country: str | None = None, **more: Any) -> dict[str, Any]:
    values = {measure.field: _figure(measure.kind, None) for measure in MEASURES}
    values |= {
        "intake": _figure(MeasureKind.COUNT, intake),
        "decisions": _figure(MeasureKind.COUNT, 90),
    }
    values |= {"refusalRate": _figure(MeasureKind.RATE, 0.05, 90)}
    values |= {"turnaroundP50": _figure(MeasureKind.DURATION, 6.25, 90)}
    named = {"code": country, "iso3": ISO3[country], "name": NAMES[country]} if country else None
    return values | {"country": named, "nationality": None} | more


ISO3 = {"AU": "AUS", "SG": "SGP"}
NAMES = {"AU": "Australia", "SG": "Singapore", "MY": "Malaysia"}
PERIOD = Period(date(2026, 1, 1), date(2026, 2, 28))
LEADER = User("LEADERSHIP", ("LEADERSHIP",), "Sari Wijaya", None, ())


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
    complete = {"completeFrom": str(begins_on)}
    return {
        "total": {"asOf": "2026-03-01T01:30:00Z", "rows": [row(110)], **complete},
        "before": {"rows": [row(88)]},
        "all": {"rows": [row(110)]},
        "allBefore": {"rows": [row(88)]},
        "months": {"rows": [_month(n, start) for start, n in months]},
        "groups": {"rows": [row(20, "SG"), row(80, "AU"), row(10)]},
        "groupsBefore": {"rows": [row(100, "AU"), row(120, "SG")]},
        "recent": {"rows": [_month(n, start) | _AUSTRALIA for start, n in months]},
        "nationalities": {"rows": []},
        "centres": {"rows": []},
        "named": {"nodes": [{"code": code, "name": NAMES[code]} for code in NAMES]},
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
    figure = _figure(MeasureKind.COUNT, intake)
    return {"period": {"startsOn": starts_on}, "intake": figure, "decisions": figure}


def a_rate(value: float | None, whole: int | None) -> dict[str, Any]:
    """A rate with the ends of its intervals, as the gateway answers it."""
    names = ("low", "high"), ("lowOfMany", "highOfMany")
    ends: dict[str, float | None] = dict.fromkeys((*names[0], *names[1]))
    if value is not None and value <= 1 and whole:
        for (low, high), z in zip(names, (Z95, Z_OF_MANY), strict=True):
            ends[low], ends[high] = wilson(value * whole, whole, z)
    return {"value": value, "denominator": whole, **ends}


def _figure(kind: MeasureKind, value: float | None, whole: int | None = None) -> dict[str, Any]:
    match kind:
        case MeasureKind.DURATION:
            return {"hours": value, "measured": whole}
        case MeasureKind.RATE:
            return a_rate(value, whole)
        case _:
            return {"value": value}

"""A few volumes that a reader can hold in mind: two partner countries and direct applications."""

from typing import Any

from dashboard.measures import MEASURES, Kind
from dashboard.volumes import Volumes, read_volumes


def row(intake: int | None, country: str | None = None, **more: Any) -> dict[str, Any]:
    values = {measure.field: _told(measure.kind, None) for measure in MEASURES}
    values |= {"intake": _told(Kind.COUNT, intake), "decisions": _told(Kind.COUNT, 90)}
    values |= {"refusalRate": _told(Kind.RATE, 0.05), "turnaroundP50": _told(Kind.DURATION, 6.25)}
    names = {"AU": "Australia", "SG": "Singapore"}
    named = {"code": country, "name": names[country]} if country else None
    return values | {"country": named} | more


def some_volumes() -> Volumes:
    months = [("2025-12-01", 40), ("2026-01-01", 60), ("2026-02-01", 50)]
    return read_volumes(
        {
            "total": {"asOf": "2026-03-01T01:30:00Z", "rows": [row(110)]},
            "previous": {"rows": [row(100)]},
            "countries": {"rows": [row(20, "SG"), row(80, "AU"), row(10)]},
            "previousCountries": {"rows": [row(100, "AU")]},
            "months": {"rows": [row(n, period={"startsOn": start}) for start, n in months]},
        }
    )


def _told(kind: Kind, value: float | None) -> dict[str, Any]:
    return {"hours" if kind is Kind.DURATION else "value": value, "precision": "EXACT"}

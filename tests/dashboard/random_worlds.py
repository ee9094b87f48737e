"""Worlds of volumes at random, as the gateway would answer them: with gaps, ties and few cases."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random
from typing import Any

from dashboard.model.filters import FILTER
from dashboard.model.measures import INTAKE, MEASURES, PROCESSING, RELATIVE, MeasureKind
from dashboard.model.page_state import Address
from dashboard.model.period import YEAR_BEFORE, Period, month_start
from dashboard.model.places import places
from dashboard.model.user import User
from dashboard.model.volumes import read_volumes
from dashboard.pages.volumes.view import View
from dashboard.texts import texts
from tests.dashboard.some_volumes import a_rate

LEADER = User("LEADERSHIP", ("LEADERSHIP",), "Sari Wijaya", None, ())
AS_OF = date(2026, 3, 10)
CODES = tuple(places())


@dataclass(frozen=True)
class World:
    """An answer of the gateway, and the view that the page makes of it."""

    data: dict[str, Any]
    view: View

    def value(self, table: str, field: str) -> Any:
        """The value of the only row of a table."""
        return self.data[table]["rows"][0][field]["value"]


def a_world(seed: int, compare: str = YEAR_BEFORE, measure: str = INTAKE.id) -> World:
    """One world; which measure is looked at changes nothing of it."""
    world = _a_world(seed, compare)
    address = replace(world.view.address, measure=measure)
    return replace(world, view=replace(world.view, address=address))


@cache
def _a_world(seed: int, compare: str) -> World:
    """Of one to fifty places; the last month may not be over."""
    random = Random(seed)
    period = random.choice(
        (
            Period(date(2026, 1, 1), date(2026, 2, 28)),
            Period(date(2025, 3, 1), date(2026, 2, 28)),
            Period(date(2026, 3, 1), AS_OF),
            Period(date(2026, 1, 1), AS_OF),
            Period(date(2026, 2, 1), date(2026, 2, 28)),
        )
    )
    size = random.choice((3, 40, 900, 30_000))
    codes = random.sample(CODES, random.choice((1, 2, 9, 20, 50)))
    address = Address(random.choice(("id", "en")), compare=compare)
    earlier = period.before(address.compare)
    late = month_start(earlier.to_on, 1)
    begins_on = random.choice((period.known_from_on, earlier.from_on, late))
    months = [
        month_start(period.known_from_on, shift)
        for shift in range(Period(period.known_from_on, period.to_on).months)
    ]
    groups = [_row(random, size, code) for code in codes]
    data = {
        "total": {
            "asOf": f"{AS_OF}T05:00:00Z",
            "completeFrom": begins_on.isoformat(),
            "rows": [_total(random, size * 4, groups)],
        },
        "before": {"rows": [_row(random, size * 4)]},
        "months": {
            "rows": [
                _row(random, size) | {"period": {"startsOn": day.isoformat()}}
                for day in months
                if day >= begins_on
            ]
        },
        "groups": {"rows": groups},
        "groupsBefore": {"rows": [_row(random, size, code) for code in codes]},
        "recent": {"rows": []},
        "nationalities": {"rows": []},
        "centres": {"rows": []},
        "partners": {"nodes": []},
        "visaTypes": {"nodes": []},
    }
    data |= {"all": data["total"], "allBefore": data["before"]}
    volumes = read_volumes(data, period, address)
    view = View(address, LEADER, PROCESSING, period, volumes, texts(address.language))
    return World(data, view)


def _total(random: Random, size: int, groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts add up; a rate of all is none of the averages of its parts."""
    counts = {
        measure.field: {"value": sum(row[measure.field]["value"] for row in groups)}
        for measure in MEASURES
        if measure.kind not in RELATIVE
    }
    return _row(random, size) | counts


def _row(random: Random, size: int, code: str | None = None) -> dict[str, Any]:
    """Each rate of its own denominator; some have none, and some values are the same."""
    row: dict[str, Any] = dict.fromkeys(each.field for each in FILTER.values())
    if code:
        row["country"] = {"code": code, "iso3": code, "name": f"<{code}>"}
    decisions = random.choice((0, random.randint(0, size), random.randint(0, size)))
    for measure in MEASURES:
        if measure.kind is MeasureKind.RATE:
            part = random.randint(0, decisions) if decisions else 0
            part = min(part, random.choice((part, decisions // 20)))
            found = a_rate(part / decisions if decisions else None, decisions)
        elif measure.kind is MeasureKind.DURATION:
            hours = round(random.lognormvariate(2, 1), 1) if decisions else None
            found = {"hours": hours, "measured": decisions}
        else:
            found = {"value": random.choice((0, random.randint(0, size), size // 2))}
        row[measure.field] = found
    return row

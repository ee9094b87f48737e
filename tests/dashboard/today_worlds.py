"""Random worlds of applications, and the gateway's answer to the page Today's question of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any, NamedTuple

from dashboard.model.period import Period, month_start
from dashboard.pages.today.answers import Today, read_today

COUNTRIES = {
    "AU": "Australia",
    "MY": "Malaysia",
    "SG": "Singapura",
    "IN": "India",
    "CN": "Tiongkok",
}
PARTNERS = {"NUSA": "Nusa Visa Services", "ANDALAN": "Andalan Visa"}
VISAS = {"B1": "Visa saat kedatangan", "C1": "Visa wisata", "D2": "Visa bisnis"}
#: What the page calls them; of some nothing was stated.
PURPOSES = {"TOURISM": "Tourism", "BUSINESS": "Business", None: "Purpose not stated"}
CHANNELS = ("PARTNER_PORTAL", "PARTNER_CENTRE", "PARTNER_GROUP")
LAST = date(2026, 10, 1)
MONTHS = [month_start(LAST, shift) for shift in range(-25, 1)]
PERIOD = Period(date(2025, 11, 1), date(2026, 10, 31))


class Row(NamedTuple):
    """One cell of the world: what came in and was decided there in a month."""

    country: str
    partner: str
    visa: str
    purpose: str | None
    channel: str
    month: date
    intake: int
    decisions: int
    refused: int
    in_target: int


@dataclass(frozen=True)
class World:
    """All rows, and what is promised of each visa type."""

    rows: tuple[Row, ...]
    promised: dict[str, int | None]

    def of(self, period: Period) -> list[Row]:
        """The rows of a period."""
        return [row for row in self.rows if period.from_on <= row.month <= period.to_on]


@cache  # a dozen tests look at the same ones
def random_world(seed: int) -> World:
    """Small or large, growing or shrinking, with and without refusals."""
    rng = Random(seed)
    size = rng.choice((2, 30, 400, 6_000))
    growth = rng.choice((0.6, 0.97, 1.0, 1.05, 1.8))
    rates = {country: rng.betavariate(1.4, 5.5) / 6 for country in COUNTRIES}
    timely = {visa: rng.choice((0.8, 0.94, 0.97, 1.0)) for visa in VISAS}
    # A tail of millions of applications a month is nobody's, and costs a minute to judge.
    sizes = {country: size * min(rng.paretovariate(1.2), 16) for country in COUNTRIES}
    rows: list[Row] = []
    for country in COUNTRIES:
        for partner, share in (("NUSA", 0.8), ("ANDALAN", 0.2)):
            for visa, of_visa in (("B1", 0.8), ("C1", 0.15), ("D2", 0.05)):
                for month in MONTHS:
                    mean = sizes[country] * share * of_visa
                    mean *= growth if month >= PERIOD.from_on else 1
                    intake = max(0, round(rng.gauss(mean, mean**0.5)))
                    decisions = max(0, intake - rng.randint(0, 2))
                    rows.append(
                        Row(
                            country, partner, visa, rng.choice(list(PURPOSES)),
                            rng.choice(CHANNELS), month, intake, decisions,
                            refused=_binomial(rng, decisions, rates[country]),
                            in_target=_binomial(rng, decisions, timely[visa]),
                        )
                    )  # fmt: skip
    promised = {visa: rng.choice((None, 90, 95)) for visa in VISAS}
    return World(tuple(rows), promised)


def answer_of(world: World, *, why: str = "country", has_outcomes: bool = True) -> dict[str, Any]:
    """What the gateway answers to ``question.graphql``, or to a manager's."""
    now, before = world.of(PERIOD), world.of(PERIOD.year_before)
    recent = [row for row in world.rows if row.month >= month_start(LAST, -12)]

    def table(rows: Iterable[Row], *keys: str) -> dict[str, Any]:
        return {"rows": _group_rows(rows, keys, has_outcomes=has_outcomes)}

    asked = {"country": "country", "visa": "visa"}
    if why not in asked:
        asked["reason"] = why
    data = {
        name: table(rows, key)
        for alias, key in asked.items()
        for name, rows in ((alias, now), (f"{alias}Before", before))
    }
    data["country"]["asOf"] = "2026-11-25T05:00:00Z"
    data["country"]["completeFrom"] = MONTHS[0].isoformat()
    data |= {
        "places": table(now, "country"),
        "placeMonths": table(recent, "country", "month"),
        "months": table(world.rows, "month"),
        "visaMonths": table(recent, "visa", "month"),
        "partners": {"nodes": [{"code": code, "name": name} for code, name in PARTNERS.items()]},
        "visaTypes": {"nodes": [_visa(code, world.promised[code]) for code in VISAS]},
    }
    return data


def today_of(world: World, *, why: str = "country", has_outcomes: bool = True) -> Today:
    """The same as the page reads it."""
    answer = answer_of(world, why=why, has_outcomes=has_outcomes)
    return read_today(answer, PERIOD, "country", why, has_outcomes=has_outcomes)


def sums(rows: Iterable[Row], field: str, of: Callable[[Row], str]) -> dict[str, int]:
    """The counts of a world by group, added up without any of the page's code."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        found[of(row)] += getattr(row, field)
    return dict(found)


def _group_rows(
    rows: Iterable[Row], keys: tuple[str, ...], *, has_outcomes: bool
) -> list[dict[str, Any]]:
    groups: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, key) for key in keys)].append(row)
    return [
        {
            name: node
            for key, code in zip(keys, codes, strict=True)
            for name, node in _key(key, code)
        }
        | _counts(group, has_outcomes=has_outcomes)
        for codes, group in groups.items()
    ]


def _key(key: str, code: Any) -> list[tuple[str, Any]]:
    match key:
        case "country":
            return [("country", {"code": code, "name": COUNTRIES[code]}), ("centre", None)]
        case "partner":
            return [("partner", {"code": code, "name": PARTNERS[code]})]
        case "visa":
            return [("visaType", {"code": code})]
        case "purpose":
            return [("tripPurpose", code)]
        case "channel":
            return [("channel", code)]
        case _:
            return [("period", {"startsOn": code.isoformat()})]


def _counts(rows: list[Row], *, has_outcomes: bool) -> dict[str, Any]:
    intake, decisions, refused, in_target = (
        sum(getattr(row, name) for row in rows)
        for name in ("intake", "decisions", "refused", "in_target")
    )
    return {
        "intake": {"value": intake},
        "decisions": {"value": decisions},
        **({"refused": {"value": refused}} if has_outcomes else {}),
        "targetRate": {"value": in_target / decisions if decisions else None},
    }


def _visa(code: str, promised: int | None) -> dict[str, Any]:
    later = {"clock": "STANDARD", "hours": 12, "promisedPercent": 99, "validFrom": "2027-01-01"}
    now = {"clock": "STANDARD", "hours": 24, "promisedPercent": promised, "validFrom": "2020-01-01"}
    calling = {**now, "clock": "CALLING_VISA", "promisedPercent": 50}
    return {"code": code, "name": VISAS[code], "serviceTargets": [later, calling, now]}


def _binomial(rng: Random, n: int, rate: float) -> int:
    if n > 200:
        return min(n, max(0, round(rng.gauss(n * rate, (n * rate * (1 - rate)) ** 0.5))))
    return sum(rng.random() < rate for _ in range(n))

"""The state of the page: all of it stands in the address, so a link opens what its sender saw."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.model.filters import COUNTRY, FILTER, FILTERS, GROUPINGS, ON_MAP, PARTNER, SEPARATOR
from dashboard.model.measures import (
    AUDIENCES,
    BY_ID,
    INTAKE,
    MEASURES,
    RELATIVE,
    Audience,
    Measure,
)
from dashboard.model.period import (
    COMPARISONS,
    YEAR_BEFORE,
    Period,
    last_month,
    last_months,
    last_quarter,
    last_year,
    month_start,
    period_between,
    this_month,
    this_year,
)

#: The languages that the dashboard speaks, the first of which is the usual one.
LANGUAGES = ("id", "en")
DEFAULT_PERIOD = "12-months"
CUSTOM = "custom"
NAME = "name"
LONGEST_QUERY = 4_000
OLDEST_MONTH = date(2010, 1, 1)

#: The periods that are offered by name.
PERIODS: Mapping[str, Callable[[date], Period]] = MappingProxyType(
    {
        "this-month": this_month,
        "last-month": last_month,
        "3-months": lambda now: last_months(3, now),
        "last-quarter": last_quarter,
        "12-months": lambda now: last_months(12, now),
        "24-months": lambda now: last_months(24, now),
        "this-year": this_year,
        "last-year": last_year,
    }
)
#: The periods with a button; the others come from older links, or were typed into the address.
OFFERED_PERIODS = (
    "this-month", "last-month", "last-quarter", "12-months", "this-year", "last-year",
)  # fmt: skip
#: Lines in one picture or in a picture each; the number, or the number against its own average.
TOGETHER, APART = "together", "apart"
ABSOLUTE, INDEXED = "absolute", "index"
#: Which part of the world a map shows; without a choice, what was chosen or may be seen.
REGIONS = ("auto", "world", "asia", "selection")
#: By what a change can be broken down.
REASONS = (COUNTRY, "partner", "visa", "purpose", "channel")
#: The page of one country, partner or centre.
PLACE = "/place"
#: What one is told of by mail.
SUBSCRIPTIONS = "/subscriptions"
#: What one saved and noted.
VIEWS = "/views"
SORTS = (NAME, *(measure.id for measure in MEASURES))


@dataclass(frozen=True, slots=True)
class Address:
    """What the visitor chose. Invalid values are ignored."""

    language: str
    period: str = DEFAULT_PERIOD
    first: str = ""
    last: str = ""
    compare: str = YEAR_BEFORE
    by: str = COUNTRY
    why: str = COUNTRY
    country: tuple[str, ...] = ()
    nationality: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    centre: tuple[str, ...] = ()
    visa: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    measure: str = INTAKE.id
    lines: str = TOGETHER
    scale: str = ABSOLUTE
    region: str = "auto"
    measures: str = "main"
    sort: str = INTAKE.id
    order: str = "down"
    rows: str = "top"

    def chosen_period(self, now: date) -> Period:
        """The period, ready to ask for."""
        if self.period == CUSTOM:
            return period_between(_month(self.first), _month(self.last), now)
        return PERIODS[self.period](now)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The values of each filter, empty where there is none."""
        return {each.key: getattr(self, each.key) for each in FILTERS}

    @property
    def members(self) -> tuple[str, ...]:
        """What was chosen among the rows of the table."""
        return self.filters[self.by]

    @property
    def has_map(self) -> bool:
        return self.by in ON_MAP

    @property
    def is_indexed(self) -> bool:
        """Whether lines are drawn against their own average; a rate needs no other scale."""
        return self.scale == INDEXED and self.measure_shown.kind not in RELATIVE

    @property
    def measure_shown(self) -> Measure:
        """The measure on the map and in the trend."""
        return BY_ID[self.measure]

    def answers_outcomes(self, now: date) -> bool:
        """Whether outcomes answer it as first decided: whole months that are over, one dimension
        beside the place."""
        named = {self.by, *(key for key, codes in self.filters.items() if codes)}
        is_over = self.chosen_period(now).to_on < month_start(now)
        return is_over and len(named - {COUNTRY, PARTNER}) <= 1

    def audience(self, role: str, now: date) -> Audience | None:
        """What a role reads at this address; None for a role without figures."""
        audience = AUDIENCES.get(role)
        if audience and audience.is_first_decided and not self.answers_outcomes(now):
            return audience.without_outcomes
        return audience

    def among(self, audience: Audience) -> "Address":
        """The same address limited to measures that this audience reads; all of them are shown if a
        chosen one needs it."""
        main, readable = _ids(audience.main), _ids(audience.measures)
        measure = self.measure if self.measure in readable else INTAKE.id
        sort = self.sort if self.sort in (NAME, *readable) else INTAKE.id
        needs_all = measure not in main or sort not in (NAME, *main)
        measures = "all" if needs_all else self.measures
        return replace(self, measure=measure, sort=sort, measures=measures)

    def link(self, **changes: Any) -> str:
        """A relative address that changes only this."""
        return "?" + urlencode(replace(self, **changes).fields(), safe=SEPARATOR)

    def place_link(self, key: str, code: str) -> str:
        """The page of one country, partner or centre, over the same period."""
        return PLACE + self.over_the_same_time.link(**{key: (code,)})

    @property
    def over_the_same_time(self) -> "Address":
        """The same period, of everything."""
        return Address(self.language, self.period, self.first, self.last)

    @property
    def of_the_same_figures(self) -> "Address":
        """The same period and filters, whatever else was chosen."""
        return replace(self.over_the_same_time, **self.filters)

    @property
    def in_any_language(self) -> "Address":
        """The same, in whatever language it is opened."""
        return replace(self, language="")

    def fields(self) -> dict[str, str]:
        """The fields of an address: all that is not as usual, as text."""
        chosen, usual = asdict(self), asdict(Address(language=""))
        return {
            key: SEPARATOR.join(value) if isinstance(value, tuple) else value
            for key, value in chosen.items()
            if value != usual[key]
        }

    def toggle(self, key: str, code: str) -> "Address":
        """The same with one value of a filter more, or without it if it was set."""
        chosen = self.filters[key]
        others = tuple(each for each in chosen if each != code)
        values = others if code in chosen else (*chosen, code)
        return replace(self, **{key: FILTER[key].reads(SEPARATOR.join(values))})


def sign_in_link(path: str, query: str) -> str:
    """Where somebody signs in who is then led back to a page."""
    page = f"page={path}&" if path != "/" else ""
    return f"/sign-in?{page}{query}"


def read_address(search: str | None, language: str) -> Address:
    """Read the query of an address; ``language`` is the one to use if none is named."""
    given = dict(parse_qsl((search or "").lstrip("?")[:LONGEST_QUERY]))
    has_months = _is_month(given.get("first")) and _is_month(given.get("last"))
    periods = (*PERIODS, CUSTOM) if has_months else tuple(PERIODS)

    def one_of(key: str, words: tuple[str, ...], usual: str) -> str:
        return given[key] if given.get(key) in words else usual

    period = one_of("period", periods, DEFAULT_PERIOD)
    return Address(
        language=one_of("language", LANGUAGES, language),
        period=period,
        first=given["first"] if period == CUSTOM else "",
        last=given["last"] if period == CUSTOM else "",
        compare=one_of("compare", COMPARISONS, YEAR_BEFORE),
        by=one_of("by", GROUPINGS, COUNTRY),
        why=one_of("why", REASONS, COUNTRY),
        **{each.key: each.reads(given.get(each.key)) for each in FILTERS},
        measure=one_of("measure", tuple(BY_ID), INTAKE.id),
        measures=one_of("measures", ("main", "all"), "main"),
        lines=one_of("lines", (TOGETHER, APART), TOGETHER),
        scale=one_of("scale", (ABSOLUTE, INDEXED), ABSOLUTE),
        region=one_of("region", REGIONS, "auto"),
        sort=one_of("sort", SORTS, INTAKE.id),
        order=one_of("order", ("down", "up"), "down"),
        rows=one_of("rows", ("top", "all"), "top"),
    )


def _ids(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    return tuple(measure.id for measure in measures)


def _is_month(text: str | None) -> bool:
    return bool(re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", text or ""))


def _month(text: str) -> date:
    return max(date.fromisoformat(f"{text}-01"), OLDEST_MONTH)

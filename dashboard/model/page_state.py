"""The state of the page: all of it stands in the address, so a link opens what its sender saw."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.model.filters import COUNTRY, FILTERS, GROUPINGS, NATIONALITY
from dashboard.model.languages import LANGUAGES
from dashboard.model.measures import BY_ID, INTAKE, MEASURES, Audience, Measure
from dashboard.model.period import Period, between, last_months, this_month

DEFAULT_PERIOD = "12-months"
CUSTOM = "custom"
NAME = "name"
LONGEST_QUERY = 4_000
OLDEST_MONTH = date(2010, 1, 1)

#: The periods that are offered by name.
PERIODS: Mapping[str, Callable[[date], Period]] = MappingProxyType(
    {
        "this-month": this_month,
        "3-months": lambda now: last_months(3, now),
        "12-months": lambda now: last_months(12, now),
        "24-months": lambda now: last_months(24, now),
    }
)
#: By what a change can be told apart.
REASONS = (COUNTRY, "partner", "visa", "channel")
SORTS = (NAME, *(measure.id for measure in MEASURES))


@dataclass(frozen=True, slots=True)
class Address:
    """What the visitor chose. Anything that makes no sense reads as if it were not there."""

    language: str
    period: str = DEFAULT_PERIOD
    first: str = ""
    last: str = ""
    by: str = COUNTRY
    why: str = COUNTRY
    country: str = ""
    nationality: str = ""
    partner: str = ""
    visa: str = ""
    channel: str = ""
    measure: str = INTAKE.id
    measures: str = "main"
    sort: str = INTAKE.id
    order: str = "down"
    rows: str = "top"

    def chosen(self, now: date) -> Period:
        """The period, ready to ask for."""
        if self.period == CUSTOM:
            return between(_month(self.first), _month(self.last), now)
        return PERIODS[self.period](now)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The values of each filter, none where it is not set."""
        return {each.key: _codes(getattr(self, each.key)) for each in FILTERS}

    @property
    def places(self) -> tuple[str, ...]:
        """The countries or nationalities that were chosen among those of map and table."""
        return self.filters[self.by]

    @property
    def other(self) -> str:
        """What the map and the table are not grouped by."""
        return NATIONALITY if self.by == COUNTRY else COUNTRY

    @property
    def shown(self) -> Measure:
        """The measure on the map and in the trend."""
        return BY_ID[self.measure]

    def among(self, audience: Audience) -> "Address":
        """The same, with measures that this audience reads, and all of them if one asks for it."""
        main, readable = _ids(audience.main), _ids(audience.measures)
        measure = self.measure if self.measure in readable else INTAKE.id
        sort = self.sort if self.sort in (NAME, *readable) else INTAKE.id
        needs_all = measure not in main or sort not in (NAME, *main)
        measures = "all" if needs_all else self.measures
        return replace(self, measure=measure, sort=sort, measures=measures)

    def toggled(self, key: str, code: str) -> "Address":
        """The same with one value of a filter more, or less if it was set."""
        codes = self.filters[key]
        left = tuple(each for each in codes if each != code) if code in codes else (*codes, code)
        return replace(self, **{key: ",".join(left)})

    def link(self, **changes: Any) -> str:
        """A relative address that changes only this."""
        chosen = asdict(replace(self, **changes))
        usual = asdict(Address(language=""))
        given = {key: chosen[key] for key in chosen if chosen[key] != usual[key]}
        return "?" + urlencode(given, safe=",")


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
        by=one_of("by", GROUPINGS, COUNTRY),
        why=one_of("why", REASONS, COUNTRY),
        **{each.key: each.reads(given.get(each.key)) for each in FILTERS},
        measure=one_of("measure", tuple(BY_ID), INTAKE.id),
        measures=one_of("measures", ("main", "all"), "main"),
        sort=one_of("sort", SORTS, INTAKE.id),
        order=one_of("order", ("down", "up"), "down"),
        rows=one_of("rows", ("top", "all"), "top"),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _ids(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    return tuple(measure.id for measure in measures)


def _is_month(text: str | None) -> bool:
    return bool(re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", text or ""))


def _month(text: str) -> date:
    return max(date.fromisoformat(f"{text}-01"), OLDEST_MONTH)

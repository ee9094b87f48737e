"""The countries, partners and rules of the synthetic world, read from ``data/*.csv``."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar, get_type_hints

from models.vocabulary import Clock, Entry


class CountryRow(NamedTuple):
    """A country, with what its nationals need to enter."""

    code: str
    iso3: str
    name_en: str
    name_id: str
    entry: Entry


class PartnerRow(NamedTuple):
    """A row of ``partner``."""

    code: str
    name: str


class PartnerCountryRow(NamedTuple):
    """A row of ``partner_country``."""

    partner_code: str
    country_code: str
    opened_on: date


class CentreRow(NamedTuple):
    """A row of ``centre``."""

    code: str
    partner_code: str
    country_code: str
    city: str
    opened_on: date


class VisaTypeRow(NamedTuple):
    """A row of ``visa_type``."""

    code: str
    name_en: str
    name_id: str
    category: str
    stay_days: int
    is_multiple_entry: bool
    valid_from: date


class FeeRow(NamedTuple):
    """A row of ``fee``."""

    visa_type_code: str
    valid_from: date
    amount_idr: int


class ServiceTargetRow(NamedTuple):
    """A row of ``service_target``."""

    visa_type_code: str
    clock: Clock
    valid_from: date
    hours: int


class Arrivals(NamedTuple):
    """Published arrivals of one nationality and its seasonal index, from January on."""

    in_2019: int
    in_2023: int
    season: tuple[float, ...]


@dataclass(frozen=True)
class Reference:
    """Everything that is given before anyone applies."""

    countries: list[CountryRow]
    partners: list[PartnerRow]
    partner_countries: list[PartnerCountryRow]
    centres: list[CentreRow]
    visa_types: list[VisaTypeRow]
    fees: list[FeeRow]
    service_targets: list[ServiceTargetRow]
    arrivals: dict[str, Arrivals]

    @property
    def begins_on(self) -> date:
        """The first day on which every fee and target is in force."""
        return max(row.valid_from for row in [*self.fees, *self.service_targets])

    def fee_idr(self, visa_type: str, day: date) -> int:
        """The fee in force on a day."""
        return _in_force(self._fees_of[visa_type], day).amount_idr

    def target_hours(self, visa_type: str, clock: Clock, day: date) -> int:
        """The service target in force on a day."""
        return _in_force(self._targets_of[visa_type, clock], day).hours

    @cached_property
    def _fees_of(self) -> dict[str, list[FeeRow]]:
        return _grouped(self.fees, lambda row: row.visa_type_code)

    @cached_property
    def _targets_of(self) -> dict[tuple[str, Clock], list[ServiceTargetRow]]:
        return _grouped(self.service_targets, lambda row: (row.visa_type_code, row.clock))


@cache
def reference() -> Reference:
    """The reference data, read once."""
    return Reference(
        countries=_rows("countries", CountryRow),
        partners=[
            PartnerRow("NUSA", "Nusa Visa Services"),
            PartnerRow("ANDALAN", "Andalan Visa"),
        ],
        partner_countries=_rows("partner_countries", PartnerCountryRow),
        centres=_rows("centres", CentreRow),
        visa_types=_rows("visa_types", VisaTypeRow),
        fees=_rows("fees", FeeRow),
        service_targets=_rows("service_targets", ServiceTargetRow),
        arrivals={line["code"]: _arrivals(line) for line in lines("arrivals")},
    )


Row = TypeVar("Row")
Key = TypeVar("Key")
Dated = TypeVar("Dated", FeeRow, ServiceTargetRow)


def _grouped(rows: list[Dated], key: Callable[[Dated], Key]) -> dict[Key, list[Dated]]:
    """Rows by their key, the oldest first."""
    groups: defaultdict[Key, list[Dated]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.valid_from):
        groups[key(row)].append(row)
    return groups


def _in_force(rows: list[Dated], day: date) -> Dated:
    """The last row that has begun."""
    return next(row for row in reversed(rows) if row.valid_from <= day)


_READ: dict[Any, Callable[[str], Any]] = {
    date: date.fromisoformat,
    bool: lambda word: word == "true",
}


def _rows(name: str, row: Callable[..., Row]) -> list[Row]:
    """The lines of a file as rows whose fields are its columns."""
    kinds: dict[str, Any] = get_type_hints(row)
    return [
        row(**{column: _read(line[column], kind) for column, kind in kinds.items()})
        for line in lines(name)
    ]


def _read(word: str, kind: Any) -> Any:
    return _READ[kind](word) if kind in _READ else kind(word)


def _arrivals(line: dict[str, str]) -> Arrivals:
    season = tuple(float(line[f"s{month:02}"]) for month in range(1, 13))
    return Arrivals(int(line["arrivals_2019"]), int(line["arrivals_2023"]), season)


def lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of ``data/{name}.csv``, by its columns."""
    text = files("models.synthetic").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())

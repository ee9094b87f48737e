"""The inputs of the synthetic data.

Countries, rules and fees are those of every installation (``models/reference/data``); only the
partners (``partners/*.csv``) and the arrivals are special to it.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from models.instants import wib_day
from models.reference.data import Files, read_files
from models.reference.dated_rules import end_of_target
from models.vocabulary import Clock, DocumentKind, Entry

_HERE = Path(__file__).parent
#: Two fictional partners, where they work, and their centres.
PARTNERS = _HERE / "partners"


class Nationality(NamedTuple):
    """A country whose nationals apply, with what they need to enter."""

    code: str
    iso3: str
    entry: Entry


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


class FeeRow(NamedTuple):
    """A row of ``fee``."""

    visa_type_code: str
    use_within_days: int
    valid_from: date
    amount_idr: int
    is_offered: bool


class ServiceTargetRow(NamedTuple):
    """A row of ``service_target``."""

    visa_type_code: str
    clock: Clock
    valid_from: date
    hours: int | None
    working_days: int | None
    promised_percent: int | None


class ExtensionRuleRow(NamedTuple):
    """A row of ``extension_rule``."""

    visa_type_code: str
    valid_from: date
    times: int
    days: int
    amount_idr: int


class Arrivals(NamedTuple):
    """Published arrivals of one nationality and its seasonal index, from January on."""

    in_2019: int
    in_2023: int
    season: tuple[float, ...]


@dataclass(frozen=True)
class Reference:
    """The inputs of the synthetic data, parsed."""

    files: Files
    countries: list[Nationality]
    partner_countries: list[PartnerCountryRow]
    centres: list[CentreRow]
    #: By visa type.
    stay_days: dict[str, int]
    #: Visa types that serve for more than one entry.
    multiple_entry: frozenset[str]
    fees: list[FeeRow]
    service_targets: list[ServiceTargetRow]
    extension_rules: list[ExtensionRuleRow]
    #: Visa types that need a guarantor.
    guaranteed: frozenset[str]
    #: Of days that are named, whether each is off.
    days_off: dict[date, bool]
    arrivals: dict[str, Arrivals]

    @property
    def begins_on(self) -> date:
        """The first day on which every fee and target is in force."""
        return max(row.valid_from for row in [*self.fees, *self.service_targets])

    def fee_idr(self, visa_type: str, use_within_days: int, day: date) -> int:
        """The fee of a validity in force on a day."""
        return _in_force(self._fees_of[visa_type, use_within_days], day).amount_idr

    def extension_rule(self, visa_type: str, day: date) -> ExtensionRuleRow | None:
        """The rule in force on a day by which a stay is extended, if it may be."""
        rules = [row for row in self._extensions_of.get(visa_type, []) if row.valid_from <= day]
        return rules[-1] if rules and rules[-1].times else None

    def target_due_at(self, visa_type: str, clock: Clock, paid_at: datetime) -> datetime:
        """The end of the service target that was in force on the day of the payment."""
        target = _in_force(self._targets_of[visa_type, clock], wib_day(paid_at))
        return end_of_target(paid_at, target.hours, target.working_days, self.days_off)

    @cached_property
    def _fees_of(self) -> dict[tuple[str, int], list[FeeRow]]:
        return _group_by(self.fees, lambda row: (row.visa_type_code, row.use_within_days))

    @cached_property
    def _extensions_of(self) -> dict[str, list[ExtensionRuleRow]]:
        return _group_by(self.extension_rules, lambda row: row.visa_type_code)

    @cached_property
    def _targets_of(self) -> dict[tuple[str, Clock], list[ServiceTargetRow]]:
        return _group_by(self.service_targets, lambda row: (row.visa_type_code, row.clock))


@cache
def reference() -> Reference:
    """The reference data, read once."""
    files = read_files(PARTNERS)
    return Reference(
        files=files,
        countries=_nationalities(files),
        partner_countries=[PartnerCountryRow(**row) for row in files.rows("partner_country")],
        centres=[CentreRow(**row) for row in files.rows("centre")],
        stay_days={row["code"]: row["stay_days"] for row in files.rows("visa_type")},
        multiple_entry=frozenset(
            row["code"] for row in files.rows("visa_type") if row["is_multiple_entry"]
        ),
        fees=[FeeRow(**row) for row in files.rows("fee")],
        service_targets=[ServiceTargetRow(**row) for row in files.rows("service_target")],
        extension_rules=[ExtensionRuleRow(**row) for row in files.rows("extension_rule")],
        guaranteed=frozenset(
            row["visa_type_code"]
            for row in files.rows("required_document")
            if row["kind"] == DocumentKind.GUARANTEE_LETTER and row["is_required"]
        ),
        days_off={row["day"]: row["is_off"] for row in files.rows("day_off")},
        arrivals={line["code"]: _arrivals(line) for line in lines("arrivals")},
    )


def _nationalities(files: Files) -> list[Nationality]:
    """The countries with an entry rule, which are those that issue passports."""
    iso3 = {row["code"]: row["iso3"] for row in files.rows("country")}
    return [
        Nationality(row["country_code"], iso3[row["country_code"]], row["entry"])
        for row in files.rows("entry_rule")
    ]


Key = TypeVar("Key")
DatedRow = TypeVar("DatedRow", FeeRow, ServiceTargetRow, ExtensionRuleRow)


def _group_by(rows: list[DatedRow], key: Callable[[DatedRow], Key]) -> dict[Key, list[DatedRow]]:
    """Rows by their key, the oldest first."""
    groups: defaultdict[Key, list[DatedRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.valid_from):
        groups[key(row)].append(row)
    return groups


def _in_force(rows: list[DatedRow], day: date) -> DatedRow:
    """The row in force on a day; rows are in order of ``valid_from``."""
    for row in reversed(rows):
        if row.valid_from <= day:
            return row
    raise LookupError(f"nothing is in force on {day}")


def _arrivals(line: dict[str, str]) -> Arrivals:
    season = tuple(float(line[f"s{month:02}"]) for month in range(1, 13))
    return Arrivals(int(line["arrivals_2019"]), int(line["arrivals_2023"]), season)


def lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of ``data/{name}.csv``, by its columns."""
    text = (_HERE / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())

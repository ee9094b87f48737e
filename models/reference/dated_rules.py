"""What the rules of a day say: who may take which visa type and what for, how long a passport must
be valid, how long applicants may take, and until when a case is to be decided.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, any_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.instants import WIB, wib_day
from models.reference.decrees import (
    Deadline,
    Eligibility,
    EntryRule,
    PassportRule,
    RequiredDocument,
    VisaType,
)
from models.vocabulary import DocumentKind, TripPurpose, Wait

_SATURDAY = 5


def select_now() -> Any:
    """Now, by the database's clock, and the date in WIB."""
    return select(func.clock_timestamp().label("at"), today().label("on"))


def today() -> ColumnElement[date]:
    """Today's date in WIB, by the database's clock."""
    return func.wib_day(func.clock_timestamp(), type_=Date)


def entry_in_force(nationality: Any) -> Any:
    """The entry rule in force today for nationals of a country."""
    return (
        select(EntryRule.entry)
        .where(EntryRule.country_code == nationality, EntryRule.valid_from <= today())
        .order_by(EntryRule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class EligibleVisaTypes:
    """What is open to some nationalities on a day."""

    #: Nationality, visa type and purpose.
    open: frozenset[tuple[str, str, str]]

    @classmethod
    def from_rows(cls, rows: Iterable[Any]) -> "EligibleVisaTypes":
        """From the rows of ``select_eligible``."""
        return cls(frozenset((row.country_code, row.visa_type_code, row.purpose) for row in rows))

    def fitting_types(
        self, nationality: str, purpose: TripPurpose | None = None
    ) -> tuple[str, ...]:
        """The visa types that a national may take, for this purpose or for any."""
        return tuple(
            sorted({
                visa_type
                for whose, visa_type, served in self.open
                if whose == nationality and purpose in (None, served)
            })
        )  # fmt: skip


def select_eligible(nationalities: ColumnElement[Any], on: ColumnElement[date]) -> Any:
    """Select nationality, visa type and purpose for all that is open on a day to nationalities.

    A nationality without an entry rule may take nothing: it is unknown what its nationals need to
    enter.
    """
    entry = (
        select(EntryRule.country_code, EntryRule.entry)
        .where(EntryRule.country_code == any_(nationalities), EntryRule.valid_from <= on)
        .ext(distinct_on(EntryRule.country_code))
        .order_by(EntryRule.country_code, EntryRule.valid_from.desc())
        .subquery()
    )
    key = (Eligibility.visa_type_code, Eligibility.entry, Eligibility.purpose)
    rule = (
        select(*key, Eligibility.is_open)
        .where(Eligibility.valid_from <= on)
        .ext(distinct_on(*key))
        .order_by(*key, Eligibility.valid_from.desc())
        .subquery()
    )
    return (
        select(entry.c.country_code, rule.c.visa_type_code, rule.c.purpose)
        .join(rule, and_(rule.c.entry == entry.c.entry, rule.c.is_open))
        .join(VisaType, VisaType.code == rule.c.visa_type_code)
        .where(is_offered(on))
    )


def is_offered(on: ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a visa type can be asked for on a day."""
    return and_(
        VisaType.valid_from <= on, or_(VisaType.valid_until.is_(None), VisaType.valid_until > on)
    )


def select_days(wait: Wait, on: ColumnElement[date]) -> Any:
    """Select the days in which a wait must end that begins on a day; no row if none is set."""
    return (
        select(Deadline.days)
        .where(Deadline.wait == wait, Deadline.valid_from <= on)
        .order_by(Deadline.valid_from.desc())
        .limit(1)
    )


def select_months(visa_type: Any, on: ColumnElement[date]) -> Any:
    """Select the months that the rule of a day demands for a visa type; no row if there is none."""
    return (
        select(PassportRule.months)
        .where(PassportRule.visa_type_code == visa_type, PassportRule.valid_from <= on)
        .order_by(PassportRule.valid_from.desc())
        .limit(1)
    )


def needs_guarantor(visa_type: Any, on: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether somebody in Indonesia has to answer for the applicant, by the checklist of a day: a
    type that asks for the guarantor's letter asks who that is. Null where no rule names it."""
    letter = (
        RequiredDocument.visa_type_code == visa_type,
        RequiredDocument.kind == DocumentKind.GUARANTEE_LETTER,
    )
    rule = select(RequiredDocument.is_required).where(*letter, RequiredDocument.valid_from <= on)
    return rule.order_by(RequiredDocument.valid_from.desc()).limit(1).scalar_subquery()


def needed_until(entry_on: date, months: int) -> date:
    """The last day on which a passport must still be valid: calendar months after the entry.

    It has the same day of the month, or is the last of a month that is shorter.
    """
    years, month = divmod(entry_on.month - 1 + months, 12)
    year, month = entry_on.year + years, month + 1
    return date(year, month, min(entry_on.day, monthrange(year, month)[1]))


def end_of_target(
    paid_at: datetime, hours: int | None, working_days: int | None, named: Mapping[date, bool]
) -> datetime:
    """Until when a case is to be decided.

    Hours pass on every day. Working days are counted from the day after the payment on, and the
    last one counts until it ends (WIB). ``named`` says of days whether each is off; of the others,
    Saturdays and Sundays are.
    """
    if working_days is None:
        return paid_at + timedelta(hours=hours or 0)
    day = wib_day(paid_at)
    while working_days:
        day += timedelta(1)
        working_days -= not named.get(day, day.weekday() >= _SATURDAY)
    return datetime.combine(day + timedelta(1), time(), WIB)

"""Who may take which visa type, what for, and on which day: by the entry rules of that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.reference.decrees import Eligibility, EntryRule, VisaType
from models.vocabulary import TripPurpose


@dataclass(frozen=True, slots=True)
class EligibleVisaTypes:
    """What is open to some nationalities on a day."""

    #: Nationality, visa type and purpose.
    open: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, rows: Iterable[Any]) -> "EligibleVisaTypes":
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

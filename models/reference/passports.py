"""How long a passport must be valid, by the passport rules of a day."""

from calendar import monthrange
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from models.reference.decrees import PassportRule


def select_months(visa_type: Any, on: ColumnElement[date]) -> Any:
    """Select the months that the rule of a day demands for a visa type; no row if there is none."""
    return (
        select(PassportRule.months)
        .where(PassportRule.visa_type_code == visa_type, PassportRule.valid_from <= on)
        .order_by(PassportRule.valid_from.desc())
        .limit(1)
    )


def needed_until(entry_on: date, months: int) -> date:
    """The last day on which a passport must still be valid: calendar months after the entry.

    It has the same day of the month, or is the last of a month that is shorter.
    """
    years, month = divmod(entry_on.month - 1 + months, 12)
    year, month = entry_on.year + years, month + 1
    return date(year, month, min(entry_on.day, monthrange(year, month)[1]))

"""How long applicants may take, by the deadlines of a day."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from models.reference.decrees import Deadline
from models.vocabulary import Wait


def select_days(wait: Wait, on: ColumnElement[date]) -> Any:
    """Select the days in which a wait must end that begins on a day; no row if none is set."""
    return (
        select(Deadline.days)
        .where(Deadline.wait == wait, Deadline.valid_from <= on)
        .order_by(Deadline.valid_from.desc())
        .limit(1)
    )

"""Named events: what happened, and on which days figures are read with it."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import NamedEventKind

#: How long after its first day an event can be recorded: nobody finds one when a year is judged.
DAYS_TO_RECORD = 14
#: The most days of an event: a season is none.
MOST_EVENT_DAYS = 31


class NamedEvent(Base):
    """An event that explains figures and excuses nobody: of everybody, or of one country.

    Its days include those in which the work that had waited was done. Nothing free is written of
    it: its kind and its days say what everybody may know.
    """

    __tablename__ = "named_event"

    #: Its kind, its first day, and its country where it is of one.
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    began_on: Mapped[date]
    ended_on: Mapped[date]
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    #: Whether screening was out: told inside the directorate alone, an outage to all others.
    was_screening_out: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        one_of("kind", NamedEventKind),
        CheckConstraint(
            "code = concat_ws('-', kind, to_char(began_on, 'YYYY-MM-DD'), country_code)",
            name="code_says_what_and_when",
        ),
        CheckConstraint(
            f"ended_on BETWEEN began_on AND began_on + {MOST_EVENT_DAYS - 1}", name="days_are_few"
        ),
        CheckConstraint("kind = 'OUTAGE' OR NOT was_screening_out", name="screening_is_an_outage"),
        Index(None, "began_on", "code"),
    )


def event_code(kind: NamedEventKind, began_on: date, country: str | None) -> str:
    """The code of an event."""
    return "-".join(part for part in (kind.value, began_on.isoformat(), country) if part)

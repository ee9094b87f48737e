"""What readers of figures write: views that they name for themselves, and notes on a month."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import SavedPage

LONGEST_NAME, LONGEST_NOTE, LONGEST_QUERY = 80, 500, 2_000
#: How many of each somebody has at a time.
MOST_VIEWS, MOST_NOTES = 50, 500
#: What a view asks: fields of an address, each with codes and words alone.
VIEW_QUERY = r"([a-z]+=[A-Za-z0-9_,.-]+(&[a-z]+=[A-Za-z0-9_,.-]+)*)?"


class SavedView(Base):
    """A page of figures as somebody likes to see it: its question, and a name for it.

    It holds no figure. Whoever opens it asks with the own token. What it said is removed with it.
    """

    __tablename__ = "saved_view"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    name: Mapped[str | None]
    page: Mapped[str]
    query: Mapped[str | None]
    saved_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("page", SavedPage),
        CheckConstraint(f"query ~ '^{VIEW_QUERY}$'", name="query_is_formed"),
        CheckConstraint(f"length(query) <= {LONGEST_QUERY}", name="query_is_short"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {LONGEST_NAME}", name="name_is_short"),
        CheckConstraint(
            "num_nonnulls(name, query) = CASE WHEN removed_at IS NULL THEN 2 ELSE 0 END",
            name="said_until_removed",
        ),
        Index(None, "subject", "saved_at", "id"),
    )


class MonthNote(Base):
    """What somebody notes on a month, in the own scope: a partner's manager of a country, or
    leadership of everything, a partner or a country.

    Those read it in whose scope it lies. What it said is removed with it.
    """

    __tablename__ = "month_note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    author: Mapped[str]
    month: Mapped[date]
    #: Without it, it is the directorate's own.
    partner_code: Mapped[str | None] = mapped_column(ForeignKey("partner.code"))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    text: Mapped[str | None]
    written_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("month = date_trunc('month', month::timestamp)::date", name="whole_month"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_NOTE}", name="text_is_short"),
        CheckConstraint("(text IS NULL) = (removed_at IS NOT NULL)", name="said_until_removed"),
        Index(None, "month", "id"),
        Index(None, "author", "id"),
    )

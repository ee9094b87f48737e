"""Effective-dated tables: which rows may be inserted or updated, and which are past."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import Base, Centre, EntryRule, Fee, PartnerCountry, ServiceTarget, VisaType

_TODAY = "(SELECT wib_day(now()))"
_UNCHANGED_ONCE_BEGUN = (
    "EXISTS (SELECT FROM {table} AS before WHERE {same}"
    " AND (ROW({was}) IS NOT DISTINCT FROM ROW({becomes})"
    " OR least(before.{begins}, {table}.{begins}) >= {today}))"
)


@dataclass(frozen=True)
class Dated:
    """The columns of an effective-dated table: begin, end, and those that may be updated.

    A row of a table without ``ends`` is effective until a later one takes its place.
    """

    begins: str
    columns: frozenset[str]
    ends: str | None = None

    @property
    def begins_today_or_later(self) -> str:
        """The condition for inserting a row."""
        return f"{self.begins} >= {_TODAY}"

    @property
    def is_not_past(self) -> str:
        """The condition for updating a row, checked before and after."""
        return (
            f"coalesce({self.ends}, 'infinity') >= {_TODAY}"
            if self.ends
            else self.begins_today_or_later
        )

    def unchanged_once_begun(self, noun: type[Base]) -> str | None:
        """The condition for an updated row: once it has begun, only its end may change.

        A row policy sees the row before or after an update, never both; so the condition reads
        the stored row. None for a table without ``ends``, whose rows never change once begun.
        """
        if self.ends is None:
            return None
        table = noun.__tablename__
        key = [column.name for column in noun.__table__.primary_key]
        same = " AND ".join(f"before.{name} = {table}.{name}" for name in key)
        columns = sorted(self.columns - {self.ends})
        was, becomes = (", ".join(f"{row}.{name}" for name in columns) for row in ("before", table))
        return _UNCHANGED_ONCE_BEGUN.format(
            table=table, same=same, was=was, becomes=becomes, begins=self.begins, today=_TODAY
        )


DATED: Mapping[type[Base], Dated] = {
    PartnerCountry: Dated("opened_on", frozenset({"opened_on", "closed_on"}), "closed_on"),
    Centre: Dated("opened_on", frozenset({"city", "opened_on", "closed_on"}), "closed_on"),
    VisaType: Dated(
        "valid_from",
        frozenset({"name_en", "name_id", "category", "stay_days", "is_multiple_entry"})
        | {"valid_until"},
        "valid_until",
    ),
    Fee: Dated("valid_from", frozenset({"amount_idr"})),
    ServiceTarget: Dated("valid_from", frozenset({"hours", "promised_percent"})),
    EntryRule: Dated("valid_from", frozenset({"entry"})),
}

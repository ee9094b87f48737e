"""Whose identity one account could have read in a window: an upper bound of the people that a
breach affected."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, column, func, literal, select

from models.vocabulary import Role
from models.volumes.lines import AnySelect


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one role, with the scope of its token: the database does not know that."""

    viewer: str
    role: Role
    partner: str | None = None
    #: Centres, or countries of the portal; none for all of the partner.
    places: tuple[str, ...] = ()


def people_in_reach(
    account: Account, since: datetime, before: datetime, after: UUID | None, most: int
) -> AnySelect:
    """A row for each person, in the order of their keys, behind ``after``."""
    asked = func.viewer.people_in_reach(
        *(Role.AUDITOR.value, account.viewer, account.role.value, account.partner),
        *(literal([*account.places], ARRAY(Text)), since, before),
        *(after or UUID(int=0), most),
    )
    rows = asked.table_valued(
        *("applicant_id", "from_at", "until_at", "was_read"),
        *(column("ways", ARRAY(Text)), column("case_references", ARRAY(Text))),
    )
    return select(rows)


def number_in_reach(account: Account, since: datetime, before: datetime) -> AnySelect:
    """One row: how many people that are in all."""
    return select(
        func.viewer.number_in_reach(
            *(Role.AUDITOR.value, account.viewer, account.role.value, account.partner),
            *(literal([*account.places], ARRAY(Text)), since, before),
        ).label("people")
    )


def kept_since(role: Role) -> AnySelect:
    """One row: from when on the log of reads is kept; null where all of it is."""
    return select(func.viewer.reads_kept_since(role.value).label("kept_since"))

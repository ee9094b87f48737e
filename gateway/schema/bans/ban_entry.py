"""Entries of the ban list, and which cases they match."""

from datetime import date, datetime

from gateway.mapping.connections import Connection
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.bans.banned_person import BannedPerson, BanRead
from models import BanEntry as Row
from models import BanMatch as MatchRow
from models import BannedPerson as PersonRow
from models import BanRead as ReadRow
from models.vocabulary import BanGround, BanState, IndexKind


@noun(key=Row.id)
class BanEntry(Node):
    """Somebody who may not enter: proposed by one of the screening authority, approved by another.

    While it is in force, cases and visas of that person are found; never removed.
    """

    reference: str = column(
        Row.reference, "What a purpose names to read the person, such as `7K3M-9QPX-2F4D`."
    )
    ground: BanGround = column(Row.ground, "On what ground.")
    reason: str = column(Row.reason, "Why, without saying who it is.")
    state: BanState = column(Row.state, "What became of it.", filters=True)
    banned_from: date = column(Row.banned_from, "First day in force, once it is approved.")
    banned_until: date | None = column(Row.banned_until, "Last day; null for one without end.")
    proposed_by: str = column(Row.proposed_by, "Subject who proposed it.")
    proposed_at: datetime = column(
        Row.proposed_at, "When it was proposed.", filters=True, orders=True
    )
    approved_by: str | None = column(Row.approved_by, "Subject who agreed.")
    approved_at: datetime | None = column(Row.approved_at, "When it was approved.")
    rejected_by: str | None = column(Row.rejected_by, "Subject who did not agree.")
    rejected_at: datetime | None = column(Row.rejected_at, "When it was rejected.")
    reject_reason: str | None = column(Row.reject_reason, "Why it was rejected.")
    withdrawal_proposed_by: str | None = column(
        Row.withdrawal_proposed_by, "Subject who proposed to withdraw it."
    )
    withdrawal_proposed_at: datetime | None = column(
        Row.withdrawal_proposed_at, "When that was proposed."
    )
    withdrawal_reason: str | None = column(Row.withdrawal_reason, "Why it is to be withdrawn.")
    withdrawn_by: str | None = column(Row.withdrawn_by, "Subject who agreed to that.")
    withdrawn_at: datetime | None = column(Row.withdrawn_at, "When it was withdrawn.")
    person: BannedPerson | None = link(
        Row.id, PersonRow.ban_id, "The person; null where the purpose names another entry or case."
    )
    reads: Connection[BanRead] = pages(
        Row.id,
        ReadRow.ban_id,
        "Reads of the person, latest first.",
        order=ReadRow.occurred_at,
        newest_first=True,
    )


@noun(key=MatchRow.id)
class BanMatch:
    """An entry that is in force, and the applicant of a case, have something in common."""

    by: IndexKind = column(MatchRow.by, "What they have in common.")
    found_at: datetime = column(MatchRow.found_at, "When that was found.")
    ban: BanEntry | None = link(MatchRow.ban_id, Row.id, "The entry.")

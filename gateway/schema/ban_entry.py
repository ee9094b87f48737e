"""Entries of the ban list, the people that they are about, and which cases they match."""

from datetime import date, datetime

from gateway.mapping.connections import Connection
from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.linked_pages import pages
from gateway.schema.country import Country
from models import BanEntry as BanEntryRow
from models import BanMatch as MatchRow
from models import BannedPerson as BannedPersonRow
from models import BanRead as BanReadRow
from models import Country as CountryRow
from models.person.sealed import sealed_cell
from models.vocabulary import BanGround, BanMatchKind, BanState, Purpose, Role


@noun(key=BannedPersonRow.ban_id, is_logged=True)
class BannedPerson:
    """The person that an entry is about: a passport, a name and birth date, or both; null once
    erased.

    Say why you read it, with the reference of the entry, or of a case that it matches:
    `query Ban($for: String!) @purpose(code: CASEWORK, reference: $for)`.
    """

    passport_issuing_state: Country | None = link(
        BannedPersonRow.issuing_state, CountryRow.code, "The state that issued the passport."
    )
    passport_number: str | None = column(
        sealed_cell(BannedPersonRow.passport_number), "Passport number, such as `C01X7T2K9`."
    )
    full_name: str | None = column(sealed_cell(BannedPersonRow.full_name), "The name.")
    birth_date: date | None = column(sealed_cell(BannedPersonRow.birth_date), "Date of birth.")


@noun(key=BanReadRow.id)
class BanRead:
    """One read of the person that an entry is about; never changed, never removed."""

    occurred_at: datetime = column(BanReadRow.occurred_at, "When.")
    actor: str = column(BanReadRow.actor, "Subject who read.")
    actor_role: Role = column(BanReadRow.actor_role, "Role in which it was read.")
    purpose: Purpose = column(BanReadRow.purpose, "Why.")
    case_reference: str = column(
        BanReadRow.case_reference, "The entry or the case it was read for."
    )
    fields: list[str] = column(BanReadRow.fields, "The fields that were read.")


@noun(key=BanEntryRow.id)
class BanEntry(Node):
    """Somebody who may not enter: proposed by one of the screening authority, approved by another.

    While it is in force, cases and visas of that person are found; never removed.
    """

    reference: str = column(
        BanEntryRow.reference, "What a purpose names to read the person, such as `7K3M-9QPX-2F4D`."
    )
    ground: BanGround = column(BanEntryRow.ground, "On what ground.")
    reason: str = column(BanEntryRow.reason, "Why, without saying who it is.")
    state: BanState = column(BanEntryRow.state, "What became of it.", filters=True)
    banned_from: date = column(BanEntryRow.banned_from, "First day in force, once it is approved.")
    banned_until: date | None = column(
        BanEntryRow.banned_until, "Last day; null for one without end."
    )
    proposed_by: str = column(BanEntryRow.proposed_by, "Subject who proposed it.")
    proposed_at: datetime = column(
        BanEntryRow.proposed_at, "When it was proposed.", filters=True, orders=True
    )
    approved_by: str | None = column(BanEntryRow.approved_by, "Subject who agreed.")
    approved_at: datetime | None = column(BanEntryRow.approved_at, "When it was approved.")
    rejected_by: str | None = column(BanEntryRow.rejected_by, "Subject who did not agree.")
    rejected_at: datetime | None = column(BanEntryRow.rejected_at, "When it was rejected.")
    reject_reason: str | None = column(BanEntryRow.reject_reason, "Why it was rejected.")
    withdrawal_proposed_by: str | None = column(
        BanEntryRow.withdrawal_proposed_by, "Subject who proposed to withdraw it."
    )
    withdrawal_proposed_at: datetime | None = column(
        BanEntryRow.withdrawal_proposed_at, "When that was proposed."
    )
    withdrawal_reason: str | None = column(
        BanEntryRow.withdrawal_reason, "Why it is to be withdrawn."
    )
    withdrawn_by: str | None = column(BanEntryRow.withdrawn_by, "Subject who agreed to that.")
    withdrawn_at: datetime | None = column(BanEntryRow.withdrawn_at, "When it was withdrawn.")
    person: BannedPerson | None = link(
        BanEntryRow.id,
        BannedPersonRow.ban_id,
        "The person; null where the purpose names another entry or case.",
    )
    reads: Connection[BanRead] = pages(
        BanEntryRow.id,
        BanReadRow.ban_id,
        "Reads of the person, latest first.",
        order=BanReadRow.occurred_at,
        newest_first=True,
    )


@noun(key=MatchRow.id)
class BanMatch:
    """An entry that is in force, and the applicant of a case, have something in common."""

    by: BanMatchKind = column(MatchRow.by, "What they have in common.")
    found_at: datetime = column(MatchRow.found_at, "When that was found.")
    ban: BanEntry | None = link(MatchRow.ban_id, BanEntryRow.id, "The entry.")

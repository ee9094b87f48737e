"""The entry-ban list: who proposed an entry, who approved it and how it ends; the people that
entries are about, the digests by which they are found, the cases that match, and who read such a
person.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import BanGround, BanMatchKind, BanState, IndexKind, Purpose, Role

_STATE = (
    "CASE WHEN withdrawn_by IS NOT NULL THEN 'WITHDRAWN'"
    " WHEN withdrawal_proposed_by IS NOT NULL THEN 'WITHDRAWAL_PROPOSED'"
    " WHEN rejected_by IS NOT NULL THEN 'REJECTED'"
    " WHEN approved_by IS NOT NULL THEN 'APPROVED' ELSE 'PROPOSED' END"
)
#: Approved and not withdrawn: in force on its days.
STANDS = "approved_by IS NOT NULL AND withdrawn_by IS NULL"
IS_IN_FORCE = (
    f"{STANDS} AND banned_from <= wib_day(now())"
    " AND (banned_until IS NULL OR banned_until >= wib_day(now()))"
)
#: The entries with which people are compared.
LISTED = f"""
    SELECT ban_id FROM ban_entry JOIN banned_person ON ban_id = ban_entry.id
    WHERE erased_at IS NULL AND {IS_IN_FORCE}
"""  # noqa: S608 - constants alone
#: Of these entries, as `BanList.version` says it; and of `models.ban_list`: a comparison that finds
#: others has another version.
LIST_VERSION = f"""(
    SELECT left(encode(sha256(coalesce(
        string_agg(uuid_send(ban_id), ''::bytea ORDER BY ban_id), ''
    )), 'hex'), 16) FROM ({LISTED}) AS listed
)"""  # noqa: S608 - constants alone
RULE_VERSION = "1"


class BanEntry(Base):
    """One entry, from its proposal on; never removed. The person it is about is in
    `BannedPerson`."""

    __tablename__ = "ban_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random; a purpose names it to read the person it is about.
    reference: Mapped[str] = mapped_column(unique=True)
    ground: Mapped[str]
    reason: Mapped[str]
    banned_from: Mapped[date]
    #: The last day; none for one without end.
    banned_until: Mapped[date | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    rejected_by: Mapped[str | None]
    rejected_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]
    withdrawal_proposed_by: Mapped[str | None]
    withdrawal_proposed_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Computed(_STATE, persisted=True))
    #: Whether everybody on file has been compared with it since it came into force.
    is_screened: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        one_of("ground", BanGround),
        one_of("state", BanState),
        CheckConstraint("banned_until >= banned_from", name="ends_after_it_begins"),
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        CheckConstraint("rejected_by <> proposed_by", name="rejected_by_another"),
        CheckConstraint("withdrawn_by <> withdrawal_proposed_by", name="withdrawn_by_another"),
        CheckConstraint("num_nulls(approved_by, approved_at) IN (0, 2)", name="approved_once"),
        CheckConstraint(
            "num_nulls(rejected_by, rejected_at, reject_reason) IN (0, 3)",
            name="rejected_with_reason",
        ),
        CheckConstraint("num_nonnulls(approved_by, rejected_by) < 2", name="one_answer"),
        CheckConstraint(
            "num_nulls(withdrawal_proposed_by, withdrawal_proposed_at, withdrawal_reason)"
            " IN (0, 3) AND (withdrawal_proposed_by IS NULL OR approved_by IS NOT NULL)",
            name="withdrawal_with_reason",
        ),
        CheckConstraint(
            "num_nulls(withdrawn_by, withdrawn_at) IN (0, 2)"
            " AND (withdrawn_by IS NULL OR withdrawal_proposed_by IS NOT NULL)",
            name="withdrawn_once",
        ),
        Index(None, "proposed_at", "id"),
        Index(None, "state", "proposed_at", "id"),
        # What is still to be compared with everybody, once its first day has come.
        Index(
            "ix_ban_entry_unscreened",
            "banned_from",
            postgresql_where=text(f"{STANDS} AND NOT is_screened"),
        ),
    )


class BanMatch(Base):
    """An entry that is in force and the applicant of a case have something in common.

    Written once for each pair, so that a person who is found again makes no second hit.
    """

    __tablename__ = "ban_match"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    by: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When the entry had ended or was withdrawn.
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("application_id", "ban_id", "by"),
        one_of("by", BanMatchKind),
        Index("ix_ban_match_lasting", "ban_id", postgresql_where=text("ended_at IS NULL")),
    )


#: The columns that are sealed. The issuing state is a country, by which nobody can be found.
SEALED_OF_BANS = ("passport_number", "full_name", "birth_date")
_HAS = {name: f"num_nonnulls({name}, sealed -> '{name}')" for name in SEALED_OF_BANS}


class BannedPerson(Base):
    """A passport, a name and birth date, or both; never changed, and emptied when it is erased."""

    __tablename__ = "banned_person"

    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"), primary_key=True)
    issuing_state: Mapped[str | None]
    #: The sealed values by column (`models.person.vault`), each of version 1.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Plain columns: null but in a synthetic world that was made without a key service.
    passport_number: Mapped[str | None]
    full_name: Mapped[str | None]
    birth_date: Mapped[date | None]
    #: When the personal data was removed, and when its key was deleted.
    erased_at: Mapped[datetime | None]
    keys_deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            f"{_HAS['passport_number']} = num_nonnulls(issuing_state)"
            f" AND {_HAS['full_name']} = {_HAS['birth_date']}"
            f" AND ({_HAS['passport_number']} + {_HAS['full_name']} > 0) = (erased_at IS NULL)",
            name="can_be_found",
        ),
        CheckConstraint("keys_deleted_at IS NULL OR erased_at IS NOT NULL", name="hidden_first"),
        Index(
            "ix_banned_person_unfinished",
            "ban_id",
            postgresql_where=text("erased_at IS NOT NULL AND keys_deleted_at IS NULL"),
        ),
    )


class BanIndex(Base):
    """One digest of the person that an entry is about, made like those of `PersonIndex`."""

    __tablename__ = "ban_index"

    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "digest", "ban_id"),
        one_of("kind", IndexKind),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
    )


class BanRead(Base):
    """One read of a banned person; never changed, never removed."""

    __tablename__ = "ban_read"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    ban_id: Mapped[UUID] = mapped_column(ForeignKey("ban_entry.id"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    purpose: Mapped[str]
    #: The entry, or the case, that it was read for.
    case_reference: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace_id: Mapped[str]
    #: The gateway's seal on the entry, and the key by which it was made.
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "ban_id", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
    )

"""The access log: who read which fields of whose identity, when and why; and what auditors ask of
it.

How many people a viewer read is compared with how many others in the same role did.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    and_,
    column,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of, partitioned_by
from models.vocabulary import BreachList, Purpose, Role
from models.volumes.lines import AnySelect


class AccessEvent(Base):
    """One read of one applicant's identity; never changed, never removed."""

    __tablename__ = "access_event"

    id: Mapped[UUID]
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    #: The reader's partner, and the country where the reader serves exactly one.
    actor_partner_code: Mapped[str | None]
    actor_country_code: Mapped[str | None]
    purpose: Mapped[str]
    case_reference: Mapped[str]
    #: The fields of Identity that were read, by their names in the API.
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        PrimaryKeyConstraint("occurred_at", "id"),
        Index(None, "actor", "occurred_at", "id"),
        Index(None, "actor_role", "occurred_at", "id"),
        Index(None, "purpose", "occurred_at", "id"),
        Index(None, "applicant_id", "occurred_at", "id"),
        Index(None, "case_reference", "occurred_at", "id"),
        Index(None, "actor", "purpose", "occurred_at", "id"),
        Index(None, "actor_partner_code", "actor_country_code", "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
        partitioned_by("occurred_at"),
    )


class BreachLookup(Base):
    """One question about the people that a breach affected; never changed, never removed."""

    __tablename__ = "breach_lookup"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    list: Mapped[str]
    #: The account that was asked about; None where it was all of them.
    viewer: Mapped[str | None]
    window_from: Mapped[datetime]
    window_before: Mapped[datetime]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "occurred_at", "id"),
        one_of("actor_role", Role),
        one_of("list", BreachList),
        CheckConstraint("window_from < window_before", name="window_is_one"),
    )


#: Of fewer others, quartiles say nothing.
FEWEST_OTHERS = 4
#: How far above the upper quartile is unusual, in distances between the quartiles (Tukey).
_FENCE = 1.5


@dataclass(frozen=True, slots=True)
class ViewerReads:
    """What one viewer read in one role, beside the people that each of the others read."""

    viewer: str
    role: Role
    people: int
    reads: int
    others: int
    #: Lower quartile, median and upper quartile of the others; None where they are too few.
    quartiles: tuple[float, float, float] | None

    @property
    def fence(self) -> float | None:
        if self.quartiles is None:
            return None
        lower, _, upper = self.quartiles
        return upper + _FENCE * (upper - lower)


def reads_by_viewer(role: Role, since: datetime, before: datetime) -> AnySelect:
    """Rows of ``reader``, ``reader_role``, ``people`` and ``reads``, as a role may read them."""
    rows = func.viewer.people_read(role.value, since, before).table_valued(
        "reader", "reader_role", "people", "reads"
    )
    return select(rows.c.reader, rows.c.reader_role, rows.c.people, rows.c.reads)


def people_counted(role: Role) -> AnySelect:
    """Rows of ``reader``, ``reader_role`` and ``people``: whom budgets count now."""
    rows = func.viewer.people_counted(role.value).table_valued("reader", "reader_role", "people")
    return select(rows.c.reader, rows.c.reader_role, rows.c.people)


def compare_viewers(rows: Iterable[Any]) -> Iterator[ViewerReads]:
    """Each viewer compared with the others of the role, the one who read the most people first."""
    counts: defaultdict[Role, list[int]] = defaultdict(list)
    found = [(row.reader, Role(row.reader_role), row.people, row.reads) for row in rows]
    for _, role, people, _ in found:
        counts[role].append(people)
    for viewer, role, people, reads in sorted(found, key=lambda one: (-one[2], one[1], one[0])):
        others = [*counts[role]]
        others.remove(people)
        yield ViewerReads(viewer, role, people, reads, len(others), _quartiles(others))


def _quartiles(others: list[int]) -> tuple[float, float, float] | None:
    if len(others) < FEWEST_OTHERS:
        return None
    lower, median, upper = quantiles(others, n=4, method="inclusive")
    return lower, median, upper


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


def proofs_of_reads(reads: Sequence[UUID]) -> AnySelect:
    """A row for each read of oneself that a checkpoint covers: what its proof is made of."""
    rows = func.viewer.proofs_of_reads(literal([*reads], ARRAY(Uuid))).table_valued(
        *("id", "content", "place", column("hashes", ARRAY(LargeBinary)), "size"),
        *(column("frontier", ARRAY(LargeBinary)), "note"),
    )
    return select(rows)


def number_read(
    in_reach: ColumnElement[bool], since: datetime, before: datetime, viewer: str | None
) -> AnySelect:
    """One row: how many different people that were."""
    return select(func.count(AccessEvent.applicant_id.distinct()).label("people")).where(
        _in_window(in_reach, since, before, viewer)
    )


def reads_by_person(
    in_reach: ColumnElement[bool],
    since: datetime,
    before: datetime,
    viewer: str | None,
    after: UUID | None,
    most: int,
) -> AnySelect:
    """A row for each person, in the order of their keys, behind ``after``."""
    reads = select(
        AccessEvent.id,
        AccessEvent.applicant_id,
        AccessEvent.occurred_at,
        AccessEvent.actor,
        func.unnest(AccessEvent.fields).label("field"),
    ).where(_in_window(in_reach, since, before, viewer))
    if after is not None:
        reads = reads.where(AccessEvent.applicant_id > after)
    read = reads.subquery("read")
    return (
        select(
            read.c.applicant_id,
            func.count(read.c.id.distinct()).label("reads"),
            func.min(read.c.occurred_at).label("first_read_at"),
            func.max(read.c.occurred_at).label("last_read_at"),
            func.array_agg(read.c.actor.distinct()).label("viewers"),
            func.array_agg(read.c.field.distinct()).label("fields"),
        )
        .group_by(read.c.applicant_id)
        .order_by(read.c.applicant_id)
        .limit(most)
    )


def _in_window(
    in_reach: ColumnElement[bool], since: datetime, before: datetime, viewer: str | None
) -> ColumnElement[bool]:
    window = and_(in_reach, AccessEvent.occurred_at >= since, AccessEvent.occurred_at < before)
    return window if viewer is None else and_(window, AccessEvent.actor == viewer)

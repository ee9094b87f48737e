"""How files of one person are found: the blind index, the links that the LINKER makes of it, what
it read for that, and every look-up.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of, partitioned_by
from models.vocabulary import (
    COUNTING_GROUNDS,
    SURE_LINKS,
    DigestKind,
    IdentityReader,
    IndexKind,
    LinkReason,
    LinkState,
    Purpose,
    Role,
)

#: For how many years a refusal, a revocation or a ban match counts for other files of the person.
COUNTING_YEARS = 5
#: With how many files before it, and after it, a file is linked at most by one digest: whoever
#: hands in thousands under one name makes links by their number and not by its square.
MOST_LINKED = 100


def linked_files(states: Collection[LinkState]) -> str:
    """In SQL, a source of the row `application`: the `other` files of its person, and of whoever is
    linked to them in one of some states; and `linked_at`, since when that is known."""
    listed = ", ".join(f"'{state}'" for state in states)
    return f"""(
        SELECT application.applicant_id AS person, '-infinity'::timestamptz AS linked_at
        UNION ALL
        SELECT linked_id, coalesce(resolved_at, found_at) FROM person_link
        WHERE person_link.applicant_id = application.applicant_id AND state IN ({listed})
    ) AS linked
    JOIN application AS other
        ON other.applicant_id = linked.person AND other.id <> application.id"""  # noqa: S608


#: In SQL, of the row `application`: since when each link counts that counts, which stops a grant
#: until two people agree to it. A refusal that was superseded and a revocation that was set aside
#: count no more, and neither does a match that turned out to be none. Where a file has as many
#: links as are looked for, others may be missing: that counts, too, and is found first.
COUNTING_LINKS = f"""\
    SELECT since FROM (
        SELECT
            found_at AS since,
            row_number() OVER (PARTITION BY reason ORDER BY found_at, id) AS place
        FROM person_link
        WHERE person_link.applicant_id = application.applicant_id AND reason <> 'GROUP'
    ) AS link
    WHERE place = {MOST_LINKED}
    UNION ALL
    SELECT greatest(linked_at, fact.at)
    FROM {linked_files(SURE_LINKS)}
    CROSS JOIN LATERAL (
        SELECT decided_at AS at FROM decision
        WHERE decision.id = other.current_decision_id AND outcome = 'REFUSED'
            AND grounds && '{{{",".join(COUNTING_GROUNDS)}}}'
        UNION ALL
        SELECT max(occurred_at) FROM application_event
        WHERE application_id = other.id AND kind = 'REVOKED' AND other.status = 'REVOKED'
        UNION ALL
        SELECT answered_at FROM (
            SELECT result, answered_at FROM screening
            WHERE application_id = other.id AND kind = 'ENTRY_BAN' AND voided_at IS NULL
                AND answered_at IS NOT NULL
            ORDER BY requested_at DESC, id DESC LIMIT 1
        ) AS answer
        WHERE result = 'MATCH'
    ) AS fact
    WHERE fact.at > clock_timestamp() - interval '{COUNTING_YEARS} years'"""  # noqa: S608


class PersonIndex(Base):
    """One digest of one version of an identity: full HMAC-SHA-256, made by the key service.

    The LINKER alone writes it. No role of the domain has a grant on it: a look-up asks a function,
    which answers with applicants.
    """

    __tablename__ = "person_index"

    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"), primary_key=True)
    #: The version of the identity; 1 where nothing was ever corrected.
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    #: The key it was made with: two are accepted while keys are rotated.
    key_id: Mapped[str] = mapped_column(primary_key=True)
    #: As bytes: they compare with a function that is leakproof.
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "digest", "applicant_id"),
        one_of("kind", DigestKind),
        CheckConstraint("length(digest) = 32", name="digest_is_whole"),
    )


class PersonLink(Base):
    """That one applicant is linked to another, for one reason.

    It is there twice, once from each side. The LINKER alone makes it; an officer confirms or
    rejects what was found by name.
    """

    __tablename__ = "person_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    linked_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    reason: Mapped[str]
    #: Null in a group, which is several people.
    state: Mapped[str | None]
    found_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: When an officer confirmed or rejected it, who, in which case, and why.
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    resolved_in: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    resolution: Mapped[str | None]

    __table_args__ = (
        Index("uq_person_link", "applicant_id", "linked_id", "reason", unique=True),
        Index(None, "applicant_id", "found_at", "id"),
        Index(None, "linked_id", "applicant_id"),
        one_of("reason", LinkReason),
        one_of("state", LinkState),
        CheckConstraint("applicant_id <> linked_id", name="links_two"),
        CheckConstraint("(reason = 'GROUP') = (state IS NULL)", name="state_unless_group"),
        CheckConstraint("(reason = 'PASSPORT') = (state = 'CERTAIN')", name="certain_by_passport"),
        CheckConstraint(
            "num_nulls(resolved_at, resolved_by, resolved_in, resolution) IN (0, 4)",
            name="resolved_by_whom",
        ),
        CheckConstraint(
            "coalesce(state IN ('CONFIRMED', 'REJECTED'), false) = (resolved_at IS NOT NULL)",
            name="resolved_if_said",
        ),
        CheckConstraint("length(resolution) BETWEEN 1 AND 2000", name="resolution_is_bounded"),
    )


class LinkCount(Base):
    """How many pairs of files are linked in each state, without looking at each: its rows add up.

    Triggers of the links write it. A transaction writes one row, that of its session's slot, so
    that two seldom wait for each other and never both; the numbers of a slot can be negative.
    """

    __tablename__ = "link_count"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    certain: Mapped[int] = mapped_column(BigInteger)
    confirmed: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger)
    proposed: Mapped[int] = mapped_column(BigInteger)


class LinkerRead(Base):
    """One read of one version of an identity by a job of the keeper; never changed, never removed.

    Everybody on file is read in the same way, so a read reveals neither a link nor a candidate.
    """

    __tablename__ = "linker_read"

    id: Mapped[UUID]
    reader: Mapped[str] = mapped_column(server_default=text("'LINKER'"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    version: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: The fields of Identity that were read, by their names in the API.
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (
        PrimaryKeyConstraint("read_at", "id"),
        Index(None, "applicant_id", "read_at", "id"),
        one_of("reader", IdentityReader),
        partitioned_by("read_at"),
    )


class PersonLookup(Base):
    """One look-up; never changed, never removed. Whom it was for is a digest, which the key service
    compares with a person where two auditors agreed to it."""

    __tablename__ = "person_lookup"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    purpose: Mapped[str]
    #: The case, or the request of a data subject, that it was for.
    case_reference: Mapped[str]
    by: Mapped[str]
    found: Mapped[int]
    #: Whom it was for: a salted digest, and the key it was made with. Null in entries from before
    #: digests were kept.
    sought_key: Mapped[str | None]
    sought: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Whether it found the applicant of its own case, who is told of it.
    found_applicant: Mapped[bool | None]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index(None, "actor", "occurred_at", "id"),
        Index(
            "ix_person_lookup_case_reference",
            "case_reference",
            postgresql_where=text("found_applicant"),
        ),
        one_of("actor_role", Role),
        one_of("purpose", Purpose),
        one_of("by", IndexKind),
        CheckConstraint("found >= 0", name="found_is_not_negative"),
        CheckConstraint("num_nulls(sought_key, sought) IN (0, 2)", name="sought_by_a_key"),
        CheckConstraint("length(sought) = 48", name="sought_is_whole"),
        CheckConstraint("found > 0 OR found_applicant IS NOT TRUE", name="found_applicant_if_any"),
    )

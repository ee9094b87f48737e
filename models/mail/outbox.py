"""The outbox: what is to be sent, to whom, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.row_keys import new_key
from models.vocabulary import TO_APPLICANTS, EventKind, MailKind

#: The shape of an address that is accepted: printable ASCII, so that nothing ends a header.
ADDRESS = r"[!-~]{1,64}@[A-Za-z0-9.-]{1,190}"

#: What is said with a code.
WITH_CODES = (MailKind.DECISION, MailKind.CLAIM)
_WITH_CODES = ", ".join(f"'{kind}'" for kind in WITH_CODES)
_TO_APPLICANTS = ", ".join(f"'{kind}'" for kind in TO_APPLICANTS)


class Mail(Base):
    """One message, written in the transaction of its cause, and the record of its delivery.

    What it says follows from its kind; a link, or a reference, is all that differs. Mail to an
    applicant names the case alone: the address is sealed, and opened when it is sent. Address and
    case are removed as soon as nothing is to be sent any more. Nobody but the keeper reads it.
    """

    __tablename__ = "mail"

    #: Also its Message-ID, so that whoever gets it twice can tell.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: What made it necessary: of one cause there is one message.
    cause: Mapped[str] = mapped_column(unique=True)
    #: Of applicants it is not known: they are written to in both.
    language: Mapped[str | None]
    #: Where its link leads: a path of the dashboard; to applicants, of their portal.
    path: Mapped[str]
    #: Whose it is; it is withheld while the viewer, or the partner, is suspended. An applicant's is
    #: nobody's.
    subject: Mapped[str | None]
    partner_code: Mapped[str | None]
    address: Mapped[str | None]
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))
    posted_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: When it is tried, for the first time or again.
    due_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    delivered_at: Mapped[datetime | None]
    withheld_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    #: Why the last attempt failed: a reply code of SMTP, or a type of error.
    failure: Mapped[str | None]

    __table_args__ = (
        one_of("kind", MailKind),
        CheckConstraint("language IN ('EN', 'ID')", name="language_is_known"),
        CheckConstraint("starts_with(path, '/')", name="path_is_local"),
        CheckConstraint(f"address ~ '^{ADDRESS}$'", name="address_is_formed"),
        CheckConstraint(
            "num_nonnulls(address, application_id, delivered_at, withheld_at, failed_at) = 1",
            name="address_until_done",
        ),
        CheckConstraint(
            f"num_nulls(subject, language) = CASE WHEN kind IN ({_TO_APPLICANTS}) THEN 2 ELSE 0 END"
            " AND (application_id IS NULL OR subject IS NULL)"
            " AND (address IS NULL OR subject IS NOT NULL)",
            name="applicants_by_case",
        ),
        Index(
            "ix_mail_waiting",
            "address",
            "posted_at",
            "id",
            postgresql_where=text("address IS NOT NULL"),
        ),
        Index(
            "ix_mail_to_applicants",
            "application_id",
            "posted_at",
            "id",
            postgresql_where=text("application_id IS NOT NULL"),
        ),
    )


class SentCode(Base):
    """The code of the newest mail of a kind about a case, as a digest that the key service made: by
    it what was decided is opened, or a file claimed (`models.key_service.codes`)."""

    __tablename__ = "sent_code"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    mailed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (
        CheckConstraint(f"kind IN ({_WITH_CODES})", name="kind_has_a_code"),
        CheckConstraint("length(digest) = 16", name="digest_is_whole"),
    )


class Letter(NamedTuple):
    """What is to be posted."""

    kind: MailKind
    cause: str
    language: str
    path: str
    subject: str
    partner_code: str | None
    address: str


_POST = """
    INSERT INTO mail (id, kind, cause, language, path, subject, partner_code, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (cause) DO NOTHING
    RETURNING id
"""


async def post(connection: asyncpg.Connection, letter: Letter) -> bool:
    """Put a message into the outbox, once for each cause; False if it is there already.

    Call it in the transaction that records the cause.
    """
    return await connection.fetchval(_POST, new_key(), *letter) is not None


#: What an applicant is told of, by the events of a case: of a bill once for each code. A
#: revocation, and that it was set aside, are decisions, too.
_TOLD = {
    EventKind.AWAITING_PAYMENT: MailKind.BILL,
    EventKind.INFO_REQUESTED: MailKind.REQUEST,
    EventKind.REFUSAL_INTENDED: MailKind.REQUEST,
    EventKind.GRANTED: MailKind.DECISION,
    EventKind.REFUSED: MailKind.DECISION,
    EventKind.REVOKED: MailKind.DECISION,
    EventKind.VISA_RETURNED: MailKind.DECISION,
}
_HAPPENED = """
    SELECT id, kind, application_id FROM application_change
    WHERE id = ANY ($1) AND kind = ANY ($2) AND NOT (kind = 'AWAITING_PAYMENT' AND EXISTS (
        SELECT FROM bill AS share JOIN bill AS first USING (family_code)
        WHERE share.application_id = application_change.application_id
            AND first.application_id < share.application_id
    )) ORDER BY written_in, id
"""
#: A code that took the place of another is no event of its case. Those of the last two days are
#: looked at: longer no keeper is away.
_RENEWED = """
    SELECT id, application_id FROM former_bill
    WHERE renewed_at > clock_timestamp() - interval '2 days'
        AND NOT EXISTS (SELECT FROM mail WHERE cause = 'renewal ' || former_bill.id)
    ORDER BY renewed_at, id LIMIT 1000
"""
_POST_TO_APPLICANTS = """
    INSERT INTO mail (id, kind, cause, path, application_id)
    SELECT id, kind, cause, CASE kind WHEN 'DECISION' THEN '/#decision' ELSE '/#track' END,
        application_id
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
        AS told (id, kind, cause, application_id)
    ON CONFLICT (cause) DO NOTHING
"""


async def post_to_applicants(connection: asyncpg.Connection, changes: Sequence[int]) -> None:
    """Put what applicants are told of some changes of cases into the outbox, in their order."""
    told = await connection.fetch(_HAPPENED, changes, [*_TOLD])
    letters = [(_TOLD[one["kind"]], f"event {one['id']}", one["application_id"]) for one in told]
    await _post_of_cases(connection, letters)


async def post_renewals(connection: asyncpg.Connection) -> None:
    """Put into the outbox that a payment is due under another code, once for each."""
    renewed = await connection.fetch(_RENEWED)
    letters = [(MailKind.BILL, f"renewal {one['id']}", one["application_id"]) for one in renewed]
    await _post_of_cases(connection, letters)


async def _post_of_cases(
    connection: asyncpg.Connection, letters: Sequence[tuple[MailKind, str, UUID]]
) -> None:
    if letters:
        keys = [new_key() for _ in letters]
        await connection.execute(_POST_TO_APPLICANTS, keys, *zip(*letters, strict=True))

"""Erasures of people, and the legal holds that stop them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.mapping.connections import connection_field
from gateway.mapping.declare import Node, column, link, noun
from models import Application as ApplicationRow
from models import Erasure as ErasureRow
from models import LegalHold as LegalHoldRow
from models.rights.data_request import COPIES_DAYS
from models.vocabulary import ErasureCause

if TYPE_CHECKING:
    from gateway.schema.application import Application

HeldCase = Annotated["Application", strawberry.lazy("gateway.schema.application")]


@noun(key=ErasureRow.id)
class Erasure:
    """One person who is erased: at once, or as soon as no case is open, no visa is valid to enter
    or stay, and no legal hold prevents it."""

    cause: ErasureCause = column(ErasureRow.cause, "Why.")
    ordered_at: datetime = column(
        ErasureRow.ordered_at, "When it was ordered.", filters=True, orders=True
    )
    erased_at: datetime | None = column(
        ErasureRow.erased_at,
        "From when on nobody reads who it was; null while it waits.",
        filters=True,
    )
    keys_deleted_at: datetime | None = column(
        ErasureRow.keys_deleted_at, "When the key was deleted that opened it."
    )
    copies_end_at: datetime | None = column(
        ErasureRow.copies_end_at,
        f"When the last copy of that key is gone, and with it whatever backups hold: {COPIES_DAYS}"
        " days later.",
    )
    index_removed_at: datetime | None = column(
        ErasureRow.index_removed_at,
        "When the digests went by which the person is found. After a refusal for a forged document,"
        " a revocation or an entry ban they stay for their own period.",
    )


@noun(key=LegalHoldRow.id)
class LegalHold(Node):
    """While it lasts, the applicant of the case is not erased; never removed."""

    reason: str = column(LegalHoldRow.reason, "Why.")
    held_by: str = column(LegalHoldRow.held_by, "Subject who held.")
    held_at: datetime = column(LegalHoldRow.held_at, "When it began.", filters=True, orders=True)
    released_by: str | None = column(LegalHoldRow.released_by, "Subject who released it.")
    released_at: datetime | None = column(
        LegalHoldRow.released_at, "When it was released.", filters=True
    )
    release_reason: str | None = column(LegalHoldRow.release_reason, "Why it was released.")
    application: HeldCase | None = link(
        LegalHoldRow.application_id, ApplicationRow.id, "The case whose applicant is not erased."
    )


def erasures_field() -> Any:
    return connection_field(
        Erasure,
        "People who are erased, or are to be, the newest order first.",
        order="ordered_at",
        newest_first=True,
    )

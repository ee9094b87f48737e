"""Who is erased, and how far that has come."""

from datetime import datetime

from gateway.mapping.declare import column, noun
from models import Erasure as Row
from models.rights.data_request import COPIES_DAYS
from models.vocabulary import ErasureCause


@noun(key=Row.id)
class Erasure:
    """One person who is erased: at once, or as soon as no case is open, no visa is valid to enter
    or stay, and no legal hold prevents it."""

    cause: ErasureCause = column(Row.cause, "Why.")
    ordered_at: datetime = column(Row.ordered_at, "When it was ordered.")
    erased_at: datetime | None = column(
        Row.erased_at, "From when on nobody reads who it was; null while it waits."
    )
    keys_deleted_at: datetime | None = column(
        Row.keys_deleted_at, "When the key was deleted that opened it."
    )
    copies_end_at: datetime | None = column(
        Row.copies_end_at,
        f"When the last copy of that key is gone, and with it whatever backups hold: {COPIES_DAYS}"
        " days later.",
    )
    index_removed_at: datetime | None = column(
        Row.index_removed_at,
        "When the digests went by which the person is found. After a refusal for a forged document,"
        " a revocation or an entry ban they stay for their own period.",
    )

"""What was done to keys: rotations, erasures and sweeps."""

from datetime import datetime

from sqlalchemy import func

from gateway.mapping.declare import Node, column, noun
from models import KeyOperation as Row
from models.vocabulary import KeyOperationKind, KeyUsedFor


@noun(key=Row.id)
class KeyOperation(Node):
    """One operation on keys of the key service; never changed, never removed.

    It names keys by their ids, and tells neither a key nor whose it was.
    """

    kind: KeyOperationKind = column(Row.kind, "What was done.", filters=True)
    occurred_at: datetime = column(Row.occurred_at, "When.", filters=True, orders=True)
    used_for: KeyUsedFor | None = column(
        Row.used_for, "What the key is for that was added or retired."
    )
    operator: str | None = column(
        Row.operator,
        "Login, on the host of the key service, that changed the file of keys; null for what"
        " the keeper asked for, and where no command of Gerbang made the change.",
    )
    from_key: str | None = column(
        Row.from_key, "Id of the key that wrote before, or that is accepted no more."
    )
    to_key: str | None = column(Row.to_key, "Id of the key that writes from now on.")
    keys: int = column(
        func.coalesce(Row.keys, func.cardinality(Row.subjects)),
        "How many data keys it was about: each is of one person, or of one entry of the ban list.",
    )
    reason: str | None = column(Row.reason, "Why a sweep was refused.")

"""What a notice says, and its signatures, as Standard Webhooks has them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from standardwebhooks import Webhook

STAGE_CHANGED = "application.stage_changed"
#: How many percent of the target of a file have passed that the partner is yet to hand over.
TARGET_PASSES = "application.target_passes"


class Message(NamedTuple):
    """The body and the headers of one attempt."""

    body: bytes
    headers: Mapping[str, str]


def message(notice: Mapping[str, Any], secrets: Sequence[bytes], at: datetime) -> Message:
    """A notice as it is sent at an instant: the id and the body are the same each time, the
    timestamp and the signatures, one for each secret, are those of the attempt."""
    percent = notice["target_percent"]
    body = orjson.dumps(
        {
            "type": TARGET_PASSES if percent else STAGE_CHANGED,
            "timestamp": notice["written_at"].astimezone(UTC).isoformat(timespec="seconds"),
            "data": {
                "number": notice["number"],
                "reference": notice["reference"],
                "stage": notice["stage"],
                **({"targetPercent": percent} if percent else {}),
            },
        }
    )
    id_ = str(notice["id"])
    signed = [Webhook(secret).sign(id_, at, body.decode()) for secret in secrets]
    return Message(
        body,
        {
            "content-type": "application/json",
            "user-agent": "Gerbang",
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signed),
        },
    )

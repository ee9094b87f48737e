"""Normalises the answers of different gateways, so that they can be compared."""

import json
from datetime import UTC, datetime
from typing import Any

from gateway.mapping.ids import decode

_INSTANTS = ("submittedAt", "decidedAt")


def contents(answer: bytes) -> list[Any]:
    """The page's applications, with bare keys for ids and instants in UTC.

    Raises RuntimeError where there are errors, or no rows to compare.
    """
    parsed = json.loads(answer)
    rows = (parsed.get("data") or {}).get("applications", {}).get("nodes")
    if parsed.get("errors") or not rows:
        raise RuntimeError(f"no page: {answer[:500]!r}")
    return [_plain("", row) for row in rows]


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _plain(inner, member) for inner, member in value.items()}
    if name == "id":
        global_id = decode(value)
        return global_id.key if global_id else value
    if name in _INSTANTS:
        return datetime.fromisoformat(value).astimezone(UTC)
    return value

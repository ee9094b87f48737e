"""Prefetches the answers of a page while its browser still loads the scripts that ask.

The mark of the page is made at the same time. The layout carries the same mark, by which the parts
find the answers. A part that finds none asks as usual.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from dashboard.gateway.client import GatewayError
from dashboard.web.visit import current_visit

#: The event loop alone does not keep a task alive.
_under_way: set[asyncio.Task[None]] = set()


def prefetch(read: Callable[[Any], Awaitable[Any]], search: str) -> None:
    """Start prefetching for a page that is opened at an address with this query."""
    mark = _now()
    current_visit.get().session.kept.opened_with = mark
    task = asyncio.create_task(_read(read, {"search": search, "asked": mark}))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


def mark_of_opening() -> int:
    """The mark of a page whose layout is being made: that of its document, or a new one."""
    kept = current_visit.get().session.kept
    mark, kept.opened_with = kept.opened_with, None
    return mark or _now()


async def _read(read: Callable[[Any], Awaitable[Any]], state: dict[str, Any]) -> None:
    with suppress(GatewayError):  # the parts ask again, and say why there are no figures
        await read(state)


def _now() -> int:
    return round(time.time() * 1_000)

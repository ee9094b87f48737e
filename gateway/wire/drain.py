"""Whether this process is draining: finishing its requests before it stops."""

import asyncio
import logging

log = logging.getLogger(__name__)


class Drain:
    """Begins once and never ends. From then on the process is not ready, and its responses ask
    clients to reconnect."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    def begin(self) -> None:
        if not self.has_begun:
            log.info("drain")
        self._begun.set()

    @property
    def has_begun(self) -> bool:
        return self._begun.is_set()

    async def wait(self) -> None:
        """Wait until it begins."""
        await self._begun.wait()

    async def is_serving(self) -> bool:
        """The readiness check."""
        return not self.has_begun

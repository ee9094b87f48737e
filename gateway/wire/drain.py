"""Whether this process is draining: finishing its requests before it stops."""

import asyncio
import logging

log = logging.getLogger(__name__)


class Drain:
    """Begins once and never ends. From then on the process is not ready, and its responses ask
    clients to reconnect."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        #: Read at every response, hence an attribute.
        self.has_begun = False

    def begin(self) -> None:
        if not self.has_begun:
            log.info("drain")
        self.has_begun = True
        self._event.set()

    async def wait(self) -> None:
        """Wait until it begins."""
        await self._event.wait()

    async def is_serving(self) -> bool:
        """The readiness check."""
        return not self.has_begun

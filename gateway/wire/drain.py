"""Whether this process is on its way out."""

import asyncio
import logging

log = logging.getLogger(__name__)


class Drain:
    """Begins once and never ends: readiness turns false, and clients are told to go elsewhere."""

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
        """What readiness asks."""
        return not self.has_begun

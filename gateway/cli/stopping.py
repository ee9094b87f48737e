"""How a gateway that is told to stop does so without failing anybody's request."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from gateway.wire.drain import Drain


class DrainingServer(uvicorn.Server):
    """A server that SIGTERM takes out of service in order; the process then ends with code 0.

    1. Readiness turns false, and every answer asks its client to connect anew, elsewhere.
    2. After the grace, nothing more is accepted; what runs may finish (uvicorn's part).

    Ctrl+C, and a second SIGTERM, skip the grace. One more of either drops what runs.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, grace_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._grace_seconds = grace_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own would raise the signal again in the end, which is no code 0."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop, self._grace_seconds)
        loop.add_signal_handler(signal.SIGINT, self._stop, 0)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            loop.remove_signal_handler(signal.SIGINT)

    def _stop(self, grace_seconds: float) -> None:
        if self.should_exit:
            self.force_exit = True
        elif self._drain.has_begun or not grace_seconds:
            self._drain.begin()
            self._end()
        else:
            self._drain.begin()
            asyncio.get_running_loop().call_later(grace_seconds, self._end)

    def _end(self) -> None:
        self.should_exit = True

"""Graceful shutdown: the gateway stops without failing a request."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from gateway.wire.drain import Drain


class DrainingServer(uvicorn.Server):
    """A server that shuts down gracefully on SIGTERM, so that the process exits with code 0.

    1. Readiness turns false, and every response asks its client to reconnect.
    2. After the grace period, no connection is accepted, and running requests finish (by uvicorn).

    Ctrl+C, or a second SIGTERM, skips the grace period. One more signal drops running requests.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, grace_seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._grace_seconds = grace_seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's own method raises the signal again at the end, so the exit code is not 0."""
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
            self._stop_listening()
        else:
            self._drain.begin()
            asyncio.get_running_loop().call_later(grace_seconds, self._stop_listening)

    def _stop_listening(self) -> None:
        self.should_exit = True

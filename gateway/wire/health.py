"""Liveness and readiness, with the reasons if the process is not ready; whether it is draining; and
the application that serves both to operators, with metrics, at an address of their own.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from http import HTTPStatus
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.faults import Check, Fault
from gateway.wire.content import json_response
from gateway.wire.refusals import HANDLERS
from models.logs import PLACE, facts

log = logging.getLogger(__name__)

Page = Callable[[Request], Awaitable[Response]]

CHECK_SECONDS = 2


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


class State(NamedTuple):
    """The result of the checks: faults that make the process not ready, and warnings."""

    reasons: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class Health(Collector):
    """``GET /health/live`` and ``GET /health/ready``, which name faults but give no details; and
    what they found as metrics, for alerts."""

    def __init__(self, checks: Mapping[Fault, Check], warnings: Collection[Check] = ()) -> None:
        """``checks`` maps a fault to its check. The fault is also reported if the check raises or
        takes too long."""
        self._checks = checks
        self._warnings = warnings
        self._state = State()
        self._running: asyncio.Task[State] | None = None

    async def live(self, request: Request) -> Response:
        return json_response({"live": True}, HTTPStatus.OK)

    async def ready(self, request: Request) -> Response:
        state = await self.look()
        is_ready = not state.reasons
        return json_response(
            {"ready": is_ready, "reasons": state.reasons, "warnings": state.warnings},
            HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    def collect(self) -> Iterator[Metric]:
        """What the last look found."""
        meaning = "Whether the process reports a fault, as a reason not to be ready or a warning."
        faults = GaugeMetricFamily("gerbang_fault", meaning, labels=["fault"])
        for fault in Fault:
            faults.add_metric([fault.value], fault in (*self._state.reasons, *self._state.warnings))
        yield faults

    async def look(self) -> State:
        """Run the checks; concurrent probes share one run."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run_checks())
        return await asyncio.shield(self._running)

    async def _run_checks(self) -> State:
        reasons = await asyncio.gather(*(_run_check(*item) for item in self._checks.items()))
        warnings = await asyncio.gather(*(_run_check(None, check) for check in self._warnings))
        state = State(_distinct(reasons), _distinct(warnings))
        if state != self._state:
            level = logging.WARNING if any(state) else logging.INFO
            extra = facts(reasons=state.reasons, warnings=state.warnings)
            text = "not ready" if state.reasons else "ready"
            log.log(level, text, extra={**extra, PLACE: repr(state)})
            self._state = state
        return state


async def _run_check(fault: Fault | None, check: Check) -> Fault | None:
    """The result of a check; ``fault`` if it raises or takes too long."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception:
        return fault


def _distinct(faults: Collection[Fault | None]) -> tuple[Fault, ...]:
    return tuple(dict.fromkeys(fault for fault in faults if fault))


def internal_app(health: Health, metrics: Page) -> Starlette:
    """``/health/live``, ``/health/ready`` and ``/metrics``."""

    async def metrics_now(request: Request) -> Response:
        await health.look()
        return await metrics(request)

    return Starlette(
        routes=[
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/metrics", metrics_now),
        ],
        exception_handlers=HANDLERS,
    )

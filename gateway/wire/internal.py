"""The internal application: health and metrics, served to operators on a separate address."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.wire.health import Health
from gateway.wire.refusals import HANDLERS

Page = Callable[[Request], Awaitable[Response]]


def internal_app(health: Health, metrics: Page) -> Starlette:
    """``/health/live``, ``/health/ready`` and ``/metrics``."""
    return Starlette(
        routes=[
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            Route("/metrics", metrics),
        ],
        exception_handlers=HANDLERS,
    )

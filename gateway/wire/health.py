"""Whether this process lives, and whether it can answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from gateway.wire.answers import json_response

Check = Callable[[], Awaitable[bool]]

CHECK_SECONDS = 2


class Health:
    """``GET /health/live`` and ``GET /health/ready``: the name of each check, and no detail."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def live(self, request: Request) -> Response:
        return json_response({"live": True}, HTTPStatus.OK)

    async def ready(self, request: Request) -> Response:
        results = await asyncio.gather(*(_passes(check) for check in self._checks.values()))
        ready = all(results)
        return json_response(
            {"ready": ready, "checks": dict(zip(self._checks, results, strict=True))},
            HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception:
        return False

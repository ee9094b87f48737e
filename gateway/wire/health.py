"""Whether this process lives, and whether it can answer; if not, why."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from gateway.faults import Fault
from gateway.logs.lines import facts
from gateway.logs.repeats import PLACE
from gateway.wire.answers import json_response

#: What is wrong, if anything is.
Check = Callable[[], Awaitable[Fault | None]]

CHECK_SECONDS = 2

log = logging.getLogger(__name__)


class State(NamedTuple):
    """What was found: reasons to send nobody here, and what is to be mended all the same."""

    reasons: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class Health:
    """``GET /health/live`` and ``GET /health/ready``: names from a closed list, and no detail."""

    def __init__(self, checks: Mapping[Fault, Check], warnings: Collection[Check] = ()) -> None:
        """Each check stands under the fault that it names where it fails or does not end."""
        self._checks = checks
        self._warnings = warnings
        self._state = State()
        self._looking: asyncio.Task[State] | None = None

    async def live(self, request: Request) -> Response:
        return json_response({"live": True}, HTTPStatus.OK)

    async def ready(self, request: Request) -> Response:
        state = await self._look()
        is_ready = not state.reasons
        return json_response(
            {"ready": is_ready, "reasons": state.reasons, "warnings": state.warnings},
            HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    async def _look(self) -> State:
        """Whoever asks while somebody looks already is told the same."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._run_checks())
        return await asyncio.shield(self._looking)

    async def _run_checks(self) -> State:
        reasons = await asyncio.gather(*(_ask(*named) for named in self._checks.items()))
        warnings = await asyncio.gather(*(_ask(None, check) for check in self._warnings))
        state = State(_each(reasons), _each(warnings))
        if state != self._state:
            level = logging.WARNING if any(state) else logging.INFO
            known = facts(reasons=state.reasons, warnings=state.warnings)
            text = "not ready" if state.reasons else "ready"
            log.log(level, text, extra={**known, PLACE: repr(state)})
            self._state = state
        return state


async def _ask(named: Fault | None, check: Check) -> Fault | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception:
        return named


def _each(found: Collection[Fault | None]) -> tuple[Fault, ...]:
    return tuple(dict.fromkeys(fault for fault in found if fault))

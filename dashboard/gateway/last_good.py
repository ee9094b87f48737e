"""The gateway as a page asks it: once for all its parts, and with its last answer in an outage."""

import asyncio
import json
import logging
import secrets
from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dashboard.gateway.client import AWAY, UNREACHABLE, GatewayClient, GatewayError
from dashboard.gateway.session import LATE, Outage, Session
from dashboard.model.user import User

log = logging.getLogger(__name__)

#: How long a page waits for an answer while it has other figures to show.
PATIENCE_SECONDS = 2.5


class LastGood(GatewayClient):
    """The gateway as one part of a page asks it. Parts that ask the same question at once are
    answered by one request.

    An answer is kept with the viewer, role and variables (the language is one) that it was given
    for, and never found by others. A refusal is passed on, and ends all that was kept. ``mark``
    is the mark of the page: another one wants news. While there is something else to show, an older
    answer or another address (``has_other``), a gateway that is silent counts as away; what it
    answers later is kept.
    """

    def __init__(
        self,
        gateway: GatewayClient,
        session: Session,
        mark: Any = None,
        *,
        has_other: bool = False,
    ) -> None:
        self._gateway = gateway
        self._session = session
        self._mark = mark
        self._has_other = has_other
        self._role = session.role
        self._viewer: User | None = None
        #: Set as soon as an answer of this part is an old one.
        self.outage: Outage | None = None

    async def ask(
        self,
        name: str,
        variables: Mapping[str, Any],
        token: str,
        role: str | None = None,
        *,
        language: str = "en",
    ) -> dict[str, Any]:
        cache = self._session.cache
        question = (name, json.dumps(variables, sort_keys=True), role, self._viewer, language)
        if failed := self._known_failure(question):
            return self._last_answer(question, failed)
        # Who somebody is, is kept by the session for as long as its token is the same.
        if self._viewer and (fresh := cache.find_fresh(question, self._mark)):
            return fresh
        try:
            ask = partial(self._gateway.ask, language=language)
            data = await self._ask_once(question, ask, name, variables, token, role)
        except GatewayError as error:
            return self._last_answer(question, self._outage(question, error))
        if role == self._role == self._session.role:
            cache.keep(question, data, self._mark)
        return data

    async def viewer(self, session: Session) -> User:
        self._viewer = await super().viewer(session)
        if self.outage:  # who this is now, the gateway says when it is back
            session.viewer = None
        return self._viewer

    def _known_failure(self, question: Hashable) -> Outage | None:
        """The outage that answers this question, if one is known: waiting again would bring nothing
        new, and a gateway that cannot be reached answers no question."""
        cache = self._session.cache
        for failed in (cache.outage_of(question), cache.outage):
            if failed is None or failed.mark != self._mark:
                continue
            if failed.code == UNREACHABLE or failed is cache.outage_of(question):
                return failed
        return None

    async def _ask_once(self, question: Hashable, ask: Any, *arguments: Any) -> dict[str, Any]:
        """Wait for the answer to a question that is under way, or ask it."""
        under_way, key = self._session.cache.under_way, (question, self._mark)
        task = under_way.get(key)
        if task is None:
            if abandoned := self._session.cache.abandoned.pop(question, None):
                abandoned.cancel()  # this question takes its turn
            task = under_way[key] = asyncio.ensure_future(ask(*arguments))
            task.add_done_callback(lambda done: self._end(question, done))
        has_other = self._has_other or self._session.cache.has(question)
        await asyncio.wait([task], timeout=PATIENCE_SECONDS if has_other else None)
        if task.done() and not task.cancelled():
            return task.result()
        if not task.done():
            self._session.cache.abandoned[question] = task
        raise GatewayError(UNREACHABLE, "no answer in time", secrets.token_hex(16))

    def _end(self, question: Hashable, done: asyncio.Task[dict[str, Any]]) -> None:
        cache = self._session.cache
        cache.under_way.pop((question, self._mark), None)
        is_late = cache.abandoned.get(question) is done
        if is_late:
            del cache.abandoned[question]
        # A failure is for those who still wait; nobody else needs it.
        if not done.cancelled() and not done.exception() and is_late:
            cache.keep(question, done.result(), LATE)

    def _outage(self, question: Hashable, error: GatewayError) -> Outage:
        cache = self._session.cache
        if error.code not in AWAY:
            cache.forget()
            raise error
        log.warning("%s", error)
        first = cache.outage or Outage(datetime.now(UTC), error.code, error.trace_id)
        outage = replace(first, mark=self._mark)
        cache.fail(question, outage)
        return outage

    def _last_answer(self, question: Hashable, outage: Outage) -> dict[str, Any]:
        data = self._session.cache.find(question)
        if data is None:
            # The first trace, so that the page stays as it is while it tries again.
            raise GatewayError(outage.code, "nothing was kept", outage.trace_id)
        self.outage = outage
        return data

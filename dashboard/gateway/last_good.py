"""The gateway as a page asks it: while it is away, or was asked just now, with its last answer."""

import json
import logging
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from typing import Any

from dashboard.gateway.answer_cache import Outage
from dashboard.gateway.client import AWAY, Asker, GatewayError
from dashboard.gateway.session import Session
from dashboard.model.viewer import Viewer

log = logging.getLogger(__name__)


class LastGood(Asker):
    """Made for one request of one session.

    An answer is kept with the viewer, role and variables (the language is one) that it was given
    for, and never found by others. A refusal is passed on, and ends all that was kept. Whoever
    wants news, as a refresh does, is not content with what is merely fresh.
    """

    def __init__(self, gateway: Asker, session: Session, *, wants_news: bool) -> None:
        self._gateway = gateway
        self._session = session
        self._wants_news = wants_news
        self._role = session.role
        self._viewer: Viewer | None = None
        #: Set as soon as an answer of this request is an old one.
        self.outage: Outage | None = None

    async def ask(
        self, name: str, variables: Mapping[str, Any], token: str, role: str | None = None
    ) -> dict[str, Any]:
        question = (name, json.dumps(variables, sort_keys=True), role, self._viewer)
        if self.outage:  # a second wait would tell nothing new
            return self._kept(question, self.outage)
        if fresh := self._fresh(question):
            return fresh
        try:
            data = await self._gateway.ask(name, variables, token, role)
        except GatewayError as error:
            return self._kept(question, self._outage(error))
        if role == self._role == self._session.role:
            self._session.kept.outage = None
            self._session.kept.keep(question, data)
        return data

    async def viewer(self, session: Session) -> Viewer:
        self._viewer = await super().viewer(session)
        if self.outage:  # who this is now, the gateway says when it is back
            session.viewer = None
        return self._viewer

    def _fresh(self, question: Hashable) -> dict[str, Any] | None:
        kept = self._session.kept
        return None if self._wants_news or kept.outage else kept.find_fresh(question)

    def _outage(self, error: GatewayError) -> Outage:
        kept = self._session.kept
        if error.code not in AWAY:
            kept.forget()
            raise error
        log.warning("%s", error)
        kept.outage = kept.outage or Outage(datetime.now(UTC), error.code, error.trace_id)
        return kept.outage

    def _kept(self, question: Hashable, outage: Outage) -> dict[str, Any]:
        data = self._session.kept.find(question)
        if data is None:
            # The first trace, so that the page stays as it is while it tries again.
            raise GatewayError(outage.code, "nothing was kept", outage.trace_id)
        self.outage = outage
        return data

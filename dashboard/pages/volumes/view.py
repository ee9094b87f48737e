"""The view of the page Volumes: the viewer, the address, and the volumes that answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dashboard.components.page_request import PageRequest, page_request
from dashboard.gateway.client import GatewayError
from dashboard.gateway.session import Outage
from dashboard.gateway.volumes_query import ask_volumes
from dashboard.model.filters import FILTER, FILTERS
from dashboard.model.measures import STOCKS, Audience, Measure
from dashboard.model.page_state import Address
from dashboard.model.period import WIB, Period, today
from dashboard.model.reach import Absent, absences
from dashboard.model.rows import Line
from dashboard.model.user import User
from dashboard.model.volumes import Choice, Volumes
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, country_name, list_text

#: More names than this are counted, not listed.
MOST_NAMES = 3


@dataclass(frozen=True)
class View:
    """One answered address, with the words of its language."""

    address: Address
    viewer: User
    audience: Audience
    period: Period
    volumes: Volumes
    say: Texts
    #: Since when the gateway is away, if these are its last good figures.
    outage: Outage | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Those that are shown: the main ones, or all that this audience reads."""
        is_all = self.address.measures == "all"
        return self.audience.measures if is_all else self.audience.main

    @property
    def measure(self) -> Measure:
        """The one on the map and in the trend."""
        return self.address.measure_shown

    @property
    def earlier(self) -> Period:
        """The period that this one is compared with."""
        return self.period.before(self.address.compare)

    @property
    def read_on(self) -> date:
        """The last day that the figures cover."""
        return min(self.period.to_on, self._known_on)

    @property
    def is_current(self) -> bool:
        """Whether the period runs to now, so that its stocks are those of this moment."""
        return self.period.to_on >= self._known_on

    @property
    def _known_on(self) -> date:
        """The day of the figures; today for a part that does not know it."""
        as_of = self.volumes.as_of
        return as_of.astimezone(WIB).date() if as_of else today()

    def is_stock(self, measure: Measure) -> bool:
        return measure in STOCKS

    @cached_property
    def absent(self) -> tuple[Absent, ...]:
        """What the address names but has no figures for this viewer."""
        return absences(self.viewer, self.address, self.volumes)

    @property
    def chosen_filters(self) -> dict[str, str]:
        """The filters that are set, by key, as people read them; without what has no figures."""
        names = {each.key: self._present(each.key) for each in FILTERS}
        return {key: self.names(key, codes) for key, codes in names.items() if codes}

    @property
    def subject(self) -> str:
        """What the figures are about, if not everything."""
        return " · ".join(self.chosen_filters.values())

    @property
    def members(self) -> tuple[Choice, ...]:
        """What was chosen among the rows, with names; each gets a line of its own."""
        by = self.address.by
        return tuple(Choice(code, self.name(by, code)) for code in self._present(by))

    def _present(self, key: str) -> tuple[str, ...]:
        absent = {each.code for each in self.absent if each.key == key}
        return tuple(code for code in self.address.filters[key] if code not in absent)

    def name_of(self, line: Line) -> str:
        """What a row is called; a channel or purpose brings no name of its own."""
        return line.name or (self.name(self.address.by, line.code) if line.code else "")

    def names(self, key: str, codes: Sequence[str]) -> str:
        if len(codes) > MOST_NAMES:
            return self.say(f"filters.count.{key}", count=count_text(len(codes), self.say))
        return list_text([self.name(key, code) for code in codes], self.say)

    def name(self, key: str, code: str) -> str:
        """What a value of a filter is called; one that this viewer has no row of, by its code."""
        if FILTER[key].words:
            return self.say(f"words.{key}.{code}")
        offered = {choice.code: choice.name for choice in self.volumes.choices.get(key, ())}
        if key in ("country", "nationality"):
            found = offered.get(code) or (self.volumes.named or {}).get(code)
            return found or country_name(code, self.say.language)
        if key == "centre":
            return offered.get(code) or (self.volumes.named_centres or {}).get(code, code)
        return offered.get(code, code)


async def read_view(state: Any, *questions: str) -> View:
    """What is to be shown of these questions. Raises GatewayError."""
    request = page_request(state)
    return await request.share(questions, lambda: _read(request, questions))


async def _read(request: PageRequest, questions: Sequence[str]) -> View:
    viewer = await request.viewer()
    audience = request.address.audience(viewer.role, today())
    if audience is None:  # the role was changed elsewhere, while this page stood open
        raise GatewayError("FORBIDDEN", "no figures for this role", "")
    address = request.address.among(audience)
    period = address.chosen_period(today())
    volumes = await ask_volumes(
        request.gateway, request.session, audience, period, address, questions
    )
    return View(address, viewer, audience, period, volumes, request.say, request.gateway.outage)

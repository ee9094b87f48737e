"""How the parts of the page Today read their figures: all of them by one fetch."""

from dataclasses import dataclass, replace
from typing import Any

from dashboard.components.page_request import PageRequest, page_request
from dashboard.gateway.client import GatewayError
from dashboard.gateway.session import Outage
from dashboard.model.filters import FILTER
from dashboard.model.page_state import REASONS, Address
from dashboard.model.period import last_year, today
from dashboard.model.reach import Absent, absences, is_elsewhere
from dashboard.model.user import User
from dashboard.pages.today import files
from dashboard.pages.today.answers import (
    AGENT,
    MANAGER,
    QUESTION,
    READERS,
    Today,
    read_today,
    variables_of,
)
from dashboard.pages.today.files import FewFiles, is_very_small
from dashboard.texts import Texts
from dashboard.texts.wording import country_name

#: Whose work is a partner's.
PARTNERS = (MANAGER, AGENT)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, and its viewer."""

    today: Today
    address: Address
    viewer: User
    say: Texts
    outage: Outage | None
    #: Of a manager whose applications are few enough to be looked at one by one.
    files: FewFiles | None = None

    @property
    def absent(self) -> tuple[Absent, ...]:
        """What the address names without there being figures of it for this viewer."""
        return absences(self.viewer, self.address, self.today)

    @property
    def is_elsewhere(self) -> bool:
        """Whether nothing is left that there are figures of."""
        return is_elsewhere(self.address, self.absent)

    def name(self, key: str, code: str) -> str:
        """What a value of a filter is called."""
        if FILTER[key].words:
            return self.say(f"words.{key}.{code}")
        if key == "country":
            return (self.today.named or {}).get(code) or country_name(code, self.say.language)
        return self.today.names[key].get(code, code)


async def read_reply(state: Any) -> Reply:
    """What is to be shown, of one fetch for all parts. Raises GatewayError."""
    request = page_request(state)
    return await request.share("today", lambda: _read(request))


async def _read(request: PageRequest) -> Reply:
    viewer = await request.viewer()
    if viewer.role not in READERS:
        raise GatewayError("FORBIDDEN", "no figures for this role", "")
    # Filters that no control of this page shows are left out.
    address = replace(request.address, nationality=(), centre=())
    reasons = reasons_of(viewer)
    if address.why not in reasons:
        address = replace(address, why=reasons[0])
    period = address.chosen_period(today())
    data = await request.ask(QUESTION, variables_of(address, period))
    found = read_today(data, period, address)
    files = await _read_files(request, viewer, found)
    return Reply(found, address, viewer, request.say, request.gateway.outage, files)


async def _read_files(request: PageRequest, viewer: User, found: Today) -> FewFiles | None:
    """Each application, where a manager has very few and has not narrowed the page."""
    is_narrowed = any(request.address.filters.values())
    if viewer.role != MANAGER or is_narrowed or not is_very_small(found):
        return None
    data = await request.ask(files.QUESTION, files.variables_of(viewer.countries, today()))
    return files.read_files(data, last_year(today()).from_on.year)


def reasons_of(viewer: User) -> tuple[str, ...]:
    """By what a change can be broken down: not by what there is one of."""
    alone = {"partner", *(["country"] if len(viewer.countries) == 1 else [])}
    return tuple(each for each in REASONS if not viewer.partner or each not in alone)


def place_of(viewer: User) -> str:
    """What is compared: countries, the centres of one country, or what a centre takes in."""
    if viewer.role == AGENT:
        return "visa"
    return "centre" if viewer.partner and len(viewer.countries) == 1 else "country"

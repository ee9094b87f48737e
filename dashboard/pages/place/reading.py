"""What the page of a place reads: its findings, its name, and what waits there now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dashboard.components.page_request import PageRequest, page_request
from dashboard.gateway.client import GatewayError
from dashboard.model.events import read_notes
from dashboard.model.filters import CENTRE, COUNTRY, FILTER, PARTNER, VISA, condition
from dashboard.model.findings import read_findings
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import Address
from dashboard.model.period import Period, today
from dashboard.model.user import User
from dashboard.pages.today.answers import AGENT, MANAGER, Today
from dashboard.pages.today.reading import place_of
from dashboard.texts import Texts

QUESTION, LATE, WAITING = "place/question", "place/late", "place/waiting"
READERS = frozenset(AUDIENCES)
#: Asks a document with its variables, as the viewer.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
#: Who reads the applications behind a number; the others read how it splits.
CASE_READERS = frozenset({MANAGER, AGENT, "OFFICER", "SUPERVISOR", "AUDITOR"})
#: What a page can be of, the narrowest first, and the list that its name comes from.
KINDS = {CENTRE: "centres", PARTNER: "partners", COUNTRY: "countries"}


@dataclass(frozen=True, slots=True)
class Place:
    """One country, partner or centre, and all that is found about it."""

    kind: str
    code: str
    #: None where there is none in the viewer's reach.
    node: Mapping[str, Any] | None
    today: Today
    #: Open and late applications, the oldest first, and how many there are; None where it is read
    #: how they split.
    late: Sequence[Mapping[str, Any]] | None
    late_count: int
    #: What waits now, by what it splits into.
    waiting: Mapping[str, Sequence[Mapping[str, Any]]]
    address: Address
    viewer: User
    say: Texts
    #: What stood beside the figures: the checkpoint of the account, the edition of published ones.
    evidence: Mapping[str, Any]

    @property
    def compared(self) -> str:
        """What is compared with each other for this viewer."""
        return place_of(self.viewer)


def chosen_place(address: Address) -> tuple[str, str] | None:
    """The narrowest place that the address names alone: its kind and its code."""
    found = ((kind, address.filters[kind]) for kind in KINDS)
    return next(((kind, codes[0]) for kind, codes in found if len(codes) == 1), None)


async def read_place(state: Any) -> Place | None:
    """What is to be shown; None where the address names no place. Raises GatewayError."""
    request = page_request(state)
    return await request.share("place", lambda: _read(request))


async def _read(request: PageRequest) -> Place | None:
    viewer = await request.viewer()
    if viewer.role not in READERS:
        raise GatewayError("FORBIDDEN", "no figures for this role", "")
    chosen = chosen_place(request.address)
    if chosen is None:
        return None
    return await ask_place(request.ask, viewer, *chosen, request.address, request.say)


async def ask_place(
    ask: Ask, viewer: User, kind: str, code: str, address: Address, say: Texts
) -> Place:
    """All that is found about a place, or, without a kind, about everything in the viewer's scope:
    as far as the address narrows it. Raises GatewayError."""
    period = address.chosen_period(today())
    data = await ask(QUESTION, variables_of(kind, code, address, period, place_of(viewer)))
    late: dict[str, Any] = {"nodes": None, "totalCount": {"value": 0}}
    waiting: dict[str, Any] = {}
    # Cases are found by all that figures are narrowed to, but for what somebody travels for.
    if viewer.role in CASE_READERS and not address.purpose:
        by_now = late_variables(kind, code, address, datetime.now(UTC))
        late = (await ask(LATE, by_now))["applications"]
    else:
        waiting = await ask(WAITING, waiting_variables(kind, code, address))
    node = _node(data, kind, code, viewer)
    return Place(
        kind,
        code,
        node,
        _findings(data, period, address, node if kind == CENTRE else None),
        late["nodes"],
        late["totalCount"]["value"] or 0,
        {key: table["rows"] for key, table in waiting.items()},
        address,
        viewer,
        say,
        data["claims"]["evidence"],
    )


def _node(data: Mapping[str, Any], kind: str, code: str, viewer: User) -> Mapping[str, Any] | None:
    """What the place is called; None for a country outside a partner's scope, of which everybody
    reads the name alone."""
    is_outside = kind == COUNTRY and bool(viewer.countries) and code not in viewer.countries
    if is_outside or not kind:
        return None
    return next(iter(data[KINDS[kind]]["nodes"]), None)


def _narrowed(kind: str, code: str, address: Address) -> dict[str, Any]:
    """The condition for a place, and for all else that the address narrows figures to."""
    place = {FILTER[kind].where: {"in": [code]}} if kind else {}
    return {**condition(address.filters), **place}


def variables_of(
    kind: str, code: str, address: Address, period: Period, place: str
) -> dict[str, Any]:
    """The variables of ``question.graphql``: what is no place of those that are compared is looked
    at by the places in it."""
    codes = {f"is{each.capitalize()}": each == kind for each in KINDS}
    named = {table: [code] if each == kind else [] for each, table in KINDS.items()}
    return {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "where": _narrowed(kind, code, address),
        "about": code if kind in (place, CENTRE) else None,
        **codes,
        **named,
        "isEnglish": address.language == "en",
        "language": address.language.upper(),
    }


def late_variables(kind: str, code: str, address: Address, now: datetime) -> dict[str, Any]:
    """The variables of ``late.graphql``: what is overdue by the last full hour, as figures count
    it."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    where = {
        **_narrowed(kind, code, address),
        "closedAt": {"isNull": True},
        "targetDueAt": {"before": hour.isoformat()},
    }
    return {"where": where}


def waiting_variables(kind: str, code: str, address: Address) -> dict[str, Any]:
    """The variables of ``waiting.graphql``."""
    return {
        "today": today().isoformat(),
        "where": _narrowed(kind, code, address),
        "isCentre": kind == CENTRE,
        "isPartner": kind in ("", PARTNER),
        "language": address.language.upper(),
    }


def _findings(
    data: Mapping[str, Any], period: Period, address: Address, centre: Mapping[str, Any] | None
) -> Today:
    # A note is of a country, a partner or of everything: a centre has those of its own.
    countries, partners = (
        [part["code"] for part in (centre[key],) if part] if centre else address.filters[key]
        for key in (COUNTRY, PARTNER)
    )
    rows = [row for table in ("claims", "figures", "marks") for row in data[table]["rows"]]
    return Today(
        period=period,
        as_of=datetime.fromisoformat(data["claims"]["asOf"]),
        found=read_findings(rows, address.language),
        names={VISA: {}},
        choices={},
        named=None,
        notes=read_notes(data["notes"]["nodes"], period.to_on, countries, partners),
    )

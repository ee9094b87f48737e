"""What the pages Today and Place ask the gateway for, by who looks and what the address names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from dashboard.gateway.client import GatewayClient
from dashboard.gateway.session import Session
from dashboard.model.measures import AUDIENCES
from dashboard.model.page_state import read_address
from dashboard.model.period import Period
from dashboard.model.user import User
from dashboard.pages.place import reading as places
from dashboard.pages.today import files
from dashboard.pages.today.answers import QUESTION
from dashboard.pages.today.reading import Reply, place_of, read_reply
from dashboard.texts import texts
from dashboard.web.visit import Visit, current_visit
from tests.dashboard.some_volumes import LEADER
from tests.dashboard.test_findings_drawn import AGENT, MANAGER

pytestmark = pytest.mark.anyio

NONE: dict[str, Any] = {"nodes": [], "rows": []}
MANAGER_OF_TWO = User("PARTNER_MANAGER", ("PARTNER_MANAGER",), None, "NUSA", ("AU", "SG"))


def note(name: str, country: str | None, partner: str | None) -> dict[str, Any]:
    """One of January 2026."""
    places_ = {"country": country, "partner": partner}
    return {
        "month": "2026-01-01", "text": name, "author": "a", "writtenAt": "2026-02-01T00:00:00Z",
        **{key: code and {"code": code, "name": code} for key, code in places_.items()},
    }  # fmt: skip


CLAIMS = {**NONE, "asOf": "2026-03-01T00:00:00Z", "evidence": {}}
FOUND = {"claims": CLAIMS, "figures": NONE, "marks": NONE}


class Answering(GatewayClient):
    """Answers to the names of documents, and what was asked of them."""

    def __init__(self, **answers: Mapping[str, Any]) -> None:
        self.answers, self.asked = answers, dict[str, Mapping[str, Any]]()

    async def ask(self, name: str, variables: Mapping[str, Any], *_: Any, **__: Any) -> Any:
        self.asked[name] = variables
        return self.answers[name.rpartition("/")[2]]


@contextmanager
def visited(viewer: User, gateway: GatewayClient) -> Iterator[None]:
    session = Session("access", None, "id", 0, role=viewer.role, viewer=viewer)
    token = current_visit.set(Visit(session, gateway, "en"))
    try:
        yield
    finally:
        current_visit.reset(token)


async def read_today(viewer: User, search: str) -> tuple[Reply, dict[str, Mapping[str, Any]]]:
    named = {"nodes": [{"code": "AU", "name": "As the gateway calls it"}]}
    of_files = {"countries": NONE, "regions": NONE, "applications": NONE}
    lists = dict.fromkeys(("offered", "partners", "visaTypes", "notes", "views"), NONE)
    gateway = Answering(question={**FOUND, **lists, "named": named}, files=of_files)
    with visited(viewer, gateway):
        return await read_reply({"search": search}), gateway.asked


async def test_what_no_control_of_today_shows_narrows_nothing() -> None:
    search = "?country=AU&nationality=NZ&centre=AU-SYD&visa=B1"
    reply, asked = await read_today(LEADER, search)
    assert asked[QUESTION]["where"] == {"country": {"in": ["AU"]}, "visaType": {"in": ["B1"]}}
    assert reply.name("country", "AU") == "As the gateway calls it"
    assert reply.name("country", "NZ") == "New Zealand"


@pytest.mark.parametrize(
    ("viewer", "search", "is_read"),
    [(MANAGER, "", True), (MANAGER, "?visa=B1", False), (MANAGER, "?nationality=NZ", False),
     (AGENT, "", False), (LEADER, "", False)],
)  # fmt: skip
async def test_few_files_are_read_by_a_manager_who_narrowed_nothing(
    viewer: User, search: str, is_read: bool
) -> None:
    reply, asked = await read_today(viewer, search)
    assert (files.QUESTION in asked) is (reply.files is not None) is is_read


@pytest.mark.parametrize(
    ("viewer", "why", "reason"),
    [(LEADER, "partner", "PARTNER"), (MANAGER, "partner", "VISA_TYPE"),
     (MANAGER, "country", "VISA_TYPE"), (MANAGER_OF_TWO, "partner", "COUNTRY"),
     (MANAGER_OF_TWO, "purpose", "TRIP_PURPOSE")],
)  # fmt: skip
async def test_a_change_is_broken_down_by_what_there_is_more_than_one_of(
    viewer: User, why: str, reason: str
) -> None:
    _, asked = await read_today(viewer, f"?why={why}")
    assert asked[QUESTION]["reason"] == reason


def test_centres_are_compared_by_who_works_in_one_country() -> None:
    leader_of_one = User("LEADERSHIP", ("LEADERSHIP",), None, None, ("AU",))
    assert [place_of(each) for each in (LEADER, leader_of_one, MANAGER, MANAGER_OF_TWO, AGENT)] == [
        "country", "country", "centre", "country", "visa",
    ]  # fmt: skip


async def read_place(
    viewer: User, kind: str, code: str, search: str = ""
) -> tuple[places.Place, dict[str, Mapping[str, Any]]]:
    late = {"applications": {"nodes": [], "totalCount": {"value": 0}}}
    nodes = {"nodes": [{"name": code, "country": {"code": "AU"}, "partner": {"code": "NUSA"}}]}
    notes = {"nodes": [note("of AU", "AU", None), note("of SG", "SG", None),
                       note("of NUSA", None, "NUSA"), note("of another", None, "OTHER"),
                       note("of all", None, None)]}  # fmt: skip
    question = {**FOUND, **dict.fromkeys(places.KINDS.values(), nodes), "notes": notes}
    gateway = Answering(question=question, late=late, waiting={})
    address = read_address(f"?{kind}={code}&{search}", "en")

    async def ask(name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return await gateway.ask(name, variables)

    place = await places.ask_place(ask, viewer, kind, code, address, texts("en"))
    return place, gateway.asked


@pytest.mark.parametrize("role", AUDIENCES)
async def test_late_cases_are_listed_for_those_who_read_cases(role: str) -> None:
    viewer = User(role, (role,), None, None, ())
    place, asked = await read_place(viewer, "country", "AU")
    read, unread = (places.LATE, places.WAITING)[:: -1 if role == "LEADERSHIP" else 1]
    assert read in asked
    assert unread not in asked
    assert (place.late is None) is (role == "LEADERSHIP")
    # Nobody finds cases by what somebody travels for.
    _, asked = await read_place(viewer, "country", "AU", "purpose=TOURISM")
    assert places.LATE not in asked


@pytest.mark.parametrize(
    ("viewer", "code", "is_named"),
    [(LEADER, "NZ", True), (MANAGER, "AU", True), (MANAGER, "NZ", False)],
)
async def test_a_country_outside_a_scope_is_no_place(
    viewer: User, code: str, is_named: bool
) -> None:
    place, _ = await read_place(viewer, "country", code)
    assert (place.node is not None) is is_named


@pytest.mark.parametrize(
    ("kind", "code", "compared", "about"),
    [("country", "AU", "country", "AU"), ("country", "AU", "centre", None),
     ("partner", "NUSA", "country", None), ("centre", "AU-SYD", "centre", "AU-SYD"),
     ("centre", "AU-SYD", "country", "AU-SYD")],
)  # fmt: skip
def test_findings_are_about_a_centre_or_what_is_compared(
    kind: str, code: str, compared: str, about: str | None
) -> None:
    period = Period(date(2025, 11, 1), date(2026, 10, 31))
    address = read_address(f"?{kind}={code}", "en")
    assert places.variables_of(kind, code, address, period, compared)["about"] == about


@pytest.mark.parametrize(
    ("kind", "code", "without"),
    [("country", "AU", "of SG"), ("partner", "NUSA", "of another"),
     ("centre", "AU-SYD", "of SG, of another")],
)  # fmt: skip
async def test_a_place_has_the_notes_of_its_country_and_its_partner(
    kind: str, code: str, without: str
) -> None:
    place, _ = await read_place(LEADER, kind, code, "period=2026-01..2026-02")
    told = {note_.text for note_ in place.today.notes}
    assert {"of AU", "of SG", "of NUSA", "of another", "of all"} - told == {*without.split(", ")}

"""Statements that are written once for a role keep every viewer of it to the own rows."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from gateway.access.rows import select_reachable_in_role
from gateway.access.transactions.prepared import Planning, PreparedStatement, prepare
from gateway.viewer import Viewer as WhoAsks
from models import Application
from models.database.connections import connect
from models.vocabulary import Role
from tests.gateway import oracle, walls
from tests.gateway.both_ways import plans_watched
from tests.gateway.conftest import CLAIMS, Viewer
from tests.listening import listening
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

#: Rows of a page, of a lookup, and of links to one and to many.
DOCUMENT = """{
    applications(first: 50) {
        nodes { reference applicant {
            applications(first: 99) { nodes { reference centre { code } } }
        } }
    }
    partner(by: {code: "NUSA"}) { centres(first: 99) { nodes { code } } }
    application(by: {reference: "AUSY-GRAN-0001"}) { reference }
}"""
PEERS = [
    ["manager-au", "manager-andalan", "manager-pacific"],
    ["officer", "officer-2"],
    ["agent-au", "agent-melbourne"],
    ["service", "service-andalan"],
    ["applicant", "applicant-2"],
]
MORE: dict[str, dict[str, Any]] = {
    "agent-melbourne": {**CLAIMS["agent-au"], "sub": "agent-2", "centres": ["AU-MEL"]},
    "service-andalan": {**CLAIMS["service"], "sub": "service-2", "partner": "ANDALAN"},
    "applicant-2": {**CLAIMS["applicant"], "sub": "applicant-2"},
}


@pytest.fixture(scope="module")
async def two_accounts(world: str) -> None:
    owner = await connect(world)
    try:
        await owner.execute(
            "UPDATE applicant SET account = 'applicant-2' WHERE id = $1", applicant_id("Li Goh")
        )
    finally:
        await owner.close()


@pytest.fixture(scope="module")
async def one_wall(world: str, two_accounts: None) -> AsyncIterator[None]:
    """Without the rows' second wall, which would hide what the first one lets through."""
    async with walls.second_wall_down(world):
        yield


def test_a_statement_that_was_not_held_to_the_policy_is_refused() -> None:
    with pytest.raises(PermissionError):
        prepare(select(Application.reference), Role.OFFICER)


def test_the_scope_is_filled_in_at_each_run_and_is_no_part_of_the_text() -> None:
    statement = select_reachable_in_role(
        "Application", Role.PARTNER_MANAGER, Application.reference.label("r")
    )
    prepared = prepare(statement, Role.PARTNER_MANAGER)
    for partner, countries in (("NUSA", ("AU", "NZ")), ("ANDALAN", ("SG",)), ("", ())):
        viewer = WhoAsks("x", Role.PARTNER_MANAGER, partner=partner or None, countries=countries)
        assert set(prepared.arguments(viewer, {})) == {partner or None, countries or None}
        assert not any(word in prepared.text for word in ("NUSA", "ANDALAN", "'AU'"))


def test_a_place_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        PreparedStatement("SELECT $1", Planning.ONCE, ("nothing",), {}).arguments(
            WhoAsks("x", Role.OFFICER), {}
        )


@pytest.mark.parametrize("names", PEERS, ids=lambda names: names[0])
async def test_viewers_of_a_role_with_one_document_have_no_row_of_each_other(
    who: Mapping[str, Viewer], one_wall: None, names: list[str]
) -> None:
    await ask_in_turn(who, names)


async def ask_in_turn(who: Mapping[str, Viewer], names: list[str]) -> None:
    """In turn, and then all at once, time and again."""
    some = next(iter(who.values()))
    viewers = [Viewer(some.client, MORE.get(name) or CLAIMS[name]) for name in names]
    with plans_watched() as answered:
        for viewer in viewers * 2:
            assert_own(viewer, (await viewer(DOCUMENT)).data)
        for viewer, answer in zip(
            viewers * 5, await asyncio.gather(*(v(DOCUMENT) for v in viewers * 5)), strict=True
        ):
            assert_own(viewer, answer.data)
    assert answered == [True] * len(viewers) * 7


def assert_own(viewer: Viewer, data: dict[str, Any]) -> None:
    own = oracle.cases(viewer.claims)
    nodes = data["applications"]["nodes"]
    assert {node["reference"] for node in nodes} == own
    linked = [one for node in nodes for one in node["applicant"]["applications"]["nodes"]]
    assert {one["reference"] for one in linked} == own
    centres = {one["centre"]["code"] for one in linked if one["centre"]}
    assert centres <= oracle.centres(viewer.claims)
    of_nusa = {code for code, (partner, _) in oracle.CENTRES.items() if partner == "NUSA"}
    found = data["partner"] and {one["code"] for one in data["partner"]["centres"]["nodes"]}
    assert (found or set()) == of_nusa & oracle.centres(viewer.claims)
    assert (data["application"] is not None) == ("AUSY-GRAN-0001" in own)


async def test_a_scope_that_is_remembered_is_seen(
    who: Mapping[str, Viewer], one_wall: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: dict[str, WhoAsks] = {}
    arguments = PreparedStatement.arguments

    def reuse_first_viewer(
        self: PreparedStatement, viewer: WhoAsks, given: Mapping[str, Any]
    ) -> list[Any]:
        return arguments(self, first.setdefault(self.text, viewer), given)

    monkeypatch.setattr(PreparedStatement, "arguments", reuse_first_viewer)
    with pytest.raises(AssertionError):
        await ask_in_turn(who, ["manager-au", "manager-andalan"])


async def test_a_page_is_planned_once_for_all_values_as_its_statements_show(
    who: Mapping[str, Viewer],
) -> None:
    """The floor of the bench runs these statements: without the first each run would be planned."""
    sent: list[str] = []
    with listening(lambda text, _: sent.append(text), settings=True):
        await who["supervisor"]("{ applications(first: 2) { nodes { reference } } }")
    assert sent[0] == "SET LOCAL plan_cache_mode = force_generic_plan"
    assert any("FROM application" in text for text in sent[1:])

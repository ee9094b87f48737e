"""The last four characters of passports: who reads them, by a plan and by the executor."""

from typing import Any

import asyncpg
import pytest

from gateway.execution.plan.plans import PlanCache
from gateway.logs import WhyExecutor
from models.row_security import database_role
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.conftest import Viewer
from tests.walls.reach import WHO, viewer
from tests.walls.undoing import undone
from tests.world import CASES, LINKS, applicant_id

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("world")]

LIST = """
    { applications(first: 50) { nodes { applicant { id passportLastFour
        applications(first: 2) { edges { node { applicant { passportLastFour } } } }
    } } } }
"""
LINKED = """
    { application(by: {reference: "SGPO-OPEN-0006"}) { applicant { linked(first: 9) { nodes {
        state reason applicant { passportLastFour }
    } } } } }
"""
#: The ways to an applicant besides lists.
NODE = "query ($id: ID!) { node(id: $id) { ... on Applicant { id passportLastFour } } }"
#: Whose case is on the desk of the officer, and who is surely linked to them.
OWN, SURE = "Wei Tan", "Farid Noori"


@pytest.fixture(params=["by plans", "by the executor"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by the executor":
        monkeypatch.setattr(PlanCache, "plan", lambda *_: WhyExecutor.REFUSED)


async def list_endings(asking: Viewer) -> dict[str, Any]:
    """The last fours that a list answers, by the id of the applicant."""
    asked = await asking(LIST)
    assert asked.errors == []
    found = {}
    for node in asked.data["applications"]["nodes"]:
        one = node["applicant"]
        below = [edge["node"]["applicant"] for edge in one["applications"]["edges"]]
        assert all(each["passportLastFour"] == one["passportLastFour"] for each in below)
        found[one["id"]] = one["passportLastFour"]
    return found


@pytest.mark.usefixtures("way")
async def test_in_a_list_an_officer_reads_the_last_fours_of_the_own_desk_alone(who) -> None:
    officer, supervisor = await list_endings(who["officer"]), await list_endings(who["supervisor"])
    assert officer.keys() == supervisor.keys()
    assert all(supervisor.values())
    seen = {id_: ending for id_, ending in officer.items() if ending}
    assert len(seen) == 2
    assert seen.items() <= supervisor.items()
    for id_ in supervisor:
        found = (await who["officer"](NODE, id=id_)).data["node"]
        assert found == {"id": id_, "passportLastFour": officer[id_]}
    # An agent reads those of the own scope, of which the list consists.
    agent = await list_endings(who["agent-au"])
    assert len(agent) > 1
    assert agent.items() <= supervisor.items()
    assert all((await list_endings(who["applicant"])).values())


@pytest.mark.usefixtures("way")
async def test_a_link_opens_no_last_four_before_it_is_certain(who) -> None:
    asked = await who["officer"](LINKED)
    links = asked.data["application"]["applicant"]["linked"]["nodes"]
    found = {link["state"]: bool(link["applicant"]["passportLastFour"]) for link in links}
    assert found == {"CERTAIN": True, "PROPOSED": False, "REJECTED": False, None: False}


async def test_nobody_filters_or_orders_by_last_fours(who) -> None:
    for argument in (
        'where: {passportLastFour: {eq: "0001"}}',
        "orderBy: {field: PASSPORT_LAST_FOUR}",
        'where: {applicant: {passportLastFour: {eq: "0001"}}}',
    ):
        asked = await who["supervisor"](
            f"{{ applications(first: 1, {argument}) {{ nodes {{ id }} }} }}"
        )
        assert (asked.status, "data" in asked.body) == (400, False)


async def test_the_database_alone_keeps_other_last_fours_from_an_officer(
    connection: asyncpg.Connection,
) -> None:
    """By any statement; and nobody reads the column by which they are written."""
    async with undone(connection):
        await act(connection, viewer(WHO["officer"]))
        found = await connection.fetch("SELECT applicant_id FROM passport_ending")
        assert {row[0] for row in found} == {applicant_id(OWN), applicant_id(SURE)}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT passport_last_four FROM applicant")
    for role in (Role.AUDITOR, Role.PARTNER_MANAGER, Role.SCREENING, Role.LEADERSHIP):
        name = database_role(role)
        assert not await connection.fetchval(
            "SELECT has_any_column_privilege($1, 'passport_ending', 'SELECT')", name
        )


async def test_a_stored_last_four_changes_and_is_deleted_with_the_person(
    connection: asyncpg.Connection,
) -> None:
    """Whatever writes it."""
    person = applicant_id(CASES[0].applicant)
    write = (
        "UPDATE applicant SET passport_last_four = $2 WHERE id = $1 RETURNING passport_last_four"
    )
    ending = "SELECT last_four FROM passport_ending WHERE applicant_id = $1"
    async with undone(connection):
        before = await connection.fetchval(ending, person)
        assert await connection.fetchval(write, person, "ABC9") is None
        assert (await connection.fetchval(ending, person), before != "ABC9") == ("ABC9", True)
        # A correction that leaves the passport as it is leaves this as it is.
        await connection.fetchval(write, person, None)
        assert await connection.fetchval(ending, person) == "ABC9"
        await connection.execute("UPDATE applicant SET erased_at = now() WHERE id = $1", person)
        assert await connection.fetchval(ending, person) is None
        await connection.fetchval(write, person, "ABC9")
        assert await connection.fetchval(ending, person) is None
    assert {link.other for link in LINKS if link.is_sure and link.one == OWN} == {SURE}

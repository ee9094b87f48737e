"""The id of something else names no application: the answer is that of an id of nothing."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from models.database.connections import connect
from tests.gateway.changing import document
from tests.gateway.conftest import Viewer, without_budget
from tests.world import applicant_id, application_id, decision_id

pytestmark = pytest.mark.anyio

CASE = application_id("AUSY-GRAN-0001")
READ = UUID(int=4711)
#: Things that a supervisor reads, by their ids: each type that has ids, but the application's.
OTHERS = {
    "Country": "AU",
    "VisaType": "B1",
    "Partner": "NUSA",
    "Centre": "AU-SYD",
    "Applicant": str(applicant_id("Ruby Hale")),
    "Decision": str(decision_id("AUSY-GRAN-0001")),
    "AccessEvent": str(READ),
}
#: Ids that look like an application's: its key under another type, and a key of nothing.
ODD = {
    "the case's key, of another type": GlobalId("Applicant", str(CASE)),
    "the case's key, of no type": GlobalId("Case", str(CASE)),
    "the case's key, spelled in another way": GlobalId("Application", str(CASE).upper()),
    "the applicant's key, as an application's": GlobalId("Application", OTHERS["Applicant"]),
}
NOTHING = GlobalId("Application", str(UUID(int=999_999))).encode()
DOCUMENTS = (
    "query($id: ID!) { application(by: {id: $id}) { reference } }",
    "query($id: ID!) { application(by: {id: $id}) { __typename id } }",
    "query($id: ID!) { application(by: {id: $id}) { id decision { id } applicant { id } } }",
    # Together with an interface it runs by the executor, not by a plan.
    'query($id: ID!) { application(by: {id: $id}) { reference } node(id: "x") { id } }',
)


@pytest.fixture(scope="module")
async def readable(world: str) -> None:
    """A line in the log of reads, which the supervisor may read."""
    owner = await connect(world)
    await owner.execute(
        "INSERT INTO access_event (id, applicant_id, actor, actor_role, purpose, case_reference,"
        " fields, trace_id) VALUES"
        " ($1, $2, 'supervisor', 'SUPERVISOR', 'CASEWORK', 'TEST', '{fullName}', 'trace')",
        READ,
        applicant_id("Ruby Hale"),
    )
    await owner.close()


async def answer_to(viewer: Viewer, query: str, id_: str) -> tuple[int, str]:
    answer = await viewer(query, id=id_)
    return answer.status, without_budget(answer.text)


@pytest.mark.parametrize("query", DOCUMENTS)
@pytest.mark.parametrize("type_name", OTHERS)
async def test_the_id_of_another_type_is_answered_as_an_id_of_nothing(
    who: dict[str, Viewer], readable: None, type_name: str, query: str
) -> None:
    id_ = GlobalId(type_name, OTHERS[type_name]).encode()
    there = await who["supervisor"]("query($id: ID!) { node(id: $id) { __typename } }", id=id_)
    assert there.data == {"node": {"__typename": type_name}}, "the supervisor reads it"
    nothing = await answer_to(who["supervisor"], query, NOTHING)
    assert (nothing[0], '"errors"' in nothing[1]) == (200, False)
    assert await answer_to(who["supervisor"], query, id_) == nothing


@pytest.mark.parametrize("query", DOCUMENTS)
@pytest.mark.parametrize("name", ODD)
async def test_a_key_under_another_type_is_answered_as_an_id_of_nothing(
    who: dict[str, Viewer], name: str, query: str
) -> None:
    nothing = await answer_to(who["supervisor"], query, NOTHING)
    assert await answer_to(who["supervisor"], query, ODD[name].encode()) == nothing


async def test_ids_of_several_types_name_each_their_own(
    who: dict[str, Viewer], readable: None
) -> None:
    ids = [
        GlobalId(name, key).encode() for name, key in [*OTHERS.items(), ("Application", str(CASE))]
    ]
    parts = " ".join(f"... on {name} {{ __typename }}" for name in [*OTHERS, "Application"])
    query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id {parts} }} }}"
    answer = await who["supervisor"](query, ids=ids)
    assert answer.errors == [], answer.text
    assert [node["id"] for node in answer.data["nodes"]] == ids
    assert [node["__typename"] for node in answer.data["nodes"]] == [*OTHERS, "Application"]


@pytest.mark.parametrize("type_name", [*OTHERS, "Case"])
async def test_no_case_is_changed_by_an_id_of_another_type(
    who: dict[str, Viewer], connection: asyncpg.Connection, world: str, type_name: str
) -> None:
    """With the key of a case on the officer's own desk."""
    own = application_id("SGPO-OPEN-0006")

    async def refer_to_screening(id_: str) -> Any:
        given = {"idempotencyKey": f"of-{type_name}-{id_}", "applicationId": id_}
        answer = await who["officer"](document("referToScreening"), input=given)
        return answer.status, answer.data

    as_of_nothing = await refer_to_screening(NOTHING)
    assert as_of_nothing[1]["referToScreening"]["errors"]
    for odd in (GlobalId(type_name, str(own)), GlobalId("Application", str(own).upper())):
        assert await refer_to_screening(odd.encode()) == as_of_nothing
    status = "SELECT status FROM application WHERE id = $1"
    assert await connection.fetchval(status, own) == "IN_VERIFICATION"

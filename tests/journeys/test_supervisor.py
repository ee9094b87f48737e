"""A day of a supervisor: queues, a case held, hits resolved, and the cases of one who left."""

from typing import Any

import pytest

from gateway.mutations import desk
from models.database.connections import connect
from models.volumes import fold
from tests.gateway.changing import (
    assign_to,
    change,
    granted_case,
    in_screening,
    key,
    paid_case,
    perform,
    row_id,
)
from tests.gateway.conftest import Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

WORK_LIST = """
    query ($queue: Queue!, $after: Cursor) { workList(queue: $queue, first: 50, after: $after) {
        nodes { id targetDueAt }
        pageInfo { hasNextPage endCursor }
        totalCount { value }
    } }
"""
DESKS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        assignments(first: 9) { nodes { officer assignedBy endedBy reason } }
    } } }
"""
LEFT = {"reason": "Has left the directorate."}


async def test_a_supervisor_holds_a_case_and_finds_it_again(who) -> None:
    supervisor, officer = who["supervisor"], who["officer"]
    case = await assign_to(who, "officer", await paid_case(who))
    mine = await work_list(officer, "MINE")
    await perform(supervisor, "holdApplication", case, reason="The sponsor is being looked into.")
    assert case in await work_list(supervisor, "HELD")

    # The officer sees nothing of it: the desk is as it was, and no queue has holds or hits.
    assert await work_list(officer, "MINE") == mine
    for queue in ("HELD", "HITS"):
        hidden = await officer(WORK_LIST, queue=queue)
        assert (hidden.status, "data" in hidden.body) == (400, False)
    kinds = await officer('{ __type(name: "Queue") { enumValues { name } } }')
    names = [one["name"] for one in kinds.data["__type"]["enumValues"]]
    assert names == ["MINE", "FREE", "OVERDUE"]

    await perform(supervisor, "releaseApplication", case, reason="Nothing was found.")
    assert case not in await work_list(supervisor, "HELD")


async def test_a_false_and_a_true_hit_leave_the_queue_of_hits(who) -> None:
    supervisor = who["supervisor"]
    false, true = await in_screening(who), await in_screening(who)
    for case in (false, true):
        await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="HIT")
    assert {false, true} <= set(await work_list(supervisor, "HITS"))

    for case, resolution in ((false, "NO_MATCH"), (true, "MATCH")):
        given = {"kind": "ENTRY_BAN", "resolution": resolution, "reason": "By the birth date."}
        await perform(supervisor, "resolveHit", case, **given)
        await perform(who["screening-2"], "confirmScreening", case, kind="ENTRY_BAN")
    assert not {false, true} & set(await work_list(supervisor, "HITS"))

    # The true one is on the supervisor's desk, on no officer's, and nobody's to take.
    assert true in await work_list(supervisor, "MINE")
    assert true not in await work_list(who["officer"], "MINE")
    assert true not in await work_list(who["officer"], "FREE")
    to_officer = {"officer": "officer", "reason": "In turn."}
    refused = await change(supervisor, "reassignCase", true, **to_officer)
    assert refused.codes == ["SUPERVISION_REQUIRED"]
    await perform(supervisor, "recordDecision", true, outcome="REFUSED", grounds=["ENTRY_BAN"])
    await perform(who["officer"], "recordDecision", false, outcome="GRANTED")


OVERTURNED = """
    query ($today: Date!) {
        volumes(from: $today, to: $today, groupBy: []) { rows { overturned { value } } }
    }
"""
VISAS = """
    query ($case: ID!) { node(id: $case) { ... on Application {
        stage decision { outcome visa { number revokedAt } }
    } } }
"""


async def test_a_revocation_made_in_error_is_set_aside_by_a_second_person(who, world) -> None:
    first, second = who["supervisor"], who["supervisor-2"]
    case = await granted_case(who)
    before = await count_overturned(who["leadership"], world)
    number = (await first(VISAS, case=case)).data["node"]["decision"]["visa"]["number"]
    await perform(first, "revokeVisa", case, reason="The sponsor never existed.")
    # It was another sponsor of the same name. Who revoked cannot decide that alone.
    why = {"reason": "Another sponsor of the same name."}
    assert (await change(first, "setAsideRevocation", case, **why)).codes == [
        "SECOND_PERSON_REQUIRED"
    ]
    await perform(second, "setAsideRevocation", case, **why)

    # It is a decision of its own, with a visa of its own: what was revoked stays so, on file.
    answer = await first(
        """query ($case: ID!) { node(id: $case) { ... on Application {
            status decisions(first: 9) { nodes { outcome officer visa { number revokedAt } } }
            events(first: 20) { nodes { kind actor reason } }
        } } }""",
        case=case,
    )
    node = answer.data["node"]
    assert node["status"] == "GRANTED"
    [new, old] = sorted(node["decisions"]["nodes"], key=lambda one: one["visa"]["revokedAt"] or "")
    assert (old["visa"]["number"], old["visa"]["revokedAt"] is None) == (number, False)
    assert (new["officer"], new["visa"]["revokedAt"]) == ("supervisor-2", None)
    assert new["visa"]["number"] != number
    assert node["events"]["nodes"][-2:] == [
        {"kind": "REVOKED", "actor": "supervisor", "reason": "The sponsor never existed."},
        {"kind": "GRANTED", "actor": "supervisor-2", **why},
    ]
    # The agent hands the new one over.
    agent = await who["agent-au"](VISAS, case=case)
    assert agent.data["node"]["decision"]["visa"] == {
        "number": new["visa"]["number"], "revokedAt": None,
    }  # fmt: skip
    again = await change(second, "setAsideRevocation", case, **why)
    assert again.codes == ["WRONG_STATUS"]

    # The revocation is counted among the decisions of today that did not stand; that it was set
    # aside is none. A partner never reads which did not stand.
    assert await count_overturned(who["leadership"], world) == before + 1
    for name in ("manager-au", "agent-au"):
        answer = await who[name](OVERTURNED, today=today().isoformat())
        assert (answer.status, answer.codes) == (400, ["FORBIDDEN_FIELD"])

    # Revoked anew, by the other: now it is the first who may set that aside.
    await perform(second, "revokeVisa", case, reason="The second sponsor neither.")
    assert (await change(second, "setAsideRevocation", case, **why)).codes == [
        "SECOND_PERSON_REQUIRED"
    ]
    await perform(first, "setAsideRevocation", case, **why)


async def test_the_cases_of_one_who_left_go_to_others(who, connection) -> None:
    supervisor = who["supervisor"]
    named, free = await paid_case(who), await paid_case(who)
    for case in (named, free):
        await assign_to(who, "officer-2", case)
    assert {named, free} <= set(await work_list(who["officer-2"], "MINE"))

    # One goes to a colleague by name, the other back to the queue, for whoever is next.
    unknown = await change(supervisor, "reassignCase", named, officer="offcer", **LEFT)
    assert [(one["code"], one["path"]) for one in unknown.payload["errors"]] == [
        ("OFFICER_UNKNOWN", ["input", "officer"])
    ]
    await perform(supervisor, "reassignCase", named, officer="officer", **LEFT)
    await perform(supervisor, "reassignCase", free, **LEFT)
    assert not {named, free} & set(await work_list(who["officer-2"], "MINE"))
    assert named in await work_list(who["officer"], "MINE")
    assert free in await work_list(who["officer"], "FREE")
    assert await perform(who["officer"], "takeCase", queue="FREE") == free

    # Who moved it, and why, stands with each desk that it was on.
    desks = (await supervisor(DESKS, case=named)).data["node"]["assignments"]["nodes"]
    assert desks == [
        {"officer": "officer", "assignedBy": "supervisor", "endedBy": None, "reason": None},
        {"officer": "officer-2", "assignedBy": "supervisor", "endedBy": "supervisor", **LEFT},
    ]

    # The supervisor takes one over, and works on it as such: to others that is no officer.
    await perform(supervisor, "reassignCase", free, officer="supervisor", **LEFT)
    role = "SELECT role FROM assignment WHERE application_id = $1 AND ended_at IS NULL"
    assert await connection.fetchval(role, row_id(free)) == "SUPERVISOR"
    other = await change(who["supervisor-2"], "reassignCase", named, officer="supervisor", **LEFT)
    assert other.codes == ["OFFICER_UNKNOWN"]


async def test_one_who_left_is_relieved_of_every_case_at_once(who, monkeypatch) -> None:
    monkeypatch.setattr(desk, "_BATCH", 2)
    supervisor, left = who["supervisor"], who["officer-2"]
    passed_on = await assign_to(who, "officer", await paid_case(who))
    why = "Speaks the applicant's language."
    await perform(supervisor, "reassignCase", passed_on, officer="officer-2", reason=why)
    cases = [await assign_to(who, "officer-2", await paid_case(who)) for _ in range(2)]
    cases = [passed_on, *cases]
    on_desk = await work_list(left, "MINE")
    assert {*cases} <= {*on_desk}
    others = await work_list(who["officer"], "MINE")

    # Whom nobody knows has no desk; without a reason nobody is relieved.
    for given, code in (
        ({"officer": "offcer-2", **LEFT}, "OFFICER_UNKNOWN"),
        ({"officer": "officer-2", "reason": " "}, "INVALID"),
    ):
        answer = await change(supervisor, "relieveOfficer", **given)
        assert (answer.codes, answer.payload["relieved"]) == ([code], None)
    assert await work_list(left, "MINE") == on_desk

    values = {"officer": "officer-2", **LEFT, "idempotencyKey": key()}
    answer = await change(supervisor, "relieveOfficer", **values)
    assert answer.payload == {"relieved": len(on_desk), "errors": []}
    assert await work_list(left, "MINE") == []
    assert await work_list(who["officer"], "MINE") == others
    # Sent again, it does nothing more, and says the same.
    again = await change(supervisor, "relieveOfficer", **values)
    assert again.payload == answer.payload

    # Each is free for whoever is next, never for who left; why stands with each desk.
    assert {*cases} <= {*await work_list(who["officer"], "FREE")}
    desks = (await supervisor(DESKS, case=cases[0])).data["node"]["assignments"]["nodes"]
    assert desks[0] == {
        "officer": "officer-2", "assignedBy": "supervisor", "endedBy": "supervisor", **LEFT,
    }  # fmt: skip
    assert [(one["officer"], one["reason"]) for one in desks[1:]] == [("officer", why)]
    returned = await change(left, "takeCase", queue="FREE")
    assert returned.codes == ["QUEUE_EMPTY"]
    assert await perform(who["officer"], "takeCase", queue="FREE") in on_desk


# --- What the day consists of --------------------------------------------------------------------


async def work_list(viewer: Viewer, queue: str) -> list[str]:
    """The cases of a queue, all pages of it; what is due first comes before the others."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await viewer(WORK_LIST, queue=queue, after=after)).data["workList"]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert [one["targetDueAt"] for one in nodes] == sorted(one["targetDueAt"] for one in nodes)
    assert page["totalCount"]["value"] == len(nodes)
    return [one["id"] for one in nodes]


async def count_overturned(viewer: Viewer, world: str) -> int:
    """Of the decisions of today, how many did not stand, with all that was done so far."""
    owner = await connect(world)
    await fold(owner)
    await owner.close()
    asked = await viewer(OVERTURNED, today=today().isoformat())
    assert asked.errors == [], asked.text
    [row] = asked.data["volumes"]["rows"]
    return row["overturned"]["value"]

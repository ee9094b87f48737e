"""Officers take from their pools, what is urgent first and a family together; nobody chooses."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import administer, change_of, refusal_of
from tests.gateway.changing import (
    assign_to,
    change,
    hand_over,
    paid_case,
    pay_bill,
    perform,
    row_id,
    wait_until_linked,
)
from tests.gateway.conftest import Viewer
from tests.journeys.test_family import hand_in, member
from tests.journeys.test_officer import WAITING as WAITED_FOR

pytestmark = pytest.mark.anyio

REFUSAL = {"outcome": "REFUSED", "grounds": ["INSUFFICIENT_MEANS"]}
WAITING = """{
    viewer { pools { code waiting } } free: workList(queue: FREE, first: 9) { nodes { id } }
    overdue: workList(queue: OVERDUE, first: 9) { nodes { id } }
}"""
OF_CASE = """query ($case: ID!) { node(id: $case) { ... on Application {
    isUrgent events(first: 40) { nodes { kind reason actor } }
} } }"""
SYDNEY = {"visaTypes": ["B1"], "channels": ["PARTNER_CENTRE"], "nationalities": ["AU"]}


def of_pools(viewer: Viewer, *pools: str, name: str | None = None) -> Viewer:
    """An officer whose token names pools."""
    sub = name or viewer.claims["sub"]
    return Viewer(viewer.client, {**viewer.claims, "sub": sub, "pools": list(pools)})


async def decree(who: dict[str, Viewer], code: str, **given: Any) -> None:
    proposed = change_of(await administer(who["administrator"], "proposePool", code=code, **given))
    change_of(
        await administer(who["supervisor"], "approveReferenceChange", changeId=proposed["id"])
    )


async def take(officer: Viewer) -> str | None:
    """The case that was taken; None where there is none for the officer."""
    taken = await change(officer, "takeCase", queue="FREE")
    assert taken.codes in ([], ["QUEUE_EMPTY"])
    return taken.id if taken.is_done else None


async def desk(officer: Viewer) -> set[str]:
    answer = await officer("{ workList(queue: MINE, first: 60) { nodes { id } } }")
    return {one["id"] for one in answer.data["workList"]["nodes"]}


async def close(officer: Viewer, *cases: str) -> None:
    for case in cases or await desk(officer):
        await perform(officer, "recordDecision", case, **REFUSAL)


async def family(who: dict[str, Viewer], *members: dict[str, Any], **given: Any) -> list[str]:
    """The files of a family, paid and handed over."""
    taken = await hand_in(who["agent-au"], list(members), **(given or {"isGroup": True}))
    cases = [one["application"]["id"] for one in taken["results"]]
    for case in cases:
        await pay_bill(who, case)
        await hand_over(who["agent-au"], case, "B1")
        await wait_until_linked(who, case)
    return cases


async def group_of(who: dict[str, Viewer], case: str) -> str:
    asked = "query ($id: ID!) { node(id: $id) { ... on Application { groupReference } } }"
    return (await who["officer"](asked, id=case)).data["node"]["groupReference"]


async def test_a_pool_takes_two_and_its_officers_take_from_it(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    # As long as no pool is open, every officer takes every case.
    first = await paid_case(who)
    assert await take(of_pools(who["officer"], "NOWHERE")) == first
    await close(who["officer"], first)

    for wrong, code, path in (
        ({"code": "-SYD"}, "INVALID", "code"),
        ({"code": "S" * 33}, "INVALID", "code"),
        ({"visaTypes": ["B1", "Z9"]}, "NOT_FOUND", "visaTypes"),
        ({"nationalities": ["AU", "ZZ"]}, "NOT_FOUND", "nationalities"),
    ):
        given = {"code": "SYDNEY", **SYDNEY, **wrong}
        answer = await administer(who["administrator"], "proposePool", **given)
        assert refusal_of(answer) == (code, [path])

    # An administrator proposes it, and a supervisor approves it.
    given = {"code": "SYDNEY", **SYDNEY}
    proposed = change_of(await administer(who["administrator"], "proposePool", **given))
    assert (proposed["subject"], proposed["kind"]) == ("SYDNEY", "POOL")
    approval = {"changeId": proposed["id"]}
    for other in ("administrator", "administrator-2", "auditor"):
        answer = await administer(who[other], "approveReferenceChange", **approval)
        assert refusal_of(answer) == ("NOT_FOUND", ["changeId"])
    case = await paid_case(who)
    outside = of_pools(who["officer"], "NOWHERE")
    assert (await outside(WAITING)).data["free"]["nodes"] == [{"id": case}]
    change_of(await administer(who["supervisor"], "approveReferenceChange", **approval))
    await decree(who, "TOURISTS", visaTypes=["C1"])
    await decree(who, "PORTALS", channels=["PARTNER_PORTAL", "DIRECT"])
    await decree(who, "ABROAD", nationalities=["SG", "SG"])
    await decree(who, "SHUT", isOpen=False)
    asked = "{ pools(first: 9) { nodes { code visaTypes channels nationalities isOpen waiting } } }"
    pools = {
        one.pop("code"): one for one in (await who["supervisor"](asked)).data["pools"]["nodes"]
    }
    assert pools["SYDNEY"] == {**SYDNEY, "isOpen": True, "waiting": 1}
    assert pools["ABROAD"]["nationalities"] == ["SG"]
    assert {code: one["waiting"] for code, one in pools.items()} == {
        "SYDNEY": 1, "TOURISTS": 0, "PORTALS": 0, "ABROAD": 0, "SHUT": 0, "TRIAL": 0,
    }  # fmt: skip
    for other in ("agent-au", "manager-au", "service", "applicant", "screening", "treasury"):
        assert (await who[other](asked)).codes == ["FORBIDDEN_FIELD"]

    # An officer of another pool, of a shut one, or of none does not get the case, not even when it
    # is late, and is shown no queue with it.
    await connection.execute(
        "UPDATE application SET target_due_at = now() - interval '1 minute' WHERE id = $1",
        row_id(case),
    )
    for others in (("TOURISTS",), ("PORTALS",), ("ABROAD",), ("SHUT", "NOWHERE"), ()):
        other = of_pools(who["officer"], *others)
        for queue in ("FREE", "OVERDUE"):
            assert (await change(other, "takeCase", queue=queue)).codes == ["QUEUE_EMPTY"]
        answer = (await other(WAITING)).data
        assert answer["free"]["nodes"] == []
        assert {"id": case} not in answer["overdue"]["nodes"]
    own = of_pools(who["officer-2"], "ABROAD", "SYDNEY", name="officer-on-leave")
    answer = (await own(WAITING)).data
    assert answer["viewer"]["pools"] == [
        {"code": "ABROAD", "waiting": 0},
        {"code": "SYDNEY", "waiting": 1},
    ]
    assert answer["free"]["nodes"] == [{"id": case}]
    assert {"id": case} in answer["overdue"]["nodes"]
    # Supervisors see all that waits, and give a case to whom they name.
    assert (await who["supervisor"](WAITING.replace("viewer { pools { code waiting } }", ""))).data[
        "free"
    ]["nodes"] == [{"id": case}]
    assert await take(own) == case

    # On leave, the officer is relieved: the case is the pool's again, and of no other.
    relief = {"officer": "officer-on-leave", "reason": "On leave from today."}
    await change(who["supervisor"], "relieveOfficer", **relief)
    assert await take(of_pools(who["officer"], "TOURISTS")) is None
    assert await take(own) is None
    assert await take(of_pools(who["officer"], "SYDNEY")) == case
    await close(who["officer"], case)

    # A named case is given by a supervisor, whatever the pools of the receiver.
    named = await assign_to(who, "officer", await paid_case(who))
    assert await take(own) is None
    await close(who["officer"], named)


async def test_what_a_supervisor_marks_urgent_is_taken_first_and_no_partner_learns_of_it(
    who: dict[str, Viewer],
) -> None:
    supervisor, officer = who["supervisor"], of_pools(who["officer"], "SYDNEY")
    await decree(who, "SYDNEY", **SYDNEY)
    cases = [await paid_case(who) for _ in range(3)]
    why = {"reason": "The applicant is to be operated on."}
    await perform(supervisor, "markUrgent", cases[2], **why)
    assert (await change(supervisor, "markUrgent", cases[2], **why)).codes == ["ALREADY_URGENT"]
    assert (await change(supervisor, "markUrgent", cases[1], reason=" ")).codes == ["INVALID"]
    assert (await change(supervisor, "endUrgency", cases[1], **why)).codes == ["NOT_URGENT"]
    await perform(supervisor, "markUrgent", cases[1], **why)
    await perform(supervisor, "endUrgency", cases[1], reason="It was another one.")

    seen = (await supervisor(OF_CASE, case=cases[2])).data["node"]
    last = seen["events"]["nodes"][-1]
    assert seen["isUrgent"]
    assert last == {"kind": "MARKED_URGENT", "actor": "supervisor", **why}
    kinds = [
        one["kind"]
        for one in (await officer(OF_CASE, case=cases[1])).data["node"]["events"]["nodes"]
    ]
    assert kinds[-2:] == ["MARKED_URGENT", "URGENCY_ENDED"]
    for outside in ("agent-au", "manager-au", "service", "applicant"):
        asked = OF_CASE.replace("events(first: 40) { nodes { kind reason actor } }", "")
        assert (await who[outside](asked, case=cases[2])).codes == ["FORBIDDEN_FIELD"]

    # Nor does who applied, in the own events.
    applicant = who["applicant"]
    own = await perform(applicant, "submitApplication", visaType="C1", nationality="AU")
    asked = OF_CASE.replace("isUrgent ", "").replace("reason actor", "")
    before = (await applicant(asked, case=own)).data
    await perform(supervisor, "markUrgent", own, **why)
    assert (await applicant(asked, case=own)).data == before
    await perform(applicant, "withdrawApplication", own)

    # Urgent in another pool changes nothing for this one.
    assert await take(of_pools(who["officer-2"], "TOURISTS")) is None
    assert [await take(officer) for _ in range(4)] == [cases[2], cases[0], cases[1], None]
    await close(officer)


async def test_a_family_goes_to_one_desk(who: dict[str, Viewer]) -> None:
    await decree(who, "SYDNEY", **SYDNEY)
    officer = of_pools(who["officer"], "SYDNEY")
    other = of_pools(who["officer"], "SYDNEY", name="officer-on-leave")
    names = ("Olive", "Jack", "Mia", "Noah")
    # One of them is of a nationality whose cases are another pool's, and goes along.
    cases = await family(who, *map(member, names[:3]), member(names[3], nationality="SG"))
    await assign_to(who, "officer-on-leave", cases[2])
    given_back = cases[1]
    await assign_to(who, "officer", given_back)
    await perform(officer, "releaseCase", given_back, reason="A cousin of mine.")
    # Whoever has one of them takes no other for that.
    assert await take(of_pools(other, "TOURISTS")) is None
    assert await take(officer) == cases[0]
    assert await desk(officer) == {cases[0], cases[3]}
    assert await desk(other) == {cases[2]}

    # Who joins later is taken like any other.
    [late] = await family(who, member("Zoe"), groupReference=await group_of(who, cases[0]))
    assert await desk(officer) == {cases[0], cases[3]}
    assert await take(other) == given_back
    assert await desk(other) == {cases[2], given_back, late}
    await close(officer)
    await close(other)

    # A tour goes file by file.
    tour = await family(who, *(member(f"Guest{chr(65 + number)}") for number in range(21)))
    taken = await take(officer)
    assert await desk(officer) == {taken}
    for case in tour:
        await perform(who["agent-au"], "withdrawApplication", case)


LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def test_two_at_once_never_split_a_family_nor_take_one_twice(
    who: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    await decree(who, "SYDNEY", **SYDNEY)
    officer = of_pools(who["officer"], "SYDNEY")
    # A family that somebody is just taking is passed over, and waited for where there is no other.
    family_first = await family(who, member("Ada"), member("Eva"))
    single = await paid_case(who)
    async with connection.transaction():
        await connection.execute(LOCK, await group_of(who, family_first[0]))
        assert await take(officer) == single
        taking = asyncio.create_task(take(officer))
        while not taking.done() and not await connection.fetchval(WAITED_FOR):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not taking.done()
    assert await taking == family_first[0]
    await close(officer)

    officers = [of_pools(who["officer"], "SYDNEY", name=f"officer-of-{place}") for place in "abcd"]
    families = [
        await family(who, *(member(f"{name}{letter}") for letter in "xyz"))
        for name in ("Kim", "Lee", "Ann", "Bob")
    ]
    singles = [await paid_case(who) for _ in range(2)]
    taken = await asyncio.gather(*(take(one) for one in officers for _ in range(2)))
    desks = [await desk(one) for one in officers]
    counted = Counter(case for one in desks for case in one)
    assert set(counted.values()) == {1}
    assert len([case for case in taken if case]) == 6
    assert counted.keys() == {*singles, *(case for one in families for case in one)}
    for one in families:
        assert sum(1 for each in desks if each & set(one)) == 1
    for one in officers:
        await close(one)

"""A family of four, one of them newborn, applies together: one group reference, and a decision for
each of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.gateway.changing import ENTRY_ON, IDENTITY, assign_to, document, key, pay_bill, perform
from tests.gateway.conftest import Viewer
from tests.gateway.guaranteeing import IN_GROUP
from tests.world import today

pytestmark = pytest.mark.anyio

HAND_IN = document(
    "submitApplications",
    "results { application { id groupReference channel centre { code } } errors { code path } }"
    " errors { code path }",
)
THE_GROUP = """
    query ($group: String!) {
        applications(first: 20, where: {groupReference: {eq: $group}}) {
            nodes { id stage decision { outcome } }
        }
    }
"""
#: The same for who reads no outcome.
THE_GROUP_ELSEWHERE = THE_GROUP.replace("decision { outcome }", "reference")


def member(name: str, born_on: date | None = None, **given: Any) -> dict[str, Any]:
    number = f"FA{sum(map(ord, name)):07}"
    identity = {**IDENTITY, "fullName": f"{name} Zephyrine", "passportNumber": number}
    if born_on:
        identity["birthDate"] = born_on.isoformat()
    return {
        "visaType": "B1",
        "nationality": "AU",
        "entryOn": ENTRY_ON,
        "identity": identity,
        **given,
    }


async def hand_in(viewer: Viewer, members: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    form = {"idempotencyKey": key(), "applications": members, **given}
    answer = await viewer(HAND_IN, input=form)
    assert answer.errors == [], answer.text
    return answer.data["submitApplications"]


async def group_of(viewer: Viewer, group: str) -> dict[str, Any]:
    nodes = (await viewer(THE_GROUP, group=group)).data["applications"]["nodes"]
    return {one["id"]: one for one in nodes}


async def test_a_family_is_one_group_and_decided_one_by_one(who) -> None:
    agent, officer = who["agent-au"], who["officer"]

    # Parents and a child are taken in at once; the passport of the newborn has a typing error, and
    # nobody says who answers for it.
    olive, jack = member("Olive"), member("Jack")
    mia = member("Mia", today() - timedelta(days=9 * 365), guardian=dict(IN_GROUP))
    noah = member("Noah", today() - timedelta(days=20))
    noah["identity"]["passportNumber"] = "??"
    taken = await hand_in(agent, [olive, jack, mia, noah], isGroup=True)
    *files, rejected = taken["results"]
    assert [(error["code"], error["path"][3:]) for error in rejected["errors"]] == [
        ("INVALID", ["identity", "passportNumber"]),
        ("GUARDIAN_REQUIRED", ["guardian"]),
    ]
    [group] = {one["application"]["groupReference"] for one in files}
    assert {one["application"]["channel"] for one in files} == {"PARTNER_CENTRE"}
    assert {one["application"]["centre"]["code"] for one in files} == {"AU-SYD"}

    # Mended, the newborn joins the family.
    noah = member("Noah", today() - timedelta(days=20), guardian=dict(IN_GROUP))
    [fourth] = (await hand_in(agent, [noah], groupReference=group))["results"]
    assert fourth["application"]["groupReference"] == group
    cases = [one["application"]["id"] for one in (*files, fourth)]
    assert set(await group_of(agent, group)) == set(cases)

    # Each has a bill of its own, and is decided by itself: one of them is refused.
    for case in cases:
        await pay_bill(who, case)
        await perform(agent, "markReceived", case)
        await assign_to(who, "officer", case)
    refusal = {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}
    await perform(officer, "recordDecision", cases[1], **refusal)
    for case in (cases[0], cases[2], cases[3]):
        await perform(officer, "referToScreening", case)
        await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
        await perform(officer, "recordDecision", case, outcome="GRANTED")
    outcomes = {
        id_: one["decision"]["outcome"] for id_, one in (await group_of(agent, group)).items()
    }
    assert outcomes == {
        cases[0]: "GRANTED", cases[1]: "REFUSED", cases[2]: "GRANTED", cases[3]: "GRANTED",
    }  # fmt: skip

    # The officer and the partner's manager find the family by its reference as well.
    assert set(await group_of(officer, group)) == set(cases)
    for viewer, found in (("manager-au", 4), ("service", 4), ("manager-andalan", 0)):
        nodes = (await who[viewer](THE_GROUP_ELSEWHERE, group=group)).data["applications"]["nodes"]
        assert len(nodes) == found


async def test_a_tour_through_the_portal_is_told_apart_by_its_channel(who) -> None:
    tour = [member("Olive", country="SG"), member("Jack", country="SG")]
    taken = await hand_in(who["service"], tour, isGroup=True)
    channels = {one["application"]["channel"] for one in taken["results"]}
    groups = {one["application"]["groupReference"] for one in taken["results"]}
    assert (channels, len(groups)) == ({"PARTNER_GROUP"}, 1)


async def test_nobody_outside_sees_or_joins_a_group(who, client) -> None:
    taken = await hand_in(who["agent-au"], [member("Olive"), member("Jack")], isGroup=True)
    group = taken["results"][0]["application"]["groupReference"]
    portal = {"role": "PARTNER_AGENT", "sub": "agent-nz", "partner": "NUSA", "countries": ["NZ"]}
    outsider = Viewer(client, portal)
    assert await group_of(outsider, group) == {}
    # A group of others and one that there never was look the same.
    for reference in (group, "G-0000-0000-0000"):
        joining = await hand_in(outsider, [member("Tane")], groupReference=reference)
        assert joining == {
            "results": [],
            "errors": [{"code": "GROUP_NOT_FOUND", "path": ["input", "groupReference"]}],
        }
    # It is new, or it is one that there is.
    both = await hand_in(who["agent-au"], [member("Mia")], isGroup=True, groupReference=group)
    assert both["errors"] == [{"code": "INVALID", "path": ["input", "isGroup"]}]

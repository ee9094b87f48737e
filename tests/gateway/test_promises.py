"""What the product promises of rows, roles and figures; none of it is read from the policy."""

import json
from typing import Any

import pytest

from gateway.mapping.ids import GlobalId
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.world import CASES, application_id

pytestmark = pytest.mark.anyio

REFERENCES = "{ applications(first: 100) { totalCount { value } nodes { reference } } }"
AU_2025 = 'volumes(from: "2025-01-01", to: "2025-02-28", groupBy: [%s], where: {%s})'


async def references(viewer: Viewer) -> set[str]:
    answer = await viewer(REFERENCES)
    found = [row["reference"] for row in answer.data["applications"]["nodes"]]
    assert answer.data["applications"]["totalCount"]["value"] == len(found)
    return set(found)


def stranger(who: dict[str, Viewer], role: str, **scope: Any) -> Viewer:
    return Viewer(who["anonymous"].client, {"role": role, "sub": "stranger", **scope})


def without_trace(answer: Answer) -> tuple[int, Any]:
    body = json.loads(without_budget(answer.text))
    for error in body.get("errors", []):
        del error["extensions"]["traceId"]
    return answer.status, body


# --- Scope ---------------------------------------------------------------------------------------


async def test_partner_manager_reaches_only_own_partner_and_own_countries(who) -> None:
    nusa = {"AUSY-GRAN-0001", "AUSY-LATE-0002", "AUPO-SECU-0003", "AUME-INCO-0004",
            "AUSY-PAID-0013"}  # fmt: skip
    assert await references(who["manager-au"]) == nusa
    # Taken in in Australia too, but by the other partner.
    assert await references(who["manager-andalan"]) == {"ANDA-CORR-0005", "ANDA-LAPS-0012"}
    assert await references(who["manager-pacific"]) == nusa | {"NZGR-MIDN-0008", "NZGR-WITH-0009"}


async def test_agent_reaches_only_the_own_centre(who) -> None:
    sydney = {"AUSY-GRAN-0001", "AUSY-LATE-0002", "AUSY-PAID-0013"}
    assert await references(who["agent-au"]) == sydney


async def test_applicant_reaches_only_own_applications(who) -> None:
    assert await references(who["applicant"]) == {"AUSY-GRAN-0001", "DIRE-UNPA-0011"}


async def test_direct_applications_reach_no_partner(who) -> None:
    every_country = ["AU", "SG", "NZ", "IN", "AF"]
    manager = stranger(who, "PARTNER_MANAGER", partner="NUSA", countries=every_country)
    for viewer in (manager, who["service"], who["agent-au"]):
        assert not {r for r in await references(viewer) if r.startswith("DIRE")}


async def test_an_agent_without_a_centre_reaches_the_portal_of_own_countries_alone(who) -> None:
    portal = {"partner": "NUSA", "countries": ["AU"]}
    assert await references(stranger(who, "PARTNER_AGENT", **portal)) == {"AUPO-SECU-0003"}
    # With a centre in the token, the portal is none of the agent's.
    assert "AUPO-SECU-0003" not in await references(who["agent-au"])
    nobodys = stranger(who, "PARTNER_AGENT", **portal, centres=["AU-XXX"])
    assert await references(nobodys) == set()


@pytest.mark.parametrize(
    "scope",
    [
        {"role": "PARTNER_MANAGER"},
        {"role": "PARTNER_MANAGER", "partner": "NUSA"},
        {"role": "PARTNER_MANAGER", "countries": ["AU"]},
        {"role": "PARTNER_MANAGER", "partner": "NUSA", "countries": []},
        {"role": "PARTNER_MANAGER", "partner": "NOBODY", "countries": ["AU"]},
        {"role": "PARTNER_AGENT", "partner": "NUSA"},
        {"role": "PARTNER_AGENT", "countries": ["AU"]},
        {"role": "PARTNER_AGENT", "centres": ["AU-SYD"]},
        {"role": "PARTNER_AGENT", "partner": "ANDALAN", "centres": ["AU-SYD"]},
        {"role": "PARTNER_SERVICE"},
        {"role": "APPLICANT"},
    ],
)
async def test_an_empty_or_foreign_scope_reaches_nothing(who, scope) -> None:
    assert await references(stranger(who, **scope)) == set()


@pytest.mark.parametrize("name", ["leadership", "administrator", "anonymous"])
async def test_who_reads_no_application_has_no_way_in_to_one(who, traffic, name) -> None:
    for query in (REFERENCES, '{ application(by: {reference: "AUSY-GRAN-0001"}) { stage } }'):
        answer = await who[name](query)
        assert (answer.status, set(answer.codes)) == (400, {"FORBIDDEN_FIELD"})
        assert traffic.statements == []


async def test_anonymous_reads_the_public_directory_and_published_figures_only(who) -> None:
    found = (await who["anonymous"]("{ __schema { queryType { fields { name } } } }")).data
    assert {field["name"] for field in found["__schema"]["queryType"]["fields"]} == {
        "viewer", "policies", "node", "nodes", "countries", "country", "visaTypes", "visaType",
        "eligibleVisaTypes", "partners", "partner", "centres", "centre", "volumes",
        "daysOff", "visaKeys", "takenBackVisas", "trackedFile",
        "deliveredDecision",
    }  # fmt: skip


# --- Foreign, missing and malformed are one ------------------------------------------------------


async def test_foreign_missing_and_malformed_ids_answer_alike(who) -> None:
    foreign = GlobalId("Application", str(application_id("ANDA-CORR-0005"))).encode()
    missing = GlobalId("Application", str(application_id("AUSY-GRAN-0001"))[:-1] + "f").encode()
    uppercase = GlobalId("Application", str(application_id("ANDA-CORR-0005")).upper()).encode()
    malformed = ("", "x", "é", "a" * 500, "QXBwbGljYXRpb246", "Application:1", foreign + "=",
                 uppercase, GlobalId("Nothing", "1").encode(), GlobalId("Query", "1").encode(),
                 GlobalId("Application", "1").encode(),
                 GlobalId("Country", "\0").encode())  # fmt: skip
    for query in (
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($id: ID!) { application(by: {id: $id}) { reference } }",
    ):
        first = without_trace(await who["manager-au"](query, id=foreign))
        assert first[0] == 200
        for id_ in (missing, *malformed):
            assert without_trace(await who["manager-au"](query, id=id_)) == first


async def test_foreign_missing_and_malformed_names_answer_alike(who) -> None:
    for query, foreign in (
        ("query($n: String!) { application(by: {reference: $n}) { stage } }", "ANDA-CORR-0005"),
        ("query($n: String!) { partner(by: {code: $n}) { name } }", "ANDALAN"),
        ("query($n: String!) { centre(by: {code: $n}) { city } }", "AU-PER"),
        ("query($n: String!) { centre(by: {code: $n}) { city } }", "SG-SIN"),
    ):
        first = without_trace(await who["manager-au"](query, n=foreign))
        for name in ("", "ZZZZ-ZZZZ-ZZZZ", "nonsense", "x" * 10_000, "' OR true --"):
            assert without_trace(await who["manager-au"](query, n=name)) == first


async def test_a_filter_on_what_is_foreign_tells_nothing(who) -> None:
    query = """query($w: ApplicationWhere) {
        applications(first: 9, where: $w) { totalCount { value } nodes { id } }
    }"""
    first = await who["manager-au"](query, w={"partner": {"eq": "NOBODY"}})
    for where in ({"partner": {"eq": "ANDALAN"}}, {"country": {"in": ["SG", "NZ"]}}):
        answer = await who["manager-au"](query, w=where)
        assert without_trace(answer) == without_trace(first)
        assert answer.data["applications"] == {"totalCount": {"value": 0}, "nodes": []}


async def test_another_viewers_cursor_opens_no_row(who) -> None:
    page = "applications(first: 100%s) { nodes { reference } pageInfo { startCursor } }"
    start = await who["officer"](f"{{ {page % ''} }}")
    cursor = start.data["applications"]["pageInfo"]["startCursor"]
    after = f', after: "{cursor}"'
    answer = await who["manager-au"](f"{{ {page % after} }}")
    found = {row["reference"] for row in answer.data["applications"]["nodes"]}
    assert found < await references(who["manager-au"])


# --- Leadership ----------------------------------------------------------------------------------


async def test_leadership_reads_figures_and_no_row(who) -> None:
    found = (await who["leadership"]("{ __schema { types { name } } }")).data["__schema"]["types"]
    names = {one["name"] for one in found}
    assert not names & {"Application", "Applicant", "Identity", "Decision", "Screening",
                        "ApplicationEvent", "Assignment", "AccessEvent"}  # fmt: skip
    for case in CASES:
        id_ = GlobalId("Application", str(application_id(case.reference))).encode()
        answer = await who["leadership"](f'{{ node(id: "{id_}") {{ id }} }}')
        assert answer.data == {"node": None}


# --- Volumes -------------------------------------------------------------------------------------


async def test_managers_volumes_are_those_of_own_partner_and_countries(who) -> None:
    measures = "intake { value } wip { value } backlog { value } revenue { value { amount } }"
    group = "country { code } partner { code } period { startsOn }"
    own = f"{{ {AU_2025 % ('COUNTRY, PARTNER, QUARTER', '')} {{ rows {{ {group} {measures} }} }} }}"
    same = own.replace("where: {}", 'where: {country: {eq: "AU"}, partner: {eq: "NUSA"}}')
    mine = (await who["manager-au"](own)).data
    assert mine["volumes"]["rows"]
    assert mine == (await who["leadership"](same)).data
    total = f"{{ {AU_2025 % ('', '')} {{ rows {{ {measures} }} }} }}"
    theirs = total.replace("where: {}", 'where: {country: {eq: "AU"}, partner: {eq: "NUSA"}}')
    assert (await who["manager-au"](total)).data == (await who["leadership"](theirs)).data


async def test_manager_asking_for_foreign_volumes_gets_none(who) -> None:
    for where in ('country: {eq: "SG"}', 'partner: {in: ["ANDALAN"]}', 'centre: {in: ["SG-SIN"]}'):
        query = f"{{ {AU_2025 % ('COUNTRY', where)} {{ rows {{ intake {{ value }} }} }} }}"
        assert (await who["manager-au"](query)).data == {"volumes": {"rows": []}}


@pytest.mark.parametrize("name", ["manager-au", "agent-au"])
async def test_partners_read_outcomes_by_whole_months_and_one_dimension(who, name) -> None:
    """Not by day, of a window that cuts a month, or of visa types and channels at once."""
    grid = 'volumes(from: "2025-01-01", to: "2025-03-31", groupBy: [%s], where: {%s})'
    cut = 'volumes(from: "2025-01-01", to: "2025-03-30", groupBy: [], where: {})'
    for measure in ("granted", "refused", "refusalRate"):
        for refused in (
            cut,
            grid % ("DAY", ""),
            grid % ("VISA_TYPE, CHANNEL", ""),
            grid % ("NATIONALITY", 'visaType: {eq: "B1"}'),
            grid % ("", 'visaType: {in: ["B1"]}, channel: {eq: PARTNER_PORTAL}'),
        ):
            query = f"{{ {refused} {{ rows {{ {measure} {{ precision }} }} }} }}"
            assert (await who[name](query)).codes == ["INVALID_INPUT"]
        for groups, where in (("", ""), ("COUNTRY, MONTH", 'visaType: {in: ["B1", "C1"]}')):
            query = f"{{ {grid % (groups, where)} {{ rows {{ {measure} {{ precision }} }} }} }}"
            rows = (await who[name](query)).data["volumes"]["rows"]
            assert {row[measure]["precision"] for row in rows} == {"EXACT"}
    # Which decisions did not stand is told to nobody outside.
    query = f"{{ {grid % ('', '')} {{ rows {{ overturned {{ precision }} }} }} }}"
    for outside in (name, "anonymous"):
        assert (await who[outside](query)).codes == ["FORBIDDEN_FIELD"]


@pytest.mark.parametrize("name", ["manager-au", "service"])
async def test_no_other_door_leads_to_how_a_case_ended(who, name) -> None:
    """A status, an event, a filter or an order by them; for a manager, a decision."""
    for selection in (
        "status",
        "events(first: 9) { nodes { kind } }",
        "decisions(first: 9) { nodes { id } }",
        *(["decision { outcome }"] if name == "manager-au" else ["decision { grounds }"]),
    ):
        query = f"{{ applications(first: 5) {{ nodes {{ {selection} }} }} }}"
        assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}
    query = "{ applications(first: 5, where: {status: {eq: REFUSED}}) { totalCount { value } } }"
    assert (await who[name](query)).status == 400
    query = '{ refusalGrounds(from: "2025-01-01", to: "2025-03-31") { rows { ground } } }'
    assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}


# --- One role a request --------------------------------------------------------------------------


async def test_one_role_acts_per_request(who) -> None:
    both = Viewer(
        who["anonymous"].client,
        {**who["agent-au"].claims, "role": ["PARTNER_AGENT", "PARTNER_MANAGER"], "sub": "both"},
    )
    body = {"query": "{ viewer { role heldRoles } }"}
    refused = await both.send(body)
    assert (refused.status, refused.codes) == (400, ["ROLE_REQUIRED"])
    held = ["PARTNER_AGENT", "PARTNER_MANAGER"]
    for role in held:
        answer = await both.send(body, **{"Gerbang-Role": role})
        assert answer.data["viewer"] == {"role": role, "heldRoles": held}
    outcome = {"query": "{ applications(first: 1) { nodes { decision { outcome } } } }"}
    assert (await both.send(outcome, **{"Gerbang-Role": "PARTNER_AGENT"})).errors == []
    # The manager gains nothing from being an agent too.
    refused = await both.send(outcome, **{"Gerbang-Role": "PARTNER_MANAGER"})
    assert set(refused.codes) == {"FORBIDDEN_FIELD"}
    other = await both.send(body, **{"Gerbang-Role": "SUPERVISOR"})
    assert (other.status, other.codes) == (403, ["ROLE_NOT_HELD"])


@pytest.mark.parametrize(
    "roles",
    [
        ["OFFICER", "AUDITOR"],
        ["SUPERVISOR", "SCREENING"],
        ["TREASURY", "PARTNER_SERVICE"],
        ["ADMINISTRATOR", "APPLICANT"],
        ["LEADERSHIP", "PARTNER_MANAGER"],
        ["OFFICER", "LEADERSHIP"],
    ],
)
async def test_roles_that_exclude_each_other_are_refused_in_one_token(who, traffic, roles) -> None:
    viewer = Viewer(who["anonymous"].client, {"role": roles, "sub": "somebody"})
    for named in ({}, {"Gerbang-Role": roles[0]}):
        refused = await viewer.send({"query": "{ viewer { role } }"}, **named)
        assert (refused.status, refused.codes) == (403, ["ROLES_EXCLUDED"])
        assert "data" not in refused.body
    assert traffic.statements == []

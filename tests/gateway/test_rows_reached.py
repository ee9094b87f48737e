"""Every way in reaches the same rows: those that the matrix of the domain gives to each viewer."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from gateway.mapping.ids import GlobalId
from tests.gateway import oracle
from tests.gateway.conftest import CLAIMS, Viewer
from tests.world import APPLICANTS, CASES, applicant_id, application_id, decision_id

pytestmark = pytest.mark.anyio

Way = Callable[[Viewer], Awaitable[Any]]

_READ_CASES = ("OFFICER", "SUPERVISOR", "AUDITOR", "PARTNER_MANAGER", "PARTNER_AGENT", "APPLICANT",
               "PARTNER_SERVICE")  # fmt: skip
_READ_DECISIONS = ("OFFICER", "SUPERVISOR", "AUDITOR", "PARTNER_AGENT", "APPLICANT")
_PURPOSE = {
    "OFFICER": "@purpose(code: CASEWORK, reference: $case)",
    "SUPERVISOR": "@purpose(code: SUPERVISION, reference: $case)",
    "PARTNER_AGENT": "@purpose(code: INTAKE, reference: $case)",
    "APPLICANT": "@purpose(code: OWN_DATA, reference: $case)",
}
#: Cases for which identity is read: within reach or not, closed or open, and none at all.
CASES_NAMED = (
    "AUSY-PAID-0013", "AUSY-GRAN-0001", "SGPO-OPEN-0006", "SGPO-HELD-0007", "NONE-SUCH-0000",
)  # fmt: skip
CASE_IDS = {GlobalId("Application", str(application_id(c.reference))).encode(): c for c in CASES}
PERSON_IDS = {GlobalId("Applicant", str(applicant_id(name))).encode(): name for name in APPLICANTS}


def viewers(roles: tuple[str, ...] | None = None) -> Any:
    names = [n for n, claims in CLAIMS.items() if not roles or oracle.role_of(claims) in roles]
    return pytest.mark.parametrize("name", names)


async def data(viewer: Viewer, query: str, **variables: Any) -> Any:
    answer = await viewer(query, **variables)
    assert answer.errors == []
    return answer.data


# --- Applications: a set of references by each way ------------------------------------------------


async def by_list(viewer: Viewer) -> set[str]:
    page = (await data(viewer, "{ applications(first: 100) { nodes { reference } } }"))[
        "applications"
    ]
    return {row["reference"] for row in page["nodes"]}


async def by_edges_from_the_back(viewer: Viewer) -> set[str]:
    query = "{ applications(last: 100) { edges { node { reference } } } }"
    return {e["node"]["reference"] for e in (await data(viewer, query))["applications"]["edges"]}


async def by_each(viewer: Viewer, field: str, names: Iterable[str]) -> list[Any]:
    """What a field of the root answers for each name, all in one document."""
    fields = " ".join(f"f{n}: {field.format(name)}" for n, name in enumerate(names))
    return list((await data(viewer, f"{{ {fields} }}")).values())


async def by_node(viewer: Viewer) -> set[str]:
    rows = await by_each(
        viewer, 'node(id: "{}") {{ ... on Application {{ reference }} }}', CASE_IDS
    )
    return {row["reference"] for row in rows if row}


async def by_nodes(viewer: Viewer) -> set[str]:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Application { reference } } }"
    rows = (await data(viewer, query, ids=list(CASE_IDS)))["nodes"]
    return {row["reference"] for row in rows if row}


async def by_reference(viewer: Viewer) -> set[str]:
    references = [case.reference for case in CASES]
    rows = await by_each(viewer, 'application(by: {{reference: "{}"}}) {{ reference }}', references)
    return {row["reference"] for row in rows if row}


async def by_id(viewer: Viewer) -> set[str]:
    rows = await by_each(viewer, 'application(by: {{id: "{}"}}) {{ reference }}', CASE_IDS)
    return {row["reference"] for row in rows if row}


async def by_applicant(viewer: Viewer) -> set[str]:
    query = """query($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Applicant { applications(first: 100) { nodes { reference } } } }
    }"""
    people = (await data(viewer, query, ids=list(PERSON_IDS)))["nodes"]
    return {
        row["reference"] for person in people if person for row in person["applications"]["nodes"]
    }


async def by_filters(viewer: Viewer) -> set[str]:
    """Each stage by itself: together they are everything."""
    query = """query($stage: Stage!) {
        applications(first: 100, where: {stage: {eq: $stage}}) { nodes { reference } }
    }"""
    stages = ("SUBMITTED", "IN_PROCESS", "WAITING_FOR_APPLICANT", "CLOSED")
    pages = [(await data(viewer, query, stage=stage))["applications"] for stage in stages]
    return {row["reference"] for page in pages for row in page["nodes"]}


async def by_order(viewer: Viewer) -> set[str]:
    query = """{ applications(first: 100, orderBy: {field: CLOSED_AT, direction: DESCENDING}) {
        nodes { reference } } }"""
    return {row["reference"] for row in (await data(viewer, query))["applications"]["nodes"]}


WAYS_TO_CASES: tuple[Way, ...] = (
    by_list, by_edges_from_the_back, by_node, by_nodes, by_reference, by_id, by_applicant,
    by_filters, by_order,
)  # fmt: skip


@viewers(_READ_CASES)
async def test_every_way_reaches_the_same_applications(who, name) -> None:
    for way in WAYS_TO_CASES:
        assert await way(who[name]) == oracle.cases(CLAIMS[name]), way.__name__


@viewers(_READ_CASES)
async def test_totals_count_what_is_in_reach(who, name) -> None:
    query = """query($where: ApplicationWhere) {
        applications(where: $where) { totalCount { value precision } }
    }"""

    async def total(where: Any) -> Any:
        return (await data(who[name], query, where=where))["applications"]["totalCount"]

    reached = oracle.cases(CLAIMS[name])
    assert await total(None) == {"value": len(reached), "precision": "EXACT"}
    for country in ("AU", "NZ", "SG", "IN"):
        within = [c for c in CASES if c.reference in reached and c.place.country == country]
        assert (await total({"country": {"eq": country}}))["value"] == len(within)


# --- People --------------------------------------------------------------------------------------


@viewers(_READ_CASES)
async def test_applicants_in_reach(who, name) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = (await data(who[name], query, ids=list(PERSON_IDS)))["nodes"]
    people = {PERSON_IDS[row["id"]] for row in found if row}
    assert people == oracle.applicants(CLAIMS[name])
    linked = "{ applications(first: 100) { nodes { applicant { id } } } }"
    rows = (await data(who[name], linked))["applications"]["nodes"]
    assert {PERSON_IDS[row["applicant"]["id"]] for row in rows} == people


@viewers(tuple(_PURPOSE))
async def test_identities_in_reach(who, name) -> None:
    role = oracle.role_of(CLAIMS[name])
    query = f"""query($ids: [ID!]!, $case: String) {_PURPOSE[role]} {{
        nodes(ids: $ids) {{ ... on Applicant {{ identity {{ fullName }} }} }}
        applications(first: 100) {{ nodes {{ applicant {{ identity {{ fullName }} }} }} }}
    }}"""
    unnamed = [None] if role in ("PARTNER_AGENT", "APPLICANT") else []
    for case in (*CASES_NAMED, *unnamed):
        answer = await data(who[name], query, ids=list(PERSON_IDS), case=case)
        expected = oracle.identities(CLAIMS[name], case)
        found = {p["identity"]["fullName"] for p in answer["nodes"] if p and p["identity"]}
        assert found == expected, case
        people = [row["applicant"]["identity"] for row in answer["applications"]["nodes"]]
        assert {identity["fullName"] for identity in people if identity} == expected, case


# --- Decisions -----------------------------------------------------------------------------------


@viewers(_READ_DECISIONS)
async def test_decisions_in_reach(who, name) -> None:
    reached = oracle.decided_cases(CLAIMS[name])
    linked = "{ applications(first: 100) { nodes { reference decision { outcome } } } }"
    rows = (await data(who[name], linked))["applications"]["nodes"]
    assert {row["reference"] for row in rows if row["decision"]} == reached
    ids = {
        GlobalId("Decision", str(decision_id(case.reference))).encode(): case.reference
        for case in CASES
    }
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = (await data(who[name], query, ids=list(ids)))["nodes"]
    assert {ids[row["id"]] for row in found if row} == reached


@viewers(("PARTNER_MANAGER", "PARTNER_SERVICE", "ADMINISTRATOR", "LEADERSHIP", "ANONYMOUS"))
async def test_whoever_reads_no_decision_has_none_by_its_id(who, name) -> None:
    ids = [GlobalId("Decision", str(decision_id(case.reference))).encode() for case in CASES]
    rows = await by_each(who[name], 'node(id: "{}") {{ id }}', ids)
    assert rows == [None] * len(ids)


# --- The directory -------------------------------------------------------------------------------


@viewers()
async def test_partners_and_centres_in_reach(who, name) -> None:
    query = """{
        partners(first: 100) {
            totalCount { value }
            nodes {
                code
                countries(first: 100) { nodes { country { code } } }
                centres(first: 100) { nodes { code } }
            }
        }
        centres(first: 100) { totalCount { value } nodes { code partner { code } } }
    }"""
    claims = CLAIMS[name]
    answer = await data(who[name], query)
    partners = answer["partners"]["nodes"]
    assert {p["code"] for p in partners} == oracle.partners(claims)
    assert answer["partners"]["totalCount"]["value"] == len(oracle.partners(claims))
    assert {
        (p["code"], c["country"]["code"]) for p in partners for c in p["countries"]["nodes"]
    } == oracle.served_countries(claims)
    assert {c["code"] for p in partners for c in p["centres"]["nodes"]} == oracle.centres(claims)
    assert {c["code"] for c in answer["centres"]["nodes"]} == oracle.centres(claims)
    assert answer["centres"]["totalCount"]["value"] == len(oracle.centres(claims))


@viewers()
async def test_partners_and_centres_by_code_and_by_id(who, name) -> None:
    for noun, codes, reached in (
        ("partner", oracle.SERVED, oracle.partners(CLAIMS[name])),
        ("centre", oracle.CENTRES, oracle.centres(CLAIMS[name])),
    ):
        ids = {code: GlobalId(noun.capitalize(), code).encode() for code in codes}
        asked = " ".join(
            f'a{n}: {noun}(by: {{code: "{code}"}}) {{ code }}'
            f' b{n}: {noun}(by: {{id: "{id_}"}}) {{ code }} c{n}: node(id: "{id_}") {{ id }}'
            for n, (code, id_) in enumerate(ids.items())
        )
        found = await data(who[name], f"{{ {asked} }}")
        for n, (code, id_) in enumerate(ids.items()):
            seen = [found[f"{way}{n}"] for way in "abc"]
            expected = [{"code": code}, {"code": code}, {"id": id_}]
            assert seen == (expected if code in reached else [None] * 3)


@viewers()
async def test_countries_and_visa_types_are_for_everyone(who, name) -> None:
    query = """{
        countries(first: 100) { nodes { code entryRules { entry } } }
        visaTypes(first: 100) { nodes { code fees { price { amount } } serviceTargets { hours } } }
    }"""
    answer = await data(who[name], query)
    assert [c["code"] for c in answer["countries"]["nodes"]] == ["AF", "AU", "IN", "NZ", "SG"]
    assert [v["code"] for v in answer["visaTypes"]["nodes"]] == ["B1", "C1"]

"""A wrong argument is refused before anything runs: all mistakes at once, each with its place."""

from typing import Any

import httpx2
import pytest

from gateway.limits import MOST_MISTAKES
from tests import tokens
from tests.gateway.conftest import CLAIMS, Answer

pytestmark = pytest.mark.anyio

YEAR = 'from: "2025-01-01", to: "2025-12-31"'
CODES = "[" + '"X" ' * 101 + "]"


def mistakes(answer: Answer) -> list[tuple[str, list[str]]]:
    """Code and place of each error of an answer that refused everything."""
    assert answer.status == 400
    assert "data" not in answer.body
    for error in answer.errors:
        assert error["extensions"]["traceId"]
        assert error["locations"]
        assert len(error["message"]) > 10
    return [(error["extensions"]["code"], error.get("path")) for error in answer.errors]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ viewer { role } applications { nodes { id } } }", [("INVALID_INPUT", "first")]),
        ("{ viewer { role } applications(first: 0) { edges { cursor } } }",
         [("INVALID_INPUT", "first")]),
        ("{ applications(last: 101) { pageInfo { endCursor } } }", [("INVALID_INPUT", "last")]),
        ('{ applications(first: 101, last: 0, after: "x", before: "y") { nodes { id } } }',
         [("INVALID_INPUT", "last"), ("INVALID_INPUT", "first"), ("INVALID_INPUT", "last"),
          ("INVALID_CURSOR", "after"), ("INVALID_CURSOR", "before")]),
        ('{ applications(first: 0, where: {reference: {prefix: ""}}) { nodes { id } } }',
         [("INVALID_INPUT", "where", "reference", "prefix"), ("INVALID_INPUT", "first")]),
        ('{ applications(where: {reference: {eq: null, prefix: ""}}) { totalCount { value } } }',
         [("INVALID_INPUT", "where", "reference", "prefix")]),
    ],
)  # fmt: skip
async def test_all_wrong_arguments_of_pages_are_reported_together(
    who, query: str, expected: Any
) -> None:
    answer = mistakes(await who["officer"](query))
    assert answer == [(code, ["applications", *place]) for code, *place in expected]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('from: "2025-02-01", to: "2025-01-31", groupBy: []', ["to"]),
        ('from: "2000-01-01", to: "2025-01-01", groupBy: []', ["to"]),
        ('from: "1999-12-31", to: "2000-01-01", groupBy: []', ["from"]),
        ('from: "1999-12-31", to: "2100-01-01", groupBy: [DAY, DAY, MONTH]',
         ["from", "to", "to", "groupBy", "groupBy"]),
        (f"{YEAR}, groupBy: [DAY, MONTH],"
         f" where: {{centre: {{in: {CODES}}}, visaType: null, partner: {{in: {CODES}}}}}",
         ["groupBy", "where.partner.in", "where.centre.in"]),
    ],
)  # fmt: skip
async def test_all_wrong_arguments_of_volumes_are_reported_together(
    who, arguments: str, expected: Any
) -> None:
    answer = await who["leadership"](f"{{ volumes({arguments}) {{ asOf }} }}")
    places = [["volumes", *place.split(".")] for place in expected]
    assert mistakes(answer) == [("INVALID_INPUT", place) for place in places]


async def test_a_dimension_of_another_role_is_reported_with_its_path(who) -> None:
    volumes = f"volumes({YEAR}, groupBy: [PARTNER, CENTRE], where: {{channel: {{eq: DIRECT}}}})"
    answer = await who["anonymous"](f"{{ {volumes} {{ asOf }} }}")
    assert mistakes(answer) == [
        ("FORBIDDEN_FIELD", ["volumes", place]) for place in ("groupBy", "groupBy", "where")
    ]
    coordinates = [error["extensions"]["coordinate"] for error in answer.errors]
    assert coordinates == ["VolumeRow.partner", "VolumeRow.centre", "VolumeRow.channel"]


async def test_all_fields_of_a_document_are_looked_at(who, traffic) -> None:
    query = """query($n: Int, $off: Boolean = true) {
        mine: applications(first: $n) { nodes { id } }
        ...Others
        left: countries @skip(if: $off) { nodes { code } }
        out: countries @include(if: false) { nodes { code } }
        none: countries { totalCount { value } }
    }
    fragment Others on Query {
        ... on Query { theirs: partners { ...Page } }
        volumes(from: "2025-01-02", to: "2025-01-01", groupBy: []) { asOf }
        refusalGrounds(from: "2025-01-02", to: "2025-01-01") { asOf }
        nodes(ids: []) { id }
    }
    fragment Page on PartnerConnection { nodes { code } }"""
    traffic.statements.clear()
    answer = await who["supervisor"](query, n=0)
    assert [path for _, path in mistakes(answer)] == [
        ["mine", "first"], ["theirs", "first"], ["volumes", "to"], ["refusalGrounds", "to"],
    ]  # fmt: skip
    assert traffic.connections == len(traffic.statements) == 0


async def test_a_repeated_field_is_reported_once_and_long_lists_of_mistakes_end(who) -> None:
    again = "{ " + "countries { nodes { code } } " * 3 + "}"
    assert mistakes(await who["officer"](again)) == [("INVALID_INPUT", ["countries", "first"])]
    many = "{ " + " ".join(f"c{n}: countries {{ nodes {{ code }} }}" for n in range(15)) + " }"
    assert len(mistakes(await who["officer"](many))) == MOST_MISTAKES


_MONTH = 'volumes(from: "2025-01-01", to: "2025-02-01", groupBy: [])'


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("applications(first: 2) { totalCount { value } }",
         "applications(first: 2) { nodes { id } }"),
        ("applications(first: 2) { nodes @skip(if: true) { id } }",
         "applications(first: 2) { nodes { reference } }"),
        (f"{_MONTH} {{ rows {{ intake {{ value }} }} }}",
         f"{_MONTH} {{ rows {{ refused {{ value }} }} }}"),
    ],
)  # fmt: skip
async def test_what_is_selected_in_two_places_is_answered_together(who, part, other) -> None:
    fragments = f"fragment A on Query {{ {part} }} fragment B on Query {{ {other} }}"
    by_order = [
        await who["officer"](f"{{ ...{first} ...{second} }} {fragments}")
        for first, second in ("AB", "BA")
    ]
    assert [answer.errors for answer in by_order] == [[], []]
    assert by_order[0].data == by_order[1].data


async def test_ids_count_over_all_fields(who) -> None:
    several = " ".join(f"n{number}: nodes(ids: $i) {{ id }}" for number in range(5))
    query, ids = f"query($i: [ID!]!) {{ {several} }}", ["x"] * 100
    assert (await who["officer"](query, i=ids)).errors == []
    more = query.replace("{ n0", '{ more: nodes(ids: ["x"]) { id } n0')
    assert mistakes(await who["officer"](more, i=ids)) == [("INVALID_INPUT", ["n4", "ids"])]


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ('query($c: ID = "AU") { nodes(ids: [$c, "x"]) { id } }', {"c": None}, ["nodes", "ids"]),
        ("query($l: Language = ID) { countries(first: 2) { nodes { n: name(language: $l) } } }",
         {"l": None}, ["countries", "nodes", "n", "language"]),
        ("query($s: Boolean = true) { countries(first: 2) { nodes { code @skip(if: $s) } } }",
         {"s": None}, None),
    ],
)  # fmt: skip
async def test_a_variable_that_is_null_where_null_is_not_allowed_is_refused(
    who, query: str, variables: dict[str, Any], expected: list[str] | None
) -> None:
    answer = await who["officer"](query, **variables)
    assert mistakes(answer) == [("INVALID_VARIABLES", expected)]
    assert (await who["officer"](query)).errors == []


async def test_a_wrong_argument_in_a_fragment_that_never_applies_is_ignored(who) -> None:
    query = """{ application(by: {reference: "AUSY-GRAN-0001"}) {
        reference ... on Node { ... on Country { name(language: ID) } }
    } }"""
    assert (await who["officer"](query)).data == {"application": {"reference": "AUSY-GRAN-0001"}}


async def test_clients_of_the_older_media_type_get_200_and_no_data(
    client: httpx2.AsyncClient,
) -> None:
    body = {"query": "{ viewer { role } applications { nodes { id } } }"}
    for accept, status in (("application/json", 200), ("*/*", 200),
                           ("application/graphql-response+json", 400)):  # fmt: skip
        response = await client.post(
            "/graphql", json=body, headers={"Accept": accept, **tokens.bearer(**CLAIMS["officer"])}
        )
        assert response.status_code == status
        assert response.json().keys() == {"errors", "extensions"}

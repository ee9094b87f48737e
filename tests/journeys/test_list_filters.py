"""A front-end developer builds the filters of a list: it takes whatever the schema offers."""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema, get_introspection_query, is_enum_type

from tests.gateway.conftest import Viewer
from tests.gateway.random_values import CODES, INSTANTS

pytestmark = pytest.mark.anyio

#: Everybody who lists applications, one of each role.
DEVELOPERS_FOR = (
    "officer",
    "supervisor",
    "auditor",
    "manager-au",
    "agent-au",
    "applicant",
    "service",
)
#: How many lists one request asks for.
TOGETHER = 20


def choices(schema: GraphQLSchema) -> dict[str, list[dict[str, Any]]]:
    """For each filter of the list, every comparison that the schema offers, with a value."""
    where: Any = schema.type_map["ApplicationWhere"]
    return {
        name: [{comparison: value_of(name, comparison, of)} for comparison, of in options(field)]
        for name, field in where.fields.items()
    }


def options(field: Any) -> Iterator[tuple[str, Any]]:
    for name, comparison in field.type.fields.items():
        yield name, getattr(comparison.type, "of_type", comparison.type)


def value_of(name: str, comparison: str, type_: Any) -> Any:
    named = getattr(type_, "of_type", type_)
    if comparison == "prefix":
        return "AU"
    if named.name == "Boolean":
        return False
    if is_enum_type(named):
        value: Any = next(iter(named.values))
    elif named.name == "DateTime":
        value = INSTANTS[1]
    else:
        value = CODES.get(name, CODES["country"])[0]
    return [value] if comparison in ("in", "notIn") else value


def orders(schema: GraphQLSchema) -> list[str]:
    order: Any = schema.type_map["ApplicationOrderField"]
    return [*order.values]


async def ask_together(viewer: Viewer, asked: list[tuple[dict[str, Any], str]]) -> None:
    """Ask for the lists of some filters and orders, in one request: each must be answered."""
    declared = ", ".join(f"$w{n}: ApplicationWhere" for n in range(len(asked)))
    fields = " ".join(
        f"a{n}: applications(first: 1, where: $w{n}, orderBy: {{field: {order}}})"
        " { nodes { reference } totalCount { value } }"
        for n, (_, order) in enumerate(asked)
    )
    variables = {f"w{n}": where for n, (where, _) in enumerate(asked)}
    answer = await viewer(f"query({declared}) {{ {fields} }}", **variables)
    assert (answer.status, answer.errors) == (200, []), (answer.errors[:1], asked)
    assert all(answer.data[f"a{n}"] for n in range(len(asked)))


@pytest.mark.parametrize("name", DEVELOPERS_FOR)
async def test_every_pair_of_filters_is_answered(who: dict[str, Viewer], name: str) -> None:
    app_user = who[name]
    introspected = (await app_user(get_introspection_query())).data
    schema = build_client_schema(introspected)
    offered, in_turn = choices(schema), orders(schema)
    assert len(offered) >= 8

    # Each comparison of each filter together with one of every other, in every order in turn.
    pairs = [
        {one: first, other: second}
        for one, other in combinations(offered, 2)
        for first, second in chain(
            ((each, offered[other][0]) for each in offered[one]),
            ((offered[one][0], each) for each in offered[other][1:]),
        )
    ]
    asked = [(where, in_turn[n % len(in_turn)]) for n, where in enumerate(pairs)]
    for begin in range(0, len(asked), TOGETHER):
        await ask_together(app_user, asked[begin : begin + TOGETHER])
    assert len(asked) > 100


FACETS = """query($where: ApplicationWhere) {
    applications(where: $where) { facets { %s } totalCount { value } }
}"""


@pytest.mark.parametrize("name", DEVELOPERS_FOR)
async def test_each_choice_of_a_facet_can_be_asked_as_well(
    who: dict[str, Viewer], name: str
) -> None:
    app_user = who[name]
    schema = build_client_schema((await app_user(get_introspection_query())).data)
    facets: Any = schema.type_map["ApplicationFacets"]
    selected = " ".join(f"{each} {{ value count {{ value }} }}" for each in facets.fields)
    chosen = 0
    for filter_, (comparison, *_) in choices(schema).items():
        answer = await app_user(FACETS % selected, where={filter_: comparison})
        assert answer.errors == []
        for facet, values in answer.data["applications"]["facets"].items():
            for each in values:
                where = {filter_: comparison, facet: {"eq": each["value"]}}
                listed = await app_user(FACETS % selected, where=where)
                assert listed.errors == []
                if facet != filter_:
                    found = listed.data["applications"]["totalCount"]["value"]
                    assert found == each["count"]["value"]
                chosen += 1
    assert chosen > 0

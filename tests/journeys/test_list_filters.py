"""A front-end developer builds the filters of a list: it takes whatever the schema offers."""

from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_enum_type,
)

from models.vocabulary import Role
from tests.gateway.conftest import Viewer
from tests.gateway.random_values import CODES, INSTANTS, SCALARS
from tests.gateway.schemas import VIEWS
from tests.gateway.test_fields_reached import VIEWERS
from tests.premises import Premises

pytestmark = pytest.mark.anyio

#: Everybody who lists applications, one of each role.
DEVELOPERS_FOR = (
    "officer",
    "manager-au",
    "applicant",
    *(
        pytest.param(name, marks=pytest.mark.proof)
        for name in ("supervisor", "auditor", "agent-au", "service")
    ),
)
#: How many lists one request asks for.
TOGETHER = 20
#: How many filters a list of these has.
MOST_FILTERS = 4


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
    elif named.name == "Date":
        value = INSTANTS[0][:10]
    else:
        value = CODES.get(name, CODES["country"])[0]
    return [value] if comparison in ("in", "notIn") else value


def orders(schema: GraphQLSchema) -> list[str]:
    order: Any = schema.type_map["ApplicationOrderField"]
    return [*order.values]


def covering_lists(offered: dict[str, list[Any]]) -> list[dict[str, int]]:
    """Lists by several filters each, as few as meet every pair: each comparison of a filter, by its
    number, together with one of every other filter."""
    options = [(name, n) for name, comparisons in offered.items() for n in range(len(comparisons))]
    unmet = {
        frozenset((one, other))
        for one, other in combinations(options, 2)
        if one[0] != other[0] and 0 in (one[1], other[1])
    }
    lists: list[dict[str, int]] = []
    for pair in sorted(unmet, key=sorted):
        if pair not in unmet:
            continue
        chosen = dict(pair)
        while len(chosen) < MOST_FILTERS:
            gains = {
                option: sum(frozenset((option, one)) in unmet for one in chosen.items())
                for option in options
                if option[0] not in chosen
            }
            chosen |= [max(gains, key=lambda option: gains[option])]
        lists.append(chosen)
        unmet -= {frozenset(each) for each in combinations(chosen.items(), 2)}
    assert not unmet
    return lists


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

    lists = covering_lists(offered)
    asked = [
        ({name: offered[name][of] for name, of in each.items()}, in_turn[n % len(in_turn)])
        for n, each in enumerate(lists)
    ]
    for begin in range(0, len(asked), TOGETHER):
        await ask_together(app_user, asked[begin : begin + TOGETHER])
    assert len(asked) > 50


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


# --- Whatever passes the types -------------------------------------------------------------------

#: Texts that a `String` may be, although no list holds them.
TEXTS = ("", " ", "%", "é", "\U0001d11e", "'; --", "A" * 2_000)
#: The first and the last instant and day that there are.
ENDS = {
    "DateTime": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
    "Date": ("0001-01-01", "9999-12-31"),
}
#: How often each list of a role is asked.
TIMES = 8


def drawn(dice: Random, type_: Any, name: str, of: str = "") -> Any:
    """An input that TypeScript takes: null where it may be, one value where a list may."""
    if isinstance(type_, GraphQLNonNull):
        return _drawn(dice, type_.of_type, name, of)
    return None if dice.random() < 0.05 else _drawn(dice, type_, name, of)


def _drawn(dice: Random, type_: Any, name: str, of: str) -> Any:
    match type_:
        case GraphQLList():
            most = dice.choice((0, 1, 2, 3, 100))
            values = [drawn(dice, type_.of_type, name, of) for _ in range(most)]
            return dice.choice(values) if values and dice.random() < 0.2 else values
        case GraphQLEnumType():
            return dice.choice([*type_.values])
        case GraphQLInputObjectType():
            needed = {n for n, f in type_.fields.items() if isinstance(f.type, GraphQLNonNull)}
            number = min(len(type_.fields), dice.choice((1, 1, 1, 1, 2, 3)))
            chosen = needed.union(dice.sample([*type_.fields], number))
            return {n: drawn(dice, type_.fields[n].type, name, n) for n in sorted(chosen)}
        case _ if of == "prefix":
            return dice.choice(("A", "AU", "SGPO-OPEN-0006", *filter(None, TEXTS)))
        case _:
            usual = SCALARS.get(type_.name) or CODES.get(name, TEXTS)
            rare = TEXTS if type_.name in ("String", "ID") else ENDS.get(type_.name, usual)
            return dice.choice(usual if dice.random() < 0.8 else rare)


def where_drawn(dice: Random, type_: GraphQLInputObjectType) -> dict[str, Any]:
    """Any number of filters, each with any of its comparisons."""
    names = dice.sample([*type_.fields], min(len(type_.fields), dice.choice((1, 1, 2, 3, 4))))
    return {name: drawn(dice, type_.fields[name].type, name) for name in names}


def lists_of(role: Role) -> dict[str, GraphQLField]:
    """The lists that a role has, with rows in them."""
    query = VIEWS[role].query_type
    assert query
    return {
        name: field
        for name, field in query.fields.items()
        if "first" in field.args and "edges" in get_named_type(field.type).fields  # type: ignore[union-attr]
    }


def compared(where: dict[str, Any]) -> list[int]:
    """With how many values each filter compares."""
    given = (each or {} for each in where.values())
    return [sum(value is not None for value in each.values()) for each in given]


@pytest.mark.parametrize("role", list(Role))
async def test_whatever_typescript_takes_for_a_list_is_answered(
    who: dict[str, Viewer], role: Role
) -> None:
    dice = Random(role.value)
    # Of most lists the small world has few rows or none.
    least = {"together": 0.1, "twice": 0.1, "ordered": 0.3, "null": 0.1, "found": 0.03}
    with Premises(**least) as premises:
        for name, field in lists_of(role).items():
            for _ in range(TIMES):
                premises.begin_example()
                given = {dice.choice(("first", "last")): dice.choice((1, 2, 20, 100))}
                given |= {
                    n: (where_drawn(dice, a.type) if n == "where" else drawn(dice, a.type, n))
                    for n, a in field.args.items()
                    if n in ("where", "orderBy", "queue")
                }
                numbers = compared(given.get("where", {}))
                premises.note("together", is_so=len([n for n in numbers if n]) > 1)
                premises.note("twice", is_so=max(numbers, default=0) > 1)
                premises.note("ordered", is_so=given.get("orderBy") is not None)
                premises.note("null", is_so="None" in str(given))
                declared = ", ".join(f"${n}: {field.args[n].type}" for n in given)
                passed = ", ".join(f"{n}: ${n}" for n in given)
                asked = f"{name}({passed}) {{ edges {{ cursor }} totalCount {{ value }} }}"
                answer = await who[VIEWERS[role]](f"query({declared}) {{ {asked} }}", **given)
                assert (answer.status, answer.errors) == (200, []), (name, given, answer.errors)
                found = answer.data[name]
                premises.note("found", is_so=bool(found["edges"]))
                assert len(found["edges"]) == min(
                    found["totalCount"]["value"], *(given.get(n, 100) for n in ("first", "last"))
                )

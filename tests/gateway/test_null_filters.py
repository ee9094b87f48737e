"""A null filter is an absent one, at any depth: in every list, in figures and in subscriptions."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_input_object_type

from models.vocabulary import Role
from tests.gateway.both_ways import ComparingClient
from tests.gateway.conftest import Viewer
from tests.gateway.live import APPLICATIONS, served
from tests.gateway.schemas import VIEWS
from tests.gateway.test_fields_reached import VIEWERS
from tests.world import CASES

pytestmark = pytest.mark.anyio

#: What is asked of a field that takes `where`, beside its `where`: the same each time.
_WINDOW = 'from: "2025-01-01", to: "2025-12-31"'
_FIGURES = _WINDOW + ", groupBy: [MONTH]"
_ROWS = "nodes { __typename } totalCount { value }"


def where_types(role: Role) -> Iterator[tuple[str, GraphQLInputObjectType]]:
    """The root fields of a role that take filters, and the type of those."""
    query = VIEWS[role].query_type
    assert query
    for name, field in query.fields.items():
        if "where" in field.args:
            yield name, get_named_type(field.args["where"].type)  # type: ignore[misc]


def nulls(type_: GraphQLInputObjectType) -> list[dict[str, Any]]:
    """One `where` in which each filter is null, and one in which each of their comparisons is."""
    comparisons = {
        name: dict.fromkeys(get_named_type(field.type).fields)  # type: ignore[union-attr]
        for name, field in type_.fields.items()
    }
    return [dict.fromkeys(type_.fields), comparisons]


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    return "null" if value is None else f'"{value}"'


def ask(name: str, where: str) -> str:
    if name == "volumes":
        return f"volumes({_FIGURES}, where: {where}) {{ rows {{ intake {{ value }} }} }}"
    if name == "findings":
        return f"findings({_WINDOW}, where: {where}) {{ rows {{ kind }} }}"
    return f"{name}(first: 20, where: {where}) {{ {_ROWS} }}"


FILTERED = {role: dict(where_types(role)) for role in Role}
#: Of each list, the role that can filter it by most.
WIDEST = {
    name: max(
        (role for role in Role if name in FILTERED[role]),
        key=lambda role: len(FILTERED[role][name].fields),
    )
    for name in sorted({name for lists in FILTERED.values() for name in lists})
}


def test_the_lists_that_take_filters_are_all_asked_by_somebody() -> None:
    assert {name for lists in FILTERED.values() for name in lists} >= {
        "applications", "accessEvents", "countries", "partners", "screenings", "volumes",
    }  # fmt: skip
    assert all(
        is_input_object_type(get_named_type(field.type))
        for lists in FILTERED.values()
        for type_ in lists.values()
        for field in type_.fields.values()
    )


@pytest.mark.parametrize("name", WIDEST)
async def test_null_filters_leave_each_list_and_the_figures_as_they_are(
    who: dict[str, Viewer], name: str
) -> None:
    await compare_nulls(who, WIDEST[name], [name])


@pytest.mark.proof
@pytest.mark.parametrize("role", [role for role in Role if FILTERED[role]])
async def test_null_filters_leave_the_lists_of_each_role_as_they_are(
    who: dict[str, Viewer], role: Role
) -> None:
    await compare_nulls(who, role, FILTERED[role])


async def compare_nulls(who: dict[str, Viewer], role: Role, names: Iterable[str]) -> None:
    compared = ComparingClient(who[VIEWERS[role]])
    for name in names:
        type_ = FILTERED[role][name]
        wanted, _ = await compared(f"{{ {ask(name, '{}')} }}")
        assert wanted.errors == []
        for where in nulls(type_):
            by_literal, _ = await compared(f"{{ {ask(name, literal(where))} }}")
            document = f"query ($where: {type_.name}) {{ {ask(name, '$where')} }}"
            by_variable, _ = await compared(document, where=where)
            for answer in (by_literal, by_variable):
                assert (answer.errors, answer.data) == ([], wanted.data), (name, where)


_FORM = """query ($country: CountryCode, $stage: [Stage!], $from: DateTime, $isNull: Boolean) {
    applications(first: 100, where: {country: {eq: $country}, stage: {in: $stage},
        submittedAt: {from: $from}, centre: {isNull: $isNull}}) { nodes { reference } }
}"""


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ({"country": None, "stage": None, "from": None, "isNull": None}, len(CASES)),
        ({}, len(CASES)),
        ({"country": "NZ", "stage": None}, 2),
        ({"country": "NZ", "stage": [], "from": None}, 0),
        ({"country": None, "isNull": False}, 4),
    ],
)
async def test_a_form_with_optional_filters_sends_null_for_what_is_left_open(
    who: dict[str, Viewer], given: dict[str, Any], reached: int
) -> None:
    answer, is_planned = await ComparingClient(who["officer"])(_FORM, **given)
    assert answer.errors == []
    assert (is_planned, len(answer.data["applications"]["nodes"])) == (True, reached)


async def test_null_beside_a_condition_does_not_widen_it(who: dict[str, Viewer]) -> None:
    where = {"country": {"eq": "NZ", "in": None}, "partner": None, "stage": {"notIn": None}}
    document = "query ($w: ApplicationWhere) { applications(where: $w) { totalCount { value } } }"
    answer, _ = await ComparingClient(who["officer"])(document, w=where)
    assert answer.data["applications"]["totalCount"]["value"] == 2


async def test_a_null_in_a_list_of_values_is_refused(who: dict[str, Viewer]) -> None:
    document = "query ($w: ApplicationWhere) { applications(where: $w) { totalCount { value } } }"
    answer = await who["officer"](document, w={"country": {"in": ["NZ", None]}})
    assert answer.codes == ["INVALID_VARIABLES"]


async def test_changes_are_followed_with_null_filters(world: str) -> None:
    async with served(world) as running, running.as_viewer("officer") as client:
        await client.follows(APPLICATIONS, where={"country": None, "stage": {"eq": None}})


@pytest.mark.parametrize(
    ("declared", "comparisons"),
    [
        ("", "eq: null"),
        ("", "in: null"),
        ("", "eq: null, in: null"),
        ("($code: CountryCode)", "eq: $code"),
        ("($code: CountryCode = null)", "eq: $code"),
        ("($codes: [CountryCode!])", "in: $codes"),
    ],
)
@pytest.mark.parametrize("given", [{}, {"code": None, "codes": None}])
async def test_a_null_filter_bounds_no_cost(
    who: dict[str, Viewer], declared: str, comparisons: str, given: dict[str, Any]
) -> None:
    """Whoever sends null is answered with every group, and pays for every group."""

    async def cost(declared: str, where: str) -> int:
        figures = f"volumes({_FIGURES}, where: {where}) {{ rows {{ intake {{ value }} }} }}"
        document = f"query {declared} {{ {figures.replace('MONTH', 'COUNTRY')} }}"
        answer = await who["leadership"].send({"query": document, "variables": given})
        assert answer.errors == []
        return answer.body["extensions"]["cost"]["requested"]

    of_all, of_one = await cost("", "{}"), await cost("", '{country: {eq: "AU"}}')
    assert await cost(declared, f"{{country: {{{comparisons}}}}}") == of_all > of_one


async def test_of_days_to_come_there_is_an_answer(who: dict[str, Viewer]) -> None:
    window = 'from: "2047-01-20", to: "2047-01-20"'
    answer = await who["officer"](f"{{ findings({window}) {{ rows {{ kind }} }} }}")
    assert answer.errors == []


async def test_of_no_kind_there_is_no_finding(who: dict[str, Viewer]) -> None:
    answer = await who["officer"](f"{{ findings({_WINDOW}, kinds: []) {{ rows {{ kind }} }} }}")
    assert (answer.errors, answer.data) == ([], {"findings": {"rows": []}})

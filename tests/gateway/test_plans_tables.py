"""Answers that belong to no row, such as figures, are the same by a plan and the executor."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, islice, product
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLFloat,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from gateway.execution.plan.values import ValueCount, plan_value
from models.vocabulary import Role
from tests.gateway.both_ways import ComparingClient
from tests.gateway.conftest import CLAIMS, Viewer
from tests.gateway.oracle import role_of
from tests.gateway.schemas import VIEWS

pytestmark = pytest.mark.anyio

COMPARED = ("yearOnYear", "monthOnMonth", "nearestWider")
GROUPS = (
    "", "COUNTRY", "COUNTRY MONTH", "NATIONALITY YEAR", "PARTNER CENTRE", "CENTRE DAY",
    "VISA_TYPE CHANNEL QUARTER", "COUNTRY VISA_TYPE",
)  # fmt: skip
WINDOWS = (
    'from: "2025-01-01", to: "2025-03-31"',
    'from: "2024-12-17", to: "2025-02-03"',
    'from: "2030-01-01", to: "2030-01-31"',
)
#: More of them are too costly for one document by most groupings.
FIGURES_AT_A_TIME = 3
#: Of which there is a year before.
YEAR_AFTER = 'from: "2026-01-01", to: "2026-03-31"'


def everything(type_: Any, *, depth: int = 4) -> str:
    """All that can be selected of a type without arguments, to some depth; comparisons have
    documents of their own, for with them a table would be too long and too dear."""
    parts = ["__typename"]
    for name, field in type_.fields.items():
        if name in COMPARED:
            continue
        led_to = get_named_type(field.type)
        if is_leaf_type(led_to):
            parts.append(name)
        elif (
            depth
            and isinstance(led_to, GraphQLObjectType)
            and not led_to.name.endswith("Connection")
        ):
            parts.append(f"{name} {everything(led_to, depth=depth - 1)}")
    return f"{{ {' '.join(parts)} }}"


def documents(role: Role, turn: int) -> Iterator[str]:
    """Documents that have a plan, of all that a role may ask for beside rows: each grouping in one
    of the windows, which is another one for the next viewer."""
    view = VIEWS[role]
    query = view.query_type
    assert query
    # What a viewer belongs to is loaded, as rows are.
    for name, depth in (("viewer", 0), ("policies", 4)):
        yield f"{{ {name} {everything(get_named_type(query.fields[name].type), depth=depth)} }}"
    figures = "refusalGrounds screeningReferrals grantRuleFigures stayFigures complaintFigures"
    for name in figures.split():
        if name in query.fields:
            rows = everything(get_named_type(query.fields[name].type))
            yield from (f"{{ {name}({window}, groupBy: MONTH) {rows} }}" for window in WINDOWS)
    for name in ("officers", "informationRequests", "readers"):
        if name in query.fields:
            rows = everything(get_named_type(query.fields[name].type))
            yield from (f"{{ {name}({window}) {rows} }}" for window in WINDOWS)
    if "volumes" not in query.fields:
        return
    table = everything(get_named_type(query.fields["volumes"].type), depth=3)
    for number, group in enumerate(GROUPS, turn):
        window = WINDOWS[number % len(WINDOWS)]
        yield f"{{ volumes({window}, groupBy: [{group}]) {table} }}"


def comparing_documents(role: Role) -> Iterator[str]:
    """Documents with each comparison of each figure, a few figures at a time, in two windows of
    each grouping in turn."""
    query = VIEWS[role].query_type
    if not query or "volumes" not in query.fields:
        return
    table: Any = get_named_type(query.fields["volumes"].type)
    places = cycle(product(GROUPS, (WINDOWS[1], YEAR_AFTER)))
    for comparison in COMPARED:
        figures = [
            f"{name} {{ __typename {comparison} {everything(get_named_type(compared.type))} }}"
            for name, field in get_named_type(table.fields["rows"].type).fields.items()
            if (compared := getattr(get_named_type(field.type), "fields", {}).get(comparison))
        ]
        for begin in range(0, len(figures), FIGURES_AT_A_TIME):
            rows = " ".join(figures[begin : begin + FIGURES_AT_A_TIME])
            for group, window in islice(places, 2):
                yield f"{{ volumes({window}, groupBy: [{group}]) {{ rows {{ {rows} }} }} }}"


#: One of each role; the others are for `make proof`.
_ONE_OF_EACH = {role_of(claims): name for name, claims in CLAIMS.items()}.values()
of_each_role = pytest.mark.parametrize(
    "name",
    [name if name in _ONE_OF_EACH else pytest.param(name, marks=pytest.mark.proof)
     for name in CLAIMS],
)  # fmt: skip


@of_each_role
async def test_tables_are_the_same_both_ways(who: dict[str, Viewer], name: str) -> None:
    compared, planned, answered = ComparingClient(who[name]), 0, 0
    for document in documents(Role(role_of(CLAIMS[name])), [*CLAIMS].index(name)):
        answer, is_planned = await compared(document)
        planned += is_planned
        answered += not answer.errors
    assert planned == answered > 1


@of_each_role
async def test_comparisons_are_the_same_both_ways(who: dict[str, Viewer], name: str) -> None:
    compared, planned, answered, found = ComparingClient(who[name]), 0, 0, set[str]()
    for document in comparing_documents(Role(role_of(CLAIMS[name]))):
        answer, is_planned = await compared(document)
        planned += is_planned
        answered += not answer.errors
        found |= {each for each in COMPARED if f'"{each}":{{' in answer.text}
    assert planned == answered
    if name in ("leadership", "manager-au", "officer", "auditor"):
        assert answered > 10
        assert {"yearOnYear", "monthOnMonth"} <= found


MIXED = """
query Mixed($from: Date!, $language: Language = ID, $isShort: Boolean!) {
    first: volumes(from: $from, to: "2025-03-31", groupBy: [COUNTRY, MONTH]) {
        rows { ...Place period { startsOn } ...Figures @skip(if: $isShort) }
    }
    second: volumes(from: $from, to: "2025-03-31", groupBy: []) { asOf rows { ...Figures } }
    countries(first: 3) { nodes { code entryRules { entry } } }
    viewer { role subject }
}
fragment Figures on VolumeRow { intake { value precision } intake { how: __typename } }
fragment Place on VolumeRow { country { id code name(language: $language) entryRules { entry } } }
"""


@pytest.mark.parametrize("is_short", [True, False])
@pytest.mark.parametrize("name", ["leadership", "manager-au", "officer"])
async def test_tables_beside_rows_are_the_same_both_ways(who, name: str, is_short: bool) -> None:
    variables = {"from": "2025-01-01", "isShort": is_short}
    answer, is_planned = await ComparingClient(who[name])(MIXED, **variables)
    assert (answer.errors, is_planned) == ([], True)
    assert answer.data["first"]["rows"]


@pytest.mark.parametrize(
    "document",
    [
        '{ volumes(from: "2025-03-31", to: "2025-01-01", groupBy: []) { asOf } }',
        '{ volumes(from: "2025-01-01", to: "2025-03-31", groupBy: [MONTH, YEAR]) { asOf } }',
    ],
)  # fmt: skip
async def test_tables_left_to_the_executor_are_the_same(who, document: str) -> None:
    _, is_planned = await ComparingClient(who["leadership"])(document)
    assert not is_planned


def test_values_are_written_as_their_type_says() -> None:
    draw = plan_value(None, GraphQLNonNull(GraphQLFloat), [])  # type: ignore[arg-type]
    assert repr(draw(Decimal("1.50"), ValueCount())) == "1.5"
    with pytest.raises(GraphQLError):
        draw(None, ValueCount())

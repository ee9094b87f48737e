"""The comparison bites: each defect of plans is planted once, and some document shows it."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pytest
from graphql import GraphQLSkipDirective, get_directive_values
from sqlalchemy import select

from gateway.access.rows import vouch_for
from gateway.execution.plan import (
    levels,
    page_planner,
    planner,
    plans,
    program,
    row_planner,
    statements,
)
from gateway.execution.plan.reads import BranchRead
from gateway.execution.plan.render import Table, render
from gateway.execution.plan.row_planner import RowPlanner
from gateway.execution.plan.tree import Constant, GlobalIdValue
from gateway.execution.selections import Selections
from gateway.mapping.catalogue import label_columns
from gateway.mapping.declare import ToOne
from tests.gateway import walls
from tests.gateway.both_ways import both_ways
from tests.gateway.test_defects import serving
from tests.gateway.test_plans import MANY, compare_many, places_of

pytestmark = pytest.mark.anyio

Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
async def one_wall(world: str) -> AsyncIterator[None]:
    """Without the rows' second wall, which would hide what the first one lets through."""
    async with walls.second_wall_down(world):
        yield


# --- The document --------------------------------------------------------------------------------


def the_language_is_ignored(patch: Patch) -> None:
    patch.setattr(page_planner, "get_argument_values", lambda *_: {"language": "EN"})


def include_is_ignored(patch: Patch) -> None:
    def is_included(self: Any, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        return not (skip and skip["if"])

    patch.setattr(Selections, "is_included", is_included)


def merged_fields_change_places(patch: Patch) -> None:
    of = Selections.of

    def later_first(self: Any, *arguments: Any) -> Mapping[str, Any]:
        found = of(self, *arguments)
        merged = [key for key, nodes in found.items() if len(nodes) > 1]
        rest = [key for key in found if key not in merged]
        return {key: found[key] for key in (*rest, *merged)}

    patch.setattr(Selections, "of", later_first)


def only_the_first_place_is_answered(patch: Patch) -> None:
    for module in (planner, row_planner, page_planner):
        patch.setattr(module, "selection_sets", lambda nodes: [nodes[0].selection_set])


def fragments_on_interfaces_are_passed_over(patch: Patch) -> None:
    patch.setattr(
        "gateway.execution.selections.applies_to",
        lambda type_, condition: condition.name.value == type_.name,
    )


# --- Rows ----------------------------------------------------------------------------------------


def the_order_of_a_list_is_lost(patch: Patch) -> None:
    """Rows that were walked from the back are answered as they were walked."""
    patch.setattr(Table, "is_reversed", property(lambda _: False, lambda *_: None), raising=False)


def the_row_behind_a_page_is_answered(patch: Patch) -> None:
    patch.setattr(Table, "size", property(lambda table: table.rows.count, lambda *_: None),
                  raising=False)  # fmt: skip


def rows_of_another_key_are_attached(patch: Patch) -> None:
    """The rows of each key are those of the next one."""
    patch.setattr(plans, "renderer", lambda operations, **_: partial(render, operations))
    rows = BranchRead.render

    def shift_rows(self: Any, *arguments: Any) -> Any:
        rendering = rows(self, *arguments)
        for table in rendering.tables:
            if table.key is not None:
                table.rows = _ShiftedRows(table.rows, table.key)
        return rendering

    patch.setattr(BranchRead, "render", shift_rows)


class _ShiftedRows:
    """Rows in which keys that follow each other have changed places."""

    def __init__(self, rows: Any, key: int) -> None:
        self._rows, self._key = rows, key
        self.count = rows.count
        keys = [*dict.fromkeys(rows.cell(row, key) for row in range(rows.count))]
        self._other = dict(zip(keys, [*keys[1:], *keys[:1]], strict=True))

    def cell(self, row: int, column: int) -> Any:
        cell = self._rows.cell(row, column)
        return self._other[cell] if column == self._key else cell


def what_is_out_of_reach_is_answered(patch: Patch) -> None:
    def read(type_name: str, _: Any, *columns: Any) -> Any:
        statement: Any = select(*columns)
        return vouch_for(statement, type_name)

    patch.setattr(statements, "select_reachable_in_role", read)


def joined_rows_are_of_another_link(patch: Patch) -> None:
    """Rows are joined by the first link of a noun to another one, whichever was selected."""
    join = RowPlanner._join  # pyright: ignore[reportPrivateUsage]

    def by_first(self: Any, level: Any, column_set: Any, link: Any) -> Any:
        target = self._catalogue.target(link)
        links = (field.source for field in column_set.noun.fields.values())
        alike = (
            each
            for each in links
            if isinstance(each, ToOne) and self._catalogue.target(each) is target
        )
        first = next(alike)
        column_set.add(next(f for f in column_set.noun.fields.values() if f.source is first))
        return join(self, level, column_set, first)

    patch.setattr(RowPlanner, "_join", by_first)


def joined_rows_are_of_no_reach(patch: Patch) -> None:
    """Only what is joined to a row is read without the policy of its type."""
    join, reachable = statements._join, statements._reachable  # pyright: ignore[reportPrivateUsage]
    joining: list[bool] = []

    def without_policy(noun: Any, role: Any, columns: Any, *further: Any) -> Any:
        if joining:
            return vouch_for(select(*columns, *further), noun.name)
        return reachable(noun, role, columns, *further)

    def note_and_join(*arguments: Any) -> Any:
        joining.append(True)
        try:
            return join(*arguments)
        finally:
            joining.pop()

    patch.setattr(statements, "_reachable", without_policy)
    patch.setattr(statements, "_join", note_and_join)


def columns_of_no_right_are_read(patch: Patch) -> None:
    patch.setattr(
        levels,
        "label_columns",
        lambda noun, _, role: label_columns(noun, noun.fields.values(), role),
    )


def reads_of_identity_are_not_noted(patch: Patch) -> None:
    patch.setattr(BranchRead, "logged_keys", lambda *_: ())


def the_identity_behind_a_page_is_noted(patch: Patch) -> None:
    """Rows below are read for the row behind a page, too."""
    base = statements._select_base  # pyright: ignore[reportPrivateUsage]

    def further(*arguments: Any, **_: Any) -> Any:
        return base(*arguments, further=1)

    patch.setattr(statements, "_select_base", further)


# --- What is made --------------------------------------------------------------------------------


def change_values(patch: Patch, kind: type[Any], change: Callable[[Any], Any]) -> None:
    """Plan the values of rows that are of a kind otherwise."""
    planned = RowPlanner._row_value  # pyright: ignore[reportPrivateUsage]

    def otherwise(*arguments: Any) -> Any:
        value = planned(*arguments)
        return change(value) if isinstance(value, kind) else value

    patch.setattr(RowPlanner, "_row_value", otherwise)


def ids_are_of_another_type(patch: Patch) -> None:
    change_values(patch, GlobalIdValue, lambda _: GlobalIdValue("Country"))


def names_of_types_are_wrong(patch: Patch) -> None:
    change_values(patch, Constant, lambda name: Constant(name.text.lower()))


def values_are_miscounted(patch: Patch) -> None:
    """Only what `cost.actual` says of it is wrong."""
    written = program._Compiler._object  # pyright: ignore[reportPrivateUsage]

    def miscount(self: Any, entries: Any) -> Any:
        yield from written(self, entries)
        self._values -= len(entries) > 2

    patch.setattr(program._Compiler, "_object", miscount)


# --- What is kept --------------------------------------------------------------------------------


def kept_by(patch: Patch, key: Callable[[str, str | None, Any, Any], Any]) -> None:
    """Plans are kept by less than all that they are made for."""

    class Careless(plans.WeightedCache[Any, Any]):
        def get(self, asked: Any) -> Any:
            return super().get(key(*asked))

        def put(self, asked: Any, value: Any, weight: int) -> None:
            super().put(key(*asked), value, weight)

    patch.setattr(plans, "WeightedCache", Careless)


def plans_of_a_role_serve_others(patch: Patch) -> None:
    kept_by(patch, lambda text, name, _, shaping: (text, name, shaping))


def plans_are_kept_without_switches(patch: Patch) -> None:
    kept_by(patch, lambda text, name, role, _: (text, name, role))


def plans_are_kept_without_the_operation(patch: Patch) -> None:
    kept_by(patch, lambda text, _, role, shaping: (text, role, shaping))


DEFECTS = [
    the_language_is_ignored,
    include_is_ignored,
    merged_fields_change_places,
    only_the_first_place_is_answered,
    fragments_on_interfaces_are_passed_over,
    the_order_of_a_list_is_lost,
    the_row_behind_a_page_is_answered,
    rows_of_another_key_are_attached,
    what_is_out_of_reach_is_answered,
    joined_rows_are_of_another_link,
    joined_rows_are_of_no_reach,
    columns_of_no_right_are_read,
    reads_of_identity_are_not_noted,
    the_identity_behind_a_page_is_noted,
    ids_are_of_another_type,
    names_of_types_are_wrong,
    values_are_miscounted,
    plans_of_a_role_serve_others,
    plans_are_kept_without_switches,
    plans_are_kept_without_the_operation,
]


async def comparison_of(world: str, plant: Callable[[Patch], None], numbers: Iterable[int]) -> str:
    """What the comparison says of a defect; nothing where it sees none."""
    with Patch.context() as patch:
        plant(patch)
        async with serving(world) as who, both_ways(who, world) as ways:
            try:
                await compare_many(ways, await places_of(who), numbers)
            except AssertionError as difference:
                return str(difference)
    return ""


@pytest.mark.parametrize("plant", DEFECTS, ids=lambda plant: plant.__name__)
def test_a_defect_can_be_planted(plant: Callable[[Patch], None]) -> None:
    """The code that it changes is still there, though only `make proof` looks for the defect."""
    with Patch.context() as patch:
        plant(patch)


@pytest.mark.proof
@pytest.mark.usefixtures("one_wall")
@pytest.mark.parametrize("plant", DEFECTS, ids=lambda plant: plant.__name__)
async def test_a_defect_is_seen(world: str, plant: Callable[[Patch], None]) -> None:
    """By the documents of `make test`."""
    assert (await comparison_of(world, plant, range(MANY))).startswith(("no plan", "200"))


@pytest.mark.proof
@pytest.mark.usefixtures("one_wall")
async def test_where_there_is_no_defect_none_is_seen(world: str) -> None:
    assert await comparison_of(world, lambda _: None, range(400)) == ""

"""Every filter and every order of a list is one that the list is ever answered by.

A list with walks takes the filters of a walk together (`gateway.mapping.walks`); a filter that is
declared, but in no walk, would be offered by the schema and always refused.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checks.finding import Finding
from checks.sources import Module, Sources, assignments, find_all

WALKS = "WALKS"


class WalkNames(NamedTuple):
    """What the walks of a list name: filters and orders, and where."""

    filters: Mapping[str, int]
    orders: Mapping[str, int]


def check_walks(sources: Sources) -> Iterator[Finding]:
    for module in sources.modules["gateway"]:
        walks = assignments(module.tree).get(WALKS)
        if walks is not None:
            yield from _of_a_list(module, walks)


def _of_a_list(module: Module, walks: ast.expr) -> Iterator[Finding]:
    named = _names_in(walks)
    filters, orders = _declared_with(module, "filters"), _declared_with(module, "orders")
    at = f"{WALKS} ({module.file.name}:{walks.lineno})"
    for name in filters.keys() - named.filters.keys() - named.orders.keys():
        yield Finding(
            module.file, filters[name], f"no walk takes the filter {name}: add it to {at} with its"
            " index, or do not filter by it",
        )  # fmt: skip
    for name in orders.keys() - named.orders.keys():
        yield Finding(
            module.file, orders[name], f"no walk goes in the order of {name}: add one to {at} with"
            " its index, or do not order by it",
        )  # fmt: skip
    for kind, lines, declared in (
        ("filter", named.filters, filters),
        ("order", named.orders, orders),
    ):
        for name in lines.keys() - declared.keys():
            yield Finding(
                module.file, lines[name], f"{WALKS} names {name}, which no field declares as"
                f" {kind}: give the field {kind}s=True",
            )  # fmt: skip


def _names_in(walks: ast.expr) -> WalkNames:
    filters: dict[str, int] = {}
    orders: dict[str, int] = {}
    for call in find_all(walks, ast.Call):
        order, *others = [
            text for argument in call.args for text in find_all(argument, ast.Constant)
        ]
        orders[str(order.value)] = order.lineno
        for text in others:
            filters |= dict.fromkeys(str(text.value).split(), text.lineno)
    return WalkNames(filters, orders)


def _declared_with(module: Module, keyword: str) -> dict[str, int]:
    """The fields of the module's nouns that are declared with ``keyword=True``, and their lines."""
    return {
        field.target.id: field.lineno
        for field in find_all(module.tree, ast.AnnAssign)
        if isinstance(field.target, ast.Name) and isinstance(field.value, ast.Call)
        if any(
            each.arg == keyword and isinstance(each.value, ast.Constant) and each.value.value
            for each in field.value.keywords
        )
    }

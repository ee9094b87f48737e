"""Explains a plan: as a tree, with the statement of each level and the rules that hold it."""

from collections.abc import Iterator, Sequence

from gateway.access.transactions.prepared import Planning, PreparedStatement
from gateway.execution.plan.levels import (
    ColumnSet,
    Level,
    LinkedCount,
    LinkedPage,
    LinkedRows,
    ListCount,
    ListPage,
    RowByName,
    RowsByKeys,
    WholeTable,
)
from gateway.execution.plan.reads import BranchRead
from gateway.execution.plan.run import PlanRun
from gateway.execution.plan.tree import ValueRoot
from gateway.policy import POLICY
from gateway.rules import EveryRow
from models.vocabulary import Role


def explain(run: PlanRun) -> Iterator[str]:
    """The lines of an explanation, for the arguments of one request. Nothing is run."""
    yield f"At most {run.cost} values."
    for key, root in run.plan.roots.items():
        if isinstance(root, ValueRoot):
            yield f"{key}: what its resolver gives"
            continue
        run.begin_root(key, root, None)
        reads = [read for read in run.reads.begun if read.root == key]
        number = sum(len(read.plan.levels) for read in reads)
        yield f"{key}: {number} statement{'' if number == 1 else 's'}, in one write"
        for read in reads:
            yield from _branch(read, run.role)


def _branch(read: BranchRead, role: Role) -> Iterator[str]:
    prepared = read.prepared()
    tops = [level for level in read.plan.levels if level.keys is None]
    for level in tops:
        yield from _level(level, read.plan.levels, prepared, role, "  ")
    for reference in read.plan.reference:
        (level,), (statement,) = reference.levels, reference.statements.prepared(None)
        yield f"  looked up in memory, under the version of the same snapshot: {level.noun.name}"
        yield from _level(level, [], [statement], role, "     ")


def _level(
    level: Level,
    levels: Sequence[Level],
    prepared: Sequence[PreparedStatement],
    role: Role,
    indent: str,
) -> Iterator[str]:
    yield f"{indent}{level.number + 1}. {_what(level)}"
    yield f"{indent}   {level.noun.name}: {_rule(level.noun.name, role)}"
    if level.noun.storage.is_logged:
        yield f"{indent}   each read of a row is logged before the answer leaves"
    if level.column_set:
        yield from _joins(level.column_set, role, f"{indent}   ")
    if prepared[level.number].planning is Planning.EACH_TIME:
        yield f"{indent}   planned by the database for the values of each request"
    for line in prepared[level.number].text.splitlines():
        yield f"{indent}   | {line.rstrip()}"
    for below in levels:
        if below.keys and below.keys.level is level:
            yield from _level(below, levels, prepared, role, f"{indent}   ")


def _joins(column_set: ColumnSet, role: Role, indent: str) -> Iterator[str]:
    for link, joined in column_set.joins.items():
        name = joined.noun.name
        yield f"{indent}joined by {link.local.key}: {name}: {_rule(name, role)}"
        yield from _joins(joined, role, f"{indent}  ")


def _what(level: Level) -> str:
    match level.reading:
        case ListPage():
            return "a page of the list"
        case ListCount(facet):
            return f"the list, counted by {facet.column.key}" if facet else "the list, counted"
        case RowByName():
            return "the row of a name"
        case WholeTable():
            return "the whole table"
        case RowsByKeys():
            return "the rows of ids"
        case LinkedRows(link):
            return f"the rows whose {link.remote.key} is named above"
        case LinkedPage(link):
            return f"a page for each row above, by {link.remote.key}"
        case LinkedCount(linked, facet):
            by = f", by {facet.column.key}" if facet else ""
            return f"counted for each row above, by {linked.remote.key}{by}"


def _rule(type_name: str, role: Role) -> str:
    """The rule of the policy that holds rows of a type."""
    rule = POLICY[type_name].rows.get(role)
    if rule is None:
        return "no row"
    return "every row" if isinstance(rule, EveryRow) else f"rows where {rule}"

"""Plans as they are compiled, once for an operation and a role: each branch with its statements and
its program."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from graphql import VariableValues

from gateway.cache import WeightedCache
from gateway.execution.documents import weight_of
from gateway.execution.operation import AdmittedOperation
from gateway.execution.plan.backend import renderer
from gateway.execution.plan.levels import Level
from gateway.execution.plan.planner import Planner
from gateway.execution.plan.program import compile_branch
from gateway.execution.plan.statements import Places, Statements
from gateway.execution.plan.tree import Branch, Root, branches_of
from gateway.execution.plan.values import NotPlannableError
from gateway.execution.selections import Fragments, Selections
from gateway.limits import MOST_CACHED_TOKENS
from gateway.logs import WhyExecutor
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.declare import KEY, RuledValue
from models.person.sealed import Sealed
from models.vocabulary import Role


class BranchPlan:
    """A branch with its statements and its program."""

    def __init__(self, branch: Branch, role: Role) -> None:
        self.levels = branch.levels
        #: The level whose rows hold the version of the reference data that is linked to.
        self.with_version = _first_with_rows(branch.levels) if branch.reference else None
        places = {level: Places(level) for level in branch.levels}
        self.statements = Statements(places, role, with_version=self.with_version)
        self._program = compile_branch(branch, places)
        self.render = renderer(self._program)
        #: The levels that read somebody's identity; a count reads nobody's.
        self.logged = [
            level.number
            for level in branch.levels
            if level.noun.storage.is_logged and level.column_set
        ]
        #: The places of sealed cells in the rows of those levels, with what they hold.
        self.sealed = {
            number: _sealed_places(branch.levels[number], places[branch.levels[number]])
            for number in self.logged
        }
        #: The places of values whose disclosure is recorded: those with row rules of their own.
        self.ruled = [
            place for level in branch.levels for place in _ruled_places(level, places[level])
        ]
        #: The place of the key by which a row was found; None in levels that are found otherwise.
        self.keys = [places[level].key for level in branch.levels]
        #: The plans of the reference data to which its rows link.
        self.reference = [BranchPlan(each, role) for each in branch.reference]

    @cached_property
    def identity(self) -> Hashable:
        """The same for branches without arguments that read and write the same."""
        texts = tuple(each.text for each in self.statements.prepared(*[None] * len(self.levels)))
        return texts, self._program


class RuledPlace(NamedTuple):
    """The place, in the rows of a level, of a value that has row rules of its own."""

    source: RuledValue
    level: int
    #: The columns of the value, and of the key of the row that it belongs to.
    value: int
    key: int


class Plan(NamedTuple):
    """The root fields of an operation by response key, and what was made of their branches."""

    roots: Mapping[str, Root]
    branches: Mapping[Branch, BranchPlan]
    #: Those of the document; resolvers of root fields may read them.
    fragments: Fragments


class PlanCache:
    """Plans each operation once for each role."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._plans: WeightedCache[Any, Plan | WhyExecutor] = WeightedCache(MOST_CACHED_TOKENS)

    def plan(self, admitted: AdmittedOperation) -> Plan | WhyExecutor:
        """The plan of an operation, or why it has none."""
        operation, shaping = admitted.operation, admitted.shaping
        name, role = operation.name and operation.name.value, admitted.viewer.role
        key = (admitted.text, name, role, tuple(shaping.coerced.items()))
        plan = self._plans.get(key)
        if plan is None:
            plan = self._compile(admitted, shaping)
            self._plans.put(key, plan, weight_of(admitted.text, admitted.document))
        return plan

    def _compile(self, admitted: AdmittedOperation, shaping: VariableValues) -> Plan | WhyExecutor:
        selections, role = Selections(admitted.document, shaping), admitted.viewer.role
        planner = Planner(admitted.view, self._catalogue, role, selections, shaping)
        try:
            roots = planner.plan(admitted.operation)
            branches = [branch for root in roots.values() for branch in branches_of(root)]
            compiled = {branch: BranchPlan(branch, role) for branch in branches}
        except NotPlannableError as error:
            return error.reason
        return Plan(roots, compiled, selections.fragments)


def _first_with_rows(levels: Sequence[Level]) -> Level:
    """The level below which all others lie that have rows; counts have none."""
    return next(level for level in levels if level.column_set)


def _ruled_places(level: Level, places: Places) -> Iterator[RuledPlace]:
    for column_set in level.column_set.tree() if level.column_set else ():
        for label, source in column_set.ruled.items():
            at = places.of(column_set, label), places.of(column_set, KEY)
            yield RuledPlace(source, level.number, *at)


def _sealed_places(level: Level, places: Places) -> list[tuple[int, str]]:
    types = {column.key: column.type for column in level.columns.columns}
    selected = enumerate(types.get(label) for _, label in places.columns)
    return [(place, type_.column) for place, type_ in selected if isinstance(type_, Sealed)]

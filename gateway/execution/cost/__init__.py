"""Estimates the cost of an operation before it runs: the most values its answer can have.

A value is a field of an object in the answer, whatever its type: a list of strings counts as one.
"""

from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, Undefined

from gateway.access.statistics import UNKNOWN_SIZES, Sizes
from gateway.errors import ErrorCode, RequestError
from gateway.execution.cost.arguments import Arguments, Variables, condition_variables
from gateway.execution.cost.counting import Counting
from gateway.execution.cost.known import KnownSizes
from gateway.execution.cost.program import Amount, CostProgram
from gateway.viewer import Viewer

#: The highest cost of one operation. The dashboard's largest query, the export of every measure
#: over ten years, costs 46,500; introspection by code generators 18,300; the longest table with
#: twenty-four values in each row 240,000. An answer of 250,000 values blocks a process for some
#: tenths of a second.
MOST = 250_000
#: Larger costs are reported as this: those of a fragment bomb exceed the numbers of JSON.
_LARGEST = 1_000_000_000_000
#: Programs of one operation that are kept: one for each set of conditions in its directives.
_MOST_PROGRAMS = 16


class Cost(NamedTuple):
    """The most values of the answer, and the cost of other work in units of values."""

    values: int
    work: int

    @property
    def requested(self) -> int:
        return self.values + self.work


class OperationCost:
    """The cost of an operation: an upper bound for what the database holds.

    It is a program, which is written once for each set of conditions, as long as the known sizes of
    tables hold, and run for each request.
    """

    def __init__(
        self, operation: OperationDefinitionNode, document: DocumentNode, view: GraphQLSchema
    ) -> None:
        self._operation = operation
        self._document = document
        self._view = view
        self._arguments = Arguments(operation)
        self._conditions = condition_variables(document)
        self._sizes = UNKNOWN_SIZES
        self._programs: dict[Any, tuple[CostProgram, tuple[Amount, Amount]]] = {}

    def of(self, variables: Variables, viewer: Viewer, sizes: Sizes = UNKNOWN_SIZES) -> Cost:
        """The cost with the variables of a request, which need not be valid. Without the sizes of
        tables it is the most that it can be in any database.

        Raises RequestError with TOO_COSTLY where fragments are nested too deeply to be counted.
        """
        if sizes is not self._sizes:
            self._sizes = sizes
            self._programs.clear()
        key = tuple([_condition(variables.get(name, Undefined)) for name in self._conditions])
        written = self._programs.get(key)
        if written is None:
            if len(self._programs) >= _MOST_PROGRAMS:
                self._programs.clear()
            written = self._programs[key] = self._write(variables, viewer)
        program, amounts = written
        values, work = program.run(amounts, variables, viewer)
        return Cost(min(values, _LARGEST), min(work, _LARGEST))

    def _write(
        self, variables: Variables, viewer: Viewer
    ) -> tuple[CostProgram, tuple[Amount, Amount]]:
        known = KnownSizes(self._sizes, viewer.role)
        counting = Counting(self._document, self._view, self._arguments, variables, known)
        root = self._view.get_root_type(self._operation.operation)
        try:
            size = counting.selections(self._operation.selection_set.selections, root)
        except RecursionError:
            raise RequestError(
                ErrorCode.TOO_COSTLY, "Fragments are nested too deeply here: use fewer of them."
            ) from None
        program = counting.program
        values = program.total((size.once, size.each))
        return program, (values, program.total(counting.work))


def _condition(value: Any) -> Any:
    """What of a variable in a directive matters: true, false, absent, or none of these."""
    return value if value is Undefined or isinstance(value, bool) else None


def values_in(answer: Any) -> int:
    """Count the values of an answer."""
    values = 0
    pending = [answer]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            values += len(part)
            pending += part.values()
        elif isinstance(part, list):
            pending += part
    return values

"""Runs the plan of an operation: all its statements in one write."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationType,
    get_argument_values,
    is_list_type,
    is_non_null_type,
)

from gateway.errors import ErrorCode, FieldError
from gateway.execution.graphql_core import is_awaitable, resolve_info
from gateway.execution.operation import AdmittedOperation, Execution, JsonBytes
from gateway.execution.plan.cells import CellError, kind_of
from gateway.execution.plan.levels import Level, LinkedPage
from gateway.execution.plan.plans import Plan
from gateway.execution.plan.reads import (
    BranchRead,
    BranchReads,
    Question,
    ReferenceCache,
    ask_list,
)
from gateway.execution.plan.statements import (
    KEYS,
    NAME,
    parameter_prefix,
)
from gateway.execution.plan.tree import (
    Branch,
    ListRoot,
    LookUpRoot,
    NodesRoot,
    Root,
    ValueRoot,
)
from gateway.execution.plan.values import (
    PositionOf,
    Render,
    RowReference,
    ValueCount,
)
from gateway.mapping.context import Context
from gateway.mapping.keyset import boundary_values
from gateway.schema.lookups import RowName
from models.vocabulary import Role

#: Writes a root field, once its rows were read.
Write = Callable[[], bytes]


async def run_plan(
    plan: Plan,
    admitted: AdmittedOperation,
    context: Context,
    values: Sequence[Any],
    reference: ReferenceCache,
) -> list[Execution]:
    """What the plan gives for each root value; all is read in one write and one wait, but for a
    mutation: there, each change is read before the next one is made.

    Raises FieldError for an error that belongs to one field, and CellError for rows that do not
    hold what they should.
    """
    reads = BranchReads(context, reference)
    runs = [PlanRun(plan, admitted, context, reads, value) for value in values]
    is_mutation = admitted.operation.operation is OperationType.MUTATION
    in_turn = [{key: root} for key, root in plan.roots.items()] if is_mutation else [plan.roots]
    for roots in in_turn:
        writes = [await run.begin(roots) for run in runs]
        await reads.read(runs[0].give_up)
        for run, of_run in zip(runs, writes, strict=True):
            run.write(roots, of_run)
    return [run.execution() for run in runs]


class PlanRun:
    """One run of a plan, for one request or one payload of a subscription."""

    def __init__(
        self,
        plan: Plan,
        admitted: AdmittedOperation,
        context: Context,
        reads: BranchReads,
        value: Any = None,
    ) -> None:
        """``value`` is the root value: the event of a subscription."""
        self.plan = plan
        #: What is read for the root fields that have begun.
        self.reads = reads
        self._context = context
        self._admitted = admitted
        self._value = value
        self._count = ValueCount()
        self._count.values = len(plan.roots)
        self._parts: list[bytes] = []
        #: An error for each root field that could not be read in time.
        self._errors: dict[str, GraphQLError] = {}

    async def begin(self, roots: Mapping[str, Root]) -> Mapping[str, Write]:
        """Note what is read for some root fields, and return what writes each afterwards."""
        of_values = {key: root for key, root in roots.items() if isinstance(root, ValueRoot)}
        values = await self._resolve_values(of_values) if of_values else {}
        return {
            key: self.begin_root(key, root, values.get(key))
            for key, root in roots.items()
            if key not in self._errors
        }

    def write(self, roots: Iterable[str], writes: Mapping[str, Write]) -> None:
        """Write root fields whose rows were read."""
        for key in roots:
            part = b"null" if key in self._errors else writes[key]()
            self._context.found_nothing |= part == b"null"
            self._parts.append(b"%b:%b" % (orjson.dumps(key), part))

    def execution(self) -> Execution:
        """What the run gave. A root field that took too long is null in it."""
        errors = [self._errors[key] for key in self.plan.roots if key in self._errors]
        data = JsonBytes(b"{%b}" % b",".join(self._parts))
        return Execution(data, errors, self._count.values)

    @property
    def role(self) -> Role:
        return self._admitted.viewer.role

    @property
    def cost(self) -> int | None:
        """The most values that the answer can hold."""
        return self._admitted.charge.requested

    def give_up(self, keys: Iterable[str], error: BaseException) -> None:
        """Give up root fields that took too long: reading them again would take as long.

        Raises any other error, and every error where the field may not be null.
        """
        roots = {key: self.plan.roots[key] for key in keys}
        nullable = all(not is_non_null_type(root.field.type) for root in roots.values())
        if not isinstance(error, FieldError) or error.code is not ErrorCode.TIMEOUT or not nullable:
            raise error
        for key, root in roots.items():
            self._errors[key] = GraphQLError(
                error.message, root.nodes, path=[key], original_error=error
            )

    # --- Values that are no rows -----------------------------------------------------------------

    async def _resolve_values(self, roots: Mapping[str, ValueRoot]) -> dict[str, Any]:
        """The values of root fields from the same resolvers that the executor would call."""
        resolving = [self._resolve(key, root) for key, root in roots.items()]
        # Wait for all of them, so that none is still running when one has failed.
        results = await asyncio.gather(*resolving, return_exceptions=True)
        for key, result in zip(roots, results, strict=True):
            if isinstance(result, BaseException):
                self.give_up([key], result)
        return dict(zip(roots, results, strict=True))

    async def _resolve(self, key: str, root: ValueRoot) -> Any:
        arguments = self._arguments(root.field, root.nodes[0])
        resolve: Any = root.field.resolve
        info = resolve_info(
            self._admitted,
            self._context,
            self.plan.fragments,
            key=key,
            parent=root.parent,
            field=root.field,
            nodes=root.nodes,
        )
        resolved = resolve(self._value, info, **arguments)
        return await resolved if is_awaitable(resolved) else resolved

    def _arguments(self, of: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The arguments of a field, coerced already where there was something to check."""
        parsed = self._admitted.arguments.get(id(node))
        if parsed is None:
            return get_argument_values(of, node, self._admitted.variables)
        return parsed.values

    def _find_asked(self, node: FieldNode) -> Any:
        """What the parser of a field made of its arguments."""
        return self._admitted.arguments[id(node)].asked

    # --- Rows ------------------------------------------------------------------------------------

    def begin_root(self, key: str, root: Root, value: Any) -> Write:
        """Register the reads of a root field; returns what renders it once they are done."""
        match root:
            case ListRoot(nodes=nodes, branch=branch):
                asked = self._find_asked(nodes[0])
                ask = partial(ask_list, self._context, asked)
                return partial(self._render, self._branch(key, branch, ask))
            case LookUpRoot(nodes=nodes, branch=branch):
                if (named := self._find_asked(nodes[0])) is None:
                    return lambda: b"null"
                question = Question(named.column, {NAME: named.value})
                return partial(self._render, self._branch(key, branch, lambda _: question))
            case NodesRoot():
                return self._begin_nodes(key, root)
            case ValueRoot(render=render_value):
                return self._begin_value(key, render_value, value)

    def _begin_value(self, key: str, render_value: Render, value: Any) -> Write:
        """A value, with the rows that it names."""
        count = ValueCount()
        rendered = render_value(value, count)
        keys: dict[Branch, dict[Any, None]] = {}
        for reference in count.references:
            keys.setdefault(reference.branch, {})[reference.key] = None
        reads = {branch: self._by_keys(key, branch, [*of]) for branch, of in keys.items()}

        def write() -> bytes:
            self._count.values += count.values
            written = {branch: self._rows_of(read) for branch, read in reads.items()}

            def fill_in(place: RowReference | PositionOf) -> JsonBytes | str:
                if isinstance(place, PositionOf):
                    name = type(place.record).__name__
                    return self._context.position(name, place.source, place.record)
                row = written[place.branch](place.key)
                if row == b"null" and not place.is_nullable:
                    raise CellError("no row where there must be one")
                return JsonBytes(row)

            try:
                return orjson.dumps(rendered, default=fill_in)
            except orjson.JSONEncodeError as error:
                raise error.__cause__ or error from None

        return write

    def _begin_nodes(self, key: str, root: NodesRoot) -> Write:
        """Things by their ids: of each type in a statement of its own."""
        each: list[RowName | None] = self._find_asked(root.nodes[0])
        names = [named and (named.noun.name, named.value) for named in each]
        reads = {
            type_name: self._by_keys(key, branch, keys)
            for type_name, branch in root.branches.items()
            if (keys := [name[1] for name in names if name and name[0] == type_name])
        }

        def write() -> bytes:
            written = {type_name: self._rows_of(read) for type_name, read in reads.items()}
            parts = [
                written[name[0]](name[1]) if name and name[0] in written else b"null"
                for name in names
            ]
            self._context.found_nothing |= b"null" in parts
            return b"[%b]" % b",".join(parts) if is_list_type(root.field.type) else parts[0]

        return write

    def _by_keys(self, key: str, branch: Branch, keys: Sequence[Any]) -> BranchRead:
        question = Question(None, {KEYS: list(keys)})
        return self._branch(key, branch, lambda _: question)

    def _rows_of(self, read: BranchRead) -> Callable[[Any], bytes]:
        """Renders the row of a key."""
        rendering = read.render(self._context, self._count, self._admitted.variables)
        table, kind = rendering.tables[0], kind_of(read.plan.levels[0].noun.key.type)
        rows = {table.value(row, 0, kind): row for row in range(table.rows.count)}
        return lambda key: read.plan.render(rendering, 0, rows[key]) if key in rows else b"null"

    def _branch(self, key: str, branch: Branch, ask: Callable[[Level], Question]) -> BranchRead:
        plan = self.plan.branches[branch]
        questions = [
            ask(level) if level.keys is None else self._ask_linked(level) for level in plan.levels
        ]
        read = BranchRead(key, plan, questions)
        self.reads.begun.append(read)
        return read

    def _ask_linked(self, level: Level) -> Question:
        match level.reading:
            case LinkedPage(node=node):
                query, place = self._find_asked(node)
                values = boundary_values(place, None, parameter_prefix(level))
                return Question(query, values, query.bounds)
            case _:
                return Question()

    def _render(self, read: BranchRead) -> bytes:
        rendering = read.render(self._context, self._count, self._admitted.variables)
        return read.plan.render(rendering)

"""Finds or makes the plan of an operation, and runs it level by level: a statement for each."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    OperationType,
    VariableValues,
    get_argument_values,
    is_non_null_type,
)

from gateway.errors import ErrorCode, FieldError
from gateway.execution.cost import values_in
from gateway.execution.documents import WeightedCache, tokens_of
from gateway.execution.graphql_core import is_awaitable, resolve_info
from gateway.execution.operation import AdmittedOperation
from gateway.execution.plan.fetches import AnyFetch
from gateway.execution.plan.planner import Plan, Planner, RootField
from gateway.execution.plan.shapes import (
    FetchedPage,
    FollowedLink,
    FollowedPages,
    Object,
    PageShape,
    RenderedRows,
    ResultLevel,
)
from gateway.execution.plan.values import NotPlannableError
from gateway.execution.selections import Selections
from gateway.limits import MOST_KEPT_TOKENS
from gateway.logs.requests import WhyExecutor, current_record
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.connections import Connection
from gateway.mapping.context import Context

#: What a fetch returned for each key: a row or None, or a list of rows.
FetchedByKey = dict[Any, Any]


class LinkKeys(NamedTuple):
    """A link to follow from some rows, and the key of each row's target."""

    part: RenderedRows
    link: FollowedLink | FollowedPages
    keys: list[Any]


class Planned(NamedTuple):
    """The result of a plan, how many values it holds, and what could not be read in time."""

    data: Object
    values: int
    errors: list[GraphQLError]


class PlanCache:
    """Plans each operation once for each role, and answers from the plan."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._kept: WeightedCache[Any, Plan | WhyExecutor] = WeightedCache(MOST_KEPT_TOKENS)

    async def data(self, admitted: AdmittedOperation, context: Context) -> Planned | None:
        """The data of the answer; None for an operation that cannot be planned.

        Raises FieldError for an error that belongs to one field.
        """
        operation = admitted.operation
        if operation.operation is not OperationType.QUERY:
            return None
        shaping = admitted.shaping
        name, role = operation.name and operation.name.value, admitted.viewer.role
        key = (admitted.text, name, role, tuple(shaping.coerced.items()))
        plan = self._kept.get(key)
        if plan is None:
            plan = self._make_plan(admitted, shaping)
            self._kept.keep(key, plan, tokens_of(admitted.document))
        if isinstance(plan, WhyExecutor):
            current_record().note_executor(plan)
            return None
        run = PlanRun(plan, admitted, context)
        data = await run.data()
        return Planned(data, values_in(data) if run.errors else run.values, run.errors)

    def _make_plan(
        self, admitted: AdmittedOperation, shaping: VariableValues
    ) -> Plan | WhyExecutor:
        selections = Selections(admitted.document, shaping)
        planner = Planner(admitted.view, self._catalogue, admitted.viewer.role, selections, shaping)
        try:
            return planner.plan(admitted.operation.selection_set)
        except NotPlannableError as error:
            return error.reason


class PlanRun:
    """One run of a plan for one request."""

    def __init__(
        self,
        plan: Plan,
        admitted: AdmittedOperation,
        context: Context,
    ) -> None:
        self._context = context
        self._plan = plan
        self._admitted = admitted
        self._fetched: dict[AnyFetch, FetchedByKey] = {}
        #: How many values the answer holds; complete once `data` has returned.
        self.values = len(plan.root_fields)
        #: An error for each root field that could not be read in time.
        self.errors: list[GraphQLError] = []
        self._failed = set[str]()

    async def data(self) -> Object:
        """The data of the answer. A root field that took too long is null in it.

        Raises FieldError for any other error that belongs to one field.
        """
        level = ResultLevel()
        root_fields = self._plan.root_fields.items()
        resolving = (self._resolve_root(key, root_field) for key, root_field in root_fields)
        # Wait for all of them, so that none is still running when one has failed.
        results = await asyncio.gather(*resolving, return_exceptions=True)
        for (key, _), result in zip(root_fields, results, strict=True):
            if isinstance(result, BaseException):
                self._give_up({key}, result)
        data: Object = {}
        for (key, root_field), result in zip(root_fields, results, strict=True):
            level.root = key
            is_read = key not in self._failed
            data[key] = _render_root(root_field, result, level) if is_read else None
        while level.parts:
            self.values += level.values
            level = await self._next_level(level)
        self.values += level.values
        return {key: None if key in self._failed else value for key, value in data.items()}

    def _give_up(self, keys: set[str], error: BaseException) -> None:
        """Note root fields that took too long: to ask again would take as long.

        Raises any other error, and all of them where null may not stand.
        """
        fields = self._plan.root_fields
        nullable = all(not is_non_null_type(fields[key].field.type) for key in keys)
        if not isinstance(error, FieldError) or error.code is not ErrorCode.TIMEOUT or not nullable:
            raise error
        for key in fields:
            if key in keys:
                self._failed.add(key)
                self.errors.append(
                    GraphQLError(error.message, fields[key].nodes, path=[key], original_error=error)
                )

    async def _resolve_root(self, key: str, root_field: RootField) -> Any:
        """The value of a root field, from the same resolver that the executor would call."""
        node, admitted = root_field.nodes[0], self._admitted
        arguments = admitted.arguments.get(id(node))
        if arguments is None:  # there was nothing to check
            arguments = get_argument_values(root_field.field, node, admitted.variables)
        resolve: Any = root_field.field.resolve
        info = resolve_info(
            self._admitted,
            self._context,
            self._plan.fragments,
            key=key,
            parent=root_field.parent,
            field=root_field.field,
            nodes=root_field.nodes,
        )
        resolved = resolve(None, info, **arguments)
        value = await resolved if is_awaitable(resolved) else resolved
        return (
            await _fetch_page(value, root_field.shape)
            if isinstance(root_field.shape, PageShape)
            else value
        )

    async def _next_level(self, level: ResultLevel) -> ResultLevel:
        """Follow the links of a level: fetch their rows and attach them to its objects."""
        links = [
            LinkKeys(part, link, list(map(link.key_of, part.rows)))
            for part in level.parts
            for link in part.shape.links
        ]
        try:
            await self._fetch_missing(links)
        except FieldError as error:
            self._give_up({one.part.root for one in links if self._is_missing(one)}, error)
        below = ResultLevel()
        for link_keys in links:
            if link_keys.part.root in self._failed:
                continue
            below.root = link_keys.part.root
            if isinstance(link_keys.link, FollowedPages):
                self._attach_pages(link_keys, link_keys.link, below)
            else:
                _attach_rows(link_keys, link_keys.link, self._fetched, below)
        return below

    def _is_missing(self, link_keys: LinkKeys) -> bool:
        """Whether something to which these keys lead was not fetched."""
        keys = set(link_keys.keys)
        return any(keys - self._fetched[fetch].keys() for fetch in link_keys.link.fetches)

    def _attach_pages(self, link_keys: LinkKeys, link: FollowedPages, below: ResultLevel) -> None:
        """Put the page of each row into its object; parents with the same key share an object."""
        objects: dict[Any, Object] = {}
        for key, times in _times(link_keys).items():
            read = FetchedPage(
                link.page and self._fetched[link.page][key],
                link.count and self._fetched[link.count][key],
                {name: self._fetched[fetch][key] for name, fetch in link.facets.items()},
            )
            rendered = ResultLevel()
            objects[key] = link.shape.render(read, rendered)
            below.absorb(rendered, times)
        for key, object_ in zip(link_keys.keys, link_keys.part.objects, strict=True):
            object_[link.key] = objects[key]

    async def _fetch_missing(self, links: Sequence[LinkKeys]) -> None:
        """Fetch, in one statement, the rows of keys that no earlier level has fetched."""
        wanted: dict[AnyFetch, set[Any]] = {}
        for link_keys in links:
            for fetch in link_keys.link.fetches:
                wanted.setdefault(fetch, set()).update(link_keys.keys)
        missing = {
            fetch: keys - self._fetched.setdefault(fetch, {None: fetch.nothing}).keys()
            for fetch, keys in wanted.items()
        }
        context, variables = self._context, self._admitted.variables
        asked = [fetch.ask(context, variables) for fetch, keys in missing.items() if keys]
        if not asked:
            return
        keys = [list(missing[fetch]) for fetch, *_ in asked]
        batch = self._plan.batch(*((fetch, shape) for fetch, shape, _ in asked))
        parts = await batch.rows(context, keys, [place for *_, place in asked])
        for (fetch, shape, _), of_fetch, rows in zip(asked, keys, parts, strict=True):
            self._fetched[fetch].update(fetch.by_key(context, shape, of_fetch, rows))


def _render_root(root_field: RootField, value: Any, level: ResultLevel) -> Any:
    shape = root_field.shape
    return shape.render(value, level) if isinstance(shape, PageShape) else shape(value, level)


async def _fetch_page(connection: Connection[Any], shape: PageShape) -> FetchedPage:
    page = await connection.read_page(shape.column_set.columns) if shape.is_read else None
    count = await connection.count() if shape.is_counted else None
    facets = await connection.facets_by_field.load_many(list(shape.facets))
    return FetchedPage(page, count, dict(zip(shape.facets, facets, strict=True)))


def _attach_rows(
    link_keys: LinkKeys,
    link: FollowedLink,
    fetched_by: Mapping[AnyFetch, FetchedByKey],
    below: ResultLevel,
) -> None:
    """Put a link's objects into their parents; parents with the same key share an object."""
    fetched, keys = fetched_by[link.fetch], _times(link_keys)
    if link.fetch.is_list:
        rows = [row for key in keys for row in fetched[key]]
        times = [time for key, time in keys.items() for _ in fetched[key]]
        objects = iter(below.render(link.shape, rows, times))
        objects_by_key: dict[Any, Any] = {
            key: [next(objects) for _ in fetched[key]] for key in keys
        }
    else:
        present = [key for key in keys if fetched[key] is not None]
        rows, times = [fetched[key] for key in present], [keys[key] for key in present]
        objects_by_key = dict(zip(present, below.render(link.shape, rows, times), strict=True))
    for key, object_ in zip(link_keys.keys, link_keys.part.objects, strict=True):
        object_[link.key] = objects_by_key.get(key)


def _times(link_keys: LinkKeys) -> dict[Any, int]:
    """How often each key occurs in the answer."""
    if link_keys.part.times is None:
        return Counter(link_keys.keys)
    times: dict[Any, int] = {}
    for key, time in zip(link_keys.keys, link_keys.part.times, strict=True):
        times[key] = times.get(key, 0) + time
    return times

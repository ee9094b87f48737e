"""Runs a plan level by level, with one statement for each level."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    get_argument_values,
)
from graphql.pyutils import Path, is_awaitable

from gateway.execution.plan.fetches import Fetch
from gateway.execution.plan.planner import Plan, RootField
from gateway.execution.plan.result_shapes import (
    FetchedPage,
    FollowedLink,
    Object,
    PageShape,
    RenderedRows,
    ResultLevel,
)
from gateway.mapping.connections import Connection
from gateway.mapping.context import Context

#: Stands in for the executor's async helpers, which no root resolver uses.
_NONE: Any = None
#: What a fetch returned for each key: a row or None, or a list of rows.
FetchedByKey = dict[Any, Any]


class LinkKeys(NamedTuple):
    """A link to follow from some rows, and the key of each row's target."""

    part: RenderedRows
    link: FollowedLink
    keys: list[Any]


class PlanRun:
    """One run of a plan for one request."""

    def __init__(
        self,
        plan: Plan,
        context: Context,
        view: GraphQLSchema,
        operation: OperationDefinitionNode,
        variables: VariableValues,
    ) -> None:
        self._context = context
        self._plan = plan
        self._view = view
        self._operation = operation
        self._variables = variables
        self._fetched: dict[Fetch, FetchedByKey] = {}
        #: How many values the answer holds; complete once `data` has returned.
        self.values = len(plan.root_fields)

    async def data(self) -> Object:
        """The data of the answer. Raises FieldError for an error that belongs to one field."""
        level = ResultLevel()
        root_fields = self._plan.root_fields.items()
        resolving = (self._resolve_root(key, root_field) for key, root_field in root_fields)
        # Wait for all of them, so that none is still running when one has failed.
        results = await asyncio.gather(*resolving, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        data = {
            key: _render_root(root_field, result, level)
            for (key, root_field), result in zip(root_fields, results, strict=True)
        }
        while level.parts:
            self.values += level.values
            level = await self._next_level(level)
        self.values += level.values
        return data

    async def _resolve_root(self, key: str, root_field: RootField) -> Any:
        """The value of a root field, from the same resolver that the executor would call."""
        arguments = get_argument_values(root_field.field, root_field.nodes[0], self._variables)
        resolve: Any = root_field.field.resolve
        resolved = resolve(None, self._info(key, root_field), **arguments)
        value = await resolved if is_awaitable(resolved) else resolved
        return (
            await _fetch_page(value, root_field.shape)
            if isinstance(root_field.shape, PageShape)
            else value
        )

    def _info(self, key: str, root_field: RootField) -> GraphQLResolveInfo[Context]:
        return GraphQLResolveInfo(
            field_name=root_field.nodes[0].name.value,
            field_nodes=root_field.nodes,
            return_type=root_field.field.type,
            parent_type=root_field.parent,
            path=Path(None, key, "Query"),
            schema=self._view,
            fragments=self._plan.fragments,
            root_value=None,
            operation=self._operation,
            variable_values=self._variables,
            context=self._context,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=_NONE,
        )

    async def _next_level(self, level: ResultLevel) -> ResultLevel:
        """Follow the links of a level: fetch their rows and attach them to its objects."""
        links = [
            LinkKeys(part, link, list(map(link.key_of, part.rows)))
            for part in level.parts
            for link in part.shape.links
        ]
        await self._fetch_missing(links)
        below = ResultLevel()
        for link_keys in links:
            _attach_rows(link_keys, self._fetched[link_keys.link.fetch], below)
        return below

    async def _fetch_missing(self, links: Sequence[LinkKeys]) -> None:
        """Fetch, in one statement, the rows of keys that no earlier level has fetched."""
        wanted: dict[Fetch, set[Any]] = {}
        for link_keys in links:
            wanted.setdefault(link_keys.link.fetch, set()).update(link_keys.keys)
        missing = {
            fetch: keys - self._fetched.setdefault(fetch, fetch.by_key([None], ())).keys()
            for fetch, keys in wanted.items()
        }
        fetches = [fetch for fetch, keys in missing.items() if keys]
        if not fetches:
            return
        keys = [list(missing[fetch]) for fetch in fetches]
        batch = self._plan.batch(*fetches)
        for fetch, asked, rows in zip(
            fetches, keys, await batch.rows(self._context, keys), strict=True
        ):
            self._fetched[fetch].update(fetch.by_key(asked, rows))


def _render_root(root_field: RootField, value: Any, level: ResultLevel) -> Any:
    shape = root_field.shape
    return shape.render(value, level) if isinstance(shape, PageShape) else shape(value, level)


async def _fetch_page(connection: Connection[Any], shape: PageShape) -> FetchedPage:
    page = await connection.read_page(shape.column_set.columns) if shape.is_read else None
    return FetchedPage(page, await connection.count() if shape.is_counted else None)


def _attach_rows(link_keys: LinkKeys, fetched: FetchedByKey, below: ResultLevel) -> None:
    """Put a link's objects into their parents; parents with the same key share an object."""
    link, keys = link_keys.link, _times(link_keys)
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

"""Runs a plan: level by level, one statement for all that a level leads to."""

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

#: What no resolver of a way in asks for.
_NONE: Any = None
#: By the value of the column that it is read by: a row or None, or a list of rows.
Found = dict[Any, Any]


class LinkKeys(NamedTuple):
    """A link from the rows of a part, and the key to which each of them leads."""

    part: RenderedRows
    link: FollowedLink
    keys: list[Any]


class PlanRun:
    """One run of a plan."""

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
        self._found: dict[Fetch, Found] = {}
        #: How many values the answer holds, once it is there.
        self.values = len(plan.ways)

    async def data(self) -> Object:
        """The data of the answer. Raises FieldError for what has to be told at its place."""
        level = ResultLevel()
        ways = self._plan.ways.items()
        reading = (self._resolve_root(key, way) for key, way in ways)
        read = await asyncio.gather(*reading, return_exceptions=True)  # none runs on if one fails
        for failure in read:
            if isinstance(failure, BaseException):
                raise failure
        data = {
            key: _render_root(way, one, level) for (key, way), one in zip(ways, read, strict=True)
        }
        while level.parts:
            self.values += level.values
            level = await self._next_level(level)
        self.values += level.values
        return data

    async def _resolve_root(self, key: str, way: RootField) -> Any:
        """What a way in leads to, found by the resolver that the executor would call."""
        arguments = get_argument_values(way.field, way.nodes[0], self._variables)
        resolve: Any = way.field.resolve
        led_to = resolve(None, self._info(key, way), **arguments)
        found = await led_to if is_awaitable(led_to) else led_to
        return await _fetch_page(found, way.shape) if isinstance(way.shape, PageShape) else found

    def _info(self, key: str, way: RootField) -> GraphQLResolveInfo[Context]:
        return GraphQLResolveInfo(
            field_name=way.nodes[0].name.value,
            field_nodes=way.nodes,
            return_type=way.field.type,
            parent_type=way.parent,
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
        """Everything that the links of a level lead to, in its place."""
        links = [
            LinkKeys(part, link, list(map(link.key_of, part.rows)))
            for part in level.parts
            for link in part.shape.followed
        ]
        await self._fetch_missing(links)
        below = ResultLevel()
        for one in links:
            _attach_rows(one, self._found[one.link.reading], below)
        return below

    async def _fetch_missing(self, links: Sequence[LinkKeys]) -> None:
        """The rows of all keys that no level before has asked for, in one statement."""
        wanted: dict[Fetch, set[Any]] = {}
        for one in links:
            wanted.setdefault(one.link.reading, set()).update(one.keys)
        missing = {
            reading: keys - self._found.setdefault(reading, reading.by_key([None], ())).keys()
            for reading, keys in wanted.items()
        }
        readings = [reading for reading, keys in missing.items() if keys]
        if not readings:
            return
        keys = [list(missing[reading]) for reading in readings]
        batch = self._plan.batch(*readings)
        for reading, asked, rows in zip(
            readings, keys, await batch.rows(self._context, keys), strict=True
        ):
            self._found[reading].update(reading.by_key(asked, rows))


def _render_root(way: RootField, read: Any, level: ResultLevel) -> Any:
    shape = way.shape
    return shape.render(read, level) if isinstance(shape, PageShape) else shape(read, level)


async def _fetch_page(connection: Connection[Any], shape: PageShape) -> FetchedPage:
    page = await connection.read_page(shape.asked.columns) if shape.is_read else None
    return FetchedPage(page, await connection.count() if shape.is_counted else None)


def _attach_rows(one: LinkKeys, found: Found, below: ResultLevel) -> None:
    """The objects of a link in those that it leads from; who leads to the same has the same."""
    link, keys = one.link, _times(one)
    if link.reading.is_list:
        rows = [row for key in keys for row in found[key]]
        times = [time for key, time in keys.items() for _ in found[key]]
        objects = iter(below.render(link.shape, rows, times))
        drawn: dict[Any, Any] = {key: [next(objects) for _ in found[key]] for key in keys}
    else:
        there = [key for key in keys if found[key] is not None]
        rows, times = [found[key] for key in there], [keys[key] for key in there]
        drawn = dict(zip(there, below.render(link.shape, rows, times), strict=True))
    for key, object_ in zip(one.keys, one.part.objects, strict=True):
        object_[link.key] = drawn.get(key)


def _times(one: LinkKeys) -> dict[Any, int]:
    """How often the answer leads to each key."""
    if one.part.times is None:
        return Counter(one.keys)
    times: dict[Any, int] = {}
    for key, time in zip(one.keys, one.part.times, strict=True):
        times[key] = times.get(key, 0) + time
    return times

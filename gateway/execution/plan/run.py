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

from gateway.execution.plan.fetches import Reading
from gateway.execution.plan.planner import Plan, Way
from gateway.execution.plan.result_shapes import Drawn, Followed, Level, Object, PageRead, PageShape
from gateway.mapping.connections import Connection
from gateway.mapping.context import Context

#: What no resolver of a way in asks for.
_NONE: Any = None
#: By the value of the column that it is read by: a row or None, or a list of rows.
Found = dict[Any, Any]


class Leading(NamedTuple):
    """A link from the rows of a part, and the key to which each of them leads."""

    part: Drawn
    link: Followed
    keys: list[Any]


class Assembly:
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
        self._found: dict[Reading, Found] = {}
        #: How many values the answer holds, once it is there.
        self.values = len(plan.ways)

    async def data(self) -> Object:
        """The data of the answer. Raises FieldError for what has to be told at its place."""
        level = Level()
        ways = self._plan.ways.items()
        reading = (self._read(key, way) for key, way in ways)
        read = await asyncio.gather(*reading, return_exceptions=True)  # none runs on if one fails
        for failure in read:
            if isinstance(failure, BaseException):
                raise failure
        data = {key: _drawn(way, one, level) for (key, way), one in zip(ways, read, strict=True)}
        while level.parts:
            self.values += level.values
            level = await self._next(level)
        self.values += level.values
        return data

    async def _read(self, key: str, way: Way) -> Any:
        """What a way in leads to, found by the resolver that the executor would call."""
        arguments = get_argument_values(way.field, way.nodes[0], self._variables)
        resolve: Any = way.field.resolve
        led_to = resolve(None, self._info(key, way), **arguments)
        found = await led_to if is_awaitable(led_to) else led_to
        return await _page(found, way.shape) if isinstance(way.shape, PageShape) else found

    def _info(self, key: str, way: Way) -> GraphQLResolveInfo[Context]:
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

    async def _next(self, level: Level) -> Level:
        """Everything that the links of a level lead to, in its place."""
        links = [
            Leading(part, link, list(map(link.key_of, part.rows)))
            for part in level.parts
            for link in part.shape.followed
        ]
        await self._find(links)
        below = Level()
        for one in links:
            _attach(one, self._found[one.link.reading], below)
        return below

    async def _find(self, links: Sequence[Leading]) -> None:
        """The rows of all keys that no level before has asked for, in one statement."""
        wanted: dict[Reading, set[Any]] = {}
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


def _drawn(way: Way, read: Any, level: Level) -> Any:
    shape = way.shape
    return shape.drawn(read, level) if isinstance(shape, PageShape) else shape(read, level)


async def _page(connection: Connection[Any], shape: PageShape) -> PageRead:
    page = await connection.read_page(shape.asked.columns) if shape.is_read else None
    return PageRead(page, await connection.counted() if shape.is_counted else None)


def _attach(one: Leading, found: Found, below: Level) -> None:
    """The objects of a link in those that it leads from; who leads to the same has the same."""
    link, keys = one.link, _times(one)
    if link.reading.is_list:
        rows = [row for key in keys for row in found[key]]
        times = [time for key, time in keys.items() for _ in found[key]]
        objects = iter(below.draw(link.shape, rows, times))
        drawn: dict[Any, Any] = {key: [next(objects) for _ in found[key]] for key in keys}
    else:
        there = [key for key in keys if found[key] is not None]
        rows, times = [found[key] for key in there], [keys[key] for key in there]
        drawn = dict(zip(there, below.draw(link.shape, rows, times), strict=True))
    for key, object_ in zip(one.keys, one.part.objects, strict=True):
        object_[link.key] = drawn.get(key)


def _times(one: Leading) -> dict[Any, int]:
    """How often the answer leads to each key."""
    if one.part.times is None:
        return Counter(one.keys)
    times: dict[Any, int] = {}
    for key, time in zip(one.keys, one.part.times, strict=True):
        times[key] = times.get(key, 0) + time
    return times

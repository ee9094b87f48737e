"""The queues that people work from: lists of applications in the order in which they are due."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry
from aiodataloader import DataLoader

from gateway.mapping.arguments import checked_by
from gateway.mapping.connections import (
    LIST,
    PAGE_ARGUMENTS,
    Connection,
    RootList,
    count_rows,
    keyset_of,
    page_query,
    read_once,
    read_page,
)
from gateway.mapping.context import Context
from gateway.mapping.enums import Direction
from gateway.mapping.facets import read_facets
from gateway.mapping.filters import Condition, Relation
from gateway.mapping.pages import Page, PageArguments
from gateway.policy import QUEUES
from gateway.viewer import Viewer
from models import Application
from models.case.queues import HAS_OPEN_HIT, IS_FREE, IS_HELD, IS_OVERDUE
from models.vocabulary import Queue, Role

_DESKS = {Role.OFFICER: Application.officer, Role.SUPERVISOR: Application.supervisor}
_DUE_FIRST = ("target_due_at", Direction.ASCENDING)


def conditions_of(queue: Queue, viewer: Viewer) -> list[Condition]:
    """What the cases of a queue have in common."""
    match queue:
        case Queue.MINE:
            return [Condition(_DESKS[viewer.role], Relation.EQUALS, viewer.subject)]
        case Queue.FREE:
            return [Condition(IS_FREE, Relation.HOLDS)]
        case Queue.OVERDUE:
            return [Condition(IS_OVERDUE, Relation.HOLDS)]
        case Queue.HELD:
            return [Condition(IS_HELD, Relation.HOLDS)]
        case Queue.HITS:
            return [Condition(HAS_OPEN_HIT, Relation.HOLDS)]


def columns_of_queues(role: Role) -> list[Any]:
    """The columns that say in which queues of a role a case is."""
    viewer = Viewer("", role)
    return [
        condition.column
        for queue, roles in QUEUES.items()
        if role in roles
        for condition in conditions_of(queue, viewer)
    ]


class QueueList(RootList):
    """The list of a queue: the argument says which."""

    def conditions(self, context: Context, arguments: Mapping[str, Any]) -> list[Condition]:
        return conditions_of(Queue(arguments["queue"]), context.viewer)


def queue_field(cls: type[Any], description: str) -> Any:
    """The field ``workList`` with its pages."""
    listed = QueueList(cls, _DUE_FIRST, None)

    def resolve(
        info: strawberry.Info,
        queue: Annotated[Queue, strawberry.argument(description="Which cases.")],
        first: Any = strawberry.UNSET,
        after: Any = strawberry.UNSET,
        last: Any = strawberry.UNSET,
        before: Any = strawberry.UNSET,
    ) -> Any:
        context: Context = info.context
        noun = listed.noun(context.catalogue)
        conditions = conditions_of(queue, context.viewer)

        async def page() -> Page:
            arguments = PageArguments.parse(
                *(None if one is strawberry.UNSET else one for one in (first, after, last, before))
            )
            keyset = keyset_of(noun, *_DUE_FIRST)
            return await read_page(context, page_query(context, conditions, keyset, arguments))

        return Connection(
            read_page=read_once(page),
            count=partial(count_rows, context, noun, conditions),
            facets_by_field=DataLoader(partial(read_facets, context, noun, conditions)),
        )

    resolve.__annotations__ |= PAGE_ARGUMENTS
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={LIST: listed, **checked_by(listed.mistakes)},
    )

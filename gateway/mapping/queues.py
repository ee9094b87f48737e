"""The queues that people work from: lists of applications in the order in which they are due."""

from typing import Annotated, Any

import strawberry

from gateway.mapping.arguments import parsed_by
from gateway.mapping.connections import LIST, PAGE_ARGUMENTS, RootList, connection
from gateway.mapping.enums import Direction
from gateway.mapping.filters import Condition, Relation
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
            return [Condition(IS_FREE, Relation.HOLDS), *_of_own_pools(viewer)]
        case Queue.OVERDUE:
            return [Condition(IS_OVERDUE, Relation.HOLDS), *_of_own_pools(viewer)]
        case Queue.HELD:
            return [Condition(IS_HELD, Relation.HOLDS)]
        case Queue.HITS:
            return [Condition(HAS_OPEN_HIT, Relation.HOLDS)]


def _of_own_pools(viewer: Viewer) -> list[Condition]:
    """Officers work from their pools, and supervisors from all."""
    if viewer.role is not Role.OFFICER:
        return []
    return [Condition(Application.visa_type_code, Relation.IS_IN_POOLS, list(viewer.pools))]


def columns_of_queues(role: Role) -> list[Any]:
    """The columns that say in which queues of a role a case is."""
    viewer = Viewer("", role)
    return [
        condition.column
        for queue, roles in QUEUES.items()
        if role in roles
        for condition in conditions_of(queue, viewer)
    ]


def queue_field(cls: type[Any], description: str) -> Any:
    """The field ``workList`` with its pages."""
    listed = RootList(
        cls,
        _DUE_FIRST,
        standing=lambda values, viewer: conditions_of(Queue(values["queue"]), viewer),
    )

    def resolve(
        info: strawberry.Info,
        queue: Annotated[Queue, strawberry.argument(description="Which cases.")],
        first: Any = strawberry.UNSET,
        after: Any = strawberry.UNSET,
        last: Any = strawberry.UNSET,
        before: Any = strawberry.UNSET,
    ) -> Any:
        return connection(info)

    resolve.__annotations__ |= PAGE_ARGUMENTS
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={LIST: listed, **parsed_by(listed.parse)},
    )

"""The root type `Subscription`: changes of applications and of processing volumes."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import literal

from gateway.access.rows import select_reachable, vouch_for
from gateway.mapping.change_feed import ChangeFeed, SubscriptionContext
from gateway.mapping.declare import column, link, noun, position
from gateway.mapping.list_inputs import where_input
from gateway.mapping.positions import Place, position_too_old
from gateway.schema.application import Application
from models import Application as ApplicationRow
from models import ApplicationChange as ChangeRow
from models import VolumeChange as VolumeChangeRow
from models.vocabulary import EventKind
from models.volumes import as_of

#: The shortest time between two payloads of `volumesChanged`.
VOLUMES_EVERY_SECONDS = 1.0

_POSITION = "Where this lies: for `after`, so that nothing is missed and nothing told twice."


@noun(key=ChangeRow.id)
class ApplicationChange:
    """An application in your reach changed.

    The first payload, and one each minute in which nothing changed, tells the position alone.
    """

    position: str = position(ChangeRow.written_in, ChangeRow.id, _POSITION)
    kind: EventKind | None = column(ChangeRow.kind, "What happened; none with a position alone.")
    application: Application | None = link(
        ChangeRow.application_id,
        ApplicationRow.id,
        "The application as it is now; none with a position alone.",
    )


@noun(key=VolumeChangeRow.id)
class VolumesChange:
    """Figures in your reach changed: ask for them again. Told at most once a second.

    The first payload, and one each minute in which nothing changed, tells how things stand.
    """

    position: str = position(VolumeChangeRow.written_in, VolumeChangeRow.id, _POSITION)

    @strawberry.field(description="Up to when the figures are complete.")
    async def as_of(self, info: strawberry.Info) -> datetime:
        ((instant,),) = await info.context.session.rows(vouch_for(as_of(), "VolumeTable"))
        return instant


After = Annotated[
    str | None,
    strawberry.argument(description="Begin behind this `position` of at most a day ago, not now."),
]
Where: Any = Annotated[
    where_input(Application) | None,  # type: ignore[operator]
    strawberry.argument(description="Only applications that meet this as they are now."),
]


async def _application_changed(
    info: strawberry.Info, where: Any = strawberry.UNSET, after: After = strawberry.UNSET
) -> AsyncIterator[ApplicationChange]:
    context: SubscriptionContext = info.context
    application_matches = (
        select_reachable("Application", context.viewer, literal(1))
        .where(ApplicationRow.id == ChangeRow.application_id)
        .where(*(condition.clause() for condition in (where.conditions() if where else ())))
        .exists()
    )
    return await _feed(context, ApplicationChange, after, conditions=(application_matches,))


async def _volumes_changed(
    info: strawberry.Info, after: After = strawberry.UNSET
) -> AsyncIterator[VolumesChange]:
    return await _feed(
        info.context, VolumesChange, after, newest_only=True, pace_seconds=VOLUMES_EVERY_SECONDS
    )


_application_changed.__annotations__["where"] = Where


async def _feed(context: SubscriptionContext, cls: type[Any], after: Any, **options: Any) -> Any:
    """The change feed after a position. Raises FieldError if the position is not valid."""
    horizon = await context.lookups.horizon.now()
    is_given = isinstance(after, str)
    place = context.positions.decode(cls.__name__, after) if is_given else Place(horizon, 0)
    if place.written_in > horizon:
        raise position_too_old()
    noun = context.catalogue.nouns[cls.__name__]
    return ChangeFeed(context.lookups, context.viewer, noun, place, **options)


@strawberry.type(description="What can be followed, over graphql-transport-ws.")
class Subscription:
    application_changed = strawberry.subscription(
        resolver=_application_changed, description="Each change of an application in your reach."
    )
    volumes_changed = strawberry.subscription(
        resolver=_volumes_changed, description="That processing volumes in your reach changed."
    )

"""The root type `Subscription`: changes of applications and of processing volumes."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Select, literal_column

from gateway.access.rows import select_reachable_in_role, vouch_for
from gateway.access.transactions.prepared import prepare_reading
from gateway.mapping.arguments import FieldArguments, Parsing, asked_of, decoded, parsed_by
from gateway.mapping.change_feed import ChangeFeed, SubscriptionContext
from gateway.mapping.declare import POSITION, column, link, noun, position
from gateway.mapping.filters import Condition, ConditionShape, parse_where
from gateway.mapping.list_inputs import where_input
from gateway.mapping.listing import clauses_of
from gateway.mapping.positions import Place, position_too_old
from gateway.schema.alert import Alert, AlertUpdate
from gateway.schema.application import Application
from gateway.schema.screening import Screening, ScreeningUpdate
from models import Application as ApplicationRow
from models import ApplicationChange as ChangeRow
from models import VolumeChange as VolumeChangeRow
from models.vocabulary import EventKind, Role
from models.volumes import as_of

#: The shortest time between two payloads of `volumesChanged`.
VOLUMES_EVERY_SECONDS = 1.0


@strawberry.interface(
    description="A payload for a follower of applications: a change or a heartbeat."
)
class ApplicationUpdate:
    position: str = strawberry.field(description=POSITION)


@strawberry.interface(description="A payload for a follower of volumes: a change or a heartbeat.")
class VolumesUpdate:
    position: str = strawberry.field(description=POSITION)


@strawberry.type(
    description="Nothing changed up to this position. The first payload is one: what you read"
    " after it, and the changes that follow, are everything. Another comes after each minute in"
    " which nothing changed."
)
class Heartbeat(ApplicationUpdate, VolumesUpdate, AlertUpdate, ScreeningUpdate):
    position: str = strawberry.field(description=POSITION)


@noun(key=ChangeRow.id)
class ApplicationChange(ApplicationUpdate):
    """An application in your reach changed."""

    position: str = position(ChangeRow.written_in, ChangeRow.id)
    kind: EventKind = column(ChangeRow.kind, "What happened.")
    application: Application = link(
        ChangeRow.application_id, ApplicationRow.id, "The application as it is now."
    )


@noun(key=VolumeChangeRow.id)
class VolumesChange(VolumesUpdate):
    """Figures in your reach changed: ask for them again. Sent at most once a second."""

    position: str = position(VolumeChangeRow.written_in, VolumeChangeRow.id)

    @strawberry.field(description="Up to when the figures are complete.")
    async def as_of(self, info: strawberry.Info) -> datetime:
        viewer = info.context.viewer
        asked = prepare_reading(viewer.role, _select_as_of).bind(viewer)
        [[(instant,)]] = await info.context.session.fetch(asked)
        return instant


def _select_as_of(_: Role) -> Select[Any]:
    return vouch_for(as_of(), "VolumeTable")


#: No field names these: they are what the interfaces are implemented by.
UPDATES = (ApplicationChange, VolumesChange, Alert, Screening, Heartbeat)

After = Annotated[
    str | None,
    strawberry.argument(description="Begin behind this `position` of at most a day ago, not now."),
]
_WHERE: Any = where_input(Application)
Where: Any = Annotated[
    _WHERE | None,
    strawberry.argument(description="Only applications that meet this as they are now."),
]


async def _application_changed(
    info: strawberry.Info, where: Any = strawberry.UNSET, after: After = strawberry.UNSET
) -> AsyncIterator[ApplicationUpdate]:
    context: SubscriptionContext = info.context
    return await _feed(
        context,
        ApplicationChange,
        after,
        conditions=asked_of(info),
        matches=_application_matches,
    )


def _application_matches(role: Role, conditions: tuple[ConditionShape, ...]) -> ColumnElement[bool]:
    """Whether the application of a change is in reach and meets conditions."""
    application = select_reachable_in_role("Application", role, literal_column("1"))
    return (
        application.where(ApplicationRow.id == ChangeRow.application_id)
        .where(*(clause for *_, clause in clauses_of(conditions)))
        .exists()
    )


async def _volumes_changed(
    info: strawberry.Info, after: After = strawberry.UNSET
) -> AsyncIterator[VolumesUpdate]:
    return await _feed(
        info.context, VolumesChange, after, newest_only=True, pace_seconds=VOLUMES_EVERY_SECONDS
    )


async def _alert_raised(
    info: strawberry.Info, after: After = strawberry.UNSET
) -> AsyncIterator[AlertUpdate]:
    return await _feed(info.context, Alert, after)


async def _screening_asked(
    info: strawberry.Info, after: After = strawberry.UNSET
) -> AsyncIterator[ScreeningUpdate]:
    return await _feed(info.context, Screening, after)


_application_changed.__annotations__["where"] = Where


async def _feed(context: SubscriptionContext, cls: type[Any], after: Any, **options: Any) -> Any:
    """The change feed after a position. Raises FieldError if the position is not valid.

    A client that goes on after a cut sends the variables of its first time again, so the position
    that it received last comes before them.
    """
    horizon = await context.reads.horizon.now()
    begin = context.resumed_at or after
    is_given = isinstance(begin, str)
    place = (
        context.services.positions.decode(cls.__name__, begin) if is_given else Place(horizon, 0)
    )
    if place.written_in > horizon:
        raise position_too_old()
    noun = context.services.catalogue.nouns[cls.__name__]
    return ChangeFeed(
        context.reads,
        context.viewer,
        noun,
        place,
        context.services.positions,
        Heartbeat,
        **options,
    )


def _parse(stream: type[Any], arguments: FieldArguments) -> Parsing[list[Condition]]:
    """The conditions of `where`, if the position can be read: the feed sees whether it is still
    followed."""
    values, _, context = arguments
    conditions = yield from parse_where(_WHERE, values.get("where"))
    decode = partial(context.services.positions.decode, stream.__name__)
    yield from decoded("after", values.get("after"), decode)
    return conditions


@strawberry.type(description="What can be followed, over graphql-transport-ws.")
class Subscription:
    application_changed = strawberry.subscription(
        resolver=_application_changed,
        metadata=parsed_by(partial(_parse, ApplicationChange)),
        description="Each change of an application in your reach.",
    )
    volumes_changed = strawberry.subscription(
        resolver=_volumes_changed,
        metadata=parsed_by(partial(_parse, VolumesChange)),
        description="That processing volumes in your reach changed.",
    )
    alert_raised = strawberry.subscription(
        resolver=_alert_raised,
        metadata=parsed_by(partial(_parse, Alert)),
        description="Each alert, at once: never one about you.",
    )
    screening_asked = strawberry.subscription(
        resolver=_screening_asked,
        metadata=parsed_by(partial(_parse, Screening)),
        description="Each question to the screening authority, at once, and once more when its"
        " answer waits for a second person.",
    )

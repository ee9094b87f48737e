"""The root type `Query`."""

from collections.abc import Iterator
from typing import Annotated, Any

import strawberry

from gateway.access.fields import readable_fields
from gateway.errors import ArgumentError
from gateway.limits import MOST_NODES_OF_A_REQUEST
from gateway.mapping.arguments import FieldArguments, checked_by, raise_first
from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.context import Context
from gateway.mapping.declare import Node
from gateway.mapping.ids import decode
from gateway.schema.access_event import AccessEvent
from gateway.schema.application import Application
from gateway.schema.country import Country
from gateway.schema.partner import Centre, Partner
from gateway.schema.policies import Policy, policies_of
from gateway.schema.viewer import Viewer
from gateway.schema.visa_type import VisaType
from gateway.schema.volumes.national import (
    RefusalGroundTable,
    ScreeningReferralTable,
    refusal_grounds,
    screening_referrals,
)
from gateway.schema.volumes.query import check_volumes, check_window, volumes
from gateway.schema.volumes.rows import VolumeTable
from models import Application as ApplicationRow

MOST_NODES = 100

Id = Annotated[strawberry.ID, strawberry.argument(description="Global id.")]
Code = Annotated[str, strawberry.argument(description="Code.")]


@strawberry.input(one_of=True, description="One way to name an application.")
class ApplicationBy:
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Its global id."
    )
    reference: str | None = strawberry.field(
        default=strawberry.UNSET, description="Its reference, such as `7K3M-9QPX-2F4D`."
    )


def _by_code(noun: type[Any], description: str) -> Any:
    def resolve(info: strawberry.Info, code: Code) -> Any:
        context: Context = info.context
        declared = context.catalogue.nouns[noun.__name__]
        return context.loaders.by(declared, declared.key).load(code)

    return strawberry.field(resolver=resolve, description=description)


def _node(context: Context, id_: str, only: str | None = None) -> Any:
    """The object with a global id: an awaitable, or None if the id cannot name one."""
    global_id = decode(id_)
    noun = context.catalogue.nouns.get(global_id.type_name) if global_id else None
    if global_id is None or noun is None or not issubclass(noun.cls, Node):
        return None
    if only not in (None, noun.name) or not readable_fields(noun.name, context.viewer.role):
        return None
    key = _key(global_id.key, noun.key.type.python_type)
    return None if key is None else context.loaders.by(noun, noun.key).load(key)


def _key(text: str, kind: type) -> Any:
    try:
        key: Any = kind(text)
    except ValueError:
        return None
    return key if str(key) == text and "\0" not in text else None


def _number_mistakes(number: int) -> Iterator[ArgumentError]:
    if number > MOST_NODES:
        yield ArgumentError(("ids",), f"`nodes` takes at most {MOST_NODES} ids, not {number}.")


def _check_nodes(arguments: FieldArguments) -> Iterator[ArgumentError]:
    number, context = len(arguments.values["ids"]), arguments.context
    yield from _number_mistakes(number)
    context.nodes_left -= number
    if context.nodes_left < 0:
        yield ArgumentError(
            ("ids",), f"One request looks up at most {MOST_NODES_OF_A_REQUEST} things by `nodes`."
        )


@strawberry.type(
    description="What can be asked for. A field that reads rows or figures is null where they"
    " could not be read in time; `errors` then says so, and the other fields stand."
)
class Query:
    volumes: VolumeTable | None = strawberry.field(
        resolver=volumes,
        metadata=checked_by(check_volumes),
        description="Processing volumes: measures by dimensions, over a window of days in WIB.",
    )
    refusal_grounds: RefusalGroundTable | None = strawberry.field(
        resolver=refusal_grounds,
        metadata=checked_by(check_window),
        description="Refusals of the whole country by their grounds, over a window of days in WIB.",
    )
    screening_referrals: ScreeningReferralTable | None = strawberry.field(
        resolver=screening_referrals,
        metadata=checked_by(check_window),
        description="What went to supervision in the whole country, over a window of days in WIB.",
    )
    countries: Connection[Country] | None = connection_field(
        Country, "Countries and territories.", order="code"
    )
    country: Country | None = _by_code(Country, "A country by its ISO 3166 alpha-2 code.")
    visa_types: Connection[VisaType] | None = connection_field(
        VisaType, "Visa types.", order="code"
    )
    visa_type: VisaType | None = _by_code(VisaType, "A visa type by its index.")
    partners: Connection[Partner] | None = connection_field(Partner, "Partners.", order="code")
    partner: Partner | None = _by_code(Partner, "A partner by its code.")
    centres: Connection[Centre] | None = connection_field(Centre, "Visa centres.", order="code")
    centre: Centre | None = _by_code(Centre, "A visa centre by its code.")
    applications: Connection[Application] | None = connection_field(
        Application,
        "Applications, as far as in your reach.",
        order="submitted_at",
        newest_first=True,
    )
    access_events: Connection[AccessEvent] | None = connection_field(
        AccessEvent,
        "Who read whose identity, as far as in your reach.",
        order="occurred_at",
        newest_first=True,
    )

    @strawberry.field(description="Who asks.")
    def viewer(self, info: strawberry.Info) -> Viewer:
        return Viewer.of(info.context.viewer)

    @strawberry.field(description="What the role that acts may read, type by type.")
    def policies(self, info: strawberry.Info) -> list[Policy]:
        return list(policies_of(info.context.viewer.role))

    @strawberry.field(description="Anything by its global id; null if there is none in reach.")
    def node(self, info: strawberry.Info, id: Id) -> Node | None:
        return _node(info.context, id)

    @strawberry.field(
        description=f"Up to {MOST_NODES} things by their ids, in the same order.",
        metadata=checked_by(_check_nodes),
    )
    def nodes(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")],
    ) -> list[Node | None] | None:
        raise_first(_number_mistakes(len(ids)))
        info.context.count_nodes(len(ids))
        return [_node(info.context, id_) for id_ in ids]

    @strawberry.field(description="One application; null if there is none in reach.")
    def application(
        self,
        info: strawberry.Info,
        by: Annotated[ApplicationBy, strawberry.argument(description="What names it.")],
    ) -> Application | None:
        return _application(info.context, by)


def _application(context: Context, by: ApplicationBy) -> Any:
    """The application by id or reference: an awaitable, or None."""
    if by.id:
        return _node(context, by.id, only="Application")
    if not by.reference:
        return None
    noun = context.catalogue.nouns["Application"]
    return context.loaders.by(noun, ApplicationRow.reference).load(by.reference)

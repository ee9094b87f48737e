"""The root type `Query`."""

from typing import Annotated

import strawberry

from gateway.errors import ErrorCode, FieldError
from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.declare import Node
from gateway.mapping.scalars import CountryCode
from gateway.schema.access_event import WALKS as WALKS_OF_ACCESS_EVENTS
from gateway.schema.access_event import AccessEvent
from gateway.schema.application import WALKS as WALKS_OF_APPLICATIONS
from gateway.schema.application import Application, ApplicationConnection
from gateway.schema.country import Country
from gateway.schema.lookups import Name, find_node, look_up
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
from gateway.schema.volumes.query import volumes
from gateway.schema.volumes.rows import VolumeTable
from models import Application as ApplicationRow
from models import Centre as CentreRow
from models import Country as CountryRow
from models import Partner as PartnerRow
from models import VisaType as VisaTypeRow

MOST_NODES = 100

Id = Annotated[strawberry.ID, strawberry.argument(description="Global id.")]


@strawberry.type(description="What can be asked for.")
class Query:
    volumes: VolumeTable = strawberry.field(
        resolver=volumes,
        description="Processing volumes: measures by dimensions, over a window of days in WIB.",
    )
    refusal_grounds: RefusalGroundTable = strawberry.field(
        resolver=refusal_grounds,
        description="Refusals of the whole country by their grounds, over a window of days in WIB.",
    )
    screening_referrals: ScreeningReferralTable = strawberry.field(
        resolver=screening_referrals,
        description="What went to supervision in the whole country, over a window of days in WIB.",
    )
    countries: Connection[Country] = connection_field(
        Country, "Countries and territories.", order="code"
    )
    country: Country | None = look_up(
        Country,
        "a country",
        {"code": Name(CountryCode, CountryRow.code, "Its ISO 3166 alpha-2 code.")},
    )
    visa_types: Connection[VisaType] = connection_field(VisaType, "Visa types.", order="code")
    visa_type: VisaType | None = look_up(
        VisaType, "a visa type", {"code": Name(str, VisaTypeRow.code, "Its index, such as `B1`.")}
    )
    partners: Connection[Partner] = connection_field(Partner, "Partners.", order="code")
    partner: Partner | None = look_up(
        Partner, "a partner", {"code": Name(str, PartnerRow.code, "Its code.")}
    )
    centres: Connection[Centre] = connection_field(Centre, "Visa centres.", order="code")
    centre: Centre | None = look_up(
        Centre,
        "a visa centre",
        {"code": Name(str, CentreRow.code, "Its code, such as `AU-SYD`.")},
    )
    applications: ApplicationConnection = connection_field(
        Application,
        "Applications, as far as in your reach.",
        order="submitted_at",
        newest_first=True,
        walks=WALKS_OF_APPLICATIONS,
    )
    application: Application | None = look_up(
        Application,
        "an application",
        {"reference": Name(str, ApplicationRow.reference, "Its reference: `7K3M-9QPX-2F4D`.")},
    )
    access_events: Connection[AccessEvent] = connection_field(
        AccessEvent,
        "Who read whose identity, as far as in your reach.",
        order="occurred_at",
        newest_first=True,
        walks=WALKS_OF_ACCESS_EVENTS,
    )

    @strawberry.field(description="Who asks.")
    def viewer(self, info: strawberry.Info) -> Viewer:
        return Viewer.of(info.context.viewer)

    @strawberry.field(description="What the role that acts may read, type by type.")
    def policies(self, info: strawberry.Info) -> list[Policy]:
        return list(policies_of(info.context.viewer.role))

    @strawberry.field(description="Anything by its global id; null if there is none in reach.")
    def node(self, info: strawberry.Info, id: Id) -> Node | None:
        return find_node(info.context, id)

    @strawberry.field(description=f"Up to {MOST_NODES} things by their ids, in the same order.")
    def nodes(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")],
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise FieldError(
                ErrorCode.INVALID_INPUT, f"`nodes` takes at most {MOST_NODES} ids, not {len(ids)}."
            )
        info.context.count_nodes(len(ids))
        return [find_node(info.context, id_) for id_ in ids]

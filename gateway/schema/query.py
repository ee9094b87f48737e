"""The root type `Query`."""

from typing import Annotated

import strawberry

from gateway.mapping.arguments import asked_of, parsed_by
from gateway.mapping.connections import Connection, connection_field
from gateway.mapping.declare import Node
from gateway.mapping.enums import VisaStatus
from gateway.mapping.queues import queue_field
from gateway.mapping.scalars import CountryCode
from gateway.schema.access_event import AccessEvent
from gateway.schema.alert import Alert, alerts_field
from gateway.schema.applicant import Applicant
from gateway.schema.application import Application, ApplicationConnection
from gateway.schema.ban_entry import BanEntry
from gateway.schema.breach import Breach
from gateway.schema.case_file import Bill, FormerBill, UnmatchedPayment
from gateway.schema.claims import ClaimedFile, claimed_files_field
from gateway.schema.complaint import Complaint, complaints_field
from gateway.schema.country import Country
from gateway.schema.crossing import Crossing, Stay, overstays_field, unmatched_crossings_field
from gateway.schema.data_request import DataRequest
from gateway.schema.delivery import DeliveredDecision, delivered_decision_field
from gateway.schema.erasure import Erasure, LegalHold, erasures_field
from gateway.schema.findings.query import findings, parse_findings
from gateway.schema.findings.types import FindingTable
from gateway.schema.installation import Installation, installation
from gateway.schema.key_operation import KeyOperation
from gateway.schema.lookups import (
    MOST_NODES,
    NODES,
    Name,
    load_row,
    look_up,
    parse_node,
    parse_nodes,
)
from gateway.schema.mail_subscription import MailSubscription
from gateway.schema.my_data import MyData, my_data
from gateway.schema.named_event import DayOff, NamedEvent
from gateway.schema.partner import Centre, ClosingPlace, Partner, closing_places_field
from gateway.schema.people import PersonLookup, people_field
from gateway.schema.person_link import LinkFigures, link_figures_field
from gateway.schema.pool import Pool
from gateway.schema.reader import MonthNote, SavedView
from gateway.schema.reference_change import ReferenceChange, TouchedFiles, touched_files
from gateway.schema.screening import Screening, ScreeningReplay, screening_replays_field
from gateway.schema.supervision.budget_exception import (
    BudgetException,
    budget_exceptions_field,
)
from gateway.schema.supervision.inquiry import Inquiry, inquiries_field
from gateway.schema.supervision.officers import OfficerTable, officers
from gateway.schema.supervision.people_in_reach import (
    PersonInReachTable,
    parse_reach,
    people_who_were_in_reach,
)
from gateway.schema.supervision.people_read import (
    PersonReadTable,
    parse_read_window,
    people_who_were_read,
)
from gateway.schema.supervision.places import (
    InformationRequestTable,
    information_requests_of_places,
)
from gateway.schema.supervision.readers import ReaderTable, readers
from gateway.schema.supervision.several_partners import (
    PersonAtSeveralPartnersTable,
    parse_several_partners,
    people_at_several,
)
from gateway.schema.supervision.why import Explanation, parse_why, why
from gateway.schema.suspension import Suspension
from gateway.schema.tracking import TrackedFile, tracked_file_field
from gateway.schema.trusted_document import TrustedDocument, trusted_documents
from gateway.schema.viewer import TypePolicy, Viewer, policies_of
from gateway.schema.visa_document import TakenBackList, VisaKey, taken_back_visas
from gateway.schema.visa_status import VisaCheck, visa_checks_field, visa_status_field
from gateway.schema.visa_type import VisaType, eligible_visa_types
from gateway.schema.volumes import national
from gateway.schema.volumes.arguments import parse_volumes, parse_window
from gateway.schema.volumes.query import volumes
from gateway.schema.volumes.rows import VolumeTable
from gateway.schema.webhook import WebhookEndpoint, WebhookNotice
from models import Application as ApplicationRow
from models import Bill as BillRow
from models import Centre as CentreRow
from models import Country as CountryRow
from models import Partner as PartnerRow
from models import VisaType as VisaTypeRow

Id = Annotated[strawberry.ID, strawberry.argument(description="Global id.")]


@strawberry.type(
    description="What can be asked for. A field that reads rows or figures is null where they"
    " could not be read in time; `errors` then says so, and the other fields stand."
)
class Query:
    volumes: VolumeTable | None = strawberry.field(
        resolver=volumes,
        metadata=parsed_by(parse_volumes),
        description="Processing volumes: measures by dimensions, over a window of days in WIB.",
    )
    findings: FindingTable | None = strawberry.field(
        resolver=findings,
        metadata=parsed_by(parse_findings),
        description="What the volumes of a window in your scope mean: claims about change,"
        " attention, what waits, the service promise and what comes next. What comes next and what"
        " waits are of now, whatever the window.",
    )
    refusal_grounds: national.RefusalGroundTable | None = national.refusal_grounds_field()
    screening_referrals: national.ScreeningReferralTable | None = (
        national.screening_referrals_field()
    )
    grant_rule_figures: national.GrantRuleFigureTable | None = national.grant_rule_figures_field()
    link_figures: LinkFigures | None = link_figures_field()
    stay_figures: national.StayFigureTable | None = national.stay_figures_field()
    complaint_figures: national.ComplaintFigureTable | None = national.complaint_figures_field()
    officers: OfficerTable | None = strawberry.field(
        resolver=officers,
        metadata=parsed_by(parse_window),
        description="What officers have on their desks, and decided, refused and gave back, over a"
        " window of days in WIB.",
    )
    information_requests: InformationRequestTable | None = strawberry.field(
        resolver=information_requests_of_places,
        metadata=parsed_by(parse_window),
        description="How often applications from each place of a partner needed further"
        " information, over a window of days in WIB.",
    )
    readers: ReaderTable | None = strawberry.field(
        resolver=readers,
        metadata=parsed_by(parse_window),
        description="How many people each viewer read, over a window of days in WIB.",
    )
    people_at_several_partners: PersonAtSeveralPartnersTable | None = strawberry.field(
        resolver=people_at_several,
        metadata=parsed_by(parse_several_partners),
        description="Who applied through several partners, over a window of days in WIB.",
    )
    people_read: PersonReadTable | None = strawberry.field(
        resolver=people_who_were_read,
        metadata=parsed_by(parse_read_window),
        description="Whose identity was read between two instants, or by one account: those to"
        " notify of a breach, within 3 x 24 hours. Each question is logged.",
    )
    people_in_reach: PersonInReachTable | None = strawberry.field(
        resolver=people_who_were_in_reach,
        metadata=parsed_by(parse_reach),
        description="Whose identity one account could have read between two instants, by the"
        " assignments, inquiries, questions, stages and suspensions of that time: a bound from"
        " above, for a notice of a breach. Each question is logged.",
    )
    why: Explanation | None = strawberry.field(
        resolver=why,
        metadata=parsed_by(parse_why),
        description="Why one account could read a case at an instant, or could not: the rule and"
        " its line, and what both walls let through. Null where there was no such case.",
    )
    countries: Connection[Country] | None = connection_field(
        Country, "Countries and territories.", order="code"
    )
    country: Country | None = look_up(
        Country,
        "a country",
        {"code": Name(CountryCode, CountryRow.code, "Its ISO 3166 alpha-2 code.")},
    )
    visa_types: Connection[VisaType] | None = connection_field(
        VisaType, "Visa types.", order="code"
    )
    visa_type: VisaType | None = look_up(
        VisaType, "a visa type", {"code": Name(str, VisaTypeRow.code, "Its index, such as `B1`.")}
    )
    eligible_visa_types: list[VisaType] | None = strawberry.field(
        resolver=eligible_visa_types,
        description="The visa types that nationals of a country may take, by the rules of a day."
        " Empty where none fits, and for a nationality without a known entry rule.",
    )
    days_off: Connection[DayOff] | None = connection_field(
        DayOff, "Days that count for no target in working days, besides weekends.", order="day"
    )
    visa_keys: Connection[VisaKey] | None = connection_field(
        VisaKey, "The keys by which a reader verifies visas in hand.", order="first_seen_at"
    )
    taken_back_visas: TakenBackList | None = strawberry.field(
        resolver=taken_back_visas, description="Which visas in hand were taken back."
    )
    partners: Connection[Partner] | None = connection_field(Partner, "Partners.", order="code")
    partner: Partner | None = look_up(
        Partner, "a partner", {"code": Name(str, PartnerRow.code, "Its code.")}
    )
    centres: Connection[Centre] | None = connection_field(Centre, "Visa centres.", order="code")
    centre: Centre | None = look_up(
        Centre, "a visa centre", {"code": Name(str, CentreRow.code, "Its code, such as `AU-SYD`.")}
    )
    applications: ApplicationConnection | None = connection_field(
        Application, "Applications in your reach.", order="submitted_at", newest_first=True
    )
    pools: Connection[Pool] | None = connection_field(Pool, "Pools of cases.", order="code")
    work_list: ApplicationConnection | None = queue_field(
        Application, "The cases of a queue, in order of the due time."
    )
    application: Application | None = look_up(
        Application,
        "an application",
        {"reference": Name(str, ApplicationRow.reference, "Its reference: `7K3M-9QPX-2F4D`.")},
    )
    bill: Bill | None = look_up(
        Bill, "a bill", {"code": Name(str, BillRow.billing_code, "Its code: 15 digits.")}
    )
    bills: Connection[Bill] | None = connection_field(
        Bill, "Bills of all cases, the newest first.", order="issued_at", newest_first=True
    )
    former_bills: Connection[FormerBill] | None = connection_field(
        FormerBill, "Former codes of bills, newest first.", order="renewed_at", newest_first=True
    )
    unmatched_payments: Connection[UnmatchedPayment] | None = connection_field(
        UnmatchedPayment, "Payments that fit no bill, the oldest first.", order="kept_at"
    )
    unmatched_crossings: Connection[Crossing] | None = unmatched_crossings_field()
    overstays: Connection[Stay] | None = overstays_field()
    screenings: Connection[Screening] | None = connection_field(
        Screening, "Open questions, the oldest first.", order="requested_at"
    )
    screening_replays: Connection[ScreeningReplay] | None = screening_replays_field()
    ban_entries: Connection[BanEntry] | None = connection_field(
        BanEntry, "The entry-ban list, the newest first.", order="proposed_at", newest_first=True
    )
    suspensions: Connection[Suspension] | None = connection_field(
        Suspension,
        "Partners and viewers who were suspended, the newest first.",
        order="suspended_at",
        newest_first=True,
    )
    key_operations: Connection[KeyOperation] | None = connection_field(
        KeyOperation,
        "What was done to keys, the newest first: rotations, erasures and sweeps.",
        order="occurred_at",
        newest_first=True,
    )
    alerts: Connection[Alert] | None = alerts_field()
    mail_subscriptions: Connection[MailSubscription] | None = connection_field(
        MailSubscription, "What mail tells you.", order="subscribed_at", newest_first=True
    )
    webhook_endpoints: Connection[WebhookEndpoint] | None = connection_field(
        WebhookEndpoint, "Where the system is told.", order="registered_at", newest_first=True
    )
    webhook_notices: Connection[WebhookNotice] | None = connection_field(
        WebhookNotice, "What it is told, the newest first.", order="written_at", newest_first=True
    )
    saved_views: Connection[SavedView] | None = connection_field(
        SavedView, "Views that you saved, the newest first.", order="saved_at", newest_first=True
    )
    month_notes: Connection[MonthNote] | None = connection_field(
        MonthNote, "Notes, on the newest month first.", order="month", newest_first=True
    )
    budget_exceptions: Connection[BudgetException] | None = budget_exceptions_field()
    inquiries: Connection[Inquiry] | None = inquiries_field()
    reference_changes: Connection[ReferenceChange] | None = connection_field(
        ReferenceChange,
        "The ledger of reference changes, the newest first: by which decree, who, from, to.",
        order="proposed_at",
        newest_first=True,
    )
    touched_files: list[TouchedFiles] | None = strawberry.field(
        resolver=touched_files,
        description="How many open files each change that waits for a second person touches, the"
        " newest first.",
    )
    closing_places: list[ClosingPlace] | None = closing_places_field()
    named_events: Connection[NamedEvent] | None = connection_field(
        NamedEvent,
        "Events with which figures are read, as far as in your reach, the newest first.",
        order="began_on",
        newest_first=True,
    )
    access_events: Connection[AccessEvent] | None = connection_field(
        AccessEvent,
        "Who read whose identity, as far as in your reach, and as far as it is still kept.",
        order="occurred_at",
        newest_first=True,
    )
    data_requests: Connection[DataRequest] | None = connection_field(
        DataRequest,
        "Requests of people about their data, as far as in your reach, in order of the due time.",
        order="due_at",
    )
    erasures: Connection[Erasure] | None = erasures_field()
    complaints: Connection[Complaint] | None = complaints_field()
    breaches: Connection[Breach] | None = connection_field(
        Breach, "Breaches of data protection, the first due first.", order="due_at"
    )
    legal_holds: Connection[LegalHold] | None = connection_field(
        LegalHold,
        "What stops erasures, the newest first; those in force by `releasedAt`.",
        order="held_at",
        newest_first=True,
    )
    my_data: MyData | None = strawberry.field(
        resolver=my_data,
        description="Everything on file about you, and who read it; null if you have no file.",
    )
    people: list[Applicant] | None = people_field()
    person_lookups: Connection[PersonLookup] | None = connection_field(
        PersonLookup, "Who looked for people in your reach.", order="occurred_at", newest_first=True
    )
    visa_status: VisaStatus | None = visa_status_field()
    visa_checks: Connection[VisaCheck] | None = visa_checks_field()
    tracked_file: TrackedFile | None = tracked_file_field()
    delivered_decision: DeliveredDecision | None = delivered_decision_field()
    claimed_files: list[ClaimedFile] | None = claimed_files_field()
    trusted_documents: list[TrustedDocument] | None = strawberry.field(
        resolver=trusted_documents,
        description="Documents that clients ask for by an id, and which role can run which.",
    )
    installation: Installation | None = strawberry.field(
        resolver=installation, description="How this installation runs."
    )

    @strawberry.field(description="Who asks.")
    def viewer(self, info: strawberry.Info) -> Viewer:
        return Viewer.from_request(info.context.viewer)

    @strawberry.field(description="What the role that acts may read, type by type.")
    def policies(self, info: strawberry.Info) -> list[TypePolicy]:
        return list(policies_of(info.context.viewer.role))

    @strawberry.field(
        description="Anything by its global id; null if there is none in reach.",
        metadata={NODES: True, **parsed_by(parse_node)},
    )
    def node(self, info: strawberry.Info, id: Id) -> Node | None:
        return load_row(info.context, *asked_of(info))

    @strawberry.field(
        description=f"Up to {MOST_NODES} things by their ids, in the same order.",
        metadata={NODES: True, **parsed_by(parse_nodes)},
    )
    def nodes(
        self,
        info: strawberry.Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")],
    ) -> list[Node | None] | None:
        return [load_row(info.context, named) for named in asked_of(info)]

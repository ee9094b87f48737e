"""Applications, and what happened to them."""

from datetime import date, datetime
from typing import Any

import strawberry
from aiodataloader import DataLoader
from sqlalchemy import and_, case

from gateway.mapping.connections import Connection
from gateway.mapping.declare import Node, column, derived_field, link, links, noun
from gateway.mapping.facets import Facet
from gateway.mapping.linked_pages import pages
from gateway.mapping.money import Money, money
from gateway.schema.allowed import FACTS, LOOKED_AT, AllowedStep, allowed_steps
from gateway.schema.applicant import Applicant
from gateway.schema.case_file import (
    Assignment,
    Bill,
    CaseDocument,
    Correction,
    Decision,
    RequestedItem,
)
from gateway.schema.country import Country
from gateway.schema.erasure import LegalHold
from gateway.schema.grant_rule import GrantCheck, WithheldDecision
from gateway.schema.identity import CaseNote, Guarantor, Guardian
from gateway.schema.intention import RefusalIntention
from gateway.schema.partner import Centre, Partner
from gateway.schema.screening import Screening
from gateway.schema.upload import DocumentUpload
from gateway.schema.visa import Visa
from gateway.schema.visa_type import VisaType
from models import Applicant as ApplicantRow
from models import Application as Row
from models import ApplicationEvent as EventRow
from models import Assignment as AssignmentRow
from models import Bill as BillRow
from models import CaseDocument as CaseDocumentRow
from models import CaseNote as NoteRow
from models import Centre as CentreRow
from models import Correction as CorrectionRow
from models import Country as CountryRow
from models import Decision as DecisionRow
from models import DocumentUpload as UploadRow
from models import GrantCheck as GrantCheckRow
from models import Guarantor as GuarantorRow
from models import Guardian as GuardianRow
from models import LegalHold as LegalHoldRow
from models import Partner as PartnerRow
from models import RefusalIntention as IntentionRow
from models import RequestedItem as RequestedItemRow
from models import Screening as ScreeningRow
from models import Visa as VisaRow
from models import VisaType as VisaTypeRow
from models import WithheldDecision as WithheldRow
from models.vocabulary import Channel, DocumentKind, EventKind, Role, Stage, Status, TripPurpose


@noun(key=EventRow.id)
class ApplicationEvent:
    """Something that happened to an application; never changed, never removed."""

    sequence: int = column(EventRow.sequence, "1, 2, 3 … within one application.")
    kind: EventKind = column(EventRow.kind, "What happened.")
    occurred_at: datetime = column(EventRow.occurred_at, "When.")
    actor: str | None = column(EventRow.actor, "Subject who did it; none where a clock did.")
    actor_role: Role | None = column(EventRow.actor_role, "Role in which it was done.")
    reason: str | None = column(
        EventRow.reason, "Why: of a hold, its end, a correction or a revocation."
    )


@noun(key=Row.id)
class Application(Node):
    """One request for one visa, or for the extension of a stay on one, by one applicant."""

    reference: str = column(
        Row.reference,
        "What the applicant quotes, such as `7K3M-9QPX-2F4D`; random.",
        filters=True,
        orders=True,
        prefixes=True,
    )
    visa_type: VisaType | None = link(
        Row.visa_type_code, VisaTypeRow.code, "The visa asked for.", filters=True
    )
    extends: Visa | None = link(
        Row.extends_visa_number,
        VisaRow.visa_number,
        "The visa on which more days of stay are asked for; null where a visa is asked for.",
    )
    trip_purpose: TripPurpose | None = column(
        Row.trip_purpose, "Why the applicant travels, as stated; null in old files: nobody asked."
    )
    entry_on: date | None = column(
        Row.entry_on, "The intended day of entry, in WIB; null in old files: nobody asked."
    )
    use_within_days: int | None = column(
        Row.use_within_days, "The validity asked for, in days; null for more days of a stay."
    )
    nationality: Country | None = link(
        Row.nationality_code, CountryRow.code, "Nationality of the passport used.", filters=True
    )
    channel: Channel = column(Row.channel, "The way by which it was lodged.", filters=True)
    partner: Partner | None = link(
        Row.partner_code, PartnerRow.code, "The partner that took it in.", filters=True
    )
    country: Country | None = link(
        Row.country_code,
        CountryRow.code,
        "Partner country: where the partner took it in. Not the nationality.",
        filters=True,
    )
    centre: Centre | None = link(
        Row.centre_code, CentreRow.code, "The visa centre that took it in.", filters=True
    )
    successor: Centre | None = link(
        Row.successor_centre_code,
        CentreRow.code,
        "The visa centre that has it now, since the place that took it in has closed.",
    )
    left_partner_at: datetime | None = column(
        Row.left_partner_at,
        "When it went from its partner to the directorate: its place had closed with no successor.",
    )
    group_reference: str | None = column(
        Row.group_reference,
        "Shared by the applications of people who travel together, such as `G-7K3M-9QPX-2F4D`; each"
        " is decided by itself. Null for those who travel alone.",
        filters=True,
    )
    submitted_at: datetime = column(
        Row.submitted_at, "When it was handed in.", filters=True, orders=True
    )
    received_at: datetime | None = column(
        Row.received_at, "When the partner had handed the complete file over."
    )
    paid_at: datetime | None = column(
        Row.paid_at, "When the fee was paid: the clock starts.", filters=True, orders=True
    )
    target_due_at: datetime | None = column(
        Row.target_due_at,
        "When a decision is due, by the service target in force when paid; none before.",
        filters=True,
        orders=True,
    )
    closed_at: datetime | None = column(
        Row.closed_at,
        "When it was decided, withdrawn, or lapsed: the clock stops.",
        filters=True,
        orders=True,
    )
    pay_by: datetime | None = column(
        case((and_(Row.paid_at.is_(None), Row.closed_at.is_(None)), Row.pay_by)),
        "Until when the application waits for its payment, and then ends. Its billing code lapses"
        " earlier (`Bill.dueAt`), and can be renewed until then. Null where nothing is due.",
    )
    answer_by: datetime | None = column(
        case(
            (
                and_(Row.stage == Stage.WAITING_FOR_APPLICANT.value, Row.paid_at.is_not(None)),
                Row.answer_by,
            )
        ),
        "Until when the requested items must be handed in, after which the application lapses; or"
        " until when an intention to refuse can be answered, after which it is decided. Null where"
        " nothing is asked.",
    )
    decide_by: datetime | None = column(
        case((Row.closed_at.is_(None), Row.target_due_at)),
        "Until when to decide; null before payment, and once it is closed.",
    )
    fee: Money | None = money(Row.fee_idr, "What was paid, less a reversal; null before.")
    bill: Bill | None = link(
        Row.id, BillRow.application_id, "What is to be paid; null for what was paid before bills."
    )
    uploads: list[DocumentUpload] = links(
        Row.id,
        UploadRow.application_id,
        "The bytes of its documents: those that are there and, for who hands the file in, those"
        f" that are awaited, at most {2 * len(DocumentKind)}.",
        order=(UploadRow.kind, UploadRow.id),
    )
    documents: list[CaseDocument] = links(
        Row.id,
        CaseDocumentRow.application_id,
        "Its checklist: what its visa type required on the day on which it was handed in, at most"
        f" {len(DocumentKind)}. Whoever applies without a partner ticks one off by sending it.",
        order=(CaseDocumentRow.kind,),
    )
    requested_items: Connection[RequestedItem] = pages(
        Row.id,
        RequestedItemRow.application_id,
        "What the applicant was asked for, in order; what is not answered is still missing.",
        order=RequestedItemRow.requested_at,
    )
    refusal_intention: RefusalIntention | None = link(
        Row.id,
        IntentionRow.application_id,
        "That its officer means to refuse it, and why; null where that was not announced.",
    )
    stage: Stage = column(
        Row.stage, "Its progress, without any outcome.", filters=True, facets=Stage
    )
    status: Status = column(Row.status, "Its progress and outcome.", filters=True, facets=Status)
    allowed: list[AllowedStep] = derived_field(
        allowed_steps,
        "Which steps you may take now, and why not the others, by what you read of the application."
        " What depends on the step's own input, or on what supervision answered, shows only when"
        " the step is attempted.",
        *FACTS,
        fields=LOOKED_AT,
    )
    events: Connection[ApplicationEvent] = pages(
        Row.id, EventRow.application_id, "What happened, in order.", order=EventRow.sequence
    )
    applicant: Applicant | None = link(
        Row.applicant_id, ApplicantRow.id, "Who applies, under a pseudonym."
    )
    grant_check: GrantCheck | None = link(
        Row.id,
        GrantCheckRow.application_id,
        "What the rule of its visa type last found, before anybody took it; null where none did.",
    )
    withheld_decision: WithheldDecision | None = link(
        Row.id,
        WithheldRow.application_id,
        "What the first of two officers decided, each for themselves; null where one decides it.",
    )
    decision: Decision | None = link(
        Row.current_decision_id, DecisionRow.id, "The decision in force."
    )
    decisions: Connection[Decision] = pages(
        Row.id,
        DecisionRow.application_id,
        "Every decision, corrected ones included, latest first.",
        order=DecisionRow.decided_at,
        newest_first=True,
    )
    assignments: Connection[Assignment] = pages(
        Row.id,
        AssignmentRow.application_id,
        "Officers who worked on it, latest first.",
        order=AssignmentRow.assigned_at,
        newest_first=True,
    )
    is_referred: bool = column(Row.is_referred, "Whether supervision looks into it.")
    is_linked: bool = column(
        Row.is_linked,
        "Whether the search for other files of this person is done, which takes moments; nothing is"
        " granted before.",
    )
    is_urgent: bool = column(Row.is_urgent, "Whether a supervisor has it taken before all others.")
    is_held: bool = column(
        Row.is_held,
        "Whether a supervisor holds it: it cannot be granted, and a visa is not to be relied on.",
    )
    has_open_hit: bool = column(
        Row.has_open_hit,
        "Whether there is a hit that a supervisor has not resolved yet.",
        filters=True,
    )
    hand_in_by: date | None = column(
        Row.hand_in_by,
        "The last day, in WIB, on which the partner can hand in here the documents that are in a"
        " store of its own: its place closes, and the file then goes to another partner or to the"
        " directorate. Null where nothing is to be handed in.",
        filters=True,
    )
    is_visa_held: bool = column(
        Row.is_visa_held,
        "Whether the visa is held, since its holder was corrected or something was found, until"
        " screening is clear again.",
    )
    corrections: Connection[Correction] = pages(
        Row.id,
        CorrectionRow.application_id,
        "Corrections of the person on file that were proposed in this case, latest first.",
        order=CorrectionRow.proposed_at,
        newest_first=True,
    )
    guarantors: Connection[Guarantor] = pages(
        Row.id,
        GuarantorRow.application_id,
        "Who answers for the applicant in this case, and did before a correction, latest first;"
        " empty where the visa type needs none. Reading it takes a purpose, and is logged.",
        order=GuarantorRow.id,
        newest_first=True,
    )
    guardians: Connection[Guardian] = pages(
        Row.id,
        GuardianRow.application_id,
        "How the applicant is accompanied, and was before a correction, latest first; empty where"
        " the applicant is no minor. Reading it takes a purpose, and is logged.",
        order=GuardianRow.id,
        newest_first=True,
    )
    notes: Connection[CaseNote] = pages(
        Row.id,
        NoteRow.application_id,
        "What was noted for whoever works on it next, latest first. Each request is logged.",
        order=NoteRow.written_at,
        newest_first=True,
    )
    legal_holds: Connection[LegalHold] = pages(
        Row.id,
        LegalHoldRow.application_id,
        "Holds for this case that protect its applicant from erasure, latest first.",
        order=LegalHoldRow.held_at,
        newest_first=True,
    )
    screenings: Connection[Screening] = pages(
        Row.id,
        ScreeningRow.application_id,
        "Questions to supervision, in order.",
        order=ScreeningRow.requested_at,
    )


@strawberry.type(
    description="How many of a list have each stage and status, each without the filter by itself."
)
class ApplicationFacets:
    facets_by_field: strawberry.Private[DataLoader[str, list[Facet[Any]]]]

    @strawberry.field(description="By stage; only stages that there are.")
    async def stage(self) -> list[Facet[Stage]]:
        return await self.facets_by_field.load("stage")

    @strawberry.field(description="By status; only statuses that there are.")
    async def status(self) -> list[Facet[Status]]:
        return await self.facets_by_field.load("status")


@strawberry.type(description="A list of applications, read one page at a time.")
class ApplicationConnection(Connection[Application]):
    @strawberry.field(description="How many of the whole list have each stage and status.")
    def facets(self) -> ApplicationFacets:
        return ApplicationFacets(facets_by_field=self.facets_by_field)

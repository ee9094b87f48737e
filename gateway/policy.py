"""Who may see what: the whole matrix.

Read it as a table. For every type: which rows each role reaches, and which roles read each field. A
role that is not listed reads nothing; a type or a field that is not listed stops the build. Access
is granted nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.rules import (
    Attribute,
    Rule,
    all_of,
    anothers,
    any_of,
    every_row,
    in_own_pools,
    in_the_future,
    in_the_past,
    is_null,
    kept_from,
    named_for_the_purpose,
    none_of,
    nothing_named_for_the_purpose,
    of_family_just_taken,
    own_centres,
    own_countries,
    own_partner,
    own_place,
    own_places,
    own_subject,
    reached_through,
    recent,
)
from models import (
    AccessEvent,
    Alert,
    Applicant,
    Application,
    ApplicationChange,
    ApplicationEvent,
    Assignment,
    BanEntry,
    BanMatch,
    BannedPerson,
    BanRead,
    Base,
    Bill,
    Breach,
    BreachNotice,
    BudgetException,
    CaseDocument,
    CaseNote,
    Centre,
    Complaint,
    ComplaintRead,
    ComplaintText,
    Correction,
    Crossing,
    DataRequest,
    Decision,
    DocumentContent,
    DocumentUpload,
    Erasure,
    FileClaim,
    GrantRuleStop,
    Guarantor,
    Guardian,
    Identity,
    IdentityVersion,
    Inquiry,
    InquiryPerson,
    IntentionAnswer,
    ItemAnswer,
    LegalHold,
    MailSubscription,
    MonthNote,
    Movement,
    NamedEvent,
    OverstayConfirmation,
    Partner,
    PartnerCountry,
    PassportEnding,
    PaymentReversal,
    PersonLink,
    PersonLookup,
    ReferenceChange,
    RefusalIntention,
    RequestedItem,
    SavedView,
    Screening,
    ScreeningReplay,
    Stay,
    Suspension,
    UnmatchedPayment,
    Visa,
    VisaDocument,
    VolumeChange,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookNotice,
)
from models.jobs.overdue import REMEMBERED_DAYS
from models.vocabulary import (
    TARGET_PERCENTS,
    UNSURE_LINKS,
    ChangedPart,
    ChangedVolumes,
    ComplaintKind,
    DataRequestState,
    EventKind,
    NoticeReach,
    Purpose,
    Queue,
    ReferenceKind,
    Role,
    Stage,
)

Roles = tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """What each role reaches of one type: its rows, and the fields of a row."""

    fields: Mapping[str, Roles]
    #: The rows of each role; a type without rows of its own (a total, a page) has none.
    rows: Mapping[Role, Rule] = field(default_factory=dict)
    #: Roles that may only count the rows.
    counts_only: Roles = ()
    #: Fields that these roles read as first decided, never as it stands: by whole months that are
    #: over, and broken down by one dimension at most.
    first_decided: Mapping[str, Roles] = field(default_factory=dict)
    #: Roles that read, of the fields of ANONYMOUS, published figures of the whole country.
    published_to: Roles = ()


LEADERSHIP = (Role.LEADERSHIP,)
OFFICER = (Role.OFFICER,)
SUPERVISOR = (Role.SUPERVISOR,)
MANAGER = (Role.PARTNER_MANAGER,)
AGENT = (Role.PARTNER_AGENT,)
AUDITOR = (Role.AUDITOR,)
APPLICANT = (Role.APPLICANT,)
PARTNER_SERVICE = (Role.PARTNER_SERVICE,)
SCREENING = (Role.SCREENING,)
TREASURY = (Role.TREASURY,)
ADMINISTRATOR = (Role.ADMINISTRATOR,)
BORDER = (Role.BORDER,)
CARRIER = (Role.CARRIER,)

EVERYONE: Roles = tuple(Role)
CASE_WORKERS = OFFICER + SUPERVISOR
CASE_STAFF = CASE_WORKERS + AUDITOR
PARTNERS = MANAGER + AGENT
#: Roles that see which steps a case allows.
STEP_TAKERS = CASE_WORKERS + AGENT + APPLICANT + PARTNER_SERVICE
HANDING_OVER = AGENT + PARTNER_SERVICE
SUBMITTERS = AGENT + APPLICANT + PARTNER_SERVICE
CASE_READERS = CASE_STAFF + PARTNERS + APPLICANT + PARTNER_SERVICE
BILL_READERS = CASE_READERS + TREASURY
OUTCOME_READERS = CASE_STAFF + SUBMITTERS
#: Roles that read what kind of case it is, and which pseudonymous applicant it belongs to.
FILE_READERS = CASE_READERS + SCREENING
LAST_FOUR_READERS = CASE_WORKERS + AGENT + APPLICANT
CONTENT_READERS = CASE_WORKERS + AGENT + APPLICANT
IDENTITY_READERS = CASE_WORKERS + AGENT + APPLICANT + SCREENING
#: Those of them who state for which case, and are told why it opens nobody's; one's own always is.
PURPOSE_STATERS = CASE_WORKERS + AGENT + SCREENING
#: Roles that read what was answered to requested items.
TYPED_ANSWER_READERS = CASE_WORKERS + AGENT + APPLICANT
CORRECTION_READERS = CASE_STAFF + SUBMITTERS
ANSWER_READERS = SUPERVISOR + AUDITOR
#: Roles that read complaints: those of their kinds, once they are sorted, and one's own.
COMPLAINT_STAFF = ANSWER_READERS + MANAGER
COMPLAINT_READERS = COMPLAINT_STAFF + APPLICANT
DATA_REQUEST_READERS = AUDITOR + APPLICANT
SUSPENSION_READERS = SUPERVISOR + AUDITOR + ADMINISTRATOR
#: Roles that read which decree changed what, and who proposed and approved it.
LEDGER_READERS = LEADERSHIP + CASE_STAFF + ADMINISTRATOR
#: Roles that read where somebody is who entered the country.
MOVEMENT_READERS = CASE_WORKERS + APPLICANT
STAY_READERS = ANSWER_READERS + APPLICANT + BORDER
#: Roles that ask whether a visa can be used, and read nothing of it.
VISA_CHECKERS = BORDER + CARRIER
ENDPOINT_READERS = MANAGER + PARTNER_SERVICE
BAN_READERS = SUPERVISOR + AUDITOR + SCREENING
BANNED_PERSON_READERS = SUPERVISOR + SCREENING
NATIONAL_FIGURES = LEADERSHIP + CASE_STAFF
EXACT_FIGURES = NATIONAL_FIGURES + PARTNERS
#: Whoever reads exact figures can be sent word of them; the others change what is theirs to change.
CHANGERS: Roles = (
    *(EXACT_FIGURES + APPLICANT + PARTNER_SERVICE + SCREENING + TREASURY + ADMINISTRATOR),
    *BORDER,
)
PUBLIC = (Role.ANONYMOUS,)
PUBLISHED_FIGURES = MANAGER + PUBLIC
FIGURES = EXACT_FIGURES + PUBLIC
EVENT_READERS = EXACT_FIGURES + ADMINISTRATOR

# Rows, in words ----------------------------------------------------------------------------------

#: For figures, which count an application where it was taken in.
taken_in_at_own_partner = own_partner(Application.partner_code)
taken_in_in_own_countries = all_of(taken_in_at_own_partner, own_countries(Application.country_code))
#: An agent works at centres, or, where the token names none, at the portal of its countries.
taken_in_at_own_place = all_of(
    taken_in_at_own_partner, own_place(Application.centre_code, Application.country_code)
)
#: A place that has closed gives up the files that are open after 60 days: to its successor, a
#: centre of the same partner or of another one, or to the directorate.
at_own_partner = all_of(
    own_partner(Application.holder_partner_code), is_null(Application.left_partner_at)
)
in_own_countries = all_of(at_own_partner, own_countries(Application.holder_country_code))
at_own_place = all_of(at_own_partner, own_places(Application.holder_place))
#: Agents and partners' systems hand decisions over to applicants. Thirty days after a case has
#: closed, it is out of their reach like any other.
at_own_place_to_hand_over = all_of(at_own_place, recent(Application.closed_at, days=30))
in_own_countries_to_hand_over = all_of(in_own_countries, recent(Application.closed_at, days=30))
at_own_place_until_handed_over = all_of(
    at_own_place,
    any_of(is_null(Application.closed_at), recent(Application.closed_at, days=30)),
)
in_own_countries_until_handed_over = all_of(
    in_own_countries,
    any_of(is_null(Application.closed_at), recent(Application.closed_at, days=30)),
)
at_own_place_being_taken_in = all_of(
    at_own_place, is_null(Application.received_at), is_null(Application.closed_at)
)
lodged_by_oneself = reached_through(
    Application.applicant_id, Applicant.id, own_subject(Applicant.account)
)
read_of_oneself = reached_through(
    AccessEvent.applicant_id, Applicant.id, own_subject(Applicant.account)
)
notice_to_oneself = reached_through(
    BreachNotice.applicant_id, Applicant.id, own_subject(Applicant.account)
)
notice_to_everybody = all_of(
    in_the_past(Breach.people_notified_at),
    none_of(Breach.people_reached, NoticeReach.READ, NoticeReach.OTHERS),
)
#: An inquiry that has ended is reviewed by somebody else; until then they read what was read in it.
under_review = all_of(in_the_past(Inquiry.ends_at), is_null(Inquiry.reviewed_at))
#: A person who was read in an inquiry learns of it once it has been reviewed.
own_reviewed_inquiry = all_of(
    in_the_past(InquiryPerson.told_at),
    reached_through(InquiryPerson.applicant_id, Applicant.id, own_subject(Applicant.account)),
)
#: Reads for supervision are shown once the case is closed (an application that was just received
#: and is not billed yet has no supervision to hide). A read for somebody else's case is never
#: shown, since it would reveal a link.
shown_to_oneself = any_of(
    none_of(AccessEvent.purpose, Purpose.CASEWORK, Purpose.SUPERVISION),
    all_of(
        none_of(AccessEvent.purpose, Purpose.SUPERVISION),
        reached_through(AccessEvent.case_reference, Application.reference, lodged_by_oneself),
    ),
    reached_through(
        AccessEvent.case_reference,
        Application.reference,
        all_of(
            lodged_by_oneself,
            none_of(Application.stage, Stage.IN_PROCESS, Stage.WAITING_FOR_APPLICANT),
        ),
    ),
    reached_through(AccessEvent.case_reference, InquiryPerson.reference, own_reviewed_inquiry),
)
working_on_it = reached_through(
    Application.id,
    Assignment.application_id,
    all_of(own_subject(Assignment.officer), is_null(Assignment.ended_at)),
)
#: A case is worked on by the officer on whose desk it is. An open case on no desk can be taken.
on_the_own_desk = own_subject(Application.officer)
on_no_officers_desk = all_of(is_null(Application.officer), is_null(Application.closed_at))
#: Nobody chooses what they take: it is of the pools that the token names. Of a family, the first
#: file brings the others along.
of_own_pools = in_own_pools(
    Application.visa_type_code, Application.channel, Application.nationality_code
)
to_take = all_of(
    on_no_officers_desk,
    any_of(of_own_pools, of_family_just_taken(Application.group_reference)),
)
not_a_hold = none_of(ApplicationEvent.kind, EventKind.HELD, EventKind.RELEASED)
#: Officers see neither holds nor answers.
not_supervision = none_of(
    ApplicationEvent.kind,
    EventKind.HELD,
    EventKind.RELEASED,
    EventKind.ANSWER_PROPOSED,
    EventKind.SCREENED,
)
#: Somebody who proposed an entry of the ban list never sees a hit caused by it.
is_open_question = all_of(
    is_null(Screening.answered_at),
    is_null(Screening.voided_at),
    kept_from(Screening.kept_from),
)
of_an_open_question = reached_through(Application.id, Screening.application_id, is_open_question)
#: A case stays in the reach of the person who answers until the answer is written.
of_an_open_or_own_question = reached_through(
    Application.id,
    Screening.application_id,
    any_of(
        is_open_question,
        own_subject(Screening.answered_by),
        own_subject(Screening.confirmed_by),
    ),
)
#: A case with a supervisor has left the officers' desks: they do not see who has it.
not_a_supervisors = none_of(Assignment.role, Role.SUPERVISOR)
#: What applicants do, are asked for, or are told: they do not see how the directorate works on the
#: case.
own_steps = none_of(
    ApplicationEvent.kind,
    EventKind.IN_VERIFICATION,
    EventKind.SCREENING,
    EventKind.HELD,
    EventKind.RELEASED,
    EventKind.MARKED_URGENT,
    EventKind.URGENCY_ENDED,
    EventKind.GRANT_PROPOSED,
    EventKind.GRANT_APPROVED,
    EventKind.GRANT_REJECTED,
    EventKind.ANSWER_PROPOSED,
    EventKind.SCREENED,
    *TARGET_PERCENTS,
)
no_change_of_a_hold = none_of(ApplicationChange.changed, ChangedPart.HOLD)
change_of_stage_or_decision = none_of(
    ApplicationChange.changed, ChangedPart.HOLD, ChangedPart.STATUS
)
change_of_the_stage = none_of(
    ApplicationChange.changed, ChangedPart.HOLD, ChangedPart.STATUS, ChangedPart.DECISION
)
not_of_outcomes_alone = none_of(VolumeChange.changed, ChangedVolumes.OUTCOMES)

APPLICATION_ROWS: Mapping[Role, Rule] = {
    Role.OFFICER: every_row,
    Role.SUPERVISOR: every_row,
    Role.AUDITOR: every_row,
    Role.PARTNER_MANAGER: in_own_countries,
    Role.PARTNER_AGENT: at_own_place,
    Role.APPLICANT: lodged_by_oneself,
    Role.PARTNER_SERVICE: in_own_countries,
    Role.SCREENING: of_an_open_question,
}


def of_reached_cases(application: Attribute) -> Mapping[Role, Rule]:
    """Rows of the cases in reach, for roles that read a case in every status."""
    return {
        Role.OFFICER: every_row,
        Role.SUPERVISOR: every_row,
        Role.AUDITOR: every_row,
        Role.PARTNER_MANAGER: reached_through(application, Application.id, in_own_countries),
        Role.PARTNER_AGENT: reached_through(application, Application.id, at_own_place),
        Role.APPLICANT: reached_through(application, Application.id, lodged_by_oneself),
        Role.PARTNER_SERVICE: reached_through(application, Application.id, in_own_countries),
    }


in_own_endpoints = all_of(
    own_partner(WebhookEndpoint.partner_code), own_countries(WebhookEndpoint.country_code)
)
ENDPOINT_ROWS: Mapping[Role, Rule] = dict.fromkeys(ENDPOINT_READERS, in_own_endpoints)


def of_own_endpoints(endpoint: Attribute) -> Mapping[Role, Rule]:
    """Rows of the endpoints in reach."""
    own = reached_through(endpoint, WebhookEndpoint.id, in_own_endpoints)
    return dict.fromkeys(ENDPOINT_READERS, own)


of_service = none_of(Complaint.kind, ComplaintKind.UNSORTED, ComplaintKind.INTEGRITY)
#: A complaint of integrity reaches neither the people of a partner nor a supervisor to whom no
#: auditor entrusted it: whom it is about may be among them. One that is not sorted reaches nobody.
COMPLAINT_ROWS: Mapping[Role, Rule] = {
    Role.AUDITOR: every_row,
    Role.SUPERVISOR: any_of(of_service, own_subject(Complaint.entrusted_to)),
    Role.PARTNER_MANAGER: all_of(
        of_service, own_partner(Complaint.partner_code), own_countries(Complaint.country_code)
    ),
    Role.APPLICANT: own_subject(Complaint.account),
}


#: An alert about somebody else; of a complaint, about one in reach.
alerts_to_supervisors = all_of(
    anothers(Alert.actor),
    any_of(
        is_null(Alert.complaint_id),
        reached_through(Alert.complaint_id, Complaint.id, COMPLAINT_ROWS[Role.SUPERVISOR]),
    ),
)


def of_named_complaints(role: Role) -> Rule:
    """What complaints in reach say: of the one that the purpose names."""
    named = named_for_the_purpose(Complaint.reference)
    rows = COMPLAINT_ROWS[role]
    return reached_through(ComplaintText.complaint_id, Complaint.id, all_of(named, rows))


#: A purpose is bound to a case: it opens the identity of the applicant in that case, and no other.
the_named_case = named_for_the_purpose(Application.reference)
#: People who are linked to the applicant of the named case, on which the officer works: by
#: passport, or confirmed by an officer.
is_linked_to_the_named_case = all_of(
    none_of(PersonLink.state, *UNSURE_LINKS),
    reached_through(
        PersonLink.applicant_id, Application.applicant_id, all_of(the_named_case, working_on_it)
    ),
)
is_linked_to_the_own_desk = all_of(
    none_of(PersonLink.state, *UNSURE_LINKS),
    reached_through(PersonLink.applicant_id, Application.applicant_id, on_the_own_desk),
)
#: An inquiry opens the people who were admitted to it, while it lasts, to the supervisor who opened
#: it.
an_own_inquiry_that_lasts = all_of(own_subject(Inquiry.opened_by), in_the_future(Inquiry.ends_at))
opened_in_the_named_inquiry = reached_through(
    InquiryPerson.reference,
    Inquiry.reference,
    all_of(named_for_the_purpose(Inquiry.reference), an_own_inquiry_that_lasts),
)
#: Agents, who take in one file after another, may leave the case out.
the_named_case_or_any = any_of(the_named_case, nothing_named_for_the_purpose)


def of_case_of_answer(application: Attribute, *rules: Rule) -> Rule:
    return reached_through(application, Application.id, all_of(*rules))


def of_answers(application: Attribute) -> Mapping[Role, Rule]:
    """What applicants answered, in the case in which they were asked: it opens no linked file and
    no inquiry."""
    return {
        Role.OFFICER: of_case_of_answer(application, the_named_case, working_on_it),
        Role.SUPERVISOR: of_case_of_answer(application, the_named_case),
        Role.PARTNER_AGENT: of_case_of_answer(
            application, the_named_case_or_any, at_own_place_being_taken_in
        ),
        Role.APPLICANT: of_case_of_answer(application, lodged_by_oneself),
    }


def of_a_visa_in_hand(of_case: Rule) -> Rule:
    """Documents that count, of visas that were not taken back, in such cases."""
    return all_of(
        in_the_past(VisaDocument.proven_at),
        is_null(VisaDocument.replaced_at),
        reached_through(
            VisaDocument.visa_number,
            Visa.visa_number,
            all_of(
                is_null(Visa.revoked_at),
                is_null(Visa.returned_at),
                is_null(Visa.superseded_at),
                reached_through(Visa.application_id, Application.id, of_case),
            ),
        ),
    )


of_a_visa_to_deliver = of_a_visa_in_hand(all_of(the_named_case, in_own_countries_to_hand_over))


def of_an_upload(of_case: Rule) -> Rule:
    """Uploads that others did not replace, in such cases."""
    return all_of(
        is_null(DocumentUpload.replaced_at),
        reached_through(DocumentUpload.application_id, Application.id, of_case),
    )


def of_a_content(of_case: Rule) -> Rule:
    """Contents of such uploads, once they count: what was not scanned yet is opened by nobody."""
    that_counts = all_of(in_the_past(DocumentUpload.completed_at), of_an_upload(of_case))
    return reached_through(DocumentContent.upload_id, DocumentUpload.id, that_counts)


def of_people_in_reach(applicant: Attribute) -> Mapping[Role, Rule]:
    """Rows of people, for roles that may read who they are."""

    def applying_in(*rules: Rule) -> Rule:
        return reached_through(applicant, Application.applicant_id, all_of(*rules))

    return {
        Role.OFFICER: any_of(
            applying_in(the_named_case, working_on_it),
            reached_through(applicant, PersonLink.linked_id, is_linked_to_the_named_case),
        ),
        Role.SUPERVISOR: any_of(
            applying_in(the_named_case),
            reached_through(applicant, InquiryPerson.applicant_id, opened_in_the_named_inquiry),
        ),
        Role.PARTNER_AGENT: applying_in(the_named_case_or_any, at_own_place_being_taken_in),
        Role.APPLICANT: reached_through(applicant, Applicant.id, own_subject(Applicant.account)),
        Role.SCREENING: applying_in(the_named_case, of_an_open_question),
    }


def of_moved_people(applicant: Attribute) -> Mapping[Role, Rule]:
    """Rows of people who crossed the border, for roles that may read when they did."""
    reached = of_people_in_reach(applicant)
    return {
        Role.OFFICER: reached[Role.OFFICER],
        Role.SUPERVISOR: reached[Role.SUPERVISOR],
        Role.APPLICANT: reached[Role.APPLICANT],
    }


#: Whether it counts yet or not: whoever works on the file sees that the scanner has it.
a_document_that_was_sent = all_of(
    in_the_past(DocumentUpload.sent_at), is_null(DocumentUpload.replaced_at)
)
#: The person that an entry of the ban list is about: for the entry itself, or for a case that it
#: matches.
the_named_entry = reached_through(
    BannedPerson.ban_id, BanEntry.id, named_for_the_purpose(BanEntry.reference)
)


def matching_a_case(rule: Rule) -> Rule:
    """The people that entries are about which match these cases."""
    return reached_through(
        BannedPerson.ban_id,
        BanMatch.ban_id,
        all_of(
            is_null(BanMatch.ended_at),
            reached_through(BanMatch.application_id, Application.id, rule),
        ),
    )


#: The fields that say who somebody is.
OF_A_PERSON = (
    "fullName",
    "passportNumber",
    "birthDate",
    "email",
    "phone",
    "sex",
    "placeOfBirth",
    "passportIssuingState",
    "passportExpiresOn",
)

OPEN_TO_EVERYONE: Mapping[Role, Rule] = dict.fromkeys(Role, every_row)

#: The types whose rows belong to a case, by the column that names the case or its applicant: what
#: auditors are explained.
ROWS_OF_A_CASE: Mapping[str, Attribute] = {
    "Application": Application.id,
    "Bill": Bill.application_id,
    "CaseDocument": CaseDocument.application_id,
    "DocumentUpload": DocumentUpload.application_id,
    "RequestedItem": RequestedItem.application_id,
    "RefusalIntention": RefusalIntention.application_id,
    "ApplicationEvent": ApplicationEvent.application_id,
    "Assignment": Assignment.application_id,
    "Decision": Decision.application_id,
    "Visa": Visa.application_id,
    "Stay": Stay.application_id,
    "Screening": Screening.application_id,
    "LegalHold": LegalHold.application_id,
    "Correction": Correction.application_id,
    "Applicant": Applicant.id,
    "PassportEnding": PassportEnding.applicant_id,
    "PersonLink": PersonLink.applicant_id,
    "Movement": Movement.applicant_id,
    "Identity": Identity.applicant_id,
    "IdentityVersion": IdentityVersion.applicant_id,
}

# The matrix --------------------------------------------------------------------------------------

POLICY: Mapping[str, Access] = {
    # Countries, visa types and what decrees change: public.
    "Country": Access(
        rows=OPEN_TO_EVERYONE,
        fields={
            "id": EVERYONE,
            "code": EVERYONE,
            "iso3": EVERYONE,
            "name": EVERYONE,
            "region": EVERYONE,
            "entryRules": EVERYONE,
        },
    ),
    "EntryRule": Access(
        rows=OPEN_TO_EVERYONE,
        fields={"entry": EVERYONE, "validFrom": EVERYONE},
    ),
    "VisaType": Access(
        rows=OPEN_TO_EVERYONE,
        fields={
            "id": EVERYONE,
            "code": EVERYONE,
            "name": EVERYONE,
            "category": EVERYONE,
            "stayDays": EVERYONE,
            "isMultipleEntry": EVERYONE,
            "validFrom": EVERYONE,
            "validUntil": EVERYONE,
            "current": EVERYONE,
            "eligibility": EVERYONE,
            "requiredDocuments": EVERYONE,
            "passportRules": EVERYONE,
            "extensionRules": EVERYONE,
            "handlingRules": EVERYONE,
            "fees": EVERYONE,
            "serviceTargets": EVERYONE,
            "grantRules": LEDGER_READERS,
        },
    ),
    # What of its terms holds on a day.
    "VisaTypeTerms": Access(
        fields=dict.fromkeys(
            (
                *("on", "isOffered", "fees", "serviceTargets", "passportRule"),
                *("requiredDocuments", "needsGuarantor", "eligibility", "extensionRule"),
                "handlingRule",
            ),
            EVERYONE,
        ),
    ),
    "Eligibility": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(("entry", "purpose", "isOpen", "validFrom"), EVERYONE),
    ),
    "RequiredDocument": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(("kind", "isRequired", "validFrom"), EVERYONE),
    ),
    "PassportRule": Access(
        rows=OPEN_TO_EVERYONE,
        fields={"months": EVERYONE, "validFrom": EVERYONE},
    ),
    "ExtensionRule": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(("times", "days", "price", "validFrom"), EVERYONE),
    ),
    "HandlingRule": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(("isAnnounced", "isCorrected", "validFrom"), EVERYONE),
    ),
    "Fee": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(("useWithinDays", "price", "isOffered", "validFrom"), EVERYONE),
    ),
    "ServiceTarget": Access(
        rows=OPEN_TO_EVERYONE,
        fields={
            "clock": EVERYONE,
            "hours": EVERYONE,
            "workingDays": EVERYONE,
            "promisedPercent": EVERYONE,
            "validFrom": EVERYONE,
        },
    ),
    "DayOff": Access(
        rows=OPEN_TO_EVERYONE,
        fields={"day": EVERYONE, "name": EVERYONE, "isOff": EVERYONE},
    ),
    # By which rules, and in whose name, applications are granted without an officer: for those who
    # read the decrees.
    "GrantRule": Access(
        rows=dict.fromkeys(LEDGER_READERS, every_row),
        fields=dict.fromkeys(
            (
                *("code", "version", "nationalities", "samplePercent", "hoursAfterPayment"),
                *("official", "decree", "stop"),
            ),
            LEDGER_READERS,
        ),
    ),
    # From which pools officers take cases, and how many wait there.
    "Pool": Access(
        rows=dict.fromkeys(LEDGER_READERS, every_row),
        fields={
            **dict.fromkeys(
                ("id", "code", "visaTypes", "channels", "nationalities", "isOpen"), LEDGER_READERS
            ),
            "waiting": CASE_STAFF,
        },
    ),
    # What a rule found tells of hits and holds, and of the sample: for who reads those.
    "GrantCheck": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            ("rule", "verdict", "unmet", "isDecidedTwice", "checkedAt"), ANSWER_READERS
        ),
    ),
    "GrantRuleStop": Access(
        rows=dict.fromkeys(LEDGER_READERS, every_row),
        fields=dict.fromkeys(("stoppedAt", "stoppedBy", "reason"), LEDGER_READERS),
    ),
    # The decrees that changed reference data: for those who take part in a change, answer for it or
    # look into it.
    "ReferenceChange": Access(
        rows=dict.fromkeys(LEDGER_READERS, every_row),
        fields={
            "id": LEDGER_READERS,
            "kind": LEDGER_READERS,
            "subject": LEDGER_READERS,
            "state": LEDGER_READERS,
            "decree": LEDGER_READERS,
            "reason": LEDGER_READERS,
            "effectiveOn": LEDGER_READERS,
            "proposedBy": LEDGER_READERS,
            "proposedAt": LEDGER_READERS,
            "approvedBy": LEDGER_READERS,
            "approvedAt": LEDGER_READERS,
            "cancelledBy": LEDGER_READERS,
            "cancelledAt": LEDGER_READERS,
            "cancelReason": LEDGER_READERS,
            "values": LEDGER_READERS,
        },
    ),
    "ReferenceChangeValue": Access(
        rows=dict.fromkeys(LEDGER_READERS, every_row),
        fields=dict.fromkeys(("line", "kind", "name", "before", "after"), LEDGER_READERS),
    ),
    # Numbers for those who propose and approve a change, and nothing of the files themselves.
    "TouchedFiles": Access(
        fields=dict.fromkeys(("changeId", "open", "keep", "toHandIn"), ADMINISTRATOR)
    ),
    "ClosingPlace": Access(
        fields=dict.fromkeys(
            (
                *("partner", "country", "centre", "successor", "closedOn", "handInBy"),
                *("openFiles", "toHandIn"),
            ),
            ADMINISTRATOR + ANSWER_READERS,
        )
    ),
    # Events with which figures are read: for those who read exact ones, of everybody or of the own
    # countries. That screening was out is told inside the directorate.
    "NamedEvent": Access(
        rows={
            **dict.fromkeys(NATIONAL_FIGURES + ADMINISTRATOR, every_row),
            **dict.fromkeys(
                PARTNERS,
                any_of(is_null(NamedEvent.country_code), own_countries(NamedEvent.country_code)),
            ),
        },
        fields={
            **dict.fromkeys(("id", "code", "kind", "beganOn", "endedOn", "country"), EVENT_READERS),
            "wasScreeningOut": NATIONAL_FIGURES + ADMINISTRATOR,
        },
    ),
    # Partners and centres: a public directory, but partners see their own only.
    "Partner": Access(
        rows={
            **OPEN_TO_EVERYONE,
            Role.PARTNER_MANAGER: own_partner(Partner.code),
            Role.PARTNER_AGENT: own_partner(Partner.code),
            Role.PARTNER_SERVICE: own_partner(Partner.code),
        },
        fields={
            "id": EVERYONE,
            "code": EVERYONE,
            "name": EVERYONE,
            "countries": EVERYONE,
            "centres": EVERYONE,
        },
    ),
    "PartnerCountry": Access(
        rows={
            **OPEN_TO_EVERYONE,
            Role.PARTNER_MANAGER: all_of(
                own_partner(PartnerCountry.partner_code), own_countries(PartnerCountry.country_code)
            ),
            Role.PARTNER_AGENT: all_of(
                own_partner(PartnerCountry.partner_code), own_countries(PartnerCountry.country_code)
            ),
            Role.PARTNER_SERVICE: all_of(
                own_partner(PartnerCountry.partner_code), own_countries(PartnerCountry.country_code)
            ),
        },
        fields=dict.fromkeys(("country", "openedOn", "closedOn", "successor"), EVERYONE),
    ),
    "Centre": Access(
        rows={
            **OPEN_TO_EVERYONE,
            Role.PARTNER_MANAGER: all_of(
                own_partner(Centre.partner_code), own_countries(Centre.country_code)
            ),
            Role.PARTNER_AGENT: all_of(own_partner(Centre.partner_code), own_centres(Centre.code)),
            Role.PARTNER_SERVICE: all_of(
                own_partner(Centre.partner_code), own_countries(Centre.country_code)
            ),
        },
        fields={
            "id": EVERYONE,
            "code": EVERYONE,
            "city": EVERYONE,
            "partner": EVERYONE,
            "country": EVERYONE,
            "openedOn": EVERYONE,
            "closedOn": EVERYONE,
            "successor": EVERYONE,
        },
    ),
    # Applications, pseudonymous. Partners and applicants see a stage, never a status or an outcome
    # in the making; applicants see the steps that they take or are notified of.
    "Application": Access(
        rows=APPLICATION_ROWS,
        fields={
            "id": FILE_READERS,
            "reference": FILE_READERS,
            "visaType": FILE_READERS,
            "extends": CASE_STAFF + APPLICANT,
            "tripPurpose": FILE_READERS,
            "nationality": FILE_READERS,
            "channel": FILE_READERS,
            "partner": FILE_READERS,
            "country": FILE_READERS,
            "centre": FILE_READERS,
            "successor": CASE_READERS,
            "leftPartnerAt": CASE_READERS,
            "groupReference": CASE_READERS,
            "entryOn": FILE_READERS,
            "useWithinDays": FILE_READERS,
            "submittedAt": FILE_READERS,
            "receivedAt": FILE_READERS,
            "paidAt": FILE_READERS,
            "targetDueAt": FILE_READERS,
            "closedAt": CASE_READERS,
            "payBy": CASE_READERS,
            "answerBy": CASE_READERS,
            "decideBy": CASE_READERS,
            "fee": CASE_READERS,
            "bill": CASE_READERS,
            "documents": CASE_READERS,
            "uploads": CASE_READERS,
            "handInBy": ANSWER_READERS + PARTNERS + PARTNER_SERVICE,
            "requestedItems": CASE_READERS,
            "refusalIntention": CASE_READERS,
            "stage": CASE_STAFF + PARTNERS + APPLICANT + PARTNER_SERVICE,
            "status": CASE_STAFF,
            "events": CASE_STAFF + APPLICANT,
            "allowed": STEP_TAKERS,
            "applicant": FILE_READERS,
            "decision": OUTCOME_READERS,
            "decisions": CASE_STAFF,
            "assignments": CASE_STAFF,
            "isReferred": CASE_WORKERS,
            "isLinked": CASE_STAFF,
            "isUrgent": CASE_STAFF,
            "isHeld": SUPERVISOR,
            "isVisaHeld": SUPERVISOR,
            "hasOpenHit": SUPERVISOR,
            "grantCheck": ANSWER_READERS,
            "withheldDecision": ANSWER_READERS,
            "corrections": CORRECTION_READERS,
            "guarantors": IDENTITY_READERS,
            "guardians": IDENTITY_READERS,
            "notes": CASE_WORKERS,
            "legalHolds": ANSWER_READERS,
            "screenings": ANSWER_READERS,
        },
    ),
    # Bills. The treasury lists what is paid under a code, one bill for a family, and reads nothing
    # of the case; everybody else reads the share of each file. Supervisors and auditors list those
    # that were reversed.
    "Bill": Access(
        rows={
            **of_reached_cases(Bill.application_id),
            Role.OFFICER: is_null(Bill.family_id),
            Role.SUPERVISOR: is_null(Bill.family_id),
            Role.AUDITOR: is_null(Bill.family_id),
            Role.TREASURY: is_null(Bill.family_code),
        },
        fields={
            "id": BILL_READERS,
            "code": BILL_READERS,
            "fee": BILL_READERS,
            "familyFee": BILL_READERS,
            "issuedAt": BILL_READERS,
            "dueAt": BILL_READERS,
            "paidAt": BILL_READERS,
            "receiptNumber": BILL_READERS,
            # What followed in the case may be a hold.
            "reversedAt": BILL_READERS,
            **dict.fromkeys(("reversalNumber", "reversalEffect"), TREASURY + ANSWER_READERS),
            "application": ANSWER_READERS,
        },
    ),
    # The codes that bills had before, for those who look for what was paid.
    "FormerBill": Access(
        rows=dict.fromkeys(TREASURY + ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                *("id", "code", "issuedAt", "dueAt", "renewedAt", "bill"),
                *("paidAt", "receiptNumber", "reversedAt", "reversalNumber"),
            ),
            TREASURY + ANSWER_READERS,
        )
        | {"familyBill": TREASURY},
    ),
    # The documents that belong to a file, and which of them are there.
    "CaseDocument": Access(
        rows=of_reached_cases(CaseDocument.application_id),
        fields={
            "kind": CASE_READERS,
            "recordedAt": CASE_READERS,
            "recordedBy": CASE_STAFF,
        },
    ),
    # The bytes of documents. What is awaited is for whoever hands the file in; a partner's system
    # sends what it announced, and reads none of it again.
    "DocumentUpload": Access(
        rows={
            Role.OFFICER: a_document_that_was_sent,
            Role.SUPERVISOR: a_document_that_was_sent,
            Role.AUDITOR: a_document_that_was_sent,
            Role.PARTNER_MANAGER: all_of(
                in_the_past(DocumentUpload.sent_at), of_an_upload(in_own_countries)
            ),
            Role.PARTNER_AGENT: of_an_upload(at_own_place),
            Role.APPLICANT: of_an_upload(lodged_by_oneself),
            Role.PARTNER_SERVICE: all_of(
                own_subject(DocumentUpload.requested_by), of_an_upload(in_own_countries)
            ),
        },
        fields={
            **dict.fromkeys(("id", "kind", "format", "size", "state", "completedAt"), CASE_READERS),
            **dict.fromkeys(("ticket", "expiresAt"), SUBMITTERS),
            **dict.fromkeys(
                ("locator", "sha256", "registeredSha256"), CASE_STAFF + PARTNER_SERVICE
            ),
            "requestedBy": CASE_STAFF,
            "content": CONTENT_READERS,
        },
    ),
    # What is in them is read like identity: for a case, and logged.
    "DocumentContent": Access(
        rows={
            Role.OFFICER: of_a_content(all_of(the_named_case, working_on_it)),
            Role.SUPERVISOR: of_a_content(the_named_case),
            Role.PARTNER_AGENT: of_a_content(
                all_of(the_named_case_or_any, at_own_place_being_taken_in)
            ),
            Role.APPLICANT: of_a_content(lodged_by_oneself),
        },
        fields={"link": CONTENT_READERS},
    ),
    # What applicants are asked for. The officer's note is for those who hand it in.
    "RequestedItem": Access(
        rows=of_reached_cases(RequestedItem.application_id),
        fields={
            "kind": CASE_READERS,
            "note": CASE_STAFF + AGENT + APPLICANT,
            "requestedAt": CASE_READERS,
            "answeredAt": CASE_READERS,
            "answeredWith": CASE_READERS,
            "answeredBy": CASE_STAFF,
            "answer": TYPED_ANSWER_READERS,
        },
    ),
    # What was answered: read like identity, and logged.
    "ItemAnswer": Access(
        rows=of_answers(ItemAnswer.application_id),
        fields=dict.fromkeys(
            ("text", "day", "country", "street", "city", "province", "postalCode"),
            TYPED_ANSWER_READERS,
        ),
    ),
    # What applicants are told before a refusal, and may answer once. The grounds are for those who
    # answer; a manager, who reads what waits for an applicant, reads that there is such a wait.
    "RefusalIntention": Access(
        rows=of_reached_cases(RefusalIntention.application_id),
        fields={
            **dict.fromkeys(("announcedAt", "endedAt", "answeredAt"), CASE_READERS),
            **dict.fromkeys(("grounds", "documents"), CASE_STAFF + SUBMITTERS),
            "note": CASE_STAFF + AGENT + APPLICANT,
            "announcedBy": CASE_STAFF,
            "answeredBy": CASE_STAFF,
            "answer": TYPED_ANSWER_READERS,
        },
    ),
    "IntentionAnswer": Access(
        rows=of_answers(IntentionAnswer.application_id), fields={"text": TYPED_ANSWER_READERS}
    ),
    # What those who work on a case note for each other, of the case and of linked files: read like
    # identity, and logged. Of two officers who decide, each for themselves, the second does not
    # read what the first noted.
    "CaseNote": Access(
        rows={
            Role.OFFICER: all_of(
                any_of(is_null(CaseNote.first_of_two), own_subject(CaseNote.first_of_two)),
                of_people_in_reach(CaseNote.applicant_id)[Role.OFFICER],
            ),
            Role.SUPERVISOR: of_case_of_answer(CaseNote.application_id, the_named_case),
        },
        fields=dict.fromkeys(("author", "writtenAt", "text"), CASE_WORKERS),
    ),
    "ApplicationFacets": Access(
        fields={"stage": CASE_READERS, "status": CASE_STAFF},
    ),
    "StageFacet": Access(fields={"value": CASE_READERS, "count": CASE_READERS}),
    "StatusFacet": Access(fields={"value": CASE_STAFF, "count": CASE_STAFF}),
    "ApplicationEvent": Access(
        rows={
            Role.OFFICER: not_supervision,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: not_a_hold,
            Role.APPLICANT: all_of(
                own_steps,
                reached_through(ApplicationEvent.application_id, Application.id, lodged_by_oneself),
            ),
        },
        fields={
            # A gap in the numbers would reveal a hold.
            "sequence": SUPERVISOR,
            "kind": CASE_STAFF + APPLICANT,
            "occurredAt": CASE_STAFF + APPLICANT,
            "actor": CASE_STAFF,
            "actorRole": CASE_STAFF,
            # The reason of a hold reveals the hold, so it is read with its event alone.
            "reason": CASE_STAFF,
        },
    ),
    # Which steps can be taken now, as far as the role reads what decides it.
    "AllowedStep": Access(
        fields={
            **dict.fromkeys(("step", "isAllowed", "reason"), STEP_TAKERS),
            "outcomes": CASE_WORKERS,
        },
    ),
    "AllowedOutcome": Access(
        fields=dict.fromkeys(("outcome", "isAllowed", "reason"), CASE_WORKERS)
    ),
    # Why a change was refused, for the roles that can make it; about a case, only as far as the
    # role reads it.
    "MutationError": Access(fields=dict.fromkeys(("code", "message", "path"), CHANGERS)),
    "InputError": Access(fields=dict.fromkeys(("code", "message", "path"), CHANGERS)),
    # Those who submit an application read what fits instead.
    "EligibilityError": Access(
        fields=dict.fromkeys(("code", "message", "path", "eligibleVisaTypes"), SUBMITTERS),
    ),
    # And until when a passport must be valid.
    "PassportError": Access(
        fields=dict.fromkeys(("code", "message", "path", "neededUntil"), SUBMITTERS),
    ),
    # Those who hand a file over read what it lacks.
    "DocumentsError": Access(
        fields=dict.fromkeys(("code", "message", "path", "missingDocuments"), HANDING_OVER),
    ),
    "CaseError": Access(
        fields={
            "code": STEP_TAKERS,
            "message": STEP_TAKERS,
            "path": STEP_TAKERS,
            "currentStatus": CASE_WORKERS,
            "currentStage": AGENT + APPLICANT + PARTNER_SERVICE,
        },
    ),
    "Assignment": Access(
        rows={
            Role.OFFICER: not_a_supervisors,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
        },
        fields={
            "officer": CASE_STAFF,
            "assignedAt": CASE_STAFF,
            "endedAt": CASE_STAFF,
            # Who took a case off a desk would reveal a hit to an officer.
            "assignedBy": ANSWER_READERS,
            "endedBy": ANSWER_READERS,
            "reason": ANSWER_READERS,
        },
    ),
    "Decision": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_AGENT: reached_through(
                Decision.application_id, Application.id, at_own_place_to_hand_over
            ),
            Role.APPLICANT: reached_through(
                Decision.application_id, Application.id, lodged_by_oneself
            ),
            Role.PARTNER_SERVICE: reached_through(
                Decision.application_id, Application.id, in_own_countries_to_hand_over
            ),
        },
        fields={
            "id": OUTCOME_READERS,
            "outcome": OUTCOME_READERS,
            "decidedAt": OUTCOME_READERS,
            "grounds": CASE_STAFF,
            "isIncomplete": AGENT,
            "publicReasons": APPLICANT,
            "conditions": OUTCOME_READERS,
            "officer": CASE_STAFF,
            "grantRule": CASE_STAFF,
            "internalNote": CASE_STAFF,
            "supersedes": CASE_STAFF,
            "visa": OUTCOME_READERS,
        },
    ),
    # The first of two decisions: nobody who works on the case learns of it.
    "WithheldDecision": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            ("outcome", "grounds", "conditions", "decidedAt", "officer", "internalNote"),
            ANSWER_READERS,
        ),
    ),
    # A visa reveals the outcome, and is read like it; a corrected grant leaves none.
    "Visa": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_AGENT: all_of(
                is_null(Visa.superseded_at),
                reached_through(Visa.application_id, Application.id, at_own_place_to_hand_over),
            ),
            Role.APPLICANT: all_of(
                is_null(Visa.superseded_at),
                reached_through(Visa.application_id, Application.id, lodged_by_oneself),
            ),
            Role.PARTNER_SERVICE: all_of(
                is_null(Visa.superseded_at),
                reached_through(Visa.application_id, Application.id, in_own_countries_to_hand_over),
            ),
        },
        fields={
            "number": OUTCOME_READERS,
            "issuedAt": OUTCOME_READERS,
            "useBy": OUTCOME_READERS,
            "stayDays": OUTCOME_READERS,
            "extendedDays": OUTCOME_READERS,
            "revokedAt": OUTCOME_READERS,
            "returnedAt": OUTCOME_READERS,
            "supersededAt": CASE_STAFF,
            "document": APPLICANT,
            # Who reads where the holder is; that a visa is held is told to supervisors alone.
            "usability": ANSWER_READERS + APPLICANT,
            "presence": ANSWER_READERS + APPLICANT,
            "stay": ANSWER_READERS + APPLICANT,
        },
    ),
    # Where the holders of visas are. Border control reads of those who overstay.
    "Stay": Access(
        rows={
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.BORDER: in_the_past(Stay.overstays_at),
            Role.APPLICANT: reached_through(Stay.application_id, Application.id, lodged_by_oneself),
        },
        fields=dict.fromkeys(
            (
                *("id", "visaNumber", "presence", "enteredOn", "departedOn", "until"),
                "overstaysAt",
            ),
            STAY_READERS,
        )
        | {"confirmedAt": ANSWER_READERS + BORDER},
    ),
    # What border control reported and what fits no visa. Reports that fit one are read as movements
    # of their person alone: for the case of the purpose, like identity, and logged.
    "Crossing": Access(
        rows=dict.fromkeys(ANSWER_READERS, is_null(Crossing.matched_at)),
        fields=dict.fromkeys(
            (
                *("id", "reportKey", "visaNumber", "direction", "crossedAt", "port"),
                *("reportedAt", "reportedBy"),
            ),
            ANSWER_READERS,
        ),
    ),
    "Movement": Access(
        rows=of_moved_people(Movement.applicant_id),
        fields=dict.fromkeys(("direction", "crossedAt", "port", "visaNumber"), MOVEMENT_READERS),
    ),
    # The visa in hand names its holder, so it is read like identity: logged, by the holder, and by
    # the partner's system that fetched it, for the case that it is delivered for.
    "VisaDocument": Access(
        rows={
            Role.APPLICANT: of_a_visa_in_hand(lodged_by_oneself),
            Role.PARTNER_SERVICE: all_of(
                own_subject(VisaDocument.fetched_by),
                recent(VisaDocument.fetched_at, days=REMEMBERED_DAYS),
                of_a_visa_to_deliver,
            ),
        },
        fields=dict.fromkeys(("issuedAt", "code", "proof", "pdf"), APPLICANT + PARTNER_SERVICE),
    ),
    # How readers tell a true document: the keys that sign, and what was taken back.
    "VisaKey": Access(
        rows=OPEN_TO_EVERYONE,
        fields=dict.fromkeys(
            ("id", "keyId", "publicKey", "firstSeenAt", "retiredAt", "revokedAt"), EVERYONE
        ),
    ),
    "TakenBackList": Access(
        rows=OPEN_TO_EVERYONE, fields=dict.fromkeys(("signedAt", "note"), EVERYONE)
    ),
    "Screening": Access(
        rows={
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.SCREENING: is_open_question,
        },
        fields={
            "id": ANSWER_READERS + SCREENING,
            "kind": ANSWER_READERS + SCREENING,
            "result": ANSWER_READERS + SCREENING,
            "requestedAt": ANSWER_READERS + SCREENING,
            "referralReason": ANSWER_READERS + SCREENING,
            "referralNote": ANSWER_READERS + SCREENING,
            "answeredAt": ANSWER_READERS,
            "answeredBy": ANSWER_READERS,
            "confirmedBy": ANSWER_READERS,
            "listVersion": ANSWER_READERS,
            "ruleVersion": ANSWER_READERS,
            "voidedAt": ANSWER_READERS,
            "proposed": ANSWER_READERS + SCREENING,
            "proposedBy": ANSWER_READERS + SCREENING,
            "reason": ANSWER_READERS + SCREENING,
            "application": SCREENING,
            "position": SCREENING,
            "ban": SUPERVISOR,
            "banMatches": BANNED_PERSON_READERS,
        },
    ),
    # Whom the list of today would have stopped, in counts and cases; the system reads the people.
    "ScreeningReplay": Access(
        rows={Role.SUPERVISOR: every_row},
        fields=dict.fromkeys(
            (
                "id",
                "askedAt",
                "askedBy",
                "listVersion",
                "ruleVersion",
                "completedAt",
                "lines",
                "candidates",
            ),
            SUPERVISOR,
        ),
    ),
    "ScreeningReplayLine": Access(
        rows={Role.SUPERVISOR: every_row},
        fields=dict.fromkeys(
            ("listVersion", "ruleVersion", "files", "unread", "candidates"), SUPERVISOR
        ),
    ),
    "ScreeningReplayCandidate": Access(
        rows={Role.SUPERVISOR: every_row},
        fields=dict.fromkeys(("application", "foundAt", "listVersion", "ruleVersion"), SUPERVISOR),
    ),
    # The entry-ban list. The person that an entry is about is behind a link of its own, whose reads
    # are logged.
    "BanEntry": Access(
        rows=dict.fromkeys(BAN_READERS, every_row),
        fields={
            **dict.fromkeys(
                (
                    "id",
                    "reference",
                    "ground",
                    "reason",
                    "state",
                    "bannedFrom",
                    "bannedUntil",
                    "proposedBy",
                    "proposedAt",
                    "approvedBy",
                    "approvedAt",
                    "rejectedBy",
                    "rejectedAt",
                    "rejectReason",
                    "withdrawalProposedBy",
                    "withdrawalProposedAt",
                    "withdrawalReason",
                    "withdrawnBy",
                    "withdrawnAt",
                ),
                BAN_READERS,
            ),
            "person": BANNED_PERSON_READERS,
            "reads": AUDITOR,
        },
    ),
    "BannedPerson": Access(
        rows={
            Role.SUPERVISOR: any_of(the_named_entry, matching_a_case(the_named_case)),
            Role.SCREENING: any_of(
                the_named_entry, matching_a_case(all_of(the_named_case, of_an_open_question))
            ),
        },
        fields=dict.fromkeys(
            ("passportIssuingState", "passportNumber", "fullName", "birthDate"),
            BANNED_PERSON_READERS,
        ),
    ),
    "BanRead": Access(
        rows=dict.fromkeys(AUDITOR, every_row),
        fields=dict.fromkeys(
            ("occurredAt", "actor", "actorRole", "purpose", "caseReference", "fields"), AUDITOR
        ),
    ),
    "BanMatch": Access(
        rows={
            Role.SUPERVISOR: is_null(BanMatch.ended_at),
            Role.SCREENING: all_of(
                is_null(BanMatch.ended_at),
                reached_through(BanMatch.application_id, Application.id, of_an_open_question),
            ),
        },
        fields=dict.fromkeys(("by", "foundAt", "ban"), BANNED_PERSON_READERS),
    ),
    # People: under a pseudonym, and who they are, behind a link of its own.
    "Applicant": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_MANAGER: reached_through(
                Applicant.id, Application.applicant_id, in_own_countries
            ),
            Role.PARTNER_AGENT: reached_through(
                Applicant.id, Application.applicant_id, at_own_place
            ),
            Role.APPLICANT: own_subject(Applicant.account),
            Role.PARTNER_SERVICE: reached_through(
                Applicant.id, Application.applicant_id, in_own_countries
            ),
            Role.SCREENING: reached_through(
                Applicant.id, Application.applicant_id, of_an_open_question
            ),
        },
        fields={
            "id": FILE_READERS,
            "nationality": FILE_READERS,
            "applications": CASE_READERS,
            "passportLastFour": LAST_FOUR_READERS,
            "identity": IDENTITY_READERS,
            "identityAbsence": PURPOSE_STATERS,
            "identityVersions": IDENTITY_READERS,
            "movements": MOVEMENT_READERS,
            "breachNotices": DATA_REQUEST_READERS,
            "accessEvents": AUDITOR + APPLICANT,
            "linked": CASE_STAFF,
            "linkerReads": AUDITOR,
            "erasedAt": CASE_STAFF,
            "erasure": ANSWER_READERS,
        },
    ),
    # Behind `Applicant.passportLastFour`, which is null out of its reach: an officer reads it for
    # the people on the officer's own desk and for those surely linked to them, so it is null in
    # lists of others.
    "PassportEnding": Access(
        rows={
            Role.OFFICER: any_of(
                reached_through(
                    PassportEnding.applicant_id, Application.applicant_id, on_the_own_desk
                ),
                reached_through(
                    PassportEnding.applicant_id, PersonLink.linked_id, is_linked_to_the_own_desk
                ),
            ),
            Role.SUPERVISOR: every_row,
            Role.PARTNER_AGENT: reached_through(
                PassportEnding.applicant_id, Application.applicant_id, at_own_place
            ),
            Role.APPLICANT: reached_through(
                PassportEnding.applicant_id, Applicant.id, own_subject(Applicant.account)
            ),
        },
        fields={"lastFour": LAST_FOUR_READERS},
    ),
    # Other files of the same person. Partners and applicants learn nothing of it.
    "PersonLink": Access(
        rows=dict.fromkeys(CASE_STAFF, every_row),
        fields=dict.fromkeys(
            (
                "id",
                "reason",
                "state",
                "foundAt",
                "applicant",
                "resolvedAt",
                "resolvedBy",
                "resolution",
            ),
            CASE_STAFF,
        ),
    ),
    # Numbers of links alone.
    "LinkFigures": Access(
        fields=dict.fromkeys(("certain", "confirmed", "rejected", "waiting"), ANSWER_READERS)
    ),
    # Requests of people about their data: answered by the auditor, and read by the person who
    # asked.
    "DataRequest": Access(
        rows={Role.AUDITOR: every_row, Role.APPLICANT: own_subject(DataRequest.account)},
        fields={
            **dict.fromkeys(
                (
                    "id",
                    "reference",
                    "kind",
                    "state",
                    "lodgedAt",
                    "lodgedRole",
                    "dueAt",
                    "applicant",
                    "answeredAt",
                    "reason",
                    "erasure",
                    "legalBasis",
                ),
                DATA_REQUEST_READERS,
            ),
            "lookupsComparedAt": DATA_REQUEST_READERS,
            **dict.fromkeys(
                ("lodgedBy", "answeredBy", "lookupsProposedBy", "lookupsApprovedBy", "lookups"),
                AUDITOR,
            ),
        },
    ),
    # Complaints. Who is complained about is in what they say, which is read like identity, for a
    # purpose that names the complaint, and logged.
    "Complaint": Access(
        rows=COMPLAINT_ROWS,
        fields={
            **dict.fromkeys(
                (
                    *("id", "reference", "isOpen", "lodgedAt", "dueAt", "application", "centre"),
                    *("answeredRole", "answeredAt", "text"),
                ),
                COMPLAINT_READERS,
            ),
            **dict.fromkeys(("kind", "partner", "country", "sortedAt"), COMPLAINT_STAFF),
            **dict.fromkeys(("entrustedTo", "entrustedAt", "answeredBy"), ANSWER_READERS),
            **dict.fromkeys(("sortedBy", "entrustedBy", "reads"), AUDITOR),
        },
    ),
    "ComplaintText": Access(
        rows={
            **{
                role: of_named_complaints(role)
                for role in (Role.AUDITOR, Role.SUPERVISOR, Role.PARTNER_MANAGER)
            },
            Role.APPLICANT: reached_through(
                ComplaintText.complaint_id, Complaint.id, COMPLAINT_ROWS[Role.APPLICANT]
            ),
        },
        fields=dict.fromkeys(("complaint", "answer"), COMPLAINT_READERS),
    ),
    "ComplaintRead": Access(
        rows=dict.fromkeys(AUDITOR, every_row),
        fields=dict.fromkeys(("occurredAt", "actor", "actorRole", "purpose", "fields"), AUDITOR),
    ),
    # Whether digests are kept would reveal a refusal, a revocation or a ban.
    "Erasure": Access(
        rows={
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.APPLICANT: reached_through(
                Erasure.data_request_id, DataRequest.id, own_subject(DataRequest.account)
            ),
        },
        fields={
            **dict.fromkeys(
                ("cause", "orderedAt", "erasedAt", "keysDeletedAt", "copiesEndAt"),
                SUPERVISOR + DATA_REQUEST_READERS,
            ),
            "indexRemovedAt": ANSWER_READERS,
        },
    ),
    "LegalHold": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                "id",
                "reason",
                "heldBy",
                "heldAt",
                "releasedBy",
                "releasedAt",
                "releaseReason",
                "application",
            ),
            ANSWER_READERS,
        ),
    ),
    # Money that fits no bill, for those who receive it and those who audit them.
    "UnmatchedPayment": Access(
        rows=dict.fromkeys(TREASURY + AUDITOR, every_row),
        fields=dict.fromkeys(
            (
                *("id", "receiptNumber", "billingCode", "paid", "state", "keptBy", "keptAt"),
                "formerBill",
                *("recommendedBy", "reason", "recommendedAt", "recommendedBill"),
                *("secondedBy", "secondReason", "secondedAt", "assignedTo", "assignedAt"),
                *("orderNumber", "orderedOn", "orderedBy", "orderRecordedAt"),
                *("reversedAt", "reversalNumber"),
            ),
            TREASURY + AUDITOR,
        ),
    ),
    # Breaches and their notices. Others learn from an alert that these are overdue.
    "Breach": Access(
        rows={
            Role.AUDITOR: every_row,
            Role.APPLICANT: any_of(
                reached_through(Breach.id, BreachNotice.breach_id, notice_to_oneself),
                notice_to_everybody,
            ),
        },
        fields={
            **dict.fromkeys(
                (
                    *("description", "dueAt", "viewer", "recordedBy", "recordedAt"),
                    *("institutionNotice", "institutionNotifiedBy", "institutionNotifiedAt"),
                    *("peopleNotice", "peopleReached", "peopleNotified", "peopleNotifiedBy"),
                    *("closeReason", "closedBy", "closedAt", "isOpen"),
                ),
                AUDITOR,
            ),
            **dict.fromkeys(
                ("id", "noticedAt", "windowFrom", "windowBefore", "inWords", "peopleNotifiedAt"),
                DATA_REQUEST_READERS,
            ),
        },
    ),
    # Each person sees the own ones: what they were told, and what of theirs was read.
    "BreachNotice": Access(
        rows={Role.AUDITOR: every_row, Role.APPLICANT: notice_to_oneself},
        fields=dict.fromkeys(("breach", "fields", "toldAt"), DATA_REQUEST_READERS),
    ),
    # Who looked people up: never for whom, but for those whom a request of theirs has.
    "PersonLookup": Access(
        rows={
            Role.OFFICER: own_subject(PersonLookup.actor),
            Role.SUPERVISOR: any_of(
                own_subject(PersonLookup.actor),
                reached_through(PersonLookup.case_reference, Inquiry.reference, under_review),
            ),
            Role.AUDITOR: every_row,
        },
        fields=dict.fromkeys(
            (
                "id",
                "occurredAt",
                "actor",
                "actorRole",
                "purpose",
                "caseReference",
                "by",
                "found",
            ),
            CASE_STAFF,
        ),
    ),
    # Operations on keys: neither a key nor its owner.
    "KeyOperation": Access(
        rows=dict.fromkeys(AUDITOR, every_row),
        fields=dict.fromkeys(
            (
                "id",
                "kind",
                "occurredAt",
                "usedFor",
                "operator",
                "fromKey",
                "toKey",
                "keys",
                "reason",
            ),
            AUDITOR,
        ),
    ),
    # How the installation runs.
    "Installation": Access(
        fields={
            "checkpoint": AUDITOR,
            "version": ADMINISTRATOR,
            "database": ADMINISTRATOR,
            "faults": ADMINISTRATOR,
            "jobs": ADMINISTRATOR,
            "work": ADMINISTRATOR,
            "keys": ADMINISTRATOR,
            "process": ADMINISTRATOR,
        }
    ),
    "InstallationDatabase": Access(fields=dict.fromkeys(("revision", "postgres"), ADMINISTRATOR)),
    "InstallationFault": Access(
        fields=dict.fromkeys(("name", "stops", "why", "remedy"), ADMINISTRATOR)
    ),
    "InstallationJob": Access(
        fields=dict.fromkeys(
            ("name", "startedAt", "lastPassedAt", "milliseconds", "failures", "isLate"),
            ADMINISTRATOR,
        ),
    ),
    # The process that answers. Who used up a budget is not said, nor what anybody asked.
    "GatewayProcess": Access(
        fields=dict.fromkeys(
            (
                "startedAt",
                "running",
                "waiting",
                "connections",
                "connectionsInUse",
                "budget",
                "budgetUse",
                "slowDocuments",
            ),
            ADMINISTRATOR,
        ),
    ),
    "BudgetUse": Access(fields=dict.fromkeys(("role", "viewers", "leastLeft"), ADMINISTRATOR)),
    "SlowDocument": Access(
        fields=dict.fromkeys(
            ("client", "operation", "sha256", "times", "meanMilliseconds", "mostMilliseconds"),
            ADMINISTRATOR,
        ),
    ),
    "InstallationWork": Access(
        fields=dict.fromkeys(
            ("kind", "waiting", "waitingSince", "lastDoneAt", "isLate"), ADMINISTRATOR
        ),
    ),
    "InstallationKey": Access(fields=dict.fromkeys(("usedFor", "key", "since"), ADMINISTRATOR)),
    # Registered documents, without their texts.
    "TrustedDocument": Access(
        fields=dict.fromkeys(
            ("sha256", "operations", "clients", "registeredAt", "registeredBy", "verdicts"),
            ADMINISTRATOR,
        ),
    ),
    "DocumentVerdict": Access(
        fields=dict.fromkeys(("role", "canRun", "cost", "refused", "mistake"), ADMINISTRATOR)
    ),
    "AccountCheckpoint": Access(
        fields=dict.fromkeys(("signedAt", "entries", "waiting"), AUDITOR),
    ),
    "LinkerRead": Access(
        rows=dict.fromkeys(AUDITOR, every_row),
        fields=dict.fromkeys(("reader", "version", "readAt", "fields"), AUDITOR),
    ),
    # Who asked whether visas can be used: never about whom.
    "VisaCheck": Access(
        rows={Role.AUDITOR: every_row},
        fields=dict.fromkeys(
            (
                *("id", "occurredAt", "actor", "actorRole", "flightNumber", "departsOn"),
                "isUsable",
            ),
            AUDITOR,
        ),
    ),
    # Corrections of people on file, without what is corrected. Their outcome reveals how the case
    # ended, so partners read it for as long as they read that.
    "Correction": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_AGENT: reached_through(
                Correction.application_id, Application.id, at_own_place_until_handed_over
            ),
            Role.APPLICANT: reached_through(
                Correction.application_id, Application.id, lodged_by_oneself
            ),
            Role.PARTNER_SERVICE: reached_through(
                Correction.application_id, Application.id, in_own_countries_until_handed_over
            ),
        },
        fields={
            "id": CORRECTION_READERS,
            "version": CORRECTION_READERS,
            "state": CORRECTION_READERS,
            "proposedAt": CORRECTION_READERS,
            "proposedBy": CASE_STAFF,
            "proposedRole": CORRECTION_READERS,
            "approvedAt": CASE_STAFF,
            "approvedBy": CASE_STAFF,
            "closedAt": CORRECTION_READERS,
            "closedBy": CASE_STAFF,
            "reason": CORRECTION_READERS,
        },
    ),
    "Identity": Access(
        rows=of_people_in_reach(Identity.applicant_id),
        fields=dict.fromkeys(OF_A_PERSON, IDENTITY_READERS),
    ),
    # Who they were before a correction, or are proposed to be: for the same readers, and logged
    # alike.
    "IdentityVersion": Access(
        rows=of_people_in_reach(IdentityVersion.applicant_id),
        fields=dict.fromkeys(
            ("number", *OF_A_PERSON, "nationality", "writtenAt", "validFrom", "validUntil"),
            IDENTITY_READERS,
        ),
    ),
    # Who answers for them in a case: for the same readers, and logged alike.
    "Guarantor": Access(
        rows=of_people_in_reach(Guarantor.applicant_id),
        fields=dict.fromkeys(
            (
                *("kind", "name", "registrationNumber", "street", "city", "province"),
                *("postalCode", "validFrom", "validUntil"),
            ),
            IDENTITY_READERS,
        ),
    ),
    "Guardian": Access(
        rows=of_people_in_reach(Guardian.applicant_id),
        fields=dict.fromkeys(
            ("kind", "name", "relation", "phone", "consentedAt", "validFrom", "validUntil"),
            IDENTITY_READERS,
        ),
    ),
    # Who read whose identity.
    "AccessEvent": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.OFFICER: own_subject(AccessEvent.actor),
            Role.SUPERVISOR: any_of(
                own_subject(AccessEvent.actor),
                reached_through(AccessEvent.case_reference, Inquiry.reference, under_review),
            ),
            Role.PARTNER_MANAGER: all_of(
                own_partner(AccessEvent.actor_partner_code),
                own_countries(AccessEvent.actor_country_code),
            ),
            Role.PARTNER_AGENT: own_subject(AccessEvent.actor),
            Role.SCREENING: own_subject(AccessEvent.actor),
            Role.AUDITOR: every_row,
            Role.APPLICANT: all_of(read_of_oneself, shown_to_oneself),
        },
        counts_only=LEADERSHIP,
        fields={
            "id": CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
            "occurredAt": CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
            "actor": CASE_STAFF + PARTNERS + SCREENING,
            "actorRole": CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
            "purpose": CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
            "caseReference": CASE_STAFF + PARTNERS + SCREENING,
            "fields": CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
            "inWords": APPLICANT,
            "proof": APPLICANT,
            "applicant": CASE_STAFF + APPLICANT,
        },
    ),
    "MyData": Access(
        fields=dict.fromkeys(
            ("applicant", "keptSince", "note", "visaChecks", "lookups", "breaches"), APPLICANT
        )
    ),
    # Which authority looked for oneself, why and when: not who, nor for which case.
    "MyLookup": Access(fields=dict.fromkeys(("lookedUpOn", "lookedUpBy", "purpose"), APPLICANT)),
    # Which authority checked a visa of one's own, and when: not who, nor what it was answered.
    "MyVisaCheck": Access(
        fields=dict.fromkeys(("checkedOn", "checkedBy", "flightNumber"), APPLICANT)
    ),
    # Alerts, for others than the viewer whom they are about.
    "Alert": Access(
        rows={Role.SUPERVISOR: alerts_to_supervisors, Role.AUDITOR: every_row},
        fields=dict.fromkeys(
            (
                "id",
                "position",
                "raisedAt",
                "kind",
                "actor",
                "actorRole",
                "isOpen",
                "closedAt",
                "closedBy",
                "closeReason",
                "inquiry",
                "budgetException",
                "applicant",
                "banEntry",
                "complaint",
                "application",
            ),
            ANSWER_READERS,
        ),
    ),
    # Supervision that names no case: who looked, why, and what the reviewer says of it. The people
    # whom it opened are read by the supervisor who opened it, and by others while they review it;
    # the people themselves learn of it from the log of reads, and reach these rows for that alone.
    "Inquiry": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                "id",
                "reference",
                "reason",
                "minutes",
                "mostPeople",
                "openedBy",
                "openedAt",
                "approvedBy",
                "approvedAt",
                "endsAt",
                "lapsedAt",
                "isOpen",
                "seen",
                "people",
                "reviewDueAt",
                "isReviewed",
                "reviewedBy",
                "reviewedAt",
                "verdict",
                "reviewReason",
            ),
            ANSWER_READERS,
        ),
    ),
    # Who may read further people for a while, and which two supervisors say so.
    "BudgetException": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                *("id", "viewer", "role", "reason", "mostPeople", "minutes", "proposedBy"),
                *("proposedAt", "approvedBy", "approvedAt", "endsAt", "seen"),
            ),
            ANSWER_READERS,
        ),
    ),
    "InquiryPerson": Access(
        rows={
            Role.SUPERVISOR: reached_through(
                InquiryPerson.reference,
                Inquiry.reference,
                any_of(own_subject(Inquiry.opened_by), under_review),
            ),
            Role.AUDITOR: every_row,
            Role.APPLICANT: own_reviewed_inquiry,
        },
        counts_only=APPLICANT,
        fields=dict.fromkeys(("applicant", "openedAt"), ANSWER_READERS),
    ),
    # Whose reach was taken back. The viewer concerned learns of it from an error, and no more.
    "Suspension": Access(
        rows=dict.fromkeys(SUSPENSION_READERS, every_row),
        fields={
            "id": SUSPENSION_READERS,
            "partner": SUSPENSION_READERS,
            "subject": SUSPENSION_READERS,
            "reason": SUSPENSION_READERS,
            "suspendedBy": SUSPENSION_READERS,
            "suspendedAt": SUSPENSION_READERS,
            "endsAt": SUSPENSION_READERS,
            "confirmedBy": SUSPENSION_READERS,
            "confirmedAt": SUSPENSION_READERS,
            "liftProposedBy": SUSPENSION_READERS,
            "liftProposedAt": SUSPENSION_READERS,
            "liftedBy": SUSPENSION_READERS,
            "liftedAt": SUSPENSION_READERS,
            "liftReason": SUSPENSION_READERS,
        },
    ),
    # What one asked to be told of by mail; never where it goes.
    "MailSubscription": Access(
        rows=dict.fromkeys(EXACT_FIGURES, own_subject(MailSubscription.subject)),
        fields=dict.fromkeys(
            (
                "id",
                "occasion",
                "role",
                "country",
                "partner",
                "centre",
                "visaType",
                "language",
                "subscribedAt",
                "renewedAt",
                "endsAt",
                "isEnded",
                "mailedAt",
            ),
            EXACT_FIGURES,
        ),
    ),
    # Where a partner's system is told of its files: for the system, and for whoever manages it. The
    # secret is no field.
    "WebhookEndpoint": Access(
        rows=ENDPOINT_ROWS,
        fields=dict.fromkeys(
            (
                "id",
                "country",
                "url",
                "state",
                "registeredBy",
                "registeredAt",
                "approvedBy",
                "approvedAt",
                "secretAt",
                "pausedBy",
                "pausedAt",
                "resumedAt",
                "removedBy",
                "removedAt",
                "delivery",
                "notices",
            ),
            ENDPOINT_READERS,
        ),
    ),
    "WebhookDelivery": Access(
        rows=of_own_endpoints(WebhookDelivery.endpoint_id),
        fields=dict.fromkeys(
            ("lastNumber", "deliveredAt", "failures", "failingSince", "failure", "disabledAt"),
            ENDPOINT_READERS,
        ),
    ),
    "WebhookNotice": Access(
        rows=of_own_endpoints(WebhookNotice.endpoint_id),
        fields=dict.fromkeys(
            (
                "id",
                "number",
                "stage",
                "application",
                "writtenAt",
                "state",
                "settledAt",
                "attempts",
                "failure",
                "endpoint",
            ),
            ENDPOINT_READERS,
        ),
    ),
    # What readers of figures write. A view is its viewer's; those read a note in whose scope it is.
    "SavedView": Access(
        rows=dict.fromkeys(
            EXACT_FIGURES,
            all_of(own_subject(SavedView.subject), is_null(SavedView.removed_at)),
        ),
        fields=dict.fromkeys(("id", "name", "page", "query", "savedAt"), EXACT_FIGURES),
    ),
    "MonthNote": Access(
        rows={
            **dict.fromkeys(NATIONAL_FIGURES, is_null(MonthNote.removed_at)),
            **dict.fromkeys(
                PARTNERS,
                all_of(
                    own_partner(MonthNote.partner_code),
                    own_countries(MonthNote.country_code),
                    is_null(MonthNote.removed_at),
                ),
            ),
        },
        fields=dict.fromkeys(
            ("id", "month", "partner", "country", "text", "author", "writtenAt"), EXACT_FIGURES
        ),
    ),
    # Figures. Partners read a closed list of measures of their own scope, exactly: not what became
    # of a decision later. The public reads published figures, and so do managers.
    "VolumeRow": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_MANAGER: taken_in_in_own_countries,
            Role.PARTNER_AGENT: taken_in_at_own_place,
        },
        first_decided=dict.fromkeys(("granted", "refused", "refusalRate"), PARTNERS),
        published_to=PUBLISHED_FIGURES,
        fields={
            "region": FIGURES,
            "country": FIGURES,
            "nationality": FIGURES,
            "partner": EXACT_FIGURES,
            "centre": EXACT_FIGURES,
            "visaType": FIGURES,
            "tripPurpose": EXACT_FIGURES,
            "channel": EXACT_FIGURES,
            "period": FIGURES,
            "edition": PUBLISHED_FIGURES,
            "intake": FIGURES,
            "wip": EXACT_FIGURES,
            "backlog": EXACT_FIGURES,
            "wipAgeP50": EXACT_FIGURES,
            "wipAgeP90": EXACT_FIGURES,
            "wipAgeOldest": EXACT_FIGURES,
            "revenue": EXACT_FIGURES,
            "decisions": FIGURES,
            "granted": EXACT_FIGURES,
            "refused": FIGURES,
            "withdrawn": EXACT_FIGURES,
            "lapsed": EXACT_FIGURES,
            "overturned": NATIONAL_FIGURES,
            "refusalRate": FIGURES,
            "network": MANAGER,
            "turnaroundP50": FIGURES,
            "turnaroundP75": EXACT_FIGURES,
            "turnaroundP90": FIGURES,
            "turnaroundP95": EXACT_FIGURES,
            "turnaroundAdjustedP50": FIGURES,
            "turnaroundAdjustedP75": EXACT_FIGURES,
            "turnaroundAdjustedP90": FIGURES,
            "turnaroundAdjustedP95": EXACT_FIGURES,
            "targetRate": FIGURES,
            "targetRateIntake": EXACT_FIGURES,
            "clearanceRatio": EXACT_FIGURES,
            "infoRequestRate": EXACT_FIGURES,
            "handoverP90": EXACT_FIGURES,
        },
    ),
    "VolumeTable": Access(
        fields={
            "asOf": FIGURES,
            "completeFrom": FIGURES,
            "published": PUBLISHED_FIGURES,
            "rows": FIGURES,
        },
    ),
    # Of a visa type or nationality, where the rest of the network decided enough.
    "NetworkOutcomes": Access(
        fields=dict.fromkeys(("decisions", "granted", "refused", "refusalRate"), MANAGER),
    ),
    "VolumePublication": Access(
        fields={
            "edition": PUBLISHED_FIGURES,
            "publishedAt": PUBLISHED_FIGURES,
            "rounding": PUBLISHED_FIGURES,
            "threshold": PUBLISHED_FIGURES,
            "fewestDecisions": PUBLISHED_FIGURES,
            "note": PUBLISHED_FIGURES,
        },
    ),
    "WiderCell": Access(
        fields={
            "from": PUBLISHED_FIGURES,
            "to": PUBLISHED_FIGURES,
            "period": PUBLISHED_FIGURES,
            "groupBy": PUBLISHED_FIGURES,
            "dropped": PUBLISHED_FIGURES,
            "region": PUBLISHED_FIGURES,
            "country": PUBLISHED_FIGURES,
            "nationality": PUBLISHED_FIGURES,
            "visaType": PUBLISHED_FIGURES,
        },
    ),
    "VolumePeriod": Access(
        fields={"startsOn": FIGURES, "endsOn": FIGURES},
    ),
    # Findings are computed from what the viewer's own volumes answer.
    "FindingTable": Access(
        fields=dict.fromkeys(("asOf", "completeFrom", "rows", "evidence"), EXACT_FIGURES),
    ),
    "FigureEvidence": Access(
        fields=dict.fromkeys(
            ("checkpointSignedAt", "checkpointRoot", "edition", "publishedAt"), EXACT_FIGURES
        ),
    ),
    "Finding": Access(
        fields=dict.fromkeys(
            (
                "topic",
                "kind",
                "subject",
                "measure",
                "period",
                "direction",
                "isConcern",
                "numbers",
                "question",
                "precision",
                "sentence",
                "notes",
            ),
            EXACT_FIGURES,
        ),
    ),
    "FindingSubject": Access(
        fields=dict.fromkeys(("dimension", "code", "name"), EXACT_FIGURES),
    ),
    "FindingNumber": Access(
        fields=dict.fromkeys(("name", "unit", "value", "n", "low", "high"), EXACT_FIGURES),
    ),
    "FindingQuestion": Access(
        fields=dict.fromkeys(("from", "to", "groupBy", "where", "measures"), EXACT_FIGURES),
    ),
    "FindingCondition": Access(fields=dict.fromkeys(("dimension", "codes"), EXACT_FIGURES)),
    "BothLanguages": Access(fields=dict.fromkeys(("english", "indonesian"), EXACT_FIGURES)),
    # For the whole country: grounds of refusal, and what was referred to supervision.
    "RefusalGroundRow": Access(
        rows=dict.fromkeys(NATIONAL_FIGURES, every_row),
        fields={
            "ground": NATIONAL_FIGURES,
            "period": NATIONAL_FIGURES,
            "refused": NATIONAL_FIGURES,
        },
    ),
    "RefusalGroundTable": Access(fields={"asOf": NATIONAL_FIGURES, "rows": NATIONAL_FIGURES}),
    "ScreeningReferralRow": Access(
        rows=dict.fromkeys(LEADERSHIP + SUPERVISOR, every_row),
        fields={
            "period": LEADERSHIP + SUPERVISOR,
            "referred": LEADERSHIP + SUPERVISOR,
            "held": LEADERSHIP + SUPERVISOR,
        },
    ),
    "ScreeningReferralTable": Access(
        fields={"asOf": LEADERSHIP + SUPERVISOR, "rows": LEADERSHIP + SUPERVISOR}
    ),
    # What rules grant, and what people find in the sample: never for partners, or for officers, to
    # whom a sampled file looks like any other.
    "GrantRuleFigureRow": Access(
        rows=dict.fromkeys(LEADERSHIP + ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                *("visaType", "period", "byRule", "sampled", "sampleRefused"),
                *("decidedTwice", "differing"),
            ),
            LEADERSHIP + ANSWER_READERS,
        ),
    ),
    "GrantRuleFigureTable": Access(
        fields=dict.fromkeys(("asOf", "rows"), LEADERSHIP + ANSWER_READERS)
    ),
    # Who came by a visa: exact, of the whole country, and of no partner's files.
    "StayFigureRow": Access(
        rows=dict.fromkeys(LEADERSHIP + SUPERVISOR, every_row),
        fields=dict.fromkeys(
            (
                *("nationality", "visaType", "period"),
                *("inCountry", "overstays", "unused", "extensions"),
            ),
            LEADERSHIP + SUPERVISOR,
        ),
    ),
    "StayFigureTable": Access(
        fields={"asOf": LEADERSHIP + SUPERVISOR, "rows": LEADERSHIP + SUPERVISOR}
    ),
    # Complaints, by month. Where a supervisor is accused, a count would tell: they read of service
    # alone, like managers of their own scope.
    "ComplaintFigureRow": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.AUDITOR: every_row,
            Role.SUPERVISOR: of_service,
            Role.PARTNER_MANAGER: COMPLAINT_ROWS[Role.PARTNER_MANAGER],
        },
        fields=dict.fromkeys(("kind", "period", "lodged"), LEADERSHIP + COMPLAINT_STAFF),
    ),
    "ComplaintFigureTable": Access(
        fields=dict.fromkeys(("asOf", "rows"), LEADERSHIP + COMPLAINT_STAFF)
    ),
    # What officers do, for their supervisors: counts without any person of a case.
    "OfficerRow": Access(
        rows=dict.fromkeys(ANSWER_READERS, every_row),
        fields=dict.fromkeys(
            (
                "officer",
                "onDesk",
                "overdue",
                "decisions",
                "refused",
                "refusalRate",
                "expectedRefusalRate",
                "givenBack",
                "givenBackAfterReading",
                "givenBackAfterReadingRate",
                "expectedGivenBackAfterReadingRate",
            ),
            ANSWER_READERS,
        ),
    ),
    "OfficerTable": Access(fields={"asOf": ANSWER_READERS, "rows": ANSWER_READERS}),
    # How many people each viewer read: counts from a log in which each viewer reads only their own
    # rows.
    "ReaderRow": Access(
        fields=dict.fromkeys(
            (
                "viewer",
                "role",
                "people",
                "reads",
                "countedNow",
                "budget",
                "others",
                "lowerQuartile",
                "median",
                "upperQuartile",
                "isUnusual",
            ),
            ANSWER_READERS,
        )
    ),
    "ReaderTable": Access(fields={"asOf": ANSWER_READERS, "rows": ANSWER_READERS}),
    # Who applied through several partners, under pseudonyms: counted over files that are all in
    # reach.
    "PersonAtSeveralPartners": Access(
        fields=dict.fromkeys(
            (
                "applicant",
                "files",
                "partners",
                "countries",
                "granted",
                "refused",
                "firstSubmittedAt",
                "lastSubmittedAt",
            ),
            SUPERVISOR,
        )
    ),
    "PersonAtSeveralPartnersTable": Access(
        fields=dict.fromkeys(("asOf", "rate", "rows"), SUPERVISOR)
    ),
    # Whose identity was read, under pseudonyms: what a breach has reached.
    "PersonRead": Access(
        fields=dict.fromkeys(
            ("applicant", "reads", "firstReadAt", "lastReadAt", "viewers", "fields"), AUDITOR
        )
    ),
    "PersonReadTable": Access(
        fields=dict.fromkeys(("asOf", "keptSince", "people", "rows"), AUDITOR)
    ),
    "PersonInReach": Access(
        fields=dict.fromkeys(
            ("applicant", "inReachFrom", "inReachUntil", "ways", "caseReferences", "wasRead"),
            AUDITOR,
        )
    ),
    "PersonInReachTable": Access(fields=dict.fromkeys(("asOf", "peopleAtMost", "rows"), AUDITOR)),
    # Why an account could read a case, or could not. It counts rows, and shows none.
    "Explanation": Access(fields=dict.fromkeys(("at", "isSuspended", "rows"), AUDITOR)),
    "ExplainedRows": Access(
        fields=dict.fromkeys(
            (
                "type",
                "rule",
                "line",
                "fields",
                "rows",
                "byGateway",
                "byDatabase",
                "rowPolicy",
                "columns",
            ),
            AUDITOR,
        )
    ),
    # How well files were checked where they were taken in: each figure with the expected one.
    "InformationRequestRow": Access(
        fields=dict.fromkeys(
            ("partner", "country", "centre", "rate", "expectedRate"), ANSWER_READERS
        )
    ),
    "InformationRequestTable": Access(fields={"asOf": ANSWER_READERS, "rows": ANSWER_READERS}),
    "ObservedRate": Access(
        fields=dict.fromkeys(("cases", "of", "value", "low", "high"), ANSWER_READERS)
    ),
    "ExpectedRate": Access(
        fields=dict.fromkeys(
            ("value", "warningLow", "warningHigh", "controlLow", "controlHigh", "position"),
            ANSWER_READERS,
        )
    ),
    # Live changes. Roles that do not read every event of a case are sent only those that change
    # what they do read: the time of another would reveal it.
    "ApplicationChange": Access(
        rows={
            Role.OFFICER: no_change_of_a_hold,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: no_change_of_a_hold,
            Role.PARTNER_MANAGER: all_of(
                change_of_the_stage,
                reached_through(ApplicationChange.application_id, Application.id, in_own_countries),
            ),
            Role.PARTNER_AGENT: any_of(
                all_of(
                    change_of_the_stage,
                    reached_through(ApplicationChange.application_id, Application.id, at_own_place),
                ),
                all_of(
                    change_of_stage_or_decision,
                    reached_through(
                        ApplicationChange.application_id,
                        Application.id,
                        at_own_place_to_hand_over,
                    ),
                ),
            ),
            Role.APPLICANT: all_of(
                change_of_stage_or_decision,
                reached_through(
                    ApplicationChange.application_id, Application.id, lodged_by_oneself
                ),
            ),
            Role.PARTNER_SERVICE: any_of(
                all_of(
                    change_of_the_stage,
                    reached_through(
                        ApplicationChange.application_id, Application.id, in_own_countries
                    ),
                ),
                all_of(
                    change_of_stage_or_decision,
                    reached_through(
                        ApplicationChange.application_id,
                        Application.id,
                        in_own_countries_to_hand_over,
                    ),
                ),
            ),
        },
        fields={
            "position": CASE_READERS,
            "kind": CASE_STAFF,
            "application": CASE_READERS,
        },
    ),
    "VolumesChange": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_MANAGER: all_of(
                not_of_outcomes_alone,
                own_partner(VolumeChange.partner_code),
                own_countries(VolumeChange.country_code),
            ),
        },
        fields={"position": NATIONAL_FIGURES + MANAGER, "asOf": NATIONAL_FIGURES + MANAGER},
    ),
    "ApplicationUpdate": Access(fields={"position": CASE_READERS}),
    "AlertUpdate": Access(fields={"position": ANSWER_READERS}),
    "ScreeningUpdate": Access(fields={"position": SCREENING}),
    "VolumesUpdate": Access(fields={"position": NATIONAL_FIGURES + MANAGER}),
    "Heartbeat": Access(fields={"position": CASE_READERS + LEADERSHIP + SCREENING}),
    # A file that somebody tracks who has no account.
    "TrackedFile": Access(fields={"stage": PUBLIC, "expectedOn": PUBLIC}),
    # A file that was claimed by an account: nothing that says who it is about, and no step.
    "ClaimedFile": Access(
        fields=dict.fromkeys(
            (
                *("reference", "claimedAt", "stage", "expectedOn", "outcome", "isTakenBack"),
                *("visaNumber", "useBy", "stayDays"),
            ),
            APPLICANT,
        )
    ),
    # What was decided, for whoever has the code of a mail; a visa is logged as read.
    "DeliveredDecision": Access(fields=dict.fromkeys(("outcome", "isTakenBack", "pdf"), PUBLIC)),
    # The viewer, and the viewer's policy.
    "Viewer": Access(
        fields={
            "subject": EVERYONE,
            "name": EVERYONE,
            "role": EVERYONE,
            "heldRoles": EVERYONE,
            "partner": EVERYONE,
            "countries": EVERYONE,
            "centres": EVERYONE,
            "pools": OFFICER,
        },
    ),
    "TypePolicy": Access(fields={"type": EVERYONE, "rows": EVERYONE, "fields": EVERYONE}),
    # Counts, rates, durations and pages are protected where they are reached, not here.
    "CountFigure": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "upperBound": EVERYONE,
            "nearestWider": PUBLISHED_FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "Money": Access(fields={"amount": EVERYONE, "currency": EVERYONE}),
    "MoneyFigure": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "RateFigure": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "denominator": EVERYONE,
            "low": EXACT_FIGURES,
            "high": EXACT_FIGURES,
            "lowOfMany": EXACT_FIGURES,
            "highOfMany": EXACT_FIGURES,
            "upperBound": EVERYONE,
            "nearestWider": PUBLISHED_FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "DurationFigure": Access(
        fields={
            "hours": EVERYONE,
            "precision": EVERYONE,
            "measured": EVERYONE,
            "nearestWider": PUBLISHED_FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "FigureChange": Access(fields={"value": EVERYONE, "unit": EVERYONE}),
    "PageInfo": Access(
        fields={
            "hasNextPage": EVERYONE,
            "hasPreviousPage": EVERYONE,
            "startCursor": EVERYONE,
            "endCursor": EVERYONE,
        },
    ),
    "Node": Access(fields={"id": EVERYONE}),
    # Ways in.
    "Query": Access(
        fields={
            "viewer": EVERYONE,
            "policies": EVERYONE,
            "node": EVERYONE,
            "nodes": EVERYONE,
            "countries": EVERYONE,
            "country": EVERYONE,
            "visaTypes": EVERYONE,
            "visaType": EVERYONE,
            "eligibleVisaTypes": EVERYONE,
            "daysOff": EVERYONE,
            "visaKeys": EVERYONE,
            "takenBackVisas": EVERYONE,
            "partners": EVERYONE,
            "partner": EVERYONE,
            "centres": EVERYONE,
            "centre": EVERYONE,
            "pools": LEDGER_READERS,
            "applications": CASE_READERS,
            "application": CASE_READERS,
            "bill": TREASURY,
            "bills": TREASURY + ANSWER_READERS,
            "formerBills": TREASURY + ANSWER_READERS,
            "unmatchedPayments": TREASURY + AUDITOR,
            "unmatchedCrossings": ANSWER_READERS,
            "overstays": ANSWER_READERS + BORDER,
            "screenings": SCREENING,
            "banEntries": BAN_READERS,
            "workList": CASE_WORKERS,
            "people": CASE_STAFF,
            "dataRequests": DATA_REQUEST_READERS,
            "complaints": COMPLAINT_READERS,
            "erasures": AUDITOR,
            "breaches": AUDITOR,
            "installation": AUDITOR + ADMINISTRATOR,
            "legalHolds": ANSWER_READERS,
            "myData": APPLICANT,
            "personLookups": CASE_STAFF,
            "visaStatus": VISA_CHECKERS,
            "trackedFile": PUBLIC,
            "deliveredDecision": PUBLIC,
            "claimedFiles": APPLICANT,
            "visaChecks": AUDITOR,
            "suspensions": SUSPENSION_READERS,
            "keyOperations": AUDITOR,
            "alerts": ANSWER_READERS,
            "mailSubscriptions": EXACT_FIGURES,
            "webhookEndpoints": ENDPOINT_READERS,
            "webhookNotices": ENDPOINT_READERS,
            "savedViews": EXACT_FIGURES,
            "monthNotes": EXACT_FIGURES,
            "screeningReplays": SUPERVISOR,
            "inquiries": ANSWER_READERS,
            "budgetExceptions": ANSWER_READERS,
            "referenceChanges": LEDGER_READERS,
            "touchedFiles": ADMINISTRATOR,
            "closingPlaces": ADMINISTRATOR + ANSWER_READERS,
            "trustedDocuments": ADMINISTRATOR,
            "namedEvents": EVENT_READERS,
            "volumes": FIGURES,
            "findings": EXACT_FIGURES,
            "refusalGrounds": NATIONAL_FIGURES,
            "screeningReferrals": LEADERSHIP + SUPERVISOR,
            "grantRuleFigures": LEADERSHIP + ANSWER_READERS,
            "linkFigures": ANSWER_READERS,
            "stayFigures": LEADERSHIP + SUPERVISOR,
            "complaintFigures": LEADERSHIP + COMPLAINT_STAFF,
            "officers": ANSWER_READERS,
            "informationRequests": ANSWER_READERS,
            "readers": ANSWER_READERS,
            "peopleAtSeveralPartners": SUPERVISOR,
            "peopleRead": AUDITOR,
            "peopleInReach": AUDITOR,
            "why": AUDITOR,
            "accessEvents": LEADERSHIP + CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
        },
    ),
    "Subscription": Access(
        fields={
            "applicationChanged": CASE_READERS,
            "volumesChanged": NATIONAL_FIGURES + MANAGER,
            "alertRaised": ANSWER_READERS,
            "screeningAsked": SCREENING,
        },
    ),
}

# Who may change what -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """Who may call a mutation, and on which rows of what it changes."""

    rows: Mapping[Role, Rule]
    #: The field that holds what was changed: of the payload; of each result of a batch.
    answers: str = "application"
    #: The tables that the rows belong to.
    of: tuple[type[Base], ...] = (Application,)
    #: Whether the payload shows a secret, this once.
    shows_secret: bool = False
    is_batch: bool = False


BY_ADMINISTRATORS: Mapping[Role, Rule] = {Role.ADMINISTRATOR: every_row}
CHANGE_OF_THE_LEDGER = Change(BY_ADMINISTRATORS, "referenceChange", (ReferenceChange,))
#: Auditors approve events, supervisors the rules that grant and the pools, and administrators
#: everything else.
BY_AUDITORS = (ReferenceKind.NAMED_EVENT,)
BY_SUPERVISORS = (ReferenceKind.GRANT_RULE, ReferenceKind.POOL)
an_event, a_rule_of_work = (
    none_of(ReferenceChange.kind, *(kind for kind in ReferenceKind if kind not in only))
    for only in (BY_AUDITORS, BY_SUPERVISORS)
)
of_administrators_alone = none_of(ReferenceChange.kind, *BY_AUDITORS, *BY_SUPERVISORS)
CHANGE_OF_AN_INQUIRY = Change({Role.SUPERVISOR: every_row}, "inquiry", (Inquiry,))
CHANGE_OF_AN_EXCEPTION = Change({Role.SUPERVISOR: every_row}, "budgetException", (BudgetException,))
WORK_ON_A_DATA_REQUEST = Change({Role.AUDITOR: every_row}, "dataRequest", (DataRequest,))
CHANGE_OF_A_SUBSCRIPTION = Change(
    dict.fromkeys(EXACT_FIGURES, own_subject(MailSubscription.subject)),
    "mailSubscription",
    (MailSubscription,),
)
CHANGE_WITH_A_SECRET = Change(
    {Role.PARTNER_SERVICE: in_own_endpoints},
    "webhookEndpoint",
    (WebhookEndpoint,),
    shows_secret=True,
)
CHANGE_OF_AN_ENDPOINT = Change(ENDPOINT_ROWS, "webhookEndpoint", (WebhookEndpoint,))
CHANGE_OF_A_VIEW = Change(
    dict.fromkeys(EXACT_FIGURES, own_subject(SavedView.subject)), "savedView", (SavedView,)
)
CHANGE_OF_A_NOTE = Change(
    dict.fromkeys(LEADERSHIP + MANAGER, own_subject(MonthNote.author)), "monthNote", (MonthNote,)
)
CHANGE_OF_A_LEGAL_HOLD = Change({Role.SUPERVISOR: every_row}, "legalHold", (LegalHold,))
CHANGE_OF_A_PAYMENT = Change({Role.TREASURY: every_row}, "unmatchedPayment", (UnmatchedPayment,))
CHANGE_OF_A_BREACH = Change({Role.AUDITOR: every_row}, "breach", (Breach,))
CHANGE_BY_AN_AUDITOR = Change({Role.AUDITOR: every_row}, "complaint", (Complaint,))
CHANGE_OF_THE_BAN_LIST = Change({Role.SCREENING: every_row}, "banEntry", (BanEntry,))
OF_THOSE_WHO_HANDED_IN = Change(
    {
        Role.PARTNER_AGENT: at_own_place,
        Role.APPLICANT: lodged_by_oneself,
        Role.PARTNER_SERVICE: in_own_countries,
    }
)
STEPS_BY_A_PARTNERS_SYSTEM = Change({Role.PARTNER_SERVICE: in_own_countries}, is_batch=True)
ANSWERS_TO_SCREENING = Change({Role.SCREENING: of_an_open_or_own_question}, "screening")


#: The row must be in reach before the change; the changed row is answered by the matrix above. The
#: steps of ``models/life`` say which status is needed and what else must hold, and why a step is
#: refused on a row that the role reads but may not change.
CLAIMED_BY_ONESELF: Mapping[Role, Rule] = {Role.APPLICANT: own_subject(FileClaim.account)}
MUTATIONS: Mapping[str, Change] = {
    "submitApplication": OF_THOSE_WHO_HANDED_IN,
    "submitApplications": Change(
        {Role.PARTNER_AGENT: at_own_place, Role.PARTNER_SERVICE: in_own_countries}, is_batch=True
    ),
    "proposeCorrections": STEPS_BY_A_PARTNERS_SYSTEM,
    "withdrawApplications": STEPS_BY_A_PARTNERS_SYSTEM,
    "answerInformationRequests": STEPS_BY_A_PARTNERS_SYSTEM,
    "recordPayment": Change({Role.TREASURY: every_row}, answers="bill"),
    "renewBill": Change(OF_THOSE_WHO_HANDED_IN.rows, "bill"),
    "keepPayment": CHANGE_OF_A_PAYMENT,
    # Each report is border control's own; it learns of none whose it was.
    "recordCrossings": Change(
        {Role.BORDER: own_subject(Crossing.reported_by)}, "recorded", (Crossing,)
    ),
    "confirmOverstays": Change(
        {Role.BORDER: own_subject(OverstayConfirmation.confirmed_by)},
        "recorded",
        (OverstayConfirmation,),
    ),
    # The second person of a refund or an assignment is another one: the guards and the refusals
    # enforce that.
    "recommendRefund": CHANGE_OF_A_PAYMENT,
    "recommendAssignment": CHANGE_OF_A_PAYMENT,
    "recordPaymentOrder": CHANGE_OF_A_PAYMENT,
    "recordReversal": Change(
        {Role.TREASURY: own_subject(PaymentReversal.reported_by)}, "bill", (PaymentReversal,)
    ),
    "recordDocuments": Change(
        {Role.PARTNER_AGENT: at_own_place, Role.PARTNER_SERVICE: in_own_countries}
    ),
    "markReceived": Change(
        {Role.PARTNER_AGENT: at_own_place, Role.PARTNER_SERVICE: in_own_countries}
    ),
    # The most urgent case of a queue is assigned: nobody chooses one.
    "takeCase": Change({Role.OFFICER: any_of(to_take, on_the_own_desk)}),
    "releaseCase": Change({Role.OFFICER: on_the_own_desk}),
    "reassignCase": Change({Role.SUPERVISOR: every_row}),
    "relieveOfficer": Change({Role.SUPERVISOR: every_row}, answers="relieved"),
    "requestInformation": Change({Role.OFFICER: on_the_own_desk}),
    "answerInformation": OF_THOSE_WHO_HANDED_IN,
    "announceRefusal": Change({Role.OFFICER: on_the_own_desk}),
    "answerIntention": OF_THOSE_WHO_HANDED_IN,
    "referToScreening": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "recordScreening": ANSWERS_TO_SCREENING,
    "confirmScreening": ANSWERS_TO_SCREENING,
    "recordScreenings": replace(ANSWERS_TO_SCREENING, is_batch=True),
    "confirmScreenings": replace(ANSWERS_TO_SCREENING, is_batch=True),
    "resolveHit": Change({Role.SUPERVISOR: every_row}),
    "holdApplication": Change({Role.SUPERVISOR: every_row}),
    "releaseApplication": Change({Role.SUPERVISOR: every_row}),
    "markUrgent": Change({Role.SUPERVISOR: every_row}),
    "endUrgency": Change({Role.SUPERVISOR: every_row}),
    "proposeGrant": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "approveGrant": Change({Role.SUPERVISOR: every_row}),
    "rejectGrant": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "recordDecision": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "supersedeDecision": Change({Role.SUPERVISOR: every_row}),
    "proposeCorrection": OF_THOSE_WHO_HANDED_IN,
    "approveCorrection": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "confirmCorrection": Change({Role.SUPERVISOR: every_row}),
    "rejectCorrection": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "writeNote": Change({Role.OFFICER: on_the_own_desk, Role.SUPERVISOR: every_row}),
    "confirmLink": Change({Role.OFFICER: on_the_own_desk}),
    "rejectLink": Change({Role.OFFICER: on_the_own_desk}),
    "withdrawApplication": OF_THOSE_WHO_HANDED_IN,
    # A partner's system fetches each document once, for the case that its purpose names.
    "fetchVisa": Change(
        {Role.PARTNER_SERVICE: of_a_visa_to_deliver}, "visaDocument", (VisaDocument,)
    ),
    "requestUpload": Change(OF_THOSE_WHO_HANDED_IN.rows, "upload"),
    "registerDocument": Change({Role.PARTNER_SERVICE: in_own_countries}, "upload"),
    # Which file, the code says, and a function of the database.
    "requestClaimCode": Change(CLAIMED_BY_ONESELF, "hours", (FileClaim,)),
    "claimFile": Change(CLAIMED_BY_ONESELF, "claimed", (FileClaim,)),
    "applyForExtension": Change({Role.APPLICANT: OF_THOSE_WHO_HANDED_IN.rows[Role.APPLICANT]}),
    # An immigration office tells the officer on whose desk the case is, who can read the person:
    # the offices are the directorate's own, and have no system of their own here yet.
    "recordAppearance": Change({Role.OFFICER: on_the_own_desk}),
    "returnVisa": Change({Role.APPLICANT: OF_THOSE_WHO_HANDED_IN.rows[Role.APPLICANT]}),
    "revokeVisa": Change({Role.SUPERVISOR: every_row}),
    "setAsideRevocation": Change({Role.SUPERVISOR: every_row}),
    # Reference data that decrees change, and where partners work: from today on, never in the past.
    # One administrator proposes, another approves, and only the database writes it.
    "proposeCountry": CHANGE_OF_THE_LEDGER,
    "proposePartner": CHANGE_OF_THE_LEDGER,
    "proposePartnerCountry": CHANGE_OF_THE_LEDGER,
    "proposePartnerCountryClosing": CHANGE_OF_THE_LEDGER,
    "proposeCentre": CHANGE_OF_THE_LEDGER,
    "proposeCentreClosing": CHANGE_OF_THE_LEDGER,
    "proposeVisaType": CHANGE_OF_THE_LEDGER,
    "proposeVisaTypeEnd": CHANGE_OF_THE_LEDGER,
    "proposeEligibility": CHANGE_OF_THE_LEDGER,
    "proposeRequiredDocument": CHANGE_OF_THE_LEDGER,
    "proposePassportRule": CHANGE_OF_THE_LEDGER,
    "proposeExtensionRule": CHANGE_OF_THE_LEDGER,
    "proposeHandlingRule": CHANGE_OF_THE_LEDGER,
    "proposeFee": CHANGE_OF_THE_LEDGER,
    "proposeServiceTarget": CHANGE_OF_THE_LEDGER,
    "proposeDeadline": CHANGE_OF_THE_LEDGER,
    "proposeDayOff": CHANGE_OF_THE_LEDGER,
    "proposeEntryRule": CHANGE_OF_THE_LEDGER,
    # An event is proposed soon after it began, and approved by an auditor.
    "proposeNamedEvent": CHANGE_OF_THE_LEDGER,
    # A rule that grants is approved by a supervisor, and stopped at once by one.
    "proposeGrantRule": CHANGE_OF_THE_LEDGER,
    # From which pool officers take cases: approved by a supervisor too.
    "proposePool": CHANGE_OF_THE_LEDGER,
    "stopGrantRule": Change({Role.SUPERVISOR: every_row}, "grantRule", (GrantRuleStop,)),
    "approveReferenceChange": Change(
        {
            Role.ADMINISTRATOR: of_administrators_alone,
            Role.AUDITOR: an_event,
            Role.SUPERVISOR: a_rule_of_work,
        },
        "referenceChange",
        (ReferenceChange,),
    ),
    "cancelReferenceChange": Change(
        {Role.ADMINISTRATOR: every_row, Role.AUDITOR: an_event, Role.SUPERVISOR: a_rule_of_work},
        "referenceChange",
        (ReferenceChange,),
    ),
    # The entry-ban list: one proposes, another one agrees, and the list goes on from there.
    "proposeBan": CHANGE_OF_THE_BAN_LIST,
    "approveBan": CHANGE_OF_THE_BAN_LIST,
    "rejectBan": CHANGE_OF_THE_BAN_LIST,
    "proposeBanWithdrawal": CHANGE_OF_THE_BAN_LIST,
    "approveBanWithdrawal": CHANGE_OF_THE_BAN_LIST,
    # The rights of people on file: one asks about oneself, the data protection officer answers.
    "lodgeDataRequest": Change(
        {Role.APPLICANT: own_subject(DataRequest.account)}, "dataRequest", (DataRequest,)
    ),
    "registerDataRequest": WORK_ON_A_DATA_REQUEST,
    "nameDataSubject": WORK_ON_A_DATA_REQUEST,
    "proposeLookupOpening": WORK_ON_A_DATA_REQUEST,
    "approveLookupOpening": WORK_ON_A_DATA_REQUEST,
    "answerDataRequest": WORK_ON_A_DATA_REQUEST,
    # Whoever answers a complaint reads it: which kind is whose, the guard and the refusals enforce.
    "lodgeComplaint": Change(
        {Role.APPLICANT: COMPLAINT_ROWS[Role.APPLICANT]}, "complaint", (Complaint,)
    ),
    "sortComplaint": CHANGE_BY_AN_AUDITOR,
    "entrustComplaint": CHANGE_BY_AN_AUDITOR,
    "answerComplaint": Change(
        {role: rule for role, rule in COMPLAINT_ROWS.items() if role is not Role.APPLICANT},
        "complaint",
        (Complaint,),
    ),
    "holdErasure": CHANGE_OF_A_LEGAL_HOLD,
    "releaseErasure": CHANGE_OF_A_LEGAL_HOLD,
    # Whoever closes a breach had no part in it: the guard and the refusals enforce that.
    "recordBreach": CHANGE_OF_A_BREACH,
    "notifyInstitution": CHANGE_OF_A_BREACH,
    "notifyPeople": CHANGE_OF_A_BREACH,
    "closeBreach": CHANGE_OF_A_BREACH,
    "closeAlert": Change({Role.SUPERVISOR: alerts_to_supervisors}, "alert", (Alert,)),
    "subscribeToMail": CHANGE_OF_A_SUBSCRIPTION,
    "renewMailSubscription": CHANGE_OF_A_SUBSCRIPTION,
    "endMailSubscription": CHANGE_OF_A_SUBSCRIPTION,
    # A partner's system says where it is told, and a manager agrees.
    "registerWebhook": CHANGE_WITH_A_SECRET,
    "rotateWebhookSecret": CHANGE_WITH_A_SECRET,
    "approveWebhook": Change(
        {Role.PARTNER_MANAGER: in_own_endpoints}, "webhookEndpoint", (WebhookEndpoint,)
    ),
    "pauseWebhook": CHANGE_OF_AN_ENDPOINT,
    "resumeWebhook": CHANGE_OF_AN_ENDPOINT,
    "removeWebhook": CHANGE_OF_AN_ENDPOINT,
    "redeliverNotices": CHANGE_OF_AN_ENDPOINT,
    "saveView": CHANGE_OF_A_VIEW,
    "renameSavedView": CHANGE_OF_A_VIEW,
    "removeSavedView": CHANGE_OF_A_VIEW,
    "noteMonth": CHANGE_OF_A_NOTE,
    "removeMonthNote": CHANGE_OF_A_NOTE,
    # The supervisor who agrees or reviews must be somebody else: the guard and the refusals enforce
    # that.
    "openInquiry": CHANGE_OF_AN_INQUIRY,
    "approveInquiry": CHANGE_OF_AN_INQUIRY,
    "reviewInquiry": CHANGE_OF_AN_INQUIRY,
    # So must the one who agrees to an exception, and neither is whoever it is for.
    "proposeBudgetException": CHANGE_OF_AN_EXCEPTION,
    "approveBudgetException": CHANGE_OF_AN_EXCEPTION,
    "replayScreening": Change({Role.SUPERVISOR: every_row}, "screeningReplay", (ScreeningReplay,)),
    "suspendPartner": Change(BY_ADMINISTRATORS, "suspension", (Suspension,)),
    "suspendViewer": Change(BY_ADMINISTRATORS, "suspension", (Suspension,)),
    "confirmSuspension": Change(BY_ADMINISTRATORS, "suspension", (Suspension,)),
    "proposeLifting": Change(BY_ADMINISTRATORS, "suspension", (Suspension,)),
    "liftSuspension": Change(BY_ADMINISTRATORS, "suspension", (Suspension,)),
}

#: Who works from which queue. The last two reveal holds and hits.
QUEUES: Mapping[Queue, Roles] = {
    Queue.MINE: CASE_WORKERS,
    Queue.FREE: CASE_WORKERS,
    Queue.OVERDUE: CASE_WORKERS,
    Queue.HELD: SUPERVISOR,
    Queue.HITS: SUPERVISOR,
}

#: Duties are separated: each of these roles excludes every other one in a token.
HELD_ALONE = (
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.SCREENING,
    Role.TREASURY,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.PARTNER_SERVICE,
    Role.BORDER,
    Role.CARRIER,
)
#: Leadership excludes the roles of partners.
HELD_APART = (LEADERSHIP, (*PARTNERS, Role.PARTNER_SERVICE))

#: Why identity may be read. An applicant's purpose is implied; the other roles state theirs in the
#: document, with the case that it is for.
PURPOSES: Mapping[Role, tuple[Purpose, ...]] = {
    Role.OFFICER: (Purpose.CASEWORK,),
    Role.SUPERVISOR: (Purpose.CASEWORK, Purpose.SUPERVISION, Purpose.COMPLAINT),
    # A manager reads what complaints of service say, and nobody's identity.
    Role.PARTNER_MANAGER: (Purpose.COMPLAINT,),
    Role.PARTNER_AGENT: (Purpose.INTAKE,),
    Role.SCREENING: (Purpose.CASEWORK,),
    Role.APPLICANT: (Purpose.OWN_DATA,),
    Role.PARTNER_SERVICE: (Purpose.DELIVERY,),
    # An auditor finds a person who asked by letter, as a pseudonym: never who it is.
    Role.AUDITOR: (Purpose.DATA_REQUEST, Purpose.COMPLAINT),
}
#: For which of them what complaints say is read, and nobody's identity but one's own.
READS_COMPLAINTS = (Purpose.COMPLAINT, Purpose.OWN_DATA)
IMPLIED_PURPOSE: Mapping[Role, Purpose] = {Role.APPLICANT: Purpose.OWN_DATA}
#: Roles that need not name a case, and what the log says instead of one.
NAMES_NO_CASE: Mapping[Role, str] = {Role.APPLICANT: "OWN", Role.PARTNER_AGENT: "INTAKE"}

#: The nouns whose reads are in logs of their own, and the column that names what was read: neither
#: is an applicant.
LOGGED_APART: Mapping[str, tuple[type[Base], str]] = {
    "BannedPerson": (BanRead, "ban_id"),
    "ComplaintText": (ComplaintRead, "complaint_id"),
}

#: How many people a viewer in each role reads in an hour, and how many look-ups they make, unless
#: the settings say otherwise. An applicant reads one: more are somebody's who changed the database.
READ_BUDGETS: Mapping[Role, int] = {
    Role.PARTNER_AGENT: 120,
    # Complaints alone.
    Role.PARTNER_MANAGER: 60,
    Role.OFFICER: 60,
    Role.SUPERVISOR: 30,
    Role.SCREENING: 300,
    Role.AUDITOR: 60,
    Role.APPLICANT: 10,
    Role.PARTNER_SERVICE: 1_000,
    # Of passengers, of whom a carrier and border control learn one word.
    Role.BORDER: 20_000,
    Role.CARRIER: 5_000,
}

#: Roles in which the people are counted whose last four passport characters a viewer is shown. More
#: than so many in an hour raise an alert, unless the settings say otherwise.
COUNTED_ENDINGS: Roles = CASE_WORKERS + AGENT
MOST_ENDINGS = 200

#: The rows that a role may name as the purpose of a look-up, by their reference, and which of them.
LOOKED_UP_FOR: Mapping[Role, tuple[Attribute, Rule]] = {
    Role.OFFICER: (Application.reference, working_on_it),
    Role.SUPERVISOR: (Application.reference, every_row),
    Role.AUDITOR: (
        DataRequest.reference,
        none_of(DataRequest.state, DataRequestState.GRANTED, DataRequestState.REFUSED),
    ),
}
#: The inquiries that a role may name instead.
LOOKED_UP_IN: Mapping[Role, Rule] = {Role.SUPERVISOR: an_own_inquiry_that_lasts}

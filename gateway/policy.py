"""Who may see what: the whole matrix.

Read it as a table. For every type: which rows each role reaches, and which roles read each field.
A role that is not written reads nothing; a type or a field that is not written stops the build.
Nobody is let through anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.rules import (
    Rule,
    all_of,
    any_of,
    every_row,
    missing,
    none_of,
    own_centres,
    own_countries,
    own_partner,
    own_subject,
    reached_through,
    recent,
)
from models import (
    AccessEvent,
    Applicant,
    Application,
    ApplicationChange,
    ApplicationEvent,
    Assignment,
    Base,
    Bill,
    Centre,
    Decision,
    EntryRule,
    Fee,
    Identity,
    Partner,
    PartnerCountry,
    Screening,
    ServiceTarget,
    VisaType,
    VolumeChange,
)
from models.publication.sets import CENTRE_SETS, COUNTRY_SETS, NATIONAL_SETS, DimensionSet
from models.publication.tables import PublishedVolume
from models.vocabulary import (
    Changed,
    ChangedVolumes,
    EventKind,
    Purpose,
    Role,
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
    #: Fields that these roles read as published figures, never as exact ones.
    published: Mapping[str, Roles] = field(default_factory=dict)
    #: The published figures of each role.
    published_rows: Mapping[Role, Rule] = field(default_factory=dict)


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

EVERYONE: Roles = tuple(Role)
CASE_WORKERS = OFFICER + SUPERVISOR
CASE_STAFF = CASE_WORKERS + AUDITOR
PARTNERS = MANAGER + AGENT
#: Whoever is told which steps a case allows, and whoever can change anything.
STEP_TAKERS = CASE_WORKERS + AGENT + APPLICANT + PARTNER_SERVICE
CHANGERS = STEP_TAKERS + SCREENING + TREASURY + ADMINISTRATOR
CASE_READERS = CASE_STAFF + PARTNERS + APPLICANT + PARTNER_SERVICE
BILL_READERS = CASE_READERS + TREASURY
#: Whoever reads what kind of case it is, and of whom; and whoever reads who it is.
FILE_READERS = CASE_READERS + SCREENING
IDENTITY_READERS = CASE_WORKERS + AGENT + APPLICANT + SCREENING
ANSWER_READERS = SUPERVISOR + AUDITOR
NATIONAL_FIGURES = LEADERSHIP + CASE_STAFF
EXACT_OUTCOMES = NATIONAL_FIGURES + AGENT
EXACT_FIGURES = EXACT_OUTCOMES + MANAGER
PUBLIC = (Role.ANONYMOUS,)
PUBLISHED_REFUSALS = MANAGER + PUBLIC
FIGURES = EXACT_FIGURES + PUBLIC

# Rows, in words ----------------------------------------------------------------------------------

at_own_partner = own_partner(Application.partner_code)
in_own_countries = all_of(at_own_partner, own_countries(Application.country_code))
at_own_centre = all_of(at_own_partner, own_centres(Application.centre_code))
#: Agents hand decisions over; when that is long done, a case is as closed to them as any other.
at_own_centre_to_hand_over = all_of(at_own_centre, recent(Application.closed_at, days=30))
at_own_centre_until_received = all_of(at_own_centre, missing(Application.received_at))
lodged_by_oneself = reached_through(
    Application.applicant_id, Applicant.id, own_subject(Applicant.account)
)
working_on_it = reached_through(
    Application.id,
    Assignment.application_id,
    all_of(own_subject(Assignment.officer), missing(Assignment.ended_at)),
)
not_a_hold = none_of(ApplicationEvent.kind, EventKind.HELD, EventKind.RELEASED)
#: Officers are told neither of holds nor of answers.
not_supervision = none_of(
    ApplicationEvent.kind,
    EventKind.HELD,
    EventKind.RELEASED,
    EventKind.ANSWER_PROPOSED,
    EventKind.SCREENED,
)
of_an_open_question = reached_through(
    Application.id, Screening.application_id, missing(Screening.answered_at)
)
#: Whoever has answered is not out of reach before the answer is written.
of_an_open_or_own_question = reached_through(
    Application.id,
    Screening.application_id,
    any_of(
        missing(Screening.answered_at),
        own_subject(Screening.answered_by),
        own_subject(Screening.confirmed_by),
    ),
)
#: A case that lies with a supervisor has left the officers' desks: whose it is, they are not told.
not_a_supervisors = none_of(Assignment.role, Role.SUPERVISOR)
#: What applicants do, are asked for, or are told: how the directorate works on it is not theirs.
own_steps = none_of(
    ApplicationEvent.kind,
    EventKind.IN_VERIFICATION,
    EventKind.SCREENING,
    EventKind.HELD,
    EventKind.RELEASED,
    EventKind.ANSWER_PROPOSED,
    EventKind.SCREENED,
)
no_change_of_a_hold = none_of(ApplicationChange.changed, Changed.HOLD)
change_of_stage_or_decision = none_of(ApplicationChange.changed, Changed.HOLD, Changed.STATUS)
change_of_the_stage = none_of(
    ApplicationChange.changed, Changed.HOLD, Changed.STATUS, Changed.DECISION
)
not_of_outcomes_alone = none_of(VolumeChange.changed, ChangedVolumes.OUTCOMES)

APPLICATION_ROWS: Mapping[Role, Rule] = {
    Role.OFFICER: every_row,
    Role.SUPERVISOR: every_row,
    Role.AUDITOR: every_row,
    Role.PARTNER_MANAGER: in_own_countries,
    Role.PARTNER_AGENT: at_own_centre,
    Role.APPLICANT: lodged_by_oneself,
    Role.PARTNER_SERVICE: at_own_partner,
    Role.SCREENING: of_an_open_question,
}
of_own_countries = all_of(
    own_partner(PublishedVolume.partner_code), own_countries(PublishedVolume.country_code)
)
of_the_whole_country = all_of(
    missing(PublishedVolume.partner_code),
    missing(PublishedVolume.country_code),
    missing(PublishedVolume.centre_code),
)
OPEN_TO_EVERYONE: Mapping[Role, Rule] = dict.fromkeys(Role, every_row)

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
            "fees": EVERYONE,
            "serviceTargets": EVERYONE,
        },
    ),
    "Fee": Access(
        rows=OPEN_TO_EVERYONE,
        fields={"amountIdr": EVERYONE, "validFrom": EVERYONE},
    ),
    "ServiceTarget": Access(
        rows=OPEN_TO_EVERYONE,
        fields={
            "clock": EVERYONE,
            "hours": EVERYONE,
            "promisedPercent": EVERYONE,
            "validFrom": EVERYONE,
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
            Role.PARTNER_SERVICE: own_partner(PartnerCountry.partner_code),
        },
        fields={"country": EVERYONE, "openedOn": EVERYONE, "closedOn": EVERYONE},
    ),
    "Centre": Access(
        rows={
            **OPEN_TO_EVERYONE,
            Role.PARTNER_MANAGER: all_of(
                own_partner(Centre.partner_code), own_countries(Centre.country_code)
            ),
            Role.PARTNER_AGENT: all_of(own_partner(Centre.partner_code), own_centres(Centre.code)),
            Role.PARTNER_SERVICE: own_partner(Centre.partner_code),
        },
        fields={
            "id": EVERYONE,
            "code": EVERYONE,
            "city": EVERYONE,
            "partner": EVERYONE,
            "country": EVERYONE,
            "openedOn": EVERYONE,
            "closedOn": EVERYONE,
        },
    ),
    # Applications, pseudonymous. Partners and applicants see a stage, never a status or an outcome
    # in the making; applicants see the steps that they take or are told of.
    "Application": Access(
        rows=APPLICATION_ROWS,
        fields={
            "id": FILE_READERS,
            "reference": FILE_READERS,
            "visaType": FILE_READERS,
            "nationality": FILE_READERS,
            "channel": FILE_READERS,
            "partner": FILE_READERS,
            "country": FILE_READERS,
            "centre": FILE_READERS,
            "submittedAt": FILE_READERS,
            "receivedAt": FILE_READERS,
            "paidAt": FILE_READERS,
            "targetDueAt": FILE_READERS,
            "closedAt": CASE_READERS,
            "feeIdr": CASE_READERS,
            "bill": CASE_READERS,
            "stage": CASE_STAFF + PARTNERS + APPLICANT + PARTNER_SERVICE,
            "status": CASE_STAFF,
            "events": CASE_STAFF + APPLICANT,
            "allowed": STEP_TAKERS,
            "applicant": FILE_READERS,
            "decision": CASE_STAFF + AGENT + APPLICANT,
            "decisions": CASE_STAFF,
            "assignments": CASE_STAFF,
            "isReferred": CASE_WORKERS,
            "isHeld": SUPERVISOR,
            "hasOpenHit": SUPERVISOR,
            "screenings": ANSWER_READERS,
        },
    ),
    # What is to be paid; the treasury finds it by its code, and nothing of the case.
    "Bill": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_MANAGER: reached_through(
                Bill.application_id, Application.id, in_own_countries
            ),
            Role.PARTNER_AGENT: reached_through(Bill.application_id, Application.id, at_own_centre),
            Role.APPLICANT: reached_through(Bill.application_id, Application.id, lodged_by_oneself),
            Role.PARTNER_SERVICE: reached_through(
                Bill.application_id, Application.id, at_own_partner
            ),
            Role.TREASURY: every_row,
        },
        fields={
            "id": BILL_READERS,
            "code": BILL_READERS,
            "amountIdr": BILL_READERS,
            "issuedAt": BILL_READERS,
            "dueAt": BILL_READERS,
            "paidAt": BILL_READERS,
            "receiptNumber": BILL_READERS,
        },
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
            # A gap in the numbers would tell of a hold.
            "sequence": SUPERVISOR,
            "kind": CASE_STAFF + APPLICANT,
            "occurredAt": CASE_STAFF + APPLICANT,
            "actor": CASE_STAFF,
            "actorRole": CASE_STAFF,
        },
    ),
    # Which steps can be taken now, as far as the role reads what decides it.
    "AllowedStep": Access(fields=dict.fromkeys(("step", "isAllowed", "reason"), STEP_TAKERS)),
    # Why something was not done, to whoever can do it; of a case, by what the role reads of it.
    "MutationError": Access(fields=dict.fromkeys(("code", "message", "path"), CHANGERS)),
    "InputError": Access(fields=dict.fromkeys(("code", "message", "path"), CHANGERS)),
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
        fields={"officer": CASE_STAFF, "assignedAt": CASE_STAFF, "endedAt": CASE_STAFF},
    ),
    "Decision": Access(
        rows={
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_AGENT: reached_through(
                Decision.application_id, Application.id, at_own_centre_to_hand_over
            ),
            Role.APPLICANT: reached_through(
                Decision.application_id, Application.id, lodged_by_oneself
            ),
        },
        fields={
            "id": CASE_STAFF + AGENT + APPLICANT,
            "outcome": CASE_STAFF + AGENT + APPLICANT,
            "decidedAt": CASE_STAFF + AGENT + APPLICANT,
            "ground": CASE_STAFF,
            "isIncomplete": AGENT,
            "publicReason": APPLICANT,
            "officer": CASE_STAFF,
            "internalNote": CASE_STAFF,
            "supersedes": CASE_STAFF,
        },
    ),
    "Screening": Access(
        rows={
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.SCREENING: missing(Screening.answered_at),
        },
        fields={
            "id": ANSWER_READERS + SCREENING,
            "kind": ANSWER_READERS + SCREENING,
            "result": ANSWER_READERS + SCREENING,
            "requestedAt": ANSWER_READERS + SCREENING,
            "answeredAt": ANSWER_READERS,
            "answeredBy": ANSWER_READERS,
            "confirmedBy": ANSWER_READERS,
            "proposed": ANSWER_READERS + SCREENING,
            "proposedBy": ANSWER_READERS + SCREENING,
            "reason": ANSWER_READERS + SCREENING,
            "application": SCREENING,
        },
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
                Applicant.id, Application.applicant_id, at_own_centre
            ),
            Role.APPLICANT: own_subject(Applicant.account),
            Role.PARTNER_SERVICE: reached_through(
                Applicant.id, Application.applicant_id, at_own_partner
            ),
            Role.SCREENING: reached_through(
                Applicant.id, Application.applicant_id, of_an_open_question
            ),
        },
        fields={
            "id": FILE_READERS,
            "nationality": FILE_READERS,
            "applications": CASE_READERS,
            "passportLastFour": CASE_WORKERS + AGENT + APPLICANT,
            "identity": IDENTITY_READERS,
        },
    ),
    "Identity": Access(
        rows={
            Role.OFFICER: reached_through(
                Identity.applicant_id, Application.applicant_id, working_on_it
            ),
            Role.SUPERVISOR: every_row,
            Role.PARTNER_AGENT: reached_through(
                Identity.applicant_id, Application.applicant_id, at_own_centre_until_received
            ),
            Role.APPLICANT: reached_through(
                Identity.applicant_id, Applicant.id, own_subject(Applicant.account)
            ),
            Role.SCREENING: reached_through(
                Identity.applicant_id, Application.applicant_id, of_an_open_question
            ),
        },
        fields={
            "fullName": IDENTITY_READERS,
            "passportNumber": IDENTITY_READERS,
            "birthDate": IDENTITY_READERS,
            "email": IDENTITY_READERS,
            "phone": IDENTITY_READERS,
        },
    ),
    # Who read whose identity.
    "AccessEvent": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.OFFICER: own_subject(AccessEvent.actor),
            Role.SUPERVISOR: own_subject(AccessEvent.actor),
            Role.PARTNER_MANAGER: all_of(
                own_partner(AccessEvent.actor_partner_code),
                own_countries(AccessEvent.actor_country_code),
            ),
            Role.PARTNER_AGENT: own_subject(AccessEvent.actor),
            Role.SCREENING: own_subject(AccessEvent.actor),
            Role.AUDITOR: every_row,
            Role.APPLICANT: reached_through(
                AccessEvent.applicant_id, Applicant.id, own_subject(Applicant.account)
            ),
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
            "applicant": CASE_STAFF + APPLICANT,
        },
    ),
    # Figures. What a partner manages is exact for its managers, in their countries; how cases ended
    # is not: refusals are published to them on a fixed grid, and so are all figures to the public.
    # Agents hand the decisions of their centres over, and read them exactly.
    "VolumeRow": Access(
        rows={
            Role.LEADERSHIP: every_row,
            Role.OFFICER: every_row,
            Role.SUPERVISOR: every_row,
            Role.AUDITOR: every_row,
            Role.PARTNER_MANAGER: in_own_countries,
            Role.PARTNER_AGENT: at_own_centre,
        },
        published_rows={
            Role.PARTNER_MANAGER: any_of(of_own_countries, of_the_whole_country),
            Role.ANONYMOUS: of_the_whole_country,
        },
        published={
            "intake": PUBLIC,
            "decisions": PUBLIC,
            "granted": MANAGER,
            "refused": PUBLISHED_REFUSALS,
            "refusalRate": PUBLISHED_REFUSALS,
            "nationalRefusalRate": MANAGER,
            "targetRate": PUBLIC,
            "turnaroundP50": PUBLIC,
            "turnaroundP90": PUBLIC,
            "turnaroundAdjustedP50": PUBLIC,
            "turnaroundAdjustedP90": PUBLIC,
        },
        fields={
            "country": EXACT_FIGURES,
            "nationality": FIGURES,
            "partner": EXACT_FIGURES,
            "centre": EXACT_FIGURES,
            "visaType": FIGURES,
            "channel": EXACT_FIGURES,
            "period": FIGURES,
            "edition": FIGURES,
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
            "refusalRate": FIGURES,
            "nationalRefusalRate": MANAGER,
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
        fields={"asOf": FIGURES, "published": FIGURES, "rows": FIGURES},
    ),
    "VolumePublication": Access(
        fields={
            "edition": FIGURES,
            "publishedAt": FIGURES,
            "rounding": FIGURES,
            "threshold": FIGURES,
            "fewestDecisions": FIGURES,
            "note": FIGURES,
        },
    ),
    "WiderCell": Access(
        fields={
            "from": FIGURES,
            "to": FIGURES,
            "period": FIGURES,
            "groupBy": FIGURES,
            "dropped": FIGURES,
            "partner": FIGURES,
            "country": FIGURES,
            "centre": FIGURES,
            "nationality": FIGURES,
            "visaType": FIGURES,
            "channel": FIGURES,
        },
    ),
    "VolumePeriod": Access(
        fields={"startsOn": FIGURES, "endsOn": FIGURES},
    ),
    # Of the whole country: why was refused, and what went to supervision.
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
    # Following live what changes. Whoever does not read the events of a case is told of those
    # alone that change what they do read: the time of another would tell of it.
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
                    reached_through(
                        ApplicationChange.application_id, Application.id, at_own_centre
                    ),
                ),
                all_of(
                    change_of_stage_or_decision,
                    reached_through(
                        ApplicationChange.application_id,
                        Application.id,
                        at_own_centre_to_hand_over,
                    ),
                ),
            ),
            Role.APPLICANT: all_of(
                change_of_stage_or_decision,
                reached_through(
                    ApplicationChange.application_id, Application.id, lodged_by_oneself
                ),
            ),
            Role.PARTNER_SERVICE: all_of(
                change_of_the_stage,
                reached_through(ApplicationChange.application_id, Application.id, at_own_partner),
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
    "VolumesUpdate": Access(fields={"position": NATIONAL_FIGURES + MANAGER}),
    "Heartbeat": Access(fields={"position": CASE_READERS + LEADERSHIP}),
    # Oneself, and the policy.
    "Viewer": Access(
        fields={
            "subject": EVERYONE,
            "name": EVERYONE,
            "role": EVERYONE,
            "heldRoles": EVERYONE,
            "partner": EVERYONE,
            "countries": EVERYONE,
            "centres": EVERYONE,
        },
    ),
    "Policy": Access(fields={"type": EVERYONE, "rows": EVERYONE, "fields": EVERYONE}),
    # Counts, rates, durations and pages carry nothing of their own.
    "Count": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "upperBound": EVERYONE,
            "nearestWider": FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "Money": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "Rate": Access(
        fields={
            "value": EVERYONE,
            "precision": EVERYONE,
            "denominator": EVERYONE,
            "upperBound": EVERYONE,
            "nearestWider": FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "Duration": Access(
        fields={
            "hours": EVERYONE,
            "precision": EVERYONE,
            "measured": EVERYONE,
            "nearestWider": FIGURES,
            "yearOnYear": EVERYONE,
            "monthOnMonth": EVERYONE,
        },
    ),
    "Change": Access(fields={"value": EVERYONE, "unit": EVERYONE}),
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
            "partners": EVERYONE,
            "partner": EVERYONE,
            "centres": EVERYONE,
            "centre": EVERYONE,
            "applications": CASE_READERS,
            "application": CASE_READERS,
            "bill": TREASURY,
            "screenings": SCREENING,
            "volumes": FIGURES,
            "refusalGrounds": NATIONAL_FIGURES,
            "screeningReferrals": LEADERSHIP + SUPERVISOR,
            "accessEvents": LEADERSHIP + CASE_STAFF + PARTNERS + APPLICANT + SCREENING,
        },
    ),
    "Subscription": Access(
        fields={
            "applicationChanged": CASE_READERS,
            "volumesChanged": NATIONAL_FIGURES + MANAGER,
        },
    ),
}

# Who may change what -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """Who may call a mutation, and on which rows of what it changes."""

    rows: Mapping[Role, Rule]
    #: The field of the payload that holds what was changed.
    answers: str = "application"
    #: The tables of whose rows this speaks.
    of: tuple[type[Base], ...] = (Application,)


ADMINISTERED: Mapping[Role, Rule] = {Role.ADMINISTRATOR: every_row}


#: The row must be in reach before the change; what was changed is answered by the table above.
#: What the status must be, and what else must hold, is in the steps of ``models/life``.
MUTATIONS: Mapping[str, Change] = {
    "submitApplication": Change(
        {Role.PARTNER_AGENT: at_own_centre, Role.APPLICANT: lodged_by_oneself}
    ),
    "submitApplications": Change({Role.PARTNER_AGENT: at_own_centre}, answers="results"),
    "recordPayment": Change({Role.TREASURY: every_row}, answers="bill"),
    "markReceived": Change(
        {Role.PARTNER_AGENT: at_own_centre, Role.PARTNER_SERVICE: at_own_partner}
    ),
    "startVerification": Change({Role.OFFICER: every_row}),
    "requestInformation": Change({Role.OFFICER: every_row}),
    "answerInformation": Change(
        {
            Role.PARTNER_AGENT: at_own_centre,
            Role.APPLICANT: lodged_by_oneself,
            Role.PARTNER_SERVICE: at_own_partner,
        }
    ),
    "referToScreening": Change({Role.OFFICER: every_row, Role.SUPERVISOR: every_row}),
    "recordScreening": Change({Role.SCREENING: of_an_open_or_own_question}, answers="screening"),
    "confirmScreening": Change({Role.SCREENING: of_an_open_or_own_question}, answers="screening"),
    "resolveHit": Change({Role.SUPERVISOR: every_row}),
    "holdApplication": Change({Role.SUPERVISOR: every_row}),
    "releaseApplication": Change({Role.SUPERVISOR: every_row}),
    # Any officer decides, so that no case waits for one; assignment is what opens identity.
    "recordDecision": Change({Role.OFFICER: every_row, Role.SUPERVISOR: every_row}),
    "supersedeDecision": Change({Role.SUPERVISOR: every_row}),
    "withdrawApplication": Change(
        {Role.PARTNER_AGENT: at_own_centre, Role.APPLICANT: lodged_by_oneself}
    ),
    "revokeVisa": Change({Role.SUPERVISOR: every_row}),
    # What decrees change, and where partners work: from today on, never what is past.
    "addPartner": Change(ADMINISTERED, "partner", (Partner,)),
    "openPartnerCountry": Change(ADMINISTERED, "partner", (PartnerCountry,)),
    "closePartnerCountry": Change(ADMINISTERED, "partner", (PartnerCountry,)),
    "openCentre": Change(ADMINISTERED, "centre", (Centre,)),
    "closeCentre": Change(ADMINISTERED, "centre", (Centre,)),
    "introduceVisaType": Change(ADMINISTERED, "visaType", (VisaType, Fee, ServiceTarget)),
    "endVisaType": Change(ADMINISTERED, "visaType", (VisaType,)),
    "setFee": Change(ADMINISTERED, "visaType", (Fee,)),
    "setServiceTarget": Change(ADMINISTERED, "visaType", (ServiceTarget,)),
    "setEntryRule": Change(ADMINISTERED, "country", (EntryRule,)),
}

#: Duties are separated: in one token, each of these excludes every other role …
HELD_ALONE = (
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.SCREENING,
    Role.TREASURY,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.PARTNER_SERVICE,
)
#: … and leadership excludes those of partners.
HELD_APART = (LEADERSHIP, (*PARTNERS, Role.PARTNER_SERVICE))

#: Why identity may be read. An applicant's purpose goes without saying; the others say theirs,
#: with a case reference, in the document.
PURPOSES: Mapping[Role, tuple[Purpose, ...]] = {
    Role.OFFICER: (Purpose.CASEWORK,),
    Role.SUPERVISOR: (Purpose.CASEWORK, Purpose.SUPERVISION),
    Role.PARTNER_AGENT: (Purpose.INTAKE,),
    Role.SCREENING: (Purpose.CASEWORK,),
    Role.APPLICANT: (Purpose.OWN_DATA,),
}
IMPLIED_PURPOSE: Mapping[Role, Purpose] = {Role.APPLICANT: Purpose.OWN_DATA}

#: The dimension sets in which each role reads published figures. Those of the whole country are
#: everybody's; managers read them beside their own.
PUBLISHED_SETS: Mapping[Role, tuple[DimensionSet, ...]] = {
    Role.PARTNER_MANAGER: tuple(sorted(COUNTRY_SETS | CENTRE_SETS | NATIONAL_SETS)),
    Role.ANONYMOUS: tuple(sorted(NATIONAL_SETS)),
}

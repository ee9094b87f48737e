"""Upper bounds for lists, dimensions of the volumes and mutations."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy.orm import InstrumentedAttribute

from gateway.faults import Fault
from gateway.findings.claim import FindingKind
from gateway.findings.claims.attention import MOST_MONTHS
from gateway.limits import MOST_MISTAKES
from gateway.mapping.listing import MOST_COUNTED
from gateway.policy import POLICY
from gateway.schema.allowed import ApplicationStep
from gateway.schema.installation import MOST_DOCUMENTS
from gateway.schema.people import MOST_FOUND
from gateway.schema.supervision.officers import MOST_OFFICERS
from gateway.schema.supervision.people_in_reach import MOST_PEOPLE_IN_REACH
from gateway.schema.supervision.people_read import MOST_PEOPLE_READ
from gateway.schema.supervision.readers import MOST_READERS
from gateway.schema.supervision.several_partners import MOST_PEOPLE_AT_SEVERAL_PARTNERS
from gateway.schema.supervision.why import MOST_EXPLAINED
from models import (
    Eligibility,
    EntryRule,
    ExtensionRule,
    Fee,
    GrantRule,
    HandlingRule,
    PassportRule,
    ReferenceChangeValue,
    RequiredDocument,
    ServiceTarget,
)
from models.case.claim import MOST_CLAIMS
from models.case.visa_check import MOST_CHECKS_TOLD
from models.documents import MOST_DOCUMENTS_LISTED
from models.jobs.passes import MOST_JOBS
from models.reference.ledger import MOST_PROPOSALS
from models.reference.partner import MOST_CLOSING_PLACES
from models.rights.breach import MOST_BREACHES
from models.rights.data_request import MOST_LOOKUPS
from models.vocabulary import (
    BackgroundWork,
    Channel,
    Clock,
    DocumentKind,
    Entry,
    Ground,
    KeyUsedFor,
    Outcome,
    Region,
    Role,
    Stage,
    Status,
    TripPurpose,
)
from models.volumes import Dimension


class Bound(NamedTuple):
    """The largest number of items, and why it is enough."""

    most: int
    reason: str
    #: The key of the parent among the rows that are listed, where their number can be known better.
    by: InstrumentedAttribute[Any] | None = None


#: The most groups of each dimension of the volumes.
GROUPS: Mapping[Dimension, Bound] = {
    Dimension.REGION: Bound(len(Region) + 1, "a closed list, and one more for none"),
    Dimension.COUNTRY: Bound(250, "ISO 3166 has 249 countries; one more for direct applications"),
    Dimension.NATIONALITY: Bound(252, "ISO 3166, Kosovo, the stateless, and documents of the UN"),
    Dimension.PARTNER: Bound(100, "a contract each, and one more for direct applications"),
    Dimension.CENTRE: Bound(
        500, "four times what there is: embassies, consulates and visa centres"
    ),
    Dimension.VISA_TYPE: Bound(150, "the directorate's list of indexes has about 130"),
    Dimension.TRIP_PURPOSE: Bound(
        len(TripPurpose) + 1, "a closed list, and one more for what was not stated"
    ),
    Dimension.CHANNEL: Bound(len(Channel), "a closed list"),
}

#: The most items of lists that are neither pages nor tables.
LISTS: Mapping[str, Bound] = {
    "Query.policies": Bound(len(POLICY), "one for each type of the policy"),
    "Query.trustedDocuments": Bound(MOST_DOCUMENTS_LISTED, "those registered last"),
    "TrustedDocument.operations": Bound(10, "most documents have one"),
    "TrustedDocument.clients": Bound(20, "the front ends that share a document"),
    "TrustedDocument.verdicts": Bound(len(Role), "one for each role"),
    "DocumentVerdict.refused": Bound(MOST_MISTAKES, "no more are named"),
    "Query.claimedFiles": Bound(MOST_CLAIMS, "no account has more"),
    "MyData.visaChecks": Bound(MOST_CHECKS_TOLD, "no more are told"),
    "MyData.breaches": Bound(MOST_BREACHES, "no more are told"),
    "MyData.lookups": Bound(MOST_LOOKUPS, "no more are told"),
    "DataRequest.lookups": Bound(MOST_LOOKUPS, "no more are told"),
    "Query.touchedFiles": Bound(MOST_PROPOSALS, "the newest proposals"),
    "Query.closingPlaces": Bound(MOST_CLOSING_PLACES, "the first to give up their files"),
    "Installation.work": Bound(len(BackgroundWork), "a closed list"),
    "Installation.faults": Bound(len(Fault), "a closed list"),
    "Installation.jobs": Bound(MOST_JOBS, "twice what the keeper does"),
    "GatewayProcess.budgetUse": Bound(len(Role), "one for each role"),
    "GatewayProcess.slowDocuments": Bound(MOST_DOCUMENTS, "no more are listed"),
    "Installation.keys": Bound(len(KeyUsedFor), "a closed list"),
    "Application.allowed": Bound(len(ApplicationStep), "each step once"),
    "AllowedStep.outcomes": Bound(len(Outcome), "each outcome once"),
    "ApplicationFacets.stage": Bound(len(Stage), "a closed list"),
    "ApplicationFacets.status": Bound(len(Status), "a closed list"),
    "Viewer.centres": Bound(500, "four times what there is, of all partners"),
    "Viewer.pools": Bound(50, "more than one officer works from"),
    "Country.entryRules": Bound(20, "one for each decree that changed it", EntryRule.country_code),
    "WiderCell.groupBy": Bound(1, "published figures are broken down by one dimension at most"),
    "WiderCell.dropped": Bound(1, "published figures are broken down by one dimension at most"),
    "VisaTypeTerms.eligibility": Bound(
        len(Entry) * len(TripPurpose),
        "each kind of entry and purpose once",
        Eligibility.visa_type_code,
    ),
    "VisaTypeTerms.requiredDocuments": Bound(
        len(DocumentKind), "a closed list", RequiredDocument.visa_type_code
    ),
    "VisaTypeTerms.serviceTargets": Bound(len(Clock), "a closed list"),
    "VisaType.eligibility": Bound(
        100, "each kind of entry and purpose, and its decrees", Eligibility.visa_type_code
    ),
    "Query.eligibleVisaTypes": Bound(150, "the directorate's list of indexes has about 130"),
    "Screening.banMatches": Bound(50, "entries of a passport, and of names that are alike"),
    "Query.people": Bound(MOST_FOUND, "no more are listed"),
    "EligibilityError.eligibleVisaTypes": Bound(
        150, "the directorate's list of indexes has about 130"
    ),
    "VisaType.requiredDocuments": Bound(
        100, "each kind of document, and its decrees", RequiredDocument.visa_type_code
    ),
    "Application.documents": Bound(len(DocumentKind), "a closed list"),
    "Application.uploads": Bound(
        2 * len(DocumentKind), "of each document one that counts, and one that is awaited"
    ),
    "DocumentsError.missingDocuments": Bound(len(DocumentKind), "a closed list"),
    "VisaType.passportRules": Bound(
        20, "one for each decree that changed it", PassportRule.visa_type_code
    ),
    "VisaType.extensionRules": Bound(
        20, "one for each decree that changed it", ExtensionRule.visa_type_code
    ),
    "VisaType.handlingRules": Bound(
        20, "one for each decree that changed it", HandlingRule.visa_type_code
    ),
    "VisaType.grantRules": Bound(
        20, "one for each decree that changed it", GrantRule.visa_type_code
    ),
    "VisaType.fees": Bound(60, "each validity, and its decrees", Fee.visa_type_code),
    "VisaTypeTerms.fees": Bound(10, "each validity that is offered"),
    "VisaType.serviceTargets": Bound(
        20, "two clocks, one for each decree that changed them", ServiceTarget.visa_type_code
    ),
    "Explanation.rows": Bound(MOST_EXPLAINED, "one for each type whose rows belong to a case"),
    "Finding.numbers": Bound(6, "the most that a claim rests on"),
    "Finding.notes": Bound(8, "the most sentences below a claim"),
    "FindingQuestion.where": Bound(len(Dimension), "each dimension once"),
    "ReferenceChange.values": Bound(
        60,
        "a visa type, its passports, fee and target, and four kinds of entry",
        ReferenceChangeValue.change_id,
    ),
}
#: The most items of `errors`: a mistake for each place in the input.
ERRORS = Bound(20, "the longest input has twenty fields, those of the identity included")


class Per(StrEnum):
    """What there is a finding of each of."""

    PLACE = "PLACE"
    REASON = "REASON"
    VISA_TYPE = "VISA_TYPE"
    #: A place or a visa type.
    WORKED_ON = "WORKED_ON"
    MONTH = "MONTH"
    RECENT_MONTH = "RECENT_MONTH"
    STEP = "STEP"
    EVENT = "EVENT"


class FindingBound(NamedTuple):
    """The most findings of a kind: so many of each of these, and what one of them lists."""

    times: int
    reason: str
    of_each: tuple[Per, ...] = ()
    numbers: int = 0
    notes: int = 0


#: The most findings of each kind.
FINDINGS: Mapping[FindingKind, FindingBound] = {
    FindingKind.CHANGE: FindingBound(3, "each measure", numbers=5, notes=4),
    FindingKind.CONTRIBUTION: FindingBound(3, "each measure", (Per.REASON,), numbers=3),
    FindingKind.ATTENTION: FindingBound(1, "sums up", numbers=2, notes=7),
    FindingKind.PLACE: FindingBound(4, "each figure", (Per.PLACE,), numbers=4),
    FindingKind.PLACE_MONTH: FindingBound(4, "each figure", (Per.PLACE,), numbers=3),
    FindingKind.LIMITS: FindingBound(3, "each measure", (Per.STEP,), numbers=3),
    FindingKind.MONTH: FindingBound(2, "two measures", (Per.MONTH,), numbers=3),
    FindingKind.WAITING: FindingBound(1, "sums up", numbers=5, notes=3),
    FindingKind.WAITING_PLACE: FindingBound(1, "what is overdue", (Per.PLACE,), numbers=2),
    FindingKind.PROMISE: FindingBound(1, "sums up", numbers=3, notes=3),
    FindingKind.VISA_TYPE: FindingBound(1, "its verdict", (Per.VISA_TYPE,), numbers=5),
    FindingKind.VISA_TYPE_MONTH: FindingBound(
        1, "its verdict", (Per.VISA_TYPE, Per.RECENT_MONTH), numbers=1
    ),
    FindingKind.EVENT: FindingBound(1, "what it was", (Per.EVENT,)),
    FindingKind.COMING: FindingBound(1, "sums up", numbers=3, notes=3),
    FindingKind.SO_FAR: FindingBound(1, "the month under way", numbers=2),
    FindingKind.RECEIVED: FindingBound(1, "what came in", (Per.MONTH,), numbers=2),
    FindingKind.EXPECTED: FindingBound(3, "each month ahead", numbers=1),
    FindingKind.WORK: FindingBound(1, "sums up", numbers=2, notes=2),
    FindingKind.WORK_FIGURE: FindingBound(4, "each figure", (Per.WORKED_ON,), numbers=2),
}
#: Of those about a place, no more are told in all.
MOST_OF_A_KIND: Mapping[FindingKind, int] = {FindingKind.PLACE_MONTH: MOST_MONTHS}
#: The kinds that can be asked for about one place.
OF_A_PLACE = (FindingKind.PLACE, FindingKind.PLACE_MONTH, FindingKind.WAITING_PLACE)

#: The most rows of the table of refusal grounds in each period.
GROUNDS = Bound(len(Ground), "a closed list")

#: The most rows of the table of officers.
OFFICERS = Bound(MOST_OFFICERS, "ten times those who decide; more are refused")
#: The most rows of the table of places: centres, and each country of each partner without one.
PLACES = Bound(1_500, "centres, and the countries of a handful of partners")
#: The most rows of the table of readers.
READERS = Bound(MOST_READERS, "those who read the most people; others are left out")
#: The most rows of the table of people who were read.
PEOPLE_IN_REACH = Bound(MOST_PEOPLE_IN_REACH, "no more are listed at once")
PEOPLE_READ = Bound(MOST_PEOPLE_READ, "no more are listed at once")
#: The most rows of the table of people who applied through several partners.
PEOPLE_AT_SEVERAL_PARTNERS = Bound(MOST_PEOPLE_AT_SEVERAL_PARTNERS, "no more are listed at once")

#: The cost of the locks, writes and commit of a mutation, besides its answer.
MUTATION = 1_000
#: The lines that a facet of a list may read: each word is counted by itself.
FACETS = {"stage": len(Stage) * MOST_COUNTED, "status": len(Status) * MOST_COUNTED}
#: How many lines the database aggregates at the cost of one value.
LINES_PER_VALUE = 100
#: The most lines of any table: the finest grain of ten million applications.
MOST_LINES = 2_000_000

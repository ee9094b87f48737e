"""Upper bounds for lists, dimensions of the volumes and mutations."""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.faults import Fault
from gateway.findings.claim import FindingKind
from gateway.findings.claims.attention import MOST_MONTHS
from gateway.findings.events import MOST_EVENTS
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
from models.documents import MOST_DOCUMENTS_LISTED
from models.jobs.passes import MOST_JOBS
from models.reference.ledger import MOST_PROPOSALS
from models.vocabulary import (
    BackgroundWork,
    Channel,
    Clock,
    DocumentKind,
    Entry,
    Ground,
    KeyUsedFor,
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
    "Query.touchedFiles": Bound(MOST_PROPOSALS, "the newest proposals"),
    "Installation.work": Bound(len(BackgroundWork), "a closed list"),
    "Installation.faults": Bound(len(Fault), "a closed list"),
    "Installation.jobs": Bound(MOST_JOBS, "twice what the keeper does"),
    "GatewayProcess.budgetUse": Bound(len(Role), "one for each role"),
    "GatewayProcess.slowDocuments": Bound(MOST_DOCUMENTS, "no more are listed"),
    "Installation.keys": Bound(len(KeyUsedFor), "a closed list"),
    "Application.allowed": Bound(len(ApplicationStep), "each step once"),
    "ApplicationFacets.stage": Bound(len(Stage), "a closed list"),
    "ApplicationFacets.status": Bound(len(Status), "a closed list"),
    "Viewer.centres": Bound(500, "four times what there is, of all partners"),
    "Country.entryRules": Bound(20, "one for each decree that changed it"),
    "WiderCell.groupBy": Bound(1, "published figures are broken down by one dimension at most"),
    "WiderCell.dropped": Bound(1, "published figures are broken down by one dimension at most"),
    "VisaTypeTerms.eligibility": Bound(
        len(Entry) * len(TripPurpose), "each kind of entry and purpose once"
    ),
    "VisaTypeTerms.requiredDocuments": Bound(len(DocumentKind), "a closed list"),
    "VisaTypeTerms.serviceTargets": Bound(len(Clock), "a closed list"),
    "VisaType.eligibility": Bound(100, "each kind of entry and purpose, and its decrees"),
    "Query.eligibleVisaTypes": Bound(150, "the directorate's list of indexes has about 130"),
    "Screening.banMatches": Bound(50, "entries of a passport, and of names that are alike"),
    "Query.people": Bound(MOST_FOUND, "no more are listed"),
    "EligibilityError.eligibleVisaTypes": Bound(
        150, "the directorate's list of indexes has about 130"
    ),
    "VisaType.requiredDocuments": Bound(100, "each kind of document, and its decrees"),
    "Application.documents": Bound(len(DocumentKind), "a closed list"),
    "DocumentsError.missingDocuments": Bound(len(DocumentKind), "a closed list"),
    "VisaType.passportRules": Bound(20, "one for each decree that changed it"),
    "VisaType.fees": Bound(20, "one for each decree that changed it"),
    "VisaType.serviceTargets": Bound(20, "two clocks, one for each decree that changed them"),
    "Explanation.rows": Bound(MOST_EXPLAINED, "one for each type whose rows belong to a case"),
    "Finding.numbers": Bound(6, "the most that a claim rests on"),
    "Finding.notes": Bound(8, "the most sentences below a claim"),
    "FindingQuestion.where": Bound(len(Dimension), "each dimension once"),
    "ReferenceChange.values": Bound(
        60, "a visa type, its passports, fee and target, and four kinds of entry"
    ),
}
#: The most items of `errors`: a mistake for each place in the input.
ERRORS = Bound(18, "the longest input has eighteen fields, those within it included")

#: The most findings of each kind: by places (a partner's centres are fewer than the countries),
#: visa types, and months.
FINDINGS: Mapping[FindingKind, Bound] = {
    FindingKind.CHANGE: Bound(3, "each measure"),
    FindingKind.CONTRIBUTION: Bound(3 * 250, "each measure and country"),
    FindingKind.ATTENTION: Bound(1, "sums up"),
    FindingKind.PLACE: Bound(4 * 250, "each figure of a place"),
    FindingKind.PLACE_MONTH: Bound(MOST_MONTHS, "no more are named"),
    FindingKind.LIMITS: Bound(3 * 60, "steps of a quarter, up to ten million cases"),
    FindingKind.MONTH: Bound(2 * 49, "each known month"),
    FindingKind.WAITING: Bound(1, "sums up"),
    FindingKind.WAITING_PLACE: Bound(250, "each place"),
    FindingKind.PROMISE: Bound(1, "sums up"),
    FindingKind.VISA_TYPE: Bound(150, "each visa type"),
    FindingKind.VISA_TYPE_MONTH: Bound(150 * 13, "each visa type and month"),
    FindingKind.EVENT: Bound(MOST_EVENTS, "no more are counted with one question"),
    FindingKind.COMING: Bound(1, "sums up"),
    FindingKind.SO_FAR: Bound(1, "the month under way"),
    FindingKind.RECEIVED: Bound(49, "each known month"),
    FindingKind.EXPECTED: Bound(3, "each month ahead"),
    FindingKind.WORK: Bound(1, "sums up"),
    FindingKind.WORK_FIGURE: Bound(4 * 250, "each figure of a centre or visa type"),
}
#: The most of them that are about one place.
FINDINGS_OF_A_PLACE: Mapping[FindingKind, int] = {
    FindingKind.PLACE: 4,
    FindingKind.WAITING_PLACE: 1,
}

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

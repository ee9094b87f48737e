"""The ways in to each type, and the documents and coordinates that they make."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import get_named_type, is_leaf_type, is_required_argument

from gateway.access.fields import is_readable, readable_fields
from gateway.limits import MOST_MISTAKES, MOST_ROOT_FIELDS
from gateway.mapping.ids import GlobalId
from models.vocabulary import Role
from tests.gateway.schemas import FULL
from tests.world import applicant_id, application_id, billing_code, decision_id, link_id

DECIDED = "AUSY-GRAN-0001"
DAYS = 'from: "2025-01-01", to: "2025-12-31"'
ACCOUNT = 'viewer: "officer", role: OFFICER'
_WHY = f'(case: "SGPO-OPEN-0006", {ACCOUNT})'
INSTANTS = 'from: "2025-01-01T00:00:00Z", before: "2025-06-01T00:00:00Z"'
_PASSPORT = 'passport: {issuingState: "AU", number: "X"}'
_TRACKED = f'(reference: "x", birthDate: "1990-01-01", {_PASSPORT})'
_CODED = f'(reference: "x", code: "x", {_PASSPORT})'
FLIGHT = f'flight: {{number: "GA715", departsAt: "{datetime.now(UTC).isoformat()}"}}'
WINDOW = f"{DAYS}, groupBy: "


def _node(type_name: str, key: object) -> str:
    return f'node(id: "{GlobalId(type_name, str(key)).encode()}") > ... on {type_name}'


def _nodes(type_name: str, key: object) -> str:
    return f'nodes(ids: ["{GlobalId(type_name, str(key)).encode()}"]) > ... on {type_name}'


def _paged(name: str) -> tuple[str, ...]:
    return f"{name}(first: 9) > nodes", f"{name}(last: 9) > edges > node"


_CASES = "applications(first: 20) > nodes"
_NOTICES = f"{_CASES} > applicant > breachNotices(first: 9) > nodes"
_TOTALS = ("accessEvents > totalCount", "applications > totalCount")
_VOLUMES = f"volumes({WINDOW}[COUNTRY, NATIONALITY, PARTNER, CENTRE, VISA_TYPE, MONTH]) > rows"
#: On the grid of published figures and of first decisions, whoever asks.
_PUBLISHED = f"volumes({WINDOW}[VISA_TYPE, MONTH]) > rows"
_FINDINGS = (
    f"findings({DAYS}, where: {{channel: {{eq: PARTNER_PORTAL}}}}, kinds: [CHANGE, CONTRIBUTION])"
)
_CASE, _PERSON = application_id(DECIDED), applicant_id("Ruby Hale")

_TYPES, _LINKED = "visaTypes(first: 9) > nodes", "applicant > linked(first: 9) > nodes"
_SCREENED, _REPLAYED = "screenings(first: 9) > nodes", "screeningReplays(first: 9) > nodes"
#: Steps are fields, or type conditions; ``>`` goes one level in.
WAYS: dict[str, tuple[str, ...]] = {
    "Query": ("",), "WebhookEndpoint": _paged("webhookEndpoints"), "Alert": _paged("alerts"),
    "EntryRule": ("countries(first: 9) > nodes > entryRules",), "Pool": _paged("pools"),
    "Country": (
        *_paged("countries"), 'country(by: {code: "AU"})',
        _node("Country", "AU"), _nodes("Country", "AU"), "centres(first: 9) > nodes > country",
        f"{_CASES} > nationality", f"volumes({WINDOW}[COUNTRY, QUARTER]) > rows > country",
    ),
    "VisaType": (
        "visaTypes(first: 9) > nodes", 'visaType(by: {code: "B1"})', _node("VisaType", "B1"),
        f"{_CASES} > visaType", f"volumes({WINDOW}[VISA_TYPE, QUARTER]) > rows > visaType",
        'eligibleVisaTypes(nationality: "AU")',
    ),
    "VisaTypeTerms": (f"{_TYPES} > current",), "Eligibility": (f"{_TYPES} > eligibility",),
    "RequiredDocument": (f"{_TYPES} > requiredDocuments",), "Fee": (f"{_TYPES} > fees",),
    **{f"{one}Rule": (f"{_TYPES} > {one.lower()}Rules",)
       for one in ("Passport", "Extension", "Handling")},
    "ServiceTarget": (f"{_TYPES} > serviceTargets",), "GrantRule": (f"{_TYPES} > grantRules",),
    "GrantRuleStop": (f"{_TYPES} > grantRules > stop",), "GrantCheck": (f"{_CASES} > grantCheck",),
    "Partner": (
        "partners(first: 9) > nodes", 'partner(by: {code: "NUSA"})', _node("Partner", "NUSA"),
        f"{_CASES} > partner", f"volumes({WINDOW}[PARTNER, QUARTER]) > rows > partner",
        "centres(first: 9) > nodes > partner",
    ),
    "PartnerCountry": ("partners(first: 9) > nodes > countries(first: 9) > nodes",),
    "Centre": (
        "centres(first: 9) > nodes", "centres(first: 9) > edges > node",
        'centre(by: {code: "AU-SYD"})', _node("Centre", "AU-SYD"), f"{_CASES} > centre",
        "partners(first: 9) > nodes > centres(first: 9) > nodes",
        f"volumes({WINDOW}[CENTRE, QUARTER]) > rows > centre",
    ),
    "Application": (
        _CASES, "applications(last: 20) > edges > node",
        f'application(by: {{reference: "{DECIDED}"}})', _node("Application", _CASE),
        _nodes("Application", _CASE), f"{_CASES} > applicant > applications(first: 9) > nodes",
    ),
    "Bill": (
        f"{_CASES} > bill", f'bill(by: {{code: "{billing_code(DECIDED)}"}})',
        _node("Bill", billing_code(DECIDED)), *_paged("bills"),
    ),
    "CaseDocument": (f"{_CASES} > documents",), "DocumentUpload": (f"{_CASES} > uploads",),
    "RequestedItem": (f"{_CASES} > requestedItems(first: 9) > nodes",),
    "ItemAnswer": (f"{_CASES} > requestedItems(first: 9) > nodes > answer",),
    "RefusalIntention": (f"{_CASES} > refusalIntention",),
    "IntentionAnswer": (f"{_CASES} > refusalIntention > answer",),
    "AllowedOutcome": (f"{_CASES} > allowed > outcomes",),
    "AllowedStep": (f"{_CASES} > allowed",), "MutationError": (f"{_CASES} > allowed > reason",),
    "DocumentContent": (f"{_CASES} > uploads > content",), "VolumeTable": (f"volumes({WINDOW}[])",),
    **{f"{of}Error": (f"{_CASES} > allowed > reason > ... on {of}Error",)
       for of in ("Input", "Eligibility", "Passport", "Documents", "Case")},
    "ApplicationEvent": (f"{_CASES} > events(first: 20) > nodes",),
    "Assignment": (f"{_CASES} > assignments(first: 9) > nodes",), "LinkFigures": ("linkFigures",),
    "Decision": (
        f"{_CASES} > decision", f"{_CASES} > decisions(first: 9) > nodes",
        f"{_CASES} > decision > supersedes", _node("Decision", decision_id(DECIDED)),
    ),
    "Visa": (f"{_CASES} > decision > visa", f"{_CASES} > decisions(first: 9) > nodes > visa"),
    "WithheldDecision": (f"{_CASES} > withheldDecision",), "DayOff": _paged("daysOff"),
    "Screening": (f"{_CASES} > {_SCREENED}",), "ScreeningReplay": _paged("screeningReplays"),
    "Applicant": (
        f"{_CASES} > applicant", _node("Applicant", _PERSON),
        f"{_CASES} > {_LINKED} > applicant", "accessEvents(first: 9) > nodes > applicant",
    ),
    "Identity": (f"{_CASES} > applicant > identity", f"{_node('Applicant', _PERSON)} > identity"),
    "IdentityVersion": (
        f"{_CASES} > applicant > identityVersions(first: 9) > nodes",
        f"{_node('Applicant', _PERSON)} > identityVersions(first: 9) > edges > node",
    ),
    "PersonLink": (f"{_CASES} > {_LINKED}", _node("PersonLink", link_id(0))),
    **{one: (f"{_CASES} > {one.removeprefix('Case').lower()}s(first: 9) > nodes",)
       for one in ("Guarantor", "Guardian", "CaseNote")},
    "PersonLookup": (*_paged("personLookups"), "dataRequests(first: 9) > nodes > lookups"),
    "VisaCheck": _paged("visaChecks"), "BanEntry": _paged("banEntries"),
    "BannedPerson": ("banEntries(first: 9) > nodes > person",),
    "BanRead": ("banEntries(first: 9) > nodes > reads(first: 9) > nodes",),
    "BanMatch": tuple(f"{way}{_SCREENED} > banMatches" for way in ("", f"{_CASES} > ")),
    "DataRequest": _paged("dataRequests"), "WebhookNotice": _paged("webhookNotices"),
    "ComplaintText": ("complaints(first: 9) > nodes > text",), "BreachNotice": (_NOTICES,),
    "ComplaintRead": ("complaints(first: 9) > nodes > reads(first: 9) > nodes",),
    "Erasure": (
        f"{_CASES} > applicant > erasure", "dataRequests(first: 9) > nodes > erasure",
        *_paged("erasures"),
    ),
    "LegalHold": (f"{_CASES} > legalHolds(first: 9) > nodes", *_paged("legalHolds")),
    "Breach": (*_paged("breaches"), f"{_NOTICES} > breach", "myData > breaches"),
    "Complaint": _paged("complaints"), "UnmatchedPayment": _paged("unmatchedPayments"),
    "Crossing": _paged("unmatchedCrossings"), "FormerBill": _paged("formerBills"),
    "Stay": (f"{_CASES} > decision > visa > stay", *_paged("overstays")),
    "Movement": (f"{_CASES} > applicant > movements(first: 9) > nodes",),
    "SavedView": _paged("savedViews"), "MonthNote": _paged("monthNotes"),
    "WebhookDelivery": ("webhookEndpoints(first: 9) > nodes > delivery",),
    "AccountCheckpoint": ("installation > checkpoint",), "TouchedFiles": ("touchedFiles",),
    "InstallationWork": ("installation > work",), "GatewayProcess": ("installation > process",),
    "InstallationFault": ("installation > faults",), "InstallationJob": ("installation > jobs",),
    "InstallationDatabase": ("installation > database",), "Installation": ("installation",),
    "InstallationKey": ("installation > keys",), "NetworkOutcomes": (f"{_PUBLISHED} > network",),
    "BudgetUse": ("installation > process > budgetUse",), "TrustedDocument": ("trustedDocuments",),
    "DocumentVerdict": ("trustedDocuments > verdicts",), "TakenBackList": ("takenBackVisas",),
    "VisaKey": _paged("visaKeys"), "VisaDocument": (f"{_CASES} > decision > visa > document",),
    "KeyOperation": _paged("keyOperations"), "MailSubscription": _paged("mailSubscriptions"),
    "SlowDocument": ("installation > process > slowDocuments",), "ClosingPlace": ("closingPlaces",),
    "LinkerRead": (f"{_CASES} > applicant > linkerReads(first: 9) > nodes",),
    "Correction": (f"{_CASES} > corrections(first: 9) > nodes",),
    "ReferenceChange": (
        "referenceChanges(first: 99) > nodes", "referenceChanges(last: 9) > edges > node",
    ),
    "ReferenceChangeValue": ("referenceChanges(first: 9) > nodes > values",),
    "ScreeningReplayLine": (f"{_REPLAYED} > lines(first: 9) > nodes",),
    "ScreeningReplayCandidate": (f"{_REPLAYED} > candidates(first: 9) > nodes",),
    "Inquiry": (*_paged("inquiries"), "alerts(first: 9) > nodes > inquiry"),
    "InquiryPerson": ("inquiries(first: 9) > nodes > people(first: 9) > nodes",),
    "BudgetException": (*_paged("budgetExceptions"), "alerts(first: 9) > nodes > budgetException"),
    "NamedEvent": _paged("namedEvents"), "Suspension": _paged("suspensions"), "AccessEvent": (
        *_paged("accessEvents"), f"{_CASES} > applicant > accessEvents(first: 9) > nodes",
    ),
    "FindingTable": (_FINDINGS,), "FigureEvidence": (f"{_FINDINGS} > evidence",),
    "Finding": (f"{_FINDINGS} > rows",), "FindingSubject": (f"{_FINDINGS} > rows > subject",),
    "FindingNumber": (f"{_FINDINGS} > rows > numbers",),
    "FindingQuestion": (f"{_FINDINGS} > rows > question",),
    "FindingCondition": (f"{_FINDINGS} > rows > question > where",),
    "BothLanguages": (
        f"{_FINDINGS} > rows > sentence", f"{_FINDINGS} > rows > notes",
        f"{_FINDINGS} > rows > subject > name",
    ),
    "VolumeRow": (_PUBLISHED, f"volumes({WINDOW}[VISA_TYPE, QUARTER], edition: 1) > rows"),
    "VolumePublication": (f"volumes({WINDOW}[VISA_TYPE, MONTH]) > published",),
    "WiderCell": (
        f"{_PUBLISHED} > refusalRate > nearestWider", f"{_PUBLISHED} > refused > nearestWider",
        f"{_PUBLISHED} > turnaroundP90 > nearestWider",
    ),
    "VolumePeriod": (
        f"{_PUBLISHED} > period", f"refusalGrounds({DAYS}, groupBy: YEAR) > rows > period",
        f"screeningReferrals({DAYS}, groupBy: WEEK) > rows > period",
    ),
    "RefusalGroundTable": (f"refusalGrounds({DAYS})",), "MyVisaCheck": ("myData > visaChecks",),
    "RefusalGroundRow": (f"refusalGrounds({DAYS}) > rows",), "PersonReadTable": (
        f"peopleRead({INSTANTS})",), "PersonRead": (f"peopleRead({INSTANTS}) > rows",),
    "GrantRuleFigureTable": (f"grantRuleFigures({DAYS})",),
    "GrantRuleFigureRow": (f"grantRuleFigures({DAYS}) > rows",),
    "ScreeningReferralTable": (f"screeningReferrals({DAYS})",),
    "ScreeningReferralRow": (f"screeningReferrals({DAYS}, groupBy: MONTH) > rows",),
    "StayFigureTable": (f"stayFigures({DAYS})",), "StayFigureRow": (f"stayFigures({DAYS}) > rows",),
    "ComplaintFigureTable": (f"complaintFigures({DAYS})",), "ComplaintFigureRow": (
        f"complaintFigures({DAYS}) > rows",),
    "OfficerTable": (f"officers({DAYS})",), "OfficerRow": (f"officers({DAYS}) > rows",),
    "ReaderTable": (f"readers({DAYS})",), "ReaderRow": (f"readers({DAYS}) > rows",),
    "TrackedFile": (f"trackedFile{_TRACKED}",), "ClaimedFile": ("claimedFiles",),
    "DeliveredDecision": (f"deliveredDecision{_CODED}",), "ExplainedRows": (f"why{_WHY} > rows",),
    "PersonAtSeveralPartnersTable": (f"peopleAtSeveralPartners({DAYS})",),
    "PersonAtSeveralPartners": (f"peopleAtSeveralPartners({DAYS}) > rows",),
    "PersonInReachTable": (f"peopleInReach({INSTANTS}, {ACCOUNT})",), "PersonInReach": (
        f"peopleInReach({INSTANTS}, {ACCOUNT}) > rows",), "Explanation": (f"why{_WHY}",),
    "InformationRequestTable": (f"informationRequests({DAYS})",),
    "InformationRequestRow": (f"informationRequests({DAYS}) > rows",), "ObservedRate": (
        f"officers({DAYS}) > rows > refusalRate", f"informationRequests({DAYS}) > rows > rate",
    ),
    "ExpectedRate": (
        f"officers({DAYS}) > rows > expectedRefusalRate",
        f"informationRequests({DAYS}) > rows > expectedRate",
    ),
    "Viewer": ("viewer",), "MyData": ("myData",), "TypePolicy": ("policies",),
    "CountFigure": (f"{_PUBLISHED} > intake", f"{_VOLUMES} > withdrawn", *_TOTALS),
    "Money": (f"{_VOLUMES} > revenue > value",), "MoneyFigure": (f"{_VOLUMES} > revenue",),
    "ApplicationFacets": ("applications > facets",), "MyLookup": ("myData > lookups",),
    "StageFacet": ("applications > facets > stage",),
    "StatusFacet": ("applications > facets > status",),
    "RateFigure": (f"{_PUBLISHED} > refusalRate",),
    "DurationFigure": (f"{_PUBLISHED} > turnaroundP90", f"{_VOLUMES} > wipAgeOldest"),
    "FigureChange": (
        f"{_PUBLISHED} > intake > yearOnYear", f"{_PUBLISHED} > refusalRate > monthOnMonth",
        f"{_VOLUMES} > handoverP90 > yearOnYear",
    ),
    "PageInfo": ("countries(first: 1) > pageInfo", "accessEvents(first: 1) > pageInfo"),
    "Node": (_node("Country", "AU").split(" > ")[0],),
}  # fmt: skip

#: What only a socket leads to, see ``test_live.py``; and what stands behind a field of another.
FOLLOWED = {
    "Subscription", "ApplicationUpdate", "ApplicationChange", "VolumesUpdate", "VolumesChange",
    "Heartbeat", "AlertUpdate", "ScreeningUpdate", "PassportEnding",
}  # fmt: skip

#: The arguments that the fields of a query need.
ARGUMENTS = {
    "node": '(id: "x")', "nodes": '(ids: ["x"])', "country": '(by: {code: "AU"})',
    "visaType": '(by: {code: "B1"})', "partner": '(by: {code: "NUSA"})', "why": _WHY,
    "centre": '(by: {code: "AU-SYD"})', "bill": '(by: {code: "x"})', "volumes": f"({WINDOW}[])",
    "application": '(by: {reference: "x"})', "workList": "(queue: FREE)",
    "eligibleVisaTypes": '(nationality: "AU")', "peopleInReach": f"({INSTANTS}, {ACCOUNT})",
    "findings": f"({DAYS})", "refusalGrounds": f"({DAYS})", "screeningReferrals": f"({DAYS})",
    "officers": f"({DAYS})", "informationRequests": f"({DAYS})", "stayFigures": f"({DAYS})",
    "complaintFigures": f"({DAYS})", "readers": f"({DAYS})", "peopleRead": f"({INSTANTS})",
    "grantRuleFigures": f"({DAYS})", "peopleAtSeveralPartners": f"({DAYS})",
    "deliveredDecision": _CODED,
    "trackedFile": _TRACKED, "visaStatus": f'(visaNumber: "x", {_PASSPORT}, {FLIGHT})',
    "people": '(by: {nameAndBirthDate: {fullName: "Nobody Here", birthDate: "1990-01-01"}})',
}  # fmt: skip


class Asking:
    """One way in, with a selection at its end."""

    def __init__(self, way: str, fields: list[str]) -> None:
        self.steps = [step for step in way.split(" > ") if step]
        self.type_name, self._route = self._walk_steps()
        self.fields = fields

    @property
    def coordinates(self) -> set[str]:
        """Every field that the document names."""
        ends = {f"{self.type_name}.{name}" for name in self.fields}
        inside = {f"{self._type_of(name)}.__typename" for name in self._branches()}
        return {*self._route} | ends | inside

    def outermost(self, is_hidden: Callable[[str], bool]) -> set[str]:
        """The hidden fields that stand below no other hidden one."""
        if on_the_way := next(filter(is_hidden, self._route), None):
            return {on_the_way}
        hidden = {name for name in self.fields if is_hidden(f"{self.type_name}.{name}")}
        inside = {f"{self._type_of(name)}.__typename" for name in self._branches()
                  if name not in hidden}  # fmt: skip
        return {f"{self.type_name}.{name}" for name in hidden} | {*filter(is_hidden, inside)}

    def selection(self) -> str:
        return " ".join(self._selections())

    def _selections(self) -> Iterator[str]:
        for name in self.fields:
            inside = " { __typename }" if name in self._branches() else ""
            yield f"{name}{self._arguments(name)}{inside}"

    def document(self, operation: str = "query", selection: str | None = None) -> str:
        inside = self.selection() if selection is None else selection
        opened = "".join(f" {{ {step}" for step in self.steps)
        return f"{operation}{opened} {{ {inside} }}{' }' * len(self.steps)}"

    def under_other_names(self, operation: str) -> str:
        """The same by aliases in a fragment."""
        aliased = " ".join(f"harmless{n}: {one}" for n, one in enumerate(self._selections()))
        fragment = f"fragment Inner on {self.type_name} {{ {aliased} }}"
        return f"{self.document(operation, '...Inner')} {fragment}"

    def _arguments(self, name: str) -> str:
        if self.type_name == "Query":
            return ARGUMENTS.get(name, "")
        fields: Any = FULL.type_map[self.type_name].fields  # type: ignore[union-attr]
        first = fields[name].args.get("first")
        return "(first: 9)" if first and is_required_argument(first) else ""

    def _branches(self) -> Iterator[str]:
        fields: Any = FULL.type_map[self.type_name].fields  # type: ignore[union-attr]
        return (n for n in self.fields if not is_leaf_type(get_named_type(fields[n].type)))

    def _type_of(self, name: str) -> str:
        fields: Any = FULL.type_map[self.type_name].fields  # type: ignore[union-attr]
        return get_named_type(fields[name].type).name

    def _walk_steps(self) -> tuple[str, list[str]]:
        at, coordinates = "Query", list[str]()
        for step in self.steps:
            if step.startswith("... on "):
                at = step.removeprefix("... on ")
                continue
            name = step.split("(")[0]
            coordinates.append(f"{at}.{name}")
            fields: Any = FULL.type_map[at].fields  # type: ignore[union-attr]
            at = get_named_type(fields[name].type).name
        return at, coordinates


def split_by_root_fields(way: str, names: Sequence[str]) -> Iterator[Asking]:
    """Documents of several fields each: as many as one may have at its root."""
    most = (len(names) or 1) if way else MOST_ROOT_FIELDS
    for start in range(0, len(names), most):
        yield Asking(way, list(names[start : start + most]))


def split_by_mistakes(way: str, names: Iterable[str]) -> Iterator[Asking]:
    """Documents of several fields each: as many as an answer can name, if it refuses them all."""
    fields: list[str] = []
    for name in names:
        if len(Asking(way, [*fields, name]).coordinates) > MOST_MISTAKES:
            yield Asking(way, fields)
            fields = []
        fields.append(name)
    if fields:
        yield Asking(way, fields)


def reads(role: Role, coordinate: str) -> bool:
    """Whether the policy lets a role read a field."""
    type_name, name = coordinate.split(".")
    if name == "__typename":
        return type_name.endswith("Connection") or bool(readable_fields(type_name, role))
    return is_readable(type_name, name, role)

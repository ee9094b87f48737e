"""What an administrator can change: the fields of each form, and of the input of its mutation."""

from collections.abc import Mapping, Sequence

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes

VISA_TYPES, PARTNERS = "visa_types", "partners"
_VISA_TYPE = Field("visaType", FieldKind.CHOICE, VISA_TYPES)
_PARTNER = Field("partner", FieldKind.CHOICE, PARTNERS)
_COUNTRY = Field("country", FieldKind.COUNTRY)
_VALID_FROM = Field("validFrom", FieldKind.DAY)
_OPENED_ON = Field("openedOn", FieldKind.DAY)
_REGIONS = (
    "AFRICA", "AMERICAS", "EAST_ASIA", "SOUTHEAST_ASIA", "SOUTH_AND_CENTRAL_ASIA", "MIDDLE_EAST",
    "EUROPE", "OCEANIA",
)  # fmt: skip
_ENTRIES = ("VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED", "CALLING_VISA")
_PURPOSES = ("TOURISM", "BUSINESS", "INVESTMENT", "GOVERNMENT", "TRANSIT")
_DOCUMENTS = (
    *("PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET", "ITINERARY", "ACCOMMODATION"),
    *("BANK_STATEMENT", "INVITATION_LETTER", "GUARANTEE_LETTER", "EMPLOYMENT_LETTER"),
    *("EMPLOYMENT_CONTRACT", "CURRICULUM_VITAE", "BUSINESS_LICENCE", "DEED_OF_ESTABLISHMENT"),
    *("INVESTMENT_PLAN", "PROOF_OF_INCOME", "HEALTH_INSURANCE", "VACCINATION_CERTIFICATE"),
    *("POLICE_CERTIFICATE", "BIRTH_CERTIFICATE", "MARRIAGE_CERTIFICATE", "PARENTAL_CONSENT"),
    "RESIDENCE_PERMIT",
)
_EVENTS = ("OUTAGE", "HOLIDAY_RUSH", "DISASTER", "STRIKE", "RULE_CHANGE")
_CLOSING = (
    Field("closedOn", FieldKind.DAY, is_required=False),
    Field("successor", is_required=False),
)
_TARGET = (
    Field("hours", FieldKind.NUMBER, is_required=False),
    Field("workingDays", FieldKind.NUMBER, is_required=False),
    Field("promisedPercent", FieldKind.NUMBER, is_required=False),
)
#: Every proposal names its decree.
_DECREED = (Field("decree"), Field("reason", FieldKind.REASON))
_REASON = Field("reason", FieldKind.REASON)

#: In the order in which they are offered.
PROPOSALS: Mapping[str, Sequence[Field]] = {
    "proposeFee": (
        _VISA_TYPE,
        Field("useWithinDays", FieldKind.NUMBER),
        Field("fee", FieldKind.MONEY),
        Field("isOffered", FieldKind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeServiceTarget": (
        _VISA_TYPE,
        Field("clock", FieldKind.CHOICE, ("STANDARD", "CALLING_VISA")),
        *_TARGET,
        _VALID_FROM,
    ),
    "proposePassportRule": (_VISA_TYPE, Field("months", FieldKind.NUMBER), _VALID_FROM),
    "proposeExtensionRule": (
        _VISA_TYPE,
        Field("times", FieldKind.NUMBER),
        Field("days", FieldKind.NUMBER),
        Field("fee", FieldKind.MONEY),
        _VALID_FROM,
    ),
    "proposeHandlingRule": (
        _VISA_TYPE,
        Field("isAnnounced", FieldKind.YES_OR_NO),
        Field("isCorrected", FieldKind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeRequiredDocument": (
        _VISA_TYPE,
        Field("kind", FieldKind.CHOICE, _DOCUMENTS),
        Field("isRequired", FieldKind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeEligibility": (
        _VISA_TYPE,
        Field("entry", FieldKind.CHOICE, _ENTRIES),
        Field("purpose", FieldKind.CHOICE, _PURPOSES),
        Field("isOpen", FieldKind.YES_OR_NO),
        _VALID_FROM,
    ),
    "proposeEntryRule": (_COUNTRY, Field("entry", FieldKind.CHOICE, _ENTRIES), _VALID_FROM),
    "proposeDeadline": (
        Field("wait", FieldKind.CHOICE, ("PAYMENT", "ANSWER", "INTENTION")),
        Field("days", FieldKind.NUMBER),
        _VALID_FROM,
    ),
    "proposeDayOff": (
        Field("day", FieldKind.DAY),
        Field("nameEn"),
        Field("nameId"),
        Field("isOff", FieldKind.YES_OR_NO),
    ),
    "proposeNamedEvent": (
        Field("kind", FieldKind.CHOICE, _EVENTS),
        Field("beganOn", FieldKind.DAY),
        Field("endedOn", FieldKind.DAY),
        Field("country", FieldKind.COUNTRY, is_required=False),
        Field("wasScreeningOut", FieldKind.YES_OR_NO),
    ),
    "proposeGrantRule": (
        _VISA_TYPE,
        Field("nationalities", FieldKind.COUNTRIES),
        Field("samplePercent", FieldKind.NUMBER),
        Field("hoursAfterPayment", FieldKind.NUMBER),
        Field("official"),
    ),
    "proposePool": (
        Field("code"),
        Field("visaTypes", FieldKind.WORDS, is_required=False),
        Field("channels", FieldKind.WORDS, is_required=False),
        Field("nationalities", FieldKind.COUNTRIES, is_required=False),
        Field("isOpen", FieldKind.YES_OR_NO),
    ),
    "proposePartnerCountry": (_PARTNER, _COUNTRY, _OPENED_ON),
    "proposePartnerCountryClosing": (_PARTNER, _COUNTRY, *_CLOSING),
    "proposeCentre": (Field("code"), _PARTNER, _COUNTRY, Field("city"), _OPENED_ON),
    "proposeCentreClosing": (Field("centre"), *_CLOSING),
    "proposePartner": (Field("code"), Field("name")),
    "proposeVisaType": (
        Field("code"),
        Field("nameEn"),
        Field("nameId"),
        Field("category", FieldKind.CHOICE, _PURPOSES),
        Field("stayDays", FieldKind.NUMBER),
        Field("useWithinDays", FieldKind.NUMBER),
        Field("isMultipleEntry", FieldKind.YES_OR_NO),
        Field("passportMonths", FieldKind.NUMBER),
        Field("fee", FieldKind.MONEY),
        *_TARGET,
        _VALID_FROM,
    ),
    "proposeVisaTypeEnd": (_VISA_TYPE, Field("validUntil", FieldKind.DAY, is_required=False)),
    "proposeCountry": (
        Field("code", FieldKind.COUNTRY),
        Field("iso3"),
        Field("nameEn"),
        Field("nameId"),
        Field("region", FieldKind.CHOICE, _REGIONS),
    ),
}
CHANGES = Changes(
    "administration",
    {
        **{change: (*fields, *_DECREED) for change, fields in PROPOSALS.items()},
        "approveReferenceChange": (Field("changeId"),),
        "cancelReferenceChange": (Field("changeId"), _REASON),
        "stopGrantRule": (Field("code"), _REASON),
        "confirmSuspension": (Field("suspensionId"),),
        "proposeLifting": (Field("suspensionId"), _REASON),
        "liftSuspension": (Field("suspensionId"),),
        "suspendPartner": (_PARTNER, _REASON),
        "suspendViewer": (Field("subject"), _REASON),
    },
    proposals=frozenset(PROPOSALS),
)
#: What answers a proposal: of an event, auditors send it too, of a rule that grants or a pool
#: supervisors.
ANSWERS = frozenset({"approveReferenceChange", "cancelReferenceChange"})
#: What supervisors alone send.
STOPS = "stopGrantRule"

"""The words of reference data: what a decree changes."""

from enum import StrEnum


class VisaCategory(StrEnum):
    """What a visa type is for."""

    TOURISM = "TOURISM"
    BUSINESS = "BUSINESS"
    INVESTMENT = "INVESTMENT"
    GOVERNMENT = "GOVERNMENT"
    TRANSIT = "TRANSIT"


class TripPurpose(StrEnum):
    """What an applicant travels for, as stated; a visa type serves one or several."""

    TOURISM = "TOURISM"
    BUSINESS = "BUSINESS"
    INVESTMENT = "INVESTMENT"
    GOVERNMENT = "GOVERNMENT"
    TRANSIT = "TRANSIT"


class Region(StrEnum):
    """Where in the world a country lies: a closed list, for figures that several share."""

    AFRICA = "AFRICA"
    AMERICAS = "AMERICAS"
    EAST_ASIA = "EAST_ASIA"
    SOUTHEAST_ASIA = "SOUTHEAST_ASIA"
    SOUTH_AND_CENTRAL_ASIA = "SOUTH_AND_CENTRAL_ASIA"
    MIDDLE_EAST = "MIDDLE_EAST"
    EUROPE = "EUROPE"
    OCEANIA = "OCEANIA"


class Entry(StrEnum):
    """What nationals of a country need to enter Indonesia."""

    VISA_FREE = "VISA_FREE"
    VISA_ON_ARRIVAL = "VISA_ON_ARRIVAL"
    VISA_REQUIRED = "VISA_REQUIRED"
    CALLING_VISA = "CALLING_VISA"


class Clock(StrEnum):
    """Which service target counts: calling-visa nationalities have their own."""

    STANDARD = "STANDARD"
    CALLING_VISA = "CALLING_VISA"


class GrantCondition(StrEnum):
    """What has to be certain before an application is granted by rule."""

    PAID = "PAID"
    NATIONALITY = "NATIONALITY"
    NOT_TOO_EARLY = "NOT_TOO_EARLY"
    HANDED_OVER = "HANDED_OVER"
    DOCUMENTS = "DOCUMENTS"
    SCANNED = "SCANNED"
    ELIGIBLE = "ELIGIBLE"
    LINKED = "LINKED"
    CLEARED = "CLEARED"
    CLEARED_LATELY = "CLEARED_LATELY"
    BY_TODAYS_LIST = "BY_TODAYS_LIST"
    NO_CANDIDATE = "NO_CANDIDATE"
    NO_HIT = "NO_HIT"
    NOT_HELD = "NOT_HELD"
    NO_LINKED_REFUSAL = "NO_LINKED_REFUSAL"
    NO_CORRECTION = "NO_CORRECTION"
    NO_INQUIRY = "NO_INQUIRY"
    NOTHING_TO_READ = "NOTHING_TO_READ"
    ON_NO_DESK = "ON_NO_DESK"
    PASSPORT = "PASSPORT"
    NO_NAMED_GUARDIAN = "NO_NAMED_GUARDIAN"
    ADULT_OR_WITH_FAMILY = "ADULT_OR_WITH_FAMILY"
    FAMILY = "FAMILY"


class GrantVerdict(StrEnum):
    """What came of looking at a case that a rule could grant."""

    #: Some condition is not met.
    WAITS = "WAITS"
    #: It meets all, and officers decide it all the same.
    SAMPLED = "SAMPLED"
    GRANTED = "GRANTED"


class NamedEventKind(StrEnum):
    """What happened that figures are read with: a closed list."""

    OUTAGE = "OUTAGE"
    HOLIDAY_RUSH = "HOLIDAY_RUSH"
    DISASTER = "DISASTER"
    STRIKE = "STRIKE"
    RULE_CHANGE = "RULE_CHANGE"


class ReferenceKind(StrEnum):
    """What reference data a decree changes; each is a table of that name."""

    COUNTRY = "COUNTRY"
    ENTRY_RULE = "ENTRY_RULE"
    VISA_TYPE = "VISA_TYPE"
    ELIGIBILITY = "ELIGIBILITY"
    REQUIRED_DOCUMENT = "REQUIRED_DOCUMENT"
    PASSPORT_RULE = "PASSPORT_RULE"
    EXTENSION_RULE = "EXTENSION_RULE"
    HANDLING_RULE = "HANDLING_RULE"
    FEE = "FEE"
    SERVICE_TARGET = "SERVICE_TARGET"
    DEADLINE = "DEADLINE"
    DAY_OFF = "DAY_OFF"
    PARTNER = "PARTNER"
    PARTNER_COUNTRY = "PARTNER_COUNTRY"
    CENTRE = "CENTRE"
    NAMED_EVENT = "NAMED_EVENT"
    GRANT_RULE = "GRANT_RULE"
    POOL = "POOL"


class ReferenceChangeState(StrEnum):
    """Where a change of reference data stands."""

    #: It came when Gerbang was set up: by no decree.
    INITIAL = "INITIAL"
    #: It waits for a second person; once its day has passed, it lapses.
    PROPOSED = "PROPOSED"
    #: In force from its day on.
    APPROVED = "APPROVED"
    CANCELLED = "CANCELLED"


class Wait(StrEnum):
    """What a case waits for: its applicant, or border control's report of an entry or exit."""

    PAYMENT = "PAYMENT"
    #: Under one billing code, which lapses before the case does.
    BILLING_CODE = "BILLING_CODE"
    ANSWER = "ANSWER"
    #: What the applicant says to an intention to refuse.
    INTENTION = "INTENTION"
    #: From the first day of such a deadline on, crossings are reported completely.
    CROSSING = "CROSSING"

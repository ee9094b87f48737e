"""The words of the API alone, and what they mean."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.findings.rates import FunnelPosition
from gateway.texts.language import Language


class Precision(StrEnum):
    """What a figure is."""

    EXACT = "EXACT"
    AT_LEAST = "AT_LEAST"
    ROUNDED = "ROUNDED"
    BELOW = "BELOW"
    SUPPRESSED = "SUPPRESSED"
    UNPUBLISHED = "UNPUBLISHED"


class Currency(StrEnum):
    """Currencies, by ISO 4217."""

    IDR = "IDR"


class ChangeUnit(StrEnum):
    """What a change is counted in."""

    PERCENT = "PERCENT"
    PERCENTAGE_POINTS = "PERCENTAGE_POINTS"


class Direction(StrEnum):
    """Which end of an order comes first; rows without a value count as the last of all."""

    ASCENDING = "ASCENDING"
    DESCENDING = "DESCENDING"


class VisaStatus(StrEnum):
    """Whether a visa can be used, and no more."""

    OK = "OK"
    NOT_OK = "NOT_OK"


class VisaUsability(StrEnum):
    """Whether a visa serves to enter, and why not."""

    VALID = "VALID"
    HELD = "HELD"
    USED = "USED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


class VisaPresence(StrEnum):
    """Where the holder of a visa is, as far as border control reported."""

    NEVER_ENTERED = "NEVER_ENTERED"
    IN_COUNTRY = "IN_COUNTRY"
    DEPARTED = "DEPARTED"


class IdentityAbsence(StrEnum):
    """Why who somebody is was not answered, for the purpose that was stated."""

    ERASED = "ERASED"
    ANOTHER_CASE = "ANOTHER_CASE"
    NOT_IN_HAND = "NOT_IN_HAND"


class HitResolution(StrEnum):
    """What a hit turns out to be."""

    NO_MATCH = "NO_MATCH"
    MATCH = "MATCH"


class PublicReason(StrEnum):
    """Why an application was refused, as far as applicants may know."""

    INVALID_TRAVEL_DOCUMENT = "INVALID_TRAVEL_DOCUMENT"
    FORGED_DOCUMENT = "FORGED_DOCUMENT"
    FALSE_STATEMENT = "FALSE_STATEMENT"
    INSUFFICIENT_MEANS = "INSUFFICIENT_MEANS"
    PURPOSE_NOT_CREDIBLE = "PURPOSE_NOT_CREDIBLE"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    INCOMPLETE = "INCOMPLETE"
    NOT_DISCLOSED = "NOT_DISCLOSED"


class VolumeDimension(StrEnum):
    """What volumes can be broken down by; periods are calendar periods in WIB."""

    REGION = "REGION"
    COUNTRY = "COUNTRY"
    NATIONALITY = "NATIONALITY"
    PARTNER = "PARTNER"
    CENTRE = "CENTRE"
    VISA_TYPE = "VISA_TYPE"
    TRIP_PURPOSE = "TRIP_PURPOSE"
    CHANNEL = "CHANNEL"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class CalendarPeriod(StrEnum):
    """Calendar periods in WIB."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class StayDimension(StrEnum):
    """What figures of stays are broken down by."""

    NATIONALITY = "NATIONALITY"
    VISA_TYPE = "VISA_TYPE"


_PERIODS = {
    "DAY": "Calendar day.",
    "WEEK": "Week from Monday to Sunday.",
    "MONTH": "Calendar month.",
    "QUARTER": "Quarter of a calendar year.",
    "YEAR": "Calendar year.",
}

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Language: {"EN": "English.", "ID": "Indonesian."},
    Precision: {
        "EXACT": "Exactly as recorded.",
        "AT_LEAST": "There are at least so many.",
        "ROUNDED": "Rounded.",
        "BELOW": "Too small to be published, but below `upperBound`; there is no value.",
        "SUPPRESSED": "Withheld: of too few, or it could be inferred; there is no value.",
        "UNPUBLISHED": "Of a period that is not over, or not yet published; there is no value.",
    },
    Currency: {"IDR": "Indonesian rupiah."},
    ChangeUnit: {
        "PERCENT": "Hundredths of what it was.",
        "PERCENTAGE_POINTS": "Hundredths of the whole that a rate is a part of.",
    },
    Direction: {
        "ASCENDING": "Smallest, earliest or first in the alphabet first.",
        "DESCENDING": "Largest, latest or last in the alphabet first.",
    },
    PublicReason: {
        "INVALID_TRAVEL_DOCUMENT": "The travel document is not valid.",
        "FORGED_DOCUMENT": "A document is forged.",
        "FALSE_STATEMENT": "A statement is false.",
        "INSUFFICIENT_MEANS": "Means of living are insufficient.",
        "PURPOSE_NOT_CREDIBLE": "The stated purpose is not credible.",
        "PUBLIC_HEALTH": "Public health.",
        "INCOMPLETE": "The file is not complete.",
        "NOT_DISCLOSED": "The ground is not disclosed.",
    },
    VisaStatus: {
        "OK": "Its holder may enter by it.",
        "NOT_OK": "Anything else: there is no such visa, or it is not of this passport, or cannot"
        " be used now.",
    },
    VisaUsability: {
        "VALID": "It serves to enter.",
        "HELD": "It is held, and nobody enters by it meanwhile. Supervisors alone are told so:"
        " others read `VALID`.",
        "USED": "It served for its one entry.",
        "EXPIRED": "Its last day has passed.",
        "REVOKED": "It is no longer in force: it was revoked or given back, or its decision was"
        " corrected.",
    },
    VisaPresence: {
        "NEVER_ENTERED": "Nobody is reported to have entered by it.",
        "IN_COUNTRY": "Its holder entered, and no exit is reported.",
        "DEPARTED": "Its holder left the country.",
    },
    IdentityAbsence: {
        "ERASED": "Nobody can read who this person was any more. Those who do not read `erasedAt`"
        " are told one of the other two.",
        "ANOTHER_CASE": "The purpose names no case of this person in your reach, and no inquiry in"
        " which this person was opened.",
        "NOT_IN_HAND": "The case is this person's, and not, or no longer, in your hands: it is on"
        " another desk or on none, or was handed over to the directorate.",
    },
    HitResolution: {
        "NO_MATCH": "It is somebody else: it counts as CLEAR.",
        "MATCH": "It is this person: the case goes to the supervisor's desk.",
    },
    VolumeDimension: {
        "REGION": "Region of the country in which a partner took the application in.",
        "COUNTRY": "Country in which a partner took the application in.",
        "NATIONALITY": "Nationality of the applicant.",
        "PARTNER": "Partner that took the application in.",
        "CENTRE": "Visa centre at which it was taken in.",
        "VISA_TYPE": "Visa type.",
        "TRIP_PURPOSE": "Purpose of the trip, as stated.",
        "CHANNEL": "Channel.",
        **_PERIODS,
    },
    CalendarPeriod: _PERIODS,
    StayDimension: {
        "NATIONALITY": "Nationality of the applicant.",
        "VISA_TYPE": "Visa type.",
    },
    FunnelPosition: {
        "WITHIN": "Within the limits: chance alone explains it.",
        "ABOVE_WARNING": "Above the warning limit, within the control limit.",
        "ABOVE_CONTROL": "Above the control limit.",
        "BELOW_WARNING": "Below the warning limit, within the control limit.",
        "BELOW_CONTROL": "Below the control limit.",
    },
}

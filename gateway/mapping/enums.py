"""The enums of the API: those of ``models/vocabulary.py`` and its own, every word described."""

import inspect
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from gateway.mapping.declare import SOURCE, Expression, Translated
from gateway.strawberry_bridge import describe_values
from gateway.texts.language import Language
from models.vocabulary import (
    Channel,
    Clock,
    Entry,
    EventKind,
    Ground,
    Outcome,
    Purpose,
    Role,
    ScreeningKind,
    ScreeningResult,
    Stage,
    Status,
    VisaCategory,
)


class Precision(StrEnum):
    """What a figure is."""

    EXACT = "EXACT"
    AT_LEAST = "AT_LEAST"
    ROUNDED = "ROUNDED"
    BELOW = "BELOW"
    SUPPRESSED = "SUPPRESSED"
    UNPUBLISHED = "UNPUBLISHED"


class ChangeUnit(StrEnum):
    """What a change is counted in."""

    PERCENT = "PERCENT"
    PERCENTAGE_POINTS = "PERCENTAGE_POINTS"


class Direction(StrEnum):
    """Which end of an order comes first; rows without a value count as the last of all."""

    ASCENDING = "ASCENDING"
    DESCENDING = "DESCENDING"


class HitResolution(StrEnum):
    """What a hit turns out to be."""

    NO_MATCH = "NO_MATCH"
    MATCH = "MATCH"


class PublicReason(StrEnum):
    """Why an application was refused, as far as applicants are told."""

    INVALID_TRAVEL_DOCUMENT = "INVALID_TRAVEL_DOCUMENT"
    FORGED_DOCUMENT = "FORGED_DOCUMENT"
    FALSE_STATEMENT = "FALSE_STATEMENT"
    INSUFFICIENT_MEANS = "INSUFFICIENT_MEANS"
    PURPOSE_NOT_CREDIBLE = "PURPOSE_NOT_CREDIBLE"
    PUBLIC_HEALTH = "PUBLIC_HEALTH"
    INCOMPLETE = "INCOMPLETE"
    NOT_DISCLOSED = "NOT_DISCLOSED"


class VolumeDimension(StrEnum):
    """What volumes can be told apart by; periods are calendar periods in WIB."""

    COUNTRY = "COUNTRY"
    NATIONALITY = "NATIONALITY"
    PARTNER = "PARTNER"
    CENTRE = "CENTRE"
    VISA_TYPE = "VISA_TYPE"
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
        "BELOW": "Too small to be told, but below `upperBound`; there is no value.",
        "SUPPRESSED": "Withheld: of too few, or it could be told from others; there is no value.",
        "UNPUBLISHED": "Of a period that is not over, or not yet published; there is no value.",
    },
    ChangeUnit: {
        "PERCENT": "Hundredths of what it was.",
        "PERCENTAGE_POINTS": "Hundredths of the whole that a rate is a part of.",
    },
    Direction: {
        "ASCENDING": "Smallest, earliest or first in the alphabet first.",
        "DESCENDING": "Largest, latest or last in the alphabet first.",
    },
    Role: {
        "LEADERSHIP": "Leads the directorate: reads figures, never personal data.",
        "OFFICER": "Decides applications.",
        "SUPERVISOR": "Supervises and enforces: holds, screenings, second decisions.",
        "PARTNER_MANAGER": "Manages a partner's countries.",
        "PARTNER_AGENT": "Takes applications in at a partner's centre.",
        "AUDITOR": "Audits, and answers for data protection.",
        "APPLICANT": "Applies for a visa.",
        "PARTNER_SERVICE": "A system of a partner: hands in, answers and hands over.",
        "SCREENING": "The directorate's screening authority: answers questions, and no other role.",
        "TREASURY": "The state treasury: reports which bills are paid.",
        "ADMINISTRATOR": "Keeps reference data and partners.",
        "ANONYMOUS": "Nobody signed in.",
    },
    Channel: {
        "DIRECT": "With the directorate, without a partner.",
        "PARTNER_PORTAL": "On a partner's portal.",
        "PARTNER_CENTRE": "At a partner's visa centre.",
        "PARTNER_GROUP": "In a group that a partner handed in.",
    },
    Status: {
        "SUBMITTED": "Handed in.",
        "AWAITING_PAYMENT": "Billed; the fee is not paid yet.",
        "PAID": "Paid: the clock runs.",
        "IN_VERIFICATION": "An officer works on it.",
        "INFO_REQUESTED": "Waits for the applicant: the adjusted clock stands.",
        "SCREENING": "Waits for supervision.",
        "GRANTED": "The visa was granted.",
        "REFUSED": "The visa was refused.",
        "WITHDRAWN": "The applicant withdrew.",
        "LAPSED": "The applicant did not answer in time.",
        "PAYMENT_EXPIRED": "The bill lapsed unpaid.",
        "REVOKED": "The visa was granted and later revoked.",
    },
    Stage: {
        "RECEIVED": "Handed in.",
        "IN_PROCESS": "Worked on by the directorate.",
        "WAITING_FOR_APPLICANT": "Waits for a payment or an answer of the applicant.",
        "CLOSED": "Nothing more will happen.",
    },
    EventKind: {
        "SUBMITTED": "It was handed in.",
        "AWAITING_PAYMENT": "It was billed.",
        "PAID": "The fee was paid.",
        "RECEIVED": "The partner handed the complete file over.",
        "IN_VERIFICATION": "An officer took it, or an answer came back to the officer.",
        "INFO_REQUESTED": "The applicant was asked for more.",
        "SCREENING": "Supervision was asked.",
        "HELD": "A supervisor held it.",
        "RELEASED": "A supervisor released it.",
        "ANSWER_PROPOSED": "An answer was proposed, and waits for a second person.",
        "SCREENED": "A screening question was answered.",
        "GRANTED": "The visa was granted.",
        "REFUSED": "The visa was refused.",
        "WITHDRAWN": "The applicant withdrew it.",
        "LAPSED": "It lapsed without an answer.",
        "PAYMENT_EXPIRED": "Its bill lapsed.",
        "REVOKED": "The granted visa was revoked.",
    },
    Outcome: {"GRANTED": "The visa was granted.", "REFUSED": "The visa was refused."},
    Ground: {
        "ENTRY_BAN": "On the entry-ban list.",
        "INVALID_TRAVEL_DOCUMENT": "The travel document is not valid.",
        "FORGED_DOCUMENT": "A document is forged.",
        "FALSE_STATEMENT": "A statement is false.",
        "INSUFFICIENT_MEANS": "Means of living are insufficient.",
        "PURPOSE_NOT_CREDIBLE": "The stated purpose is not credible.",
        "PUBLIC_HEALTH": "Public health.",
        "SECURITY": "Security.",
        "INCOMPLETE": "The file is not complete.",
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
    ScreeningKind: {
        "ENTRY_BAN": "Is the applicant on the entry-ban list?",
        "CLEARANCE": "Do the agencies clear a calling-visa nationality?",
    },
    HitResolution: {
        "NO_MATCH": "It is somebody else: it counts as CLEAR.",
        "MATCH": "It is this person: the case goes to the supervisor's desk.",
    },
    ScreeningResult: {
        "CLEAR": "Nothing was found.",
        "HIT": "Something was found.",
        "PENDING": "No answer yet.",
        "UNAVAILABLE": "The service could not answer; nothing is granted meanwhile.",
        "NO_MATCH": "A hit was looked into: it is somebody else.",
        "MATCH": "A hit was looked into: it is this person.",
    },
    VisaCategory: {
        "TOURISM": "For tourism.",
        "BUSINESS": "For business.",
        "INVESTMENT": "For investment.",
        "GOVERNMENT": "For official visits.",
        "TRANSIT": "For transit.",
    },
    Entry: {
        "VISA_FREE": "No visa for short visits.",
        "VISA_ON_ARRIVAL": "A visa on arrival, or the electronic one beforehand.",
        "VISA_REQUIRED": "A visa beforehand.",
        "CALLING_VISA": "A visa after clearance between agencies.",
    },
    Clock: {
        "STANDARD": "For most nationalities.",
        "CALLING_VISA": "For nationalities that need clearance between agencies.",
    },
    VolumeDimension: {
        "COUNTRY": "Country in which a partner took the application in.",
        "NATIONALITY": "Nationality of the applicant.",
        "PARTNER": "Partner that took the application in.",
        "CENTRE": "Visa centre at which it was taken in.",
        "VISA_TYPE": "Visa type.",
        "CHANNEL": "Channel.",
        **_PERIODS,
    },
    CalendarPeriod: _PERIODS,
    Purpose: {
        "CASEWORK": "Work on an assigned case.",
        "SUPERVISION": "Supervision or enforcement.",
        "INTAKE": "Taking an application in at a centre.",
        "OWN_DATA": "One's own data.",
    },
}


def _describe(enum: type[StrEnum], words: Mapping[str, str]) -> None:
    if missing := [f"{enum.__name__}.{word.name}" for word in enum if word.name not in words]:
        raise LookupError(f"{__file__}: WORDS does not describe {', '.join(missing)}")
    declared: Any = strawberry.enum(enum, description=inspect.cleandoc(enum.__doc__ or ""))
    describe_values(declared, lambda value: words[value.name])


for _enum, _words in WORDS.items():
    _describe(_enum, _words)


def translated(description: str, *, en: Expression, id: Expression) -> Any:
    """A field that is one of two columns, by the argument ``language``."""
    columns: dict[str, Expression] = {Language.EN: en, Language.ID: id}

    def resolve(
        root: Any,
        language: Annotated[
            Language, strawberry.argument(description="The language of the answer.")
        ] = Language.EN,
    ) -> str:
        return root.__dict__[str(columns[language].key)]

    return strawberry.field(
        resolver=resolve, description=description, metadata={SOURCE: Translated(columns)}
    )

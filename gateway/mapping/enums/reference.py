"""What the words of reference data mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import (
    Clock,
    Entry,
    GrantVerdict,
    NamedEventKind,
    ReferenceChangeState,
    ReferenceKind,
    Region,
    TripPurpose,
    VisaCategory,
    Wait,
)

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    ReferenceKind: {
        "COUNTRY": "A country or territory, and its names.",
        "ENTRY_RULE": "What nationals of a country need to enter.",
        "VISA_TYPE": "A visa type: introduced with its first terms, or ended.",
        "ELIGIBILITY": "Who may take a visa type, and what for.",
        "REQUIRED_DOCUMENT": "Which document belongs to a file of a visa type.",
        "PASSPORT_RULE": "How long a passport must be valid for a visa type.",
        "EXTENSION_RULE": "How a stay on a visa type is extended.",
        "HANDLING_RULE": "How files of a visa type are handled.",
        "FEE": "What a visa type costs.",
        "SERVICE_TARGET": "Within what time to decide, and the promised share.",
        "DEADLINE": "How long a case waits for its applicant.",
        "DAY_OFF": "A day on which the directorate does not work.",
        "PARTNER": "A partner.",
        "PARTNER_COUNTRY": "A country in which a partner takes applications.",
        "CENTRE": "A visa centre.",
        "NAMED_EVENT": "An event with which figures are read; an auditor approves it.",
        "GRANT_RULE": "A rule that grants where all is certain; a supervisor approves it.",
        "POOL": "A pool, from which officers take cases; a supervisor approves it.",
    },
    GrantVerdict: {
        "WAITS": "It waits for an officer: some condition is not met.",
        "SAMPLED": "It meets every condition, and is of the share that officers decide.",
        "GRANTED": "It was granted by rule.",
    },
    NamedEventKind: {
        "OUTAGE": "A system that visas need was out.",
        "HOLIDAY_RUSH": "Many more applications than usual, before holidays.",
        "DISASTER": "A disaster where applications are taken in or decided.",
        "STRIKE": "A strike where applications are taken in or decided.",
        "RULE_CHANGE": "A rule of visas changed.",
    },
    ReferenceChangeState: {
        "INITIAL": "There when Gerbang was set up, or written by its owner: by no decree.",
        "PROPOSED": "Waits for a second person; once its day has passed, it lapses.",
        "APPROVED": "In force from its day on.",
        "CANCELLED": "Stopped before its day.",
    },
    Wait: {
        "PAYMENT": "For the fee to be paid: then the application ends.",
        "BILLING_CODE": "For payment under one billing code, which then lapses: a new one can be"
        " had while the application waits.",
        "ANSWER": "For the requested items to be handed in.",
        "INTENTION": "For an answer to an intention to refuse: then the case is decided.",
        "CROSSING": "For border control's report of an entry or exit: from the first day of such a"
        " deadline on, crossings are reported completely.",
    },
    VisaCategory: {
        "TOURISM": "For tourism.",
        "BUSINESS": "For business.",
        "INVESTMENT": "For investment.",
        "GOVERNMENT": "For official visits.",
        "TRANSIT": "For transit.",
    },
    TripPurpose: {
        "TOURISM": "Holidays, and visits to family and friends.",
        "BUSINESS": "Meetings, purchases and other business.",
        "INVESTMENT": "To invest, or to prepare an investment.",
        "GOVERNMENT": "Visits to, or on behalf of, governments.",
        "TRANSIT": "On the way to another country.",
    },
    Region: {
        "AFRICA": "Africa.",
        "AMERICAS": "North, Central and South America, and the Caribbean.",
        "EAST_ASIA": "China, Hong Kong, Japan, Korea, Macao, Mongolia and Taiwan.",
        "SOUTHEAST_ASIA": "Southeast Asia.",
        "SOUTH_AND_CENTRAL_ASIA": "From Iran to Bangladesh, and Central Asia.",
        "MIDDLE_EAST": "Western Asia, Turkey and the Caucasus included.",
        "EUROPE": "Europe, Russia included.",
        "OCEANIA": "Australia, New Zealand, the Pacific, and Antarctica.",
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
}

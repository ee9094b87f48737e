"""The assumptions of the synthetic data, where nothing is published, as one list of constants.

They are chosen so that the figures look like those of a visa service.
"""

from enum import StrEnum
from typing import NamedTuple

from models.synthetic.calendar import DAY, HOUR
from models.vocabulary import (
    Channel,
    ComplaintKind,
    DocumentKind,
    Entry,
    EventKind,
    Ground,
    RequestedItemKind,
    Status,
    TripPurpose,
    VisaCondition,
)


class Scale(StrEnum):
    """How much of the visa system is generated."""

    PARTNER = "partner"
    NATIONAL = "national"


class Spread(NamedTuple):
    """A lognormal duration in seconds: its median, and the standard deviation of its logarithm."""

    median: float
    sigma: float


#: The share of applications that are direct, not through a partner.
DIRECT_SHARE = {Scale.PARTNER: 0.0, Scale.NATIONAL: 0.88}

#: The share that applies in the country of their nationality; the others apply where they reside.
AT_HOME = 0.86
RESIDENCES = {
    "SG": 20,
    "AU": 16,
    "MY": 13,
    "AE": 10,
    "HK": 7,
    "GB": 7,
    "US": 6,
    "TH": 5,
    "JP": 4,
    "DE": 4,
    "NL": 3,
    "SA": 3,
    "QA": 2,
    "NZ": 2,
    "CA": 2,
    "IN": 1,
}

#: The partner in every partner country, and the shares where there are two.
FIRST_PARTNER = "NUSA"
PARTNER_SHARES = {FIRST_PARTNER: 0.78, "ANDALAN": 0.22}

CHANNELS = {Channel.PARTNER_PORTAL: 0.56, Channel.PARTNER_CENTRE: 0.32, Channel.PARTNER_GROUP: 0.12}
#: How much the shares vary by country (standard deviation of the logarithm).
CHANNEL_SIGMA = 0.35

#: What a visa type is asked for: B1 serves several purposes, each other type its category's.
PURPOSES: dict[str, dict[TripPurpose, float]] = {
    "B1": {
        TripPurpose.TOURISM: 83,
        TripPurpose.BUSINESS: 13.5,
        TripPurpose.GOVERNMENT: 1.5,
        TripPurpose.TRANSIT: 2,
    },
    "C1": {TripPurpose.TOURISM: 1},
    "C2": {TripPurpose.BUSINESS: 1},
    "D1": {TripPurpose.TOURISM: 1},
    "D2": {TripPurpose.BUSINESS: 1},
    "D12": {TripPurpose.INVESTMENT: 1},
    "E28A": {TripPurpose.INVESTMENT: 1},
    "E33G": {TripPurpose.BUSINESS: 1},
}

#: For how many days each visa type is asked for: of those that are offered for several, most for a
#: year.
_YEARS: dict[int, float] = {365: 60, 730: 25, 1_825: 15}
VALIDITIES: dict[str, dict[int, float]] = {
    **{visa_type: {90: 1} for visa_type in ("B1", "C1", "C2", "E28A", "E33G")},
    "D1": _YEARS,
    "D2": _YEARS,
    "D12": {365: 70, 730: 30},
}

#: How many travel together, of which numbers there are children, and within what time they are
#: taken in.
GROUP_SIZES = {2: 30, 3: 18, 4: 22, 5: 8, 6: 5, 12: 9, 25: 8}
WITH_CHILDREN = (3, 4, 5, 6)
GROUP_COMES_WITHIN = 2 * DAY

_VISAS = {"B1": 82, "C1": 5, "C2": 4, "D1": 2, "D2": 3, "D12": 1, "E28A": 1, "E33G": 2}
_OTHER_VISAS = {"C1": 56, "C2": 24, "D1": 5, "D2": 8, "D12": 2, "E28A": 2, "E33G": 3}
#: The 97 nationalities that may have a visa on arrival are those that may enter with one or
#: without a visa.
VISAS = {
    Entry.VISA_FREE: _VISAS,
    Entry.VISA_ON_ARRIVAL: _VISAS,
    Entry.VISA_REQUIRED: _OTHER_VISAS,
    Entry.CALLING_VISA: _OTHER_VISAS,
}

#: From submission to the bill, and from there to payment; a billing code lapses after a week
#: (published), and the case after another one without a new code.
BILLING = Spread(40, 0.6)
PAYMENT = Spread(0.4 * HOUR, 1.5)
CODE_LAPSES_AFTER = 7 * DAY
UNPAID_LAPSES_AFTER = 14 * DAY
NEVER_PAID = {Status.PAYMENT_EXPIRED: 0.035, Status.WITHDRAWN: 0.012}

#: From submission until the partner has handed over the complete file.
HANDOVER = {
    Channel.PARTNER_PORTAL: Spread(0.2 * HOUR, 0.9),
    Channel.PARTNER_CENTRE: Spread(1.6 * HOUR, 0.8),
    Channel.PARTNER_GROUP: Spread(2.6 * HOUR, 0.8),
}

#: From the complete and paid file to the decision, without waiting for the applicant.
TURNAROUND_B1 = Spread(5.3 * HOUR, 0.68)
TURNAROUND_OTHER = Spread(42 * HOUR, 0.58)
TURNAROUND_CALLING = Spread(7.5 * DAY, 0.38)

#: The earliest and latest intended day of entry in days after submission (a group comes within
#: two), and how long after the earliest it is.
FIRST_ENTRY, LATEST_ENTRY = 3, 90
ENTERED_AFTER = Spread(16 * DAY, 0.8)

#: The share of visas by which nobody comes, and of the days of stay how many people use: a trip by
#: visa type and a longer one of those who work. Nothing of it is published by visa.
NEVER_ENTERED = 0.06
STAYED = Spread(9 * DAY, 0.55)
STAYED_FOR_LONG, LONG_STAYS = Spread(190 * DAY, 0.5), ("E28A", "E33G")
#: Who holds a visa for several entries comes again after that, while it serves.
COMES_AGAIN, COMES_AGAIN_AFTER = 0.55, Spread(22 * DAY, 0.6)
#: The share of stays that are longer than the visa gives, and by how much.
OVERSTAYED, OVERSTAYED_BY = 0.006, Spread(5 * DAY, 0.9)
#: Whoever would stay longer than the visa gives asks for an extension, this long before the end, as
#: far as their entry is known; from payment to its decision, in which they appear at an office; and
#: the share refused. A refused one leaves soon after, if the last day has passed.
ASKED_BEFORE_END = Spread(6 * DAY, 0.45)
TURNAROUND_EXTENSION, REFUSED_EXTENSION = Spread(4 * DAY, 0.4), 0.06
LEAVES_AFTER_ANSWER = Spread(20 * HOUR, 0.5)
#: In the last days of a world others ask early, so that each state of an open extension is there,
#: and has been for so long at most: of those who came so long ago.
OPEN_EXTENSIONS = (
    EventKind.IN_VERIFICATION,
    EventKind.APPEARED,
    EventKind.SCREENING,
    EventKind.AWAITING_PAYMENT,
    EventKind.PAID,
)
ASKED_EARLY, OPEN_FOR, HERE_FOR = 6 * DAY, 2 * DAY, 12 * DAY
#: Most crossings are reported at once, some late; of some the number of the visa is mistyped.
REPORTED, REPORTED_LATE = Spread(90, 0.8), Spread(2 * DAY, 0.7)
IS_REPORTED_LATE, MISTYPED = 0.03, 0.002
#: The share of each port of entry.
PORTS = {"DPS": 47, "CGK": 27, "BTH": 14, "SUB": 5, "KNO": 4, "YIA": 2, "LOP": 1}

#: The share of applications about which somebody complains, after how long, and how many of these
#: are of integrity; about what; how fast an auditor sorts one and somebody answers: some too late.
COMPLAINS, COMPLAINS_AFTER, OF_INTEGRITY = 0.004, Spread(5 * DAY, 0.7), 0.08
ABOUT_THE_CASE, ABOUT_CASE_OR_CENTRE = 0.6, 0.9
COMPLAINTS_SORTED, COMPLAINTS_ANSWERED = Spread(9 * HOUR, 0.7), Spread(3 * DAY, 0.6)
ENTRUSTED, PARTNER_ANSWERS = 0.6, 0.7
#: What is complained of, and what it is answered.
COMPLAINED_OF = {
    ComplaintKind.SERVICE: (
        ("I waited four hours at the counter.", "There are two counters more now."),
        (
            "Nobody told me that a photograph was missing.",
            "We are sorry. You are told at once now.",
        ),
        ("The portal lost what I had filled in, twice.", "The fault was found and mended."),
        ("I was asked for the same address three times.", "It was ours to look it up. Sorry."),
    ),
    ComplaintKind.INTEGRITY: (
        (
            "I was told that it goes faster for a hundred dollars.",
            "That person takes no files now.",
        ),
        ("Somebody who works there called me about my passport.", "We looked into who read it."),
    ),
}

#: What is mostly missing, by the same share each.
REQUESTED_ITEMS = (
    RequestedItemKind.RETURN_TICKET,
    RequestedItemKind.PHOTOGRAPH,
    RequestedItemKind.PASSPORT_SCAN,
    RequestedItemKind.BANK_STATEMENT,
    RequestedItemKind.ACCOMMODATION,
    RequestedItemKind.ADDRESS_IN_INDONESIA,
)
#: Rates of information requests: through a partner (who checks the file), direct, other visa types.
INFO_REQUESTED, INFO_REQUESTED_DIRECT, INFO_REQUESTED_OTHER = 0.045, 0.06, 0.14
ANSWER = Spread(11 * HOUR, 1.0)
LAPSES_AFTER = 14 * DAY
NEVER_ANSWERED = 0.10
WITHDRAWN_IN_PROCESS = 0.006

#: Screening: the rates of outages and of hits, and the share of hits that are right.
UNAVAILABLE, HIT, HIT_IS_RIGHT = 0.002, 0.006, 0.45
HELD_FOR = Spread(5 * DAY, 0.7)

#: The system clears within a minute, but for those whom it finds to be like somebody on the list.
CLEARED_WITHIN, LIKE_AN_ENTRY = 58, 0.02

#: The rule by which B1 is granted in the last months of a world: for whom, how many officers decide
#: all the same, and in whose name. Of what two decide, how often they differ.
RULE_TYPE, RULE_SINCE = "B1", 150 * DAY
RULE_FOR = ("AU", "CN", "DE", "FR", "GB", "IN", "JP", "KR", "MY", "NL", "NZ", "SG", "US")
RULE_SAMPLE_PERCENT, RULE_HOURS, RULE_OFFICIAL = 20, 2, "director"
TWO_DIFFER = 0.08

#: Mean refusal rates; those of nationalities vary around them like Beta(1.4, 5.5).
REFUSED_B1, REFUSED_OTHER, REFUSED_CALLING = 0.018, 0.045, 0.16
REFUSAL_SPREAD = (1.4, 5.5)
MOST_REFUSED = 0.6
GROUNDS = {
    Ground.INVALID_TRAVEL_DOCUMENT: 21,
    Ground.PURPOSE_NOT_CREDIBLE: 20,
    Ground.INSUFFICIENT_MEANS: 19,
    Ground.INCOMPLETE: 18,
    Ground.FALSE_STATEMENT: 13,
    Ground.FORGED_DOCUMENT: 5,
    Ground.PUBLIC_HEALTH: 2,
    Ground.SECURITY: 2,
}
HIT_GROUNDS = {Ground.ENTRY_BAN: 75, Ground.SECURITY: 25}
#: The further ground of a refusal on two.
GOES_WITH = {
    Ground.ENTRY_BAN: Ground.FALSE_STATEMENT,
    Ground.INVALID_TRAVEL_DOCUMENT: Ground.INCOMPLETE,
    Ground.FORGED_DOCUMENT: Ground.FALSE_STATEMENT,
    Ground.FALSE_STATEMENT: Ground.PURPOSE_NOT_CREDIBLE,
    Ground.INSUFFICIENT_MEANS: Ground.PURPOSE_NOT_CREDIBLE,
    Ground.PURPOSE_NOT_CREDIBLE: Ground.INSUFFICIENT_MEANS,
    Ground.PUBLIC_HEALTH: Ground.INCOMPLETE,
    Ground.SECURITY: Ground.ENTRY_BAN,
    Ground.INCOMPLETE: Ground.INSUFFICIENT_MEANS,
}

#: Of which visa types a refusal is announced, and since when; how many say something to that, how
#: fast, and are granted after all; and how long the officer takes who decides then.
ANNOUNCED_OF, ANNOUNCED_SINCE = ("C1", "C2", "D1", "D2"), 180 * DAY
SAYS_SOMETHING, SAID_AFTER, CONVINCES = 0.7, Spread(3 * DAY, 0.8), 0.15
DECIDED_AFTER_HEARING = Spread(36 * HOUR, 0.8)
#: How many are open at the end of a world at least: half of them answered.
OPEN_HEARINGS = 4
#: By the main ground, what there is to it, what is said to it, and what is handed in with that.
HEARD = {
    Ground.INVALID_TRAVEL_DOCUMENT: (
        "The page with the photograph cannot be read.",
        "I have scanned the page anew, in daylight.",
        DocumentKind.PASSPORT_SCAN,
    ),
    Ground.FALSE_STATEMENT: (
        "The employer named does not know you.",
        "I changed jobs in the spring. The bank pays my new salary in.",
        DocumentKind.BANK_STATEMENT,
    ),
    Ground.INSUFFICIENT_MEANS: (
        "The account was empty for most of the year.",
        "My sister pays for the trip. Her statement is with this.",
        DocumentKind.BANK_STATEMENT,
    ),
    Ground.PURPOSE_NOT_CREDIBLE: (
        "The trip has no return.",
        "I fly on to my brother's, and have booked that by now.",
        DocumentKind.RETURN_TICKET,
    ),
    Ground.PUBLIC_HEALTH: (
        "A certificate of vaccination is missing.",
        "The clinic has written it anew.",
        DocumentKind.VACCINATION_CERTIFICATE,
    ),
    Ground.INCOMPLETE: (
        "What was asked for was not handed in.",
        "I had no signal for a week. Here it is.",
        DocumentKind.PHOTOGRAPH,
    ),
}

#: On what some visas are granted, by a number below 32.
CONDITIONS = {
    3: (VisaCondition.NO_EMPLOYMENT,),
    7: (VisaCondition.REPORT_TO_OFFICE, VisaCondition.ONWARD_TICKET),
}

#: The shares of refusals that are corrected, and of grants that are revoked.
SUPERSEDED, REVOKED = 0.03, 0.0006
CORRECTED_AFTER, REVOKED_AFTER = Spread(3 * DAY, 0.5), Spread(20 * DAY, 0.6)

#: The share that applies again, by the outcome of the case, and after how long.
AGAIN = {
    Status.REFUSED: (0.34, Spread(6 * DAY, 0.9)),
    Status.WITHDRAWN: (0.25, Spread(10 * DAY, 0.9)),
    Status.LAPSED: (0.40, Spread(5 * DAY, 0.9)),
    Status.PAYMENT_EXPIRED: (0.35, Spread(2 * DAY, 1.0)),
    Status.GRANTED: (0.09, Spread(150 * DAY, 0.6)),
}

#: One in so many new files is of somebody whom a partner handed in before, as somebody new.
AGAIN_ELSEWHERE = 40
#: The share of those who apply for the first time, through an agent or alone, who were lodged with
#: a mistake; and the share of what is proposed that is not made.
CORRECTED, CORRECTION_REJECTED = 0.012, 0.15
#: The share of cases that the officer who took them gives back, and after what part of the time
#: until the next step.
GIVEN_BACK = 0.015

OFFICERS = 40
#: Two of every four open cases go to these, so that the demo's officers have work.
DEMO_OFFICERS = ("officer", "officer-2")

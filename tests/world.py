"""A world small enough to hold in mind: thirteen applications in the first weeks of 2025.

All times are WIB. B1 costs 500,000 rupiah and is to be decided within 24 hours; C1 costs
1,500,000 and takes 120 hours, or 336 for a calling-visa nationality (AF).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

from models.vocabulary import (
    Channel,
    EventKind,
    Ground,
    LinkReason,
    LinkState,
    ScreeningResult,
    TripPurpose,
)

WIB = timezone(timedelta(hours=7), "WIB")
BEGINNING = date(2020, 1, 1)
#: Why supervision did what it did, and what an officer wrote about a ticket that was missing.
REASONS = {"HELD": "Named in a letter of the police.", "RELEASED": "Somebody else."}
TICKET = "The flight back, please."
STAY = {"B1": 30, "C1": 60}
#: For how many months a passport must be valid from the entry on.
MONTHS = {"B1": 6, "C1": 6}
FEES = {"B1": 500_000, "C1": 1_500_000}
#: To whom each type is open, by what their nationality needs to enter, and what for.
ELIGIBLE = {
    "B1": [
        (entry, purpose)
        for entry in ("VISA_FREE", "VISA_ON_ARRIVAL")
        for purpose in ("TOURISM", "BUSINESS", "GOVERNMENT", "TRANSIT")
    ],
    "C1": [
        (entry, "TOURISM")
        for entry in ("VISA_FREE", "VISA_ON_ARRIVAL", "VISA_REQUIRED", "CALLING_VISA")
    ],
}
#: What belongs to a file that a partner takes in.
REQUIRED = {"C1": ("PHOTOGRAPH", "RETURN_TICKET")}
HOURS = {("B1", "STANDARD"): 24, ("C1", "STANDARD"): 120, ("C1", "CALLING_VISA"): 336}


#: A Saturday that is worked after all, and a Monday that is not: the day, its names, whether it is
#: off.
DAYS_OFF = (
    (date(2025, 2, 8), "Moved working day", "Hari kerja pengganti", False),
    (date(2025, 3, 31), "Eid al-Fitr", "Idulfitri", True),
)
#: Named events: code, kind, first and last day, of which country, and whether screening was out.
EVENTS = (
    ("OUTAGE-2025-01-10", "OUTAGE", date(2025, 1, 10), date(2025, 1, 13), None, True),
    ("HOLIDAY_RUSH-2025-02-03-AU", "HOLIDAY_RUSH", date(2025, 2, 3), date(2025, 2, 4), "AU", False),
    ("OUTAGE-2025-02-10-IN", "OUTAGE", date(2025, 2, 10), date(2025, 2, 10), "IN", False),
)


VISA_TYPES = (
    ("B1", "Visa on arrival", "Visa saat kedatangan"),
    ("C1", "Tourist visa, single entry", "Visa wisata sekali masuk"),
)
#: A pool that nobody takes cases from.
POOL = {"code": "TRIAL", "visa_types": ["C1"], "channels": ["PARTNER_CENTRE"],
        "nationalities": ["AU"], "is_open": False}  # fmt: skip
#: Rules that grant, of which the first was stopped.
GRANT_RULES = tuple(
    {
        "code": f"C1-{version}",
        "visa_type_code": "C1",
        "version": version,
        "nationalities": nationalities,
        "sample_percent": 5,
        "hours_after_payment": 2,
        "official": "supervisor-9",
        "decree": f"PP {version}/2025",
    }
    for version, nationalities in ((1, ["AU", "SG"]), (2, ["IN"]))
)
STOP = {"id": UUID(int=880_001), "rule_code": "C1-1", "stopped_by": "supervisor-9", "reason": "No."}
#: Refusals of this type are not announced first, and its visas are corrected.
UNANNOUNCED = {
    "visa_type_code": "C1", "valid_from": BEGINNING, "is_announced": False, "is_corrected": True,
}  # fmt: skip
#: What supervisors approve, and that, by its table.
RULES_OF_WORK = {"grant_rule": GRANT_RULES, "grant_rule_stop": (STOP,), "pool": (POOL,),
                 "handling_rule": (UNANNOUNCED,)}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """How an application was lodged."""

    channel: Channel
    partner: str | None = None
    country: str | None = None
    centre: str | None = None


SYDNEY = Place(Channel.PARTNER_CENTRE, "NUSA", "AU", "AU-SYD")
MELBOURNE = Place(Channel.PARTNER_CENTRE, "NUSA", "AU", "AU-MEL")
NUSA_AU = Place(Channel.PARTNER_PORTAL, "NUSA", "AU")
SINGAPORE = Place(Channel.PARTNER_CENTRE, "NUSA", "SG", "SG-SIN")
PERTH = Place(Channel.PARTNER_CENTRE, "ANDALAN", "AU", "AU-PER")
NUSA_SG = Place(Channel.PARTNER_PORTAL, "NUSA", "SG")
NUSA_NZ = Place(Channel.PARTNER_GROUP, "NUSA", "NZ")
ANDALAN_AU = Place(Channel.PARTNER_PORTAL, "ANDALAN", "AU")
DIRECT = Place(Channel.DIRECT)


@dataclass(frozen=True)
class Case:
    """An application and its life: what happened, and when (month-day hour:minute)."""

    reference: str
    applicant: str
    visa_type: str
    place: Place
    life: str
    officer: str | None = None
    grounds: tuple[Ground, ...] = ()
    screening: ScreeningResult | None = None
    #: What was stated; files of before state nothing.
    purpose: TripPurpose | None = TripPurpose.TOURISM


#: Name and nationality; ``applicant`` is Ruby's own account.
APPLICANTS = {
    "Ruby Hale": "AU",
    "Jack Doyle": "AU",
    "Arjun Rao": "IN",
    "Mia Lund": "AU",
    "Tane Moana": "NZ",
    "Wei Tan": "SG",
    "Li Goh": "SG",
    "Anahera Pohe": "NZ",
    "Hemi Parata": "NZ",
    "Farid Noori": "AF",
    "Kiri Wihongi": "NZ",
    "Noah Finch": "AU",
}

CASES = (
    # Granted in 6 hours.
    Case("AUSY-GRAN-0001", "Ruby Hale", "B1", SYDNEY,
         "SUBMITTED 01-06 08:00, AWAITING_PAYMENT 01-06 08:05, PAID 01-06 09:00,"
         "RECEIVED 01-06 09:30, IN_VERIFICATION 01-06 10:00, SCREENING 01-06 12:00,"
         "GRANTED 01-06 15:00", "officer", screening=ScreeningResult.CLEAR),
    # Granted in 48 hours, a day too late.
    Case("AUSY-LATE-0002", "Jack Doyle", "B1", SYDNEY,
         "SUBMITTED 01-10 08:00, PAID 01-10 09:00, RECEIVED 01-10 11:00,"
         "IN_VERIFICATION 01-12 08:00, GRANTED 01-12 09:00", "officer",
         purpose=TripPurpose.BUSINESS),
    # A hit: refused for security in 48 hours, which nobody outside may know.
    Case("AUPO-SECU-0003", "Arjun Rao", "C1", NUSA_AU,
         "SUBMITTED 01-13 09:00, PAID 01-13 10:00, RECEIVED 01-13 10:00,"
         "IN_VERIFICATION 01-13 12:00, SCREENING 01-14 10:00, REFUSED 01-15 10:00",
         "officer-2", (Ground.SECURITY,), ScreeningResult.HIT),
    # Asked for information, refused as incomplete in 12 hours.
    Case("AUME-INCO-0004", "Mia Lund", "B1", MELBOURNE,
         "SUBMITTED 01-20 08:00, PAID 01-20 09:00, RECEIVED 01-20 09:00,"
         "IN_VERIFICATION 01-20 10:00, INFO_REQUESTED 01-20 11:00, IN_VERIFICATION 01-20 19:00,"
         "REFUSED 01-20 21:00", "officer", (Ground.INCOMPLETE,)),
    # Refused in 4 hours, corrected to granted two days later.
    Case("ANDA-CORR-0005", "Tane Moana", "B1", ANDALAN_AU,
         "SUBMITTED 02-03 08:00, PAID 02-03 09:00, RECEIVED 02-03 09:00,"
         "IN_VERIFICATION 02-03 10:00, REFUSED 02-03 13:00, GRANTED 02-05 10:00",
         "officer-2", (Ground.INCOMPLETE,)),
    # Open, late, and on the desk of ``officer``.
    Case("SGPO-OPEN-0006", "Wei Tan", "B1", NUSA_SG,
         "SUBMITTED 02-10 08:00, PAID 02-10 09:00, RECEIVED 02-10 09:00,"
         "IN_VERIFICATION 02-10 10:00", "officer", purpose=None),
    # Open, hit and held; late from 2 March on.
    Case("SGPO-HELD-0007", "Li Goh", "C1", NUSA_SG,
         "SUBMITTED 02-25 08:00, PAID 02-25 09:00, RECEIVED 02-25 09:00,"
         "IN_VERIFICATION 02-25 10:00, SCREENING 02-26 09:00, HELD 02-26 12:00",
         "officer-2", screening=ScreeningResult.HIT),
    # Paid on the last evening of January, granted two hours later in February.
    Case("NZGR-MIDN-0008", "Anahera Pohe", "B1", NUSA_NZ,
         "SUBMITTED 01-31 23:00, PAID 01-31 23:30, RECEIVED 01-31 23:30,"
         "IN_VERIFICATION 02-01 00:30, GRANTED 02-01 01:30", "officer-2"),
    # Withdrawn after payment.
    Case("NZGR-WITH-0009", "Hemi Parata", "B1", NUSA_NZ,
         "SUBMITTED 02-14 08:00, PAID 02-14 09:00, WITHDRAWN 02-15 08:00"),
    # Granted in 240 hours and revoked in March: it stays a grant of February.
    Case("DIRE-REVO-0010", "Farid Noori", "C1", DIRECT,
         "SUBMITTED 02-01 09:00, PAID 02-01 10:00, IN_VERIFICATION 02-03 10:00,"
         "SCREENING 02-04 10:00, GRANTED 02-11 10:00, REVOKED 03-05 10:00",
         "officer", screening=ScreeningResult.CLEAR),
    # Never paid: in no figure.
    Case("DIRE-UNPA-0011", "Ruby Hale", "B1", DIRECT,
         "SUBMITTED 02-20 08:00, AWAITING_PAYMENT 02-20 08:05"),
    # Asked for information, never answered: late from 7 February until it lapsed.
    Case("ANDA-LAPS-0012", "Kiri Wihongi", "B1", ANDALAN_AU,
         "SUBMITTED 02-06 08:00, PAID 02-06 09:00, RECEIVED 02-06 09:00,"
         "IN_VERIFICATION 02-06 10:00, INFO_REQUESTED 02-06 11:00, LAPSED 02-20 11:00",
         "officer"),
    # Paid, not yet handed over by the centre; late from 28 February on.
    Case("AUSY-PAID-0013", "Noah Finch", "B1", SYDNEY,
         "SUBMITTED 02-27 08:00, AWAITING_PAYMENT 02-27 08:05, PAID 02-27 09:00"),
)  # fmt: skip

_NEVER_RECEIVED = (
    "SUBMITTED 02-10 08:00, PAID 02-10 09:00, IN_VERIFICATION 02-10 10:00, GRANTED 02-10 12:00"
)
_NOT_RECEIVED_YET = "SUBMITTED 02-10 08:00, PAID 02-10 09:00, IN_VERIFICATION 02-10 10:00"
#: Further cases, of the tests of the walls alone, and who has them since their places closed.
TRANSFERRED = (
    (Case("AUSY-LEFT-0014", "Farid Noori", "C1", SYDNEY, _NEVER_RECEIVED, "officer"), DIRECT),
    (Case("AUSY-GONE-0015", "Tane Moana", "B1", SYDNEY, _NEVER_RECEIVED, "officer"), SINGAPORE),
    (Case("SGPO-COME-0016", "Kiri Wihongi", "B1", NUSA_SG, _NEVER_RECEIVED, "officer"), SYDNEY),
    (
        Case(
            "SGPO-WENT-0017",
            "Kiri Wihongi",
            "B1",
            NUSA_SG,
            "SUBMITTED 02-10 08:00, PAID 02-10 09:00, WITHDRAWN 02-11 08:00",
        ),
        SYDNEY,
    ),
    (Case("AUSY-LEFT-0018", "Anahera Pohe", "B1", SYDNEY, _NOT_RECEIVED_YET, "officer-3"), DIRECT),
    (
        Case("AUSY-GONE-0019", "Hemi Parata", "B1", SYDNEY, _NOT_RECEIVED_YET, "officer-3"),
        PERTH,
    ),
    (Case("SGPO-COME-0020", "Arjun Rao", "B1", NUSA_SG, _NOT_RECEIVED_YET, "officer-3"), SYDNEY),
)


@dataclass(frozen=True)
class Link:
    """Two people whose files have something in common, from both sides."""

    one: str
    other: str
    reason: LinkReason
    state: LinkState | None

    @property
    def is_sure(self) -> bool:
        return self.state in (LinkState.CERTAIN, LinkState.CONFIRMED)


#: Around the two who are on a desk, and two who were once.
LINKS = (
    Link("Wei Tan", "Farid Noori", LinkReason.PASSPORT, LinkState.CERTAIN),
    Link("Wei Tan", "Tane Moana", LinkReason.NAME_AND_BIRTH_DATE, LinkState.PROPOSED),
    Link("Wei Tan", "Kiri Wihongi", LinkReason.NAME_AND_BIRTH_DATE, LinkState.REJECTED),
    Link("Wei Tan", "Anahera Pohe", LinkReason.GROUP, None),
    Link("Li Goh", "Hemi Parata", LinkReason.NAME_AND_BIRTH_DATE, LinkState.CONFIRMED),
    Link("Jack Doyle", "Mia Lund", LinkReason.PASSPORT, LinkState.CERTAIN),
)


#: Who looked somebody up once.
LOOKED = (("officer", "OFFICER"), ("officer-2", "OFFICER"), ("supervisor", "SUPERVISOR"))


def at(moment: str) -> datetime:
    """``01-06 09:00`` as an instant."""
    return datetime.strptime(f"2025-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=WIB)


def today() -> date:
    """The day in Jakarta, which is another one here for some hours."""
    return datetime.now(WIB).date()


def life_of(case: Case) -> list[tuple[EventKind, datetime]]:
    steps = (step.strip().split(" ", 1) for step in case.life.split(","))
    return [(EventKind(kind), at(moment)) for kind, moment in steps]


def application_id(reference: str) -> UUID:
    return UUID(int=1000 + position(reference))


def applicant_id(name: str) -> UUID:
    return UUID(int=1 + list(APPLICANTS).index(name))


def decision_id(reference: str, number: int = 1) -> UUID:
    """Decisions are numbered from 1 within an application."""
    return UUID(int=number * 100_000 + position(reference))


def billing_code(reference: str) -> str:
    """What an application is paid under."""
    return f"8{application_id(reference).int:014}"


def requested_item_id(reference: str) -> UUID:
    """What an application was asked for once, where it was."""
    return UUID(int=950_000 + position(reference))


def visa_number(reference: str) -> str:
    """The number of the visa of an application, where one was granted."""
    return f"ID{position(reference):012}"


def receipt_number(reference: str) -> str:
    """The treasury's number of the payment of an application, where it was paid."""
    return f"NTPN{position(reference):012}"


def link_id(number: int, *, is_back: bool = False) -> UUID:
    """The key of a link by its place in ``LINKS``, and of the same from the other side."""
    return UUID(int=970_000 + 10 * number + is_back)


def lookup_id(actor: str) -> UUID:
    """The key of the look-up of somebody."""
    return UUID(int=990_000 + [name for name, _ in LOOKED].index(actor))


def position(reference: str) -> int:
    """The number of a case, from 1."""
    every = (*CASES, *(case for case, _ in TRANSFERRED))
    return 1 + [case.reference for case in every].index(reference)


#: What the first of two officers decided of a case that was then withdrawn.
WITHHELD = {
    "id": UUID(int=86),
    "application_id": application_id("NZGR-WITH-0009"),
    "outcome": "REFUSED",
    "grounds": ["INCOMPLETE"],
    "decided_at": at("02-14 10:00"),
    "officer": "somebody",
    "internal_note": "Nothing there.",
}
#: What a rule found of a case.
CHECK = {"application_id": application_id("SGPO-OPEN-0006"), "rule_code": "C1-2",
         "verdict": "WAITS", "unmet": ["PAID"]}  # fmt: skip
#: A replay of screening, what it found, and in which case.
REPLAY, _BY = UUID(int=93), {"list_version": "a", "rule_version": "1"}
_FOUND, _CASE = {**_BY, "replay_id": REPLAY}, CHECK["application_id"]
_COUNTED = {"files": 3, "unread": 1, "candidates": 1}
_DONE = {"asked_by": "supervisor-3", "completed_at": at("03-03 10:05")}
REPLAYED = {
    "screening_replay": {"id": REPLAY, **_BY, **_DONE},
    "screening_replay_line": {"id": UUID(int=94), **_FOUND, **_COUNTED},
    "screening_replay_candidate": {"id": UUID(int=95), **_FOUND, "application_id": _CASE},
}
#: What was found of some cases, and kept.
FOUND = {"grant_check": CHECK, "withheld_decision": WITHHELD, **REPLAYED}

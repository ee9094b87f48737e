"""Which rows of the small world each viewer reaches, of every type, as the domain's matrix says.

Written by hand on top of `tests.gateway.oracle`; it reads nothing of the policy. The world is the
small one and what no journey of it has: a released hold, a second account, a log of reads, and
cases that closed lately.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from gateway.viewer import Viewer
from models.vocabulary import Role
from tests.gateway import oracle
from tests.gateway.conftest import CLAIMS
from tests.gateway.oracle import Claims, role_of
from tests.walls import published
from tests.world import (
    CASES,
    FEES,
    HOURS,
    Case,
    applicant_id,
    application_id,
    at,
    billing_code,
    decision_id,
    life_of,
)

Key = tuple[Any, ...]

HELD = "SGPO-HELD-0007"
#: How long ago some cases closed, in hours: agents read a decision for 720.
CLOSED_HOURS_AGO = {"AUSY-GRAN-0001": 721, "AUSY-LATE-0002": 719, "AUME-INCO-0004": 1}
CLOSED_LATELY = ("AUSY-LATE-0002", "AUME-INCO-0004")
#: A case about which a question is open, and one about which `screening` answered.
ASKED, ANSWERED = "SGPO-OPEN-0006", "AUSY-GRAN-0001"
#: What officers are not told: holds, and answers.
_HOLDS = ("HELD", "RELEASED")
_ANSWERS = ("SCREENED", "ANSWER_PROPOSED")
#: What each role does not hear of; an applicant hears of nothing but the own steps and the end.
_UNHEARD: dict[str, tuple[str, ...]] = {
    "SUPERVISOR": (),
    "OFFICER": (*_HOLDS, *_ANSWERS),
    "AUDITOR": _HOLDS,
    "APPLICANT": (*_HOLDS, *_ANSWERS, "IN_VERIFICATION", "SCREENING"),
}
_COUNTRIES = ("AU", "SG", "NZ", "IN", "AF")


class Read(NamedTuple):
    """One line of the log of reads."""

    actor: str
    role: str
    of: str
    partner: str | None = None
    country: str | None = None

    @property
    def id(self) -> UUID:
        return UUID(int=700 + READS.index(self))


READS = (
    Read("officer", "OFFICER", "Wei Tan"),
    Read("officer-2", "OFFICER", "Li Goh"),
    Read("supervisor", "SUPERVISOR", "Ruby Hale"),
    Read("agent-au", "PARTNER_AGENT", "Noah Finch", "NUSA", "AU"),
    Read("agent-sg", "PARTNER_AGENT", "Wei Tan", "NUSA", "SG"),
    Read("agent-perth", "PARTNER_AGENT", "Tane Moana", "ANDALAN", "AU"),
    Read("manager-au", "PARTNER_MANAGER", "Mia Lund", "NUSA", "AU"),
    Read("applicant", "APPLICANT", "Ruby Hale"),
    Read("screening", "SCREENING", "Wei Tan"),
)

#: Beside the usual viewers: a second applicant, and agents whose token is at odds with the world.
ODD: dict[str, Claims] = {
    "applicant-2": {"role": "APPLICANT", "sub": "applicant-2"},
    "agent-perth": {
        "role": "PARTNER_AGENT", "sub": "agent-perth", "partner": "ANDALAN", "countries": ["AU"],
        "centres": ["AU-PER"],
    },
    "agent-at-odds": {
        "role": "PARTNER_AGENT", "sub": "agent-at-odds", "partner": "ANDALAN",
        "countries": ["AU"], "centres": ["AU-SYD"],
    },
}  # fmt: skip
WHO: dict[str, Claims] = CLAIMS | ODD


def viewer(claims: Claims) -> Viewer:
    return Viewer(
        claims.get("sub", ""),
        Role(role_of(claims)),
        partner=claims.get("partner"),
        countries=tuple(claims.get("countries", ())),
        centres=tuple(claims.get("centres", ())),
    )


async def complete(connection: asyncpg.Connection) -> None:
    """Make a small world complete."""
    await connection.execute(
        "UPDATE applicant SET account = 'applicant-2' WHERE id = $1", applicant_id("Li Goh")
    )
    await connection.execute(
        "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
        " VALUES ($1, $2, 'RELEASED', $3)",
        *(application_id(HELD), len(_life(HELD)) + 1, at("03-01 12:00")),
    )
    for read in READS:
        await connection.execute(
            "INSERT INTO access_event (id, applicant_id, actor, actor_role, actor_partner_code,"
            " actor_country_code, purpose, case_reference, fields, trace_id)"
            " VALUES ($1, $2, $3, $4, $5, $6, 'CASEWORK', 'TEST', '{fullName}', 'trace')",
            *(read.id, applicant_id(read.of), read.actor, read.role, read.partner, read.country),
        )
    for number, kind in enumerate(_ANSWERS, start=len(_life(HELD)) + 2):
        await connection.execute(
            "INSERT INTO application_event (application_id, sequence, kind, occurred_at)"
            " VALUES ($1, $2, $3, $4)",
            *(application_id(HELD), number, kind, at("03-01 13:00")),
        )
    await connection.execute(
        "INSERT INTO screening (id, application_id, kind, result, requested_at)"
        " VALUES ($1, $2, 'ENTRY_BAN', 'PENDING', $3)",
        *(UUID(int=800), application_id(ASKED), at("03-01 12:00")),
    )
    await connection.execute(
        "UPDATE screening SET answered_by = 'screening' WHERE application_id = $1",
        application_id(ANSWERED),
    )
    await connection.execute(
        "INSERT INTO assignment (application_id, officer, role, assigned_at, ended_at)"
        " VALUES ($1, 'supervisor', 'SUPERVISOR', $2, $2)",
        *(application_id(HELD), at("03-01 12:00")),
    )
    for reference, hours in CLOSED_HOURS_AGO.items():
        await connection.execute(
            "UPDATE application SET closed_at = now() - $2::interval WHERE id = $1",
            *(application_id(reference), timedelta(hours=hours)),
        )
    await connection.execute("TRUNCATE application_change, volume_change")
    await connection.executemany(
        "INSERT INTO application_change (id, application_id, kind, changed)"
        " VALUES ($1, $2, 'PAID', $3)",
        [
            (number, application_id(case.reference), changed)
            for number, (case, changed) in enumerate(EVERY_CHANGE)
        ],
    )
    await connection.executemany(
        "INSERT INTO volume_change (id, partner_code, country_code, changed)"
        " OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4)",
        [(number, *cell, changed) for number, (cell, changed) in enumerate(EVERY_FOLD)],
    )
    await published.complete(connection)


#: Partner and country of what was folded anew.
FOLDED: list[Key] = [
    (None, None),
    ("NUSA", "AU"),
    ("NUSA", "SG"),
    ("ANDALAN", "AU"),
    ("NUSA", None),
    (None, "AU"),
]
#: The same with what changed of them.
EVERY_FOLD = [(cell, changed) for cell in FOLDED for changed in ("FIGURES", "OUTCOMES")]
#: What each role hears of, of the cases in its reach.
HEARS: dict[str, str] = {
    "SUPERVISOR": "STAGE DECISION STATUS HOLD",
    "OFFICER": "STAGE DECISION STATUS",
    "AUDITOR": "STAGE DECISION STATUS",
    "APPLICANT": "STAGE DECISION",
    "PARTNER_SERVICE": "STAGE",
    "PARTNER_AGENT": "STAGE DECISION",
    "PARTNER_MANAGER": "STAGE",
}
EVERY_CHANGE = [(case, changed) for case in CASES for changed in HEARS["SUPERVISOR"].split()]


class Told(NamedTuple):
    """How the rows of a type are told apart in the database, and who reaches which."""

    table: str
    columns: tuple[str, ...]
    reached: Callable[[Claims], set[Key]]


def _everyone(*keys: Any) -> Callable[[Claims], set[Key]]:
    return lambda _: {key if isinstance(key, tuple) else (key,) for key in keys}


def _each(keys: set[Any]) -> set[Key]:
    return {(key,) for key in keys}


def _cases(claims: Claims) -> list[Case]:
    return [case for case in CASES if oracle.reaches_case(claims, case)]


def _references(claims: Claims) -> set[str]:
    return {ASKED} if role_of(claims) == "SCREENING" else oracle.cases(claims)


def _people(claims: Claims, reached: Callable[[Claims], set[str]]) -> set[str]:
    """Of an open question, the screening authority reaches whom it is about."""
    about = {case.applicant for case in CASES if case.reference == ASKED}
    return about if role_of(claims) == "SCREENING" else reached(claims)


def _life(reference: str) -> list[Any]:
    return next(life_of(case) for case in CASES if case.reference == reference)


def _events(claims: Claims) -> set[Key]:
    role = role_of(claims)
    if role not in ("OFFICER", "SUPERVISOR", "AUDITOR", "APPLICANT"):
        return set()
    happened = [
        (case.reference, number, kind.value)
        for case in _cases(claims)
        for number, (kind, _) in enumerate(life_of(case), start=1)
    ]
    if any(case.reference == HELD for case in _cases(claims)):
        more = ("RELEASED", *_ANSWERS)
        happened += [(HELD, len(_life(HELD)) + n, kind) for n, kind in enumerate(more, start=1)]
    return {
        (application_id(reference), number)
        for reference, number, kind in happened
        if kind not in _UNHEARD[role]
    }


def _decisions(claims: Claims) -> set[Key]:
    decided = {
        case.reference: sum(kind in ("GRANTED", "REFUSED") for kind, _ in life_of(case))
        for case in CASES
    }
    return {
        (decision_id(reference, number + 1),)
        for reference in oracle.decided(claims, CLOSED_LATELY)
        for number in range(decided[reference])
    }


def _bills(claims: Claims) -> set[Key]:
    billed = CASES if role_of(claims) == "TREASURY" else _cases(claims)
    return {(billing_code(case.reference),) for case in billed}


def _assignments(claims: Claims) -> set[Key]:
    if role_of(claims) not in ("OFFICER", "SUPERVISOR", "AUDITOR"):
        return set()
    desks = {(application_id(case.reference), case.officer) for case in CASES if case.officer}
    # A case that lies with a supervisor: officers are not told with whom.
    with_supervisor = {(application_id(HELD), "supervisor")}
    return desks if role_of(claims) == "OFFICER" else desks | with_supervisor


def _screenings(claims: Claims) -> set[Key]:
    asked = {(application_id(ASKED),)}
    match role_of(claims):
        case "SUPERVISOR" | "AUDITOR":
            return asked | {(application_id(case.reference),) for case in CASES if case.screening}
        case "SCREENING":
            return asked
        case _:
            return set()


def _reads(claims: Claims) -> set[Key]:
    def is_reached(read: Read) -> bool:
        match role_of(claims):
            case "LEADERSHIP" | "AUDITOR":
                return True
            case "OFFICER" | "SUPERVISOR" | "PARTNER_AGENT" | "SCREENING":
                return read.actor == claims["sub"]
            case "PARTNER_MANAGER":
                return read.partner == claims["partner"] and read.country in claims["countries"]
            case "APPLICANT":
                return read.of == oracle.ACCOUNTS.get(claims["sub"])
            case _:
                return False

    return {(read.id,) for read in READS if is_reached(read)}


def _figures(claims: Claims) -> set[Key]:
    """Partners, countries and centres of the applications that any figure counts."""
    paid = [case.place for case in CASES if _is_paid(case)]
    cells = {(place.partner, place.country, place.centre) for place in paid}
    match role_of(claims):
        case "LEADERSHIP" | "OFFICER" | "SUPERVISOR" | "AUDITOR":
            return cells
        case "PARTNER_MANAGER":
            own = claims["partner"], claims["countries"]
            return {cell for cell in cells if cell[0] == own[0] and cell[1] in own[1]}
        case "PARTNER_AGENT":
            own = claims["partner"], claims["centres"]
            return {cell for cell in cells if cell[0] == own[0] and cell[2] in own[1]}
        case _:
            return set()


def _changes(claims: Claims) -> set[Key]:
    heard = HEARS.get(role_of(claims), "").split()
    return {
        (number,)
        for number, (case, changed) in enumerate(EVERY_CHANGE)
        if changed in heard
        and oracle.reaches_case(claims, case)
        # Who reads a decision no more does not hear of its correction either.
        and (
            (role_of(claims), changed) != ("PARTNER_AGENT", "DECISION")
            or case.reference in CLOSED_LATELY
        )
    }


def _folded(claims: Claims) -> set[Key]:
    match role_of(claims):
        case "LEADERSHIP" | "OFFICER" | "SUPERVISOR" | "AUDITOR":
            return {(number,) for number, _ in enumerate(EVERY_FOLD)}
        case "PARTNER_MANAGER":
            own = {(claims["partner"], country) for country in claims["countries"]}
            return {
                (number,)
                for number, (cell, changed) in enumerate(EVERY_FOLD)
                if cell in own and changed == "FIGURES"
            }
        case _:
            return set()


def _is_paid(case: Case) -> bool:
    return any(kind == "PAID" for kind, _ in life_of(case))


def _only(roles: str, keys: set[Key]) -> Callable[[Claims], set[Key]]:
    return lambda claims: keys if role_of(claims) in roles.split() else set()


def _on(*days: str) -> set[Key]:
    return {(at(f"{day} 00:00").date(),) for day in days}


_ROWS: dict[str, Told] = {
    "Country": Told("country", ("code",), _everyone(*_COUNTRIES)),
    "EntryRule": Told("entry_rule", ("country_code",), _everyone(*_COUNTRIES)),
    "VisaType": Told("visa_type", ("code",), _everyone(*FEES)),
    "Fee": Told("fee", ("visa_type_code",), _everyone(*FEES)),
    "ServiceTarget": Told("service_target", ("visa_type_code", "clock"), _everyone(*HOURS)),
    "Partner": Told("partner", ("code",), lambda claims: _each(oracle.partners(claims))),
    "PartnerCountry": Told("partner_country", ("partner_code", "country_code"), oracle.served),
    "Centre": Told("centre", ("code",), lambda claims: _each(oracle.centres(claims))),
    "Application": Told("application", ("reference",), lambda claims: _each(_references(claims))),
    "Bill": Told("bill", ("billing_code",), _bills),
    "ApplicationEvent": Told("application_event", ("application_id", "sequence"), _events),
    "Assignment": Told("assignment", ("application_id", "officer"), _assignments),
    "Decision": Told("decision", ("id",), _decisions),
    "Screening": Told("screening", ("application_id",), _screenings),
    "Applicant": Told(
        "applicant",
        ("id",),
        lambda claims: _each({applicant_id(name) for name in _people(claims, oracle.applicants)}),
    ),
    "Identity": Told(
        "identity",
        ("applicant_id",),
        lambda claims: _each({applicant_id(name) for name in _people(claims, oracle.identities)}),
    ),
    "AccessEvent": Told("access_event", ("id",), _reads),
    "ApplicationChange": Told("application_change", ("id",), _changes),
    "VolumesChange": Told("volume_change", ("id",), _folded),
    "VolumeRow": Told("volume_daily", ("partner_code", "country_code", "centre_code"), _figures),
    "RefusalGroundRow": Told(
        "volume_ground",
        ("starts_on",),
        _only("LEADERSHIP OFFICER SUPERVISOR AUDITOR", _on("01-15", "01-20", "02-03")),
    ),
    "ScreeningReferralRow": Told(
        "volume_referral",
        ("starts_on",),
        _only("LEADERSHIP SUPERVISOR", _on("01-06", "01-14", "02-04", "02-26")),
    ),
}

#: The rows of each type, and those of published figures.
TOLD: tuple[tuple[str, Told], ...] = (
    *_ROWS.items(),
    ("VolumeRow", Told(published.PUBLISHED, published.COLUMNS, published.allowed_by_domain)),
)

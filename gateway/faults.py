"""The faults of an installation: a name, an explanation and a remedy for each.

Readiness, the log and `gerbang doctor` use the same names, so an operator who sees a name in one of
them can look it up in the others.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from gateway.texts.language import Language
from gateway.texts.translation import fault_texts


class Fault(StrEnum):
    """The faults that readiness can report."""

    DATABASE = "database"
    MIGRATIONS = "migrations"
    CLOCK = "clock"
    SEAL = "seal"
    REPLICA = "replica"
    REPLICA_LOST = "replica_lost"
    PRIMARY_LOST = "primary_lost"
    READ_ONLY = "read_only"
    POOL = "pool"
    DISK = "disk"
    KEYS = "keys"
    STOPPING = "stopping"
    KEEPER = "keeper"
    CHECKPOINT = "checkpoint"
    WITNESS = "witness"
    KEY_SERVICE = "key_service"
    KEY_SERVICE_PARTLY = "key_service_partly"
    IDENTITY_KEYS = "identity_keys"
    PARTITIONS = "partitions"


#: Returns the fault, or None if there is none.
Check = Callable[[], Awaitable[Fault | None]]


class Explanation(NamedTuple):
    """Why a fault matters, and how to mend it."""

    why: str
    mend: str


#: STOPPING is missing: a process that shuts down needs no remedy.
EXPLANATIONS: Mapping[Fault, Explanation] = {
    Fault.DATABASE: Explanation(
        "It can answer nothing that takes a row.",
        "Look at GERBANG_DATABASE_URL, and run `gerbang migrate`, which makes the login.",
    ),
    Fault.MIGRATIONS: Explanation(
        "Statements would name tables and columns that are not there.",
        "Run `gerbang migrate`.",
    ),
    Fault.CLOCK: Explanation(
        "Sealed viewers would expire too early, or be believed too long.",
        "Let both machines take the time from the same source (NTP).",
    ),
    Fault.SEAL: Explanation(
        "No viewer reaches any row.",
        "Run `gerbang migrate` with the GERBANG_SEAL_KEY of the gateway.",
    ),
    Fault.REPLICA: Explanation(
        "Answers would be older than is allowed. A gateway with a primary reads there meanwhile.",
        "Look at the replica's connection to its primary and at its load; or raise"
        " GERBANG_REPLICA_SECONDS, if older answers are good enough.",
    ),
    Fault.REPLICA_LOST: Explanation(
        "The other replicas and the primary are asked in its place, and must be able to bear that.",
        "Look whether each server in GERBANG_READ_URL answers, and is a replica.",
    ),
    Fault.PRIMARY_LOST: Explanation(
        "Nothing can be changed, and no read of identity can be logged: both answer UNAVAILABLE."
        " Replicas answer all else, for as long as GERBANG_REPLICA_SECONDS says.",
        "Promote a replica, or bring the primary back: GERBANG_DATABASE_URL names all hosts, with"
        " target_session_attrs=read-write.",
    ),
    Fault.READ_ONLY: Explanation(
        "Nothing can be changed, and no read of identity can be logged: both answer UNAVAILABLE.",
        "Name the primary in GERBANG_DATABASE_URL: all hosts, and target_session_attrs=read-write."
        " A gateway that is meant for reading says so by target_session_attrs=standby.",
    ),
    Fault.POOL: Explanation(
        "No request gets a connection to the database, though it answers.",
        "Raise max_connections, or the CONNECTION LIMIT of the login, above the sum of all"
        " GERBANG_DATABASE_CONNECTIONS, or put a pooler in between; restart a gateway whose"
        " connections do not come back.",
    ),
    Fault.DISK: Explanation(
        "Nothing can be changed, and no read of identity can be logged; other reads go on.",
        "Make room on the disk of the database, or give its tablespace another one.",
    ),
    Fault.KEYS: Explanation(
        "No token can be judged, so nobody is let in.",
        "Look at GERBANG_JWKS_URL, and whether this machine may reach it.",
    ),
    Fault.KEEPER: Explanation(
        "The volumes stand still, and show figures that are no longer so.",
        "Start `gerbang keep`, or look into its log: it says why it does not fold.",
    ),
    Fault.CHECKPOINT: Explanation(
        "Whoever administers the database could rewrite unnoticed what happened since the last"
        " checkpoint.",
        "Look into the log of `gerbang keep`: it says why it signs nothing. Where it says that the"
        " account is not what was signed, run `gerbang audit verify`, and touch nothing before.",
    ),
    Fault.WITNESS: Explanation(
        "Whoever has the key that signs checkpoints could show another account than the one that"
        " witnesses know.",
        "See whether the witnesses in GERBANG_WITNESSES answer. If one refuses, run `gerbang audit"
        " verify`, and ask it which tree it cosigned last.",
    ),
    Fault.KEY_SERVICE: Explanation(
        "Nobody is handed in, read or looked up, and no case is taken: these answer UNAVAILABLE."
        " All else goes on.",
        "Look whether `gerbang keys` runs, at its log, and at GERBANG_KEY_SERVICE; and whether the"
        " database of GERBANG_KEY_STORE answers.",
    ),
    Fault.KEY_SERVICE_PARTLY: Explanation(
        "Everything goes on, but when the last of the key services is away, nobody is handed in,"
        " read or looked up.",
        "Start the one that does not answer: the log of gateways names it, or ask each address of"
        " GERBANG_KEY_SERVICE.",
    ),
    Fault.IDENTITY_KEYS: Explanation(
        "Nobody can read these people: their fields answer LOST. New people are not concerned.",
        "Do not let the key service sweep. Run `gerbang vault compare`: where the keys are older"
        " than the database, restore a newer copy of them, then run `gerbang vault relate`.",
    ),
    Fault.PARTITIONS: Explanation(
        "From then on nothing can be written there. Without their logs nobody's identity is read,"
        " no visa is checked, no crossing is recorded, no file is tracked, and no case is linked.",
        "Run `gerbang migrate`, which makes it, then see why `gerbang keep` does not.",
    ),
}


def explain(fault: Fault, language: Language) -> Explanation | None:
    """Why a fault matters and how to mend it, in a language; None where nothing is to be mended."""
    explanation = EXPLANATIONS.get(fault)
    if explanation is None or language is Language.EN:
        return explanation
    return Explanation(**fault_texts()[fault])

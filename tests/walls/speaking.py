"""Every small mistake in which tables a change speaks of and what it answers, before each wall."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import asyncpg

from gateway.policy import MUTATIONS
from models import (
    Alert,
    Application,
    BanEntry,
    Base,
    Breach,
    BudgetException,
    Complaint,
    Crossing,
    DataRequest,
    GrantRuleStop,
    Inquiry,
    LegalHold,
    MailSubscription,
    MonthNote,
    OverstayConfirmation,
    PaymentReversal,
    ReferenceChange,
    SavedView,
    ScreeningReplay,
    Suspension,
    UnmatchedPayment,
    VisaDocument,
    WebhookEndpoint,
)
from models.vocabulary import Role
from tests.gateway.oracle import role_of
from tests.walls import change_rights
from tests.walls.judging import by_grants, by_schema, grants_of, rule_changes
from tests.walls.mutants import ChangedLine
from tests.walls.reach import WHO
from tests.walls.undoing import undone

_NOUNS = (
    Application,
    BanEntry,
    ReferenceChange,
    Suspension,
    VisaDocument,
    Alert,
    Inquiry,
    BudgetException,
    DataRequest,
    LegalHold,
    Breach,
    GrantRuleStop,
    ScreeningReplay,
    MailSubscription,
    MonthNote,
    SavedView,
    UnmatchedPayment,
    PaymentReversal,
    Crossing,
    OverstayConfirmation,
    WebhookEndpoint,
    Complaint,
)
_ANSWERS = (
    "application",
    "referenceChange",
    "suspension",
    "banEntry",
    "alert",
    "inquiry",
    "budgetException",
    "dataRequest",
    "legalHold",
    "breach",
    "mailSubscription",
    "monthNote",
    "savedView",
    "unmatchedPayment",
    "recorded",
    "visaDocument",
    "webhookEndpoint",
    "grantRule",
    "screeningReplay",
    "complaint",
)
#: What makes applications; the others change them.
_MAKING = ("submitApplication", "submitApplications")


@dataclass(frozen=True)
class ChangedSpeech(ChangedLine):
    """A line that speaks of another table, or answers another field."""

    #: The table that it speaks of now, or no longer does; None where its answer was changed.
    noun: type[Base] | None = None


def changed_tables() -> Iterator[ChangedSpeech]:
    """Every table that each change speaks of left out, and every other one added."""
    for mutation, change in MUTATIONS.items():
        for noun in _NOUNS:
            gains = noun not in change.of
            of = (*change.of, noun) if gains else tuple(one for one in change.of if one is not noun)
            what = f"{'speaks' if gains else 'does not speak'} of {noun.__tablename__}"
            yield ChangedSpeech(mutation, what, replace(change, of=of), noun)


def changed_answers() -> Iterator[ChangedSpeech]:
    """Every change answering what another one does."""
    for mutation, change in MUTATIONS.items():
        for answers in _ANSWERS:
            if answers != change.answers:
                changed = replace(change, answers=answers)
                yield ChangedSpeech(mutation, f"answers {answers}", changed)


def first_wall(mutant: ChangedSpeech) -> str | None:
    """How a gateway with the mutant differs from ours: no statement of ours asks for either."""
    with mutant.planted():
        return next(filter(None, map(by_schema, _callers(mutant.mutation))), None)


async def second_wall(connection: asyncpg.Connection, mutant: ChangedSpeech) -> str | None:
    """How a database with the mutant's rules differs from ours; None where they are the same.

    Everything is rolled back. Raises AssertionError where they are not, and nothing shows.
    """
    changes = rule_changes(mutant)
    if not changes:
        return None
    async with undone(connection):
        before = await grants_of(connection)
        try:
            await connection.execute(";\n".join(changes))
            killer = await _by_viewers(connection, _callers(mutant.mutation)) or by_grants(
                before, await grants_of(connection)
            )
        except (asyncpg.UndefinedColumnError, asyncpg.UndefinedFunctionError):
            killer = "PostgreSQL, which refuses the row rules"
    same = same_before_the_second(mutant)
    assert killer or same, f"nothing shows of {mutant.name}"
    return killer


async def _by_viewers(connection: asyncpg.Connection, roles: list[Role]) -> str | None:
    """What shows to those who call the mutation: the rights of others stay what they are."""
    for name, claims in WHO.items():
        if role_of(claims) not in roles:
            continue
        if await change_rights.allowed_by_database(connection, claims) != change_rights.may_change(
            claims
        ):
            return f"row rule for changes of {name}"
        if await change_rights.reads_needlessly(connection, claims):
            return f"row rule for what {name} reads in order to change it"
        if killer := await change_rights.killer_beside_changes(connection, name, claims):
            return killer
    return None


def same_before_the_first(mutant: ChangedSpeech) -> str | None:
    """Why a gateway with the mutant is ours all the same."""
    if mutant.noun is not None:
        return "the rule of a change alone decides on its rows, whatever tables it names"
    return None


def same_before_the_second(mutant: ChangedSpeech) -> str | None:
    """Why a database with the mutant's rules is ours all the same."""
    if mutant.noun is None:
        return "no row rule is about what is answered"
    table = mutant.noun.__tablename__
    if all(_may_anyway(mutant.mutation, role, table) for role in _callers(mutant.mutation)):
        return f"whoever may do it writes {table} by other changes too"
    return None


def _may_anyway(mutation: str, role: Role, table: str) -> bool:
    """Whether a role writes a table by other changes, and of the same kind."""
    return any(
        role in change_rights.MAY[other].split() and table in change_rights.tables_of(other)
        for other in change_rights.MAY
        if other != mutation and (mutation not in _MAKING or other in _MAKING)
    )


def _callers(mutation: str) -> list[Role]:
    return [Role(role) for role in change_rights.MAY[mutation].split()]

"""Every small mistake in who may change what, and who sees it before each wall."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from gateway.access import rows
from gateway.policy import MUTATIONS, Change
from models import Application, Base
from models.vocabulary import Role
from tests.acting import act_writing
from tests.gateway import oracle
from tests.gateway.oracle import Claims, role_of
from tests.walls import administering
from tests.walls.judging import rule_changes
from tests.walls.mutants import changed_rows
from tests.walls.reach import ANSWERED, ASKED, WHO, viewer
from tests.walls.undoing import undone
from tests.world import APPLICANTS, CASES, applicant_id

_LODGE = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'SUBMITTED', now())
"""
#: Who may call what, as the domain has it; each on the cases in its own reach.
MAY: dict[str, str] = {
    "submitApplication": "PARTNER_AGENT APPLICANT",
    "submitApplications": "PARTNER_AGENT",
    "recordPayment": "TREASURY",
    "markReceived": "PARTNER_AGENT PARTNER_SERVICE",
    "startVerification": "OFFICER",
    "requestInformation": "OFFICER",
    "answerInformation": "PARTNER_AGENT APPLICANT PARTNER_SERVICE",
    "referToScreening": "OFFICER SUPERVISOR",
    "recordScreening": "SCREENING",
    "confirmScreening": "SCREENING",
    "resolveHit": "SUPERVISOR",
    "holdApplication": "SUPERVISOR",
    "releaseApplication": "SUPERVISOR",
    "recordDecision": "OFFICER SUPERVISOR",
    "supersedeDecision": "SUPERVISOR",
    "withdrawApplication": "PARTNER_AGENT APPLICANT",
    "revokeVisa": "SUPERVISOR",
    **dict.fromkeys(administering.OF, "ADMINISTRATOR"),
}

#: The treasury reads no case, and pays the bill of any.
EVERY_CASE = {case.reference for case in CASES}


@dataclass(frozen=True)
class ChangedLine:
    """One line of the table of mutations, changed."""

    mutation: str
    what: str
    change: Change

    @property
    def name(self) -> str:
        return f"{self.mutation} · {self.what}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(MUTATIONS, self.mutation, self.change)  # type: ignore[arg-type]
            yield


@dataclass(frozen=True)
class ChangedRight(ChangedLine):
    """A line that was changed for one role."""

    role: Role
    through: str | None

    @property
    def name(self) -> str:
        return f"{self.mutation} · {self.role} · {self.what}"


def changed_rights() -> Iterator[ChangedRight]:
    for mutation, change in MUTATIONS.items():
        for role, what, kept, through in changed_rows(change.rows):
            yield ChangedRight(mutation, what, replace(change, rows=kept), role, through)


def changeable(mutation: str, claims: Claims) -> set[str]:
    """What a viewer may do something to: references of cases, or codes of reference data."""
    if role_of(claims) not in MAY[mutation].split():
        return set()
    if tables := administering.OF.get(mutation):
        return set(administering.TABLES[tables.split()[0]].rows.split())
    match role_of(claims):
        case "TREASURY":
            return EVERY_CASE
        case "SCREENING":
            # What waits for an answer, and what oneself has answered.
            return {ASKED, *([ANSWERED] if claims["sub"] == "screening" else [])}
        case _:
            return oracle.cases(claims)


def may_change(claims: Claims) -> set[str]:
    """References of the cases on which a viewer may do anything at all."""
    of_cases = MAY.keys() - administering.OF.keys()
    return set[str]().union(*(changeable(mutation, claims) for mutation in of_cases))


def same_before_the_second(right: ChangedRight) -> str | None:
    """Why a database with the changed right is ours all the same."""
    others = [name for name, roles in MAY.items() if right.role in roles.split()]
    tables = _tables(right.mutation)
    elsewhere = set[str]().union(*(_tables(name) for name in others if name != right.mutation))
    if tables <= elsewhere:
        return "the row rules hold a role to the rows of all it may do, and it may do other things"
    if right.through:
        return f"the rows of {right.through} that it goes through have a row rule of their own"
    return None


def _tables(mutation: str) -> set[str]:
    return set(administering.OF.get(mutation, "application").split())


async def allowed_by_statement(
    connection: asyncpg.Connection, mutation: str, claims: Claims
) -> set[str]:
    """The same, as our statement has it by itself."""
    held = rows.changeable(mutation, viewer(claims))
    named = Application.reference.expression
    if tables := administering.OF.get(mutation):
        table = tables.split()[0]
        named = Base.metadata.tables[table].c[administering.TABLES[table].column]
    compiled = (
        select(named)
        .where(held)
        .compile(dialect=postgresql.asyncpg.dialect(), compile_kwargs={"render_postcompile": True})
    )
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    return {row[0] for row in await connection.fetch(str(compiled), *values)}


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The cases that the database lets the viewer change, by whatever mutation."""
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await act_writing(connection, viewer(claims))
            changed = await connection.fetch(
                "UPDATE application SET is_held = is_held RETURNING reference"
            )
            await connection.execute("RESET ROLE")
            return {row["reference"] for row in changed}
    return set()


def may_make(claims: Claims) -> set[str]:
    """References of the cases of which a viewer may lodge one alike."""
    return changeable("submitApplication", claims) | changeable("submitApplications", claims)


async def created_in_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The cases of which the database lets the viewer make one alike."""
    taken = set[str]()
    for number, case in enumerate(CASES):
        place = case.place
        lodged = (
            *(UUID(int=5_000 + number), f"MADE-{number:04}-0000", applicant_id(case.applicant)),
            *(APPLICANTS[case.applicant], case.visa_type, place.channel, place.partner),
            *(place.country, place.centre),
        )
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                await connection.execute(_LODGE, *lodged)
                taken.add(case.reference)
    return taken


async def first_wall(connection: asyncpg.Connection, right: ChangedRight) -> str | None:
    with right.planted():
        for name, claims in WHO.items():
            found = await allowed_by_statement(connection, right.mutation, claims)
            if found != changeable(right.mutation, claims):
                return f"statement of {name}"
    return None


async def second_wall(connection: asyncpg.Connection, right: ChangedRight) -> str | None:
    """What tells a database with the changed right from ours. Everything is rolled back."""
    changes = rule_changes(right)
    if not changes:
        return None
    async with undone(connection):
        await connection.execute(";\n".join(changes))
        for name, claims in WHO.items():
            if role_of(claims) != right.role:
                continue
            if await allowed_by_database(connection, claims) != may_change(claims):
                return f"row rule for changes of {name}"
            if await created_in_database(connection, claims) != may_make(claims):
                return f"row rule for what {name} makes"
            if await administering.allowed_by_database(
                connection, claims
            ) != administering.allowed_by_domain(claims):
                return f"row rule for what {name} administers"
    return None

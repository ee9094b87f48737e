"""Every small mistake in why identity may be read, and who sees it before each wall."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from gateway.access.purpose import stated_purpose
from gateway.errors import RequestError
from gateway.policy import IMPLIED_PURPOSE, PURPOSES
from models.vocabulary import Purpose, Role
from tests.acting import act
from tests.gateway.oracle import Claims, role_of
from tests.taking_lines import line_taken
from tests.walls.judging import rule_changes
from tests.walls.reach import COMPLAINTS, WHO, named_case, viewer
from tests.walls.undoing import undone
from tests.world import applicant_id

#: Why each role reads identity, as the domain has it; and whose purpose goes without saying.
WHY: dict[str, str] = {
    "OFFICER": "CASEWORK",
    "SUPERVISOR": "CASEWORK SUPERVISION",
    "PARTNER_AGENT": "INTAKE",
    "SCREENING": "CASEWORK",
    "APPLICANT": "OWN_DATA",
    "PARTNER_SERVICE": "DELIVERY",
}
UNSAID = {"APPLICANT": "OWN_DATA"}
#: Why a role looks people up that reads no identity: it writes no entry of a read.
LOOKS_UP = {"AUDITOR": "DATA_REQUEST"}
#: Why a role reads what complaints say.
COMPLAINED = {
    **dict.fromkeys(("AUDITOR", "SUPERVISOR", "PARTNER_MANAGER"), "COMPLAINT"),
    "APPLICANT": "OWN_DATA",
}
#: What the log says of whoever names no case.
NO_CASE = {"APPLICANT": "OWN", "PARTNER_AGENT": "INTAKE"}

_ENTER = """
    INSERT INTO access_event (id, applicant_id, actor, actor_role, actor_partner_code,
        actor_country_code, purpose, case_reference, fields, trace_id)
    VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, '{}', 'trace')
"""


_READ = """
    INSERT INTO complaint_read (id, complaint_id, actor, actor_role, purpose, case_reference,
        fields, trace_id)
    VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, '{}', 'trace')
"""


@dataclass(frozen=True)
class ChangedPurpose:
    """One line of the table of purposes, or of those that go without saying, changed."""

    role: Role
    what: str
    #: The table, and what it has for the role instead; None for no line at all.
    table: Any
    value: Any

    @property
    def name(self) -> str:
        return f"{self.role} · {self.what}"

    @property
    def is_implied(self) -> bool:
        return self.table is IMPLIED_PURPOSE

    @contextmanager
    def planted(self) -> Iterator[None]:
        if self.value is None:
            with line_taken(self.table, self.role):
                yield
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(self.table, self.role, self.value)
            yield


def changed_purposes() -> Iterator[ChangedPurpose]:
    """Every purpose given to each role that lacks it and taken from each that has it."""
    for role in Role:
        kept = PURPOSES.get(role, ())
        if kept:
            yield ChangedPurpose(role, "has no purposes", PURPOSES, None)
        for purpose in Purpose:
            gains = purpose not in kept
            rest = (*kept, purpose) if gains else tuple(one for one in kept if one != purpose)
            what = f"{'gains' if gains else 'loses'} {purpose}"
            yield ChangedPurpose(role, what, PURPOSES, rest)


def changed_implied() -> Iterator[ChangedPurpose]:
    """Every purpose implied for each role, and no longer implied for each that it is for."""
    for role in Role:
        for purpose in Purpose:
            loses = IMPLIED_PURPOSE.get(role) is purpose
            what = f"{'has to say' if loses else 'need not say'} {purpose}"
            yield ChangedPurpose(role, what, IMPLIED_PURPOSE, None if loses else purpose)


def _complained_by_domain(role: str) -> set[str]:
    return {f"complaint: {purpose}" for purpose in COMPLAINED.get(role, "").split()}


def allowed_by_domain(claims: Claims) -> set[str]:
    """For which purposes a viewer may read identity, and what a complaint says that is named."""
    role = role_of(claims)
    names = role in NO_CASE or named_case(claims)
    return set(WHY.get(role, "").split()) | (_complained_by_domain(role) if names else set())


def stated_by_domain(claims: Claims) -> set[str]:
    """The purposes that a viewer may state, as the domain has it."""
    role = role_of(claims)
    looks_up = set(LOOKS_UP.get(role, "").split())
    return set(WHY.get(role, "").split()) | looks_up | _complained_by_domain(role)


def implied_by_domain(claims: Claims) -> str | None:
    """The purpose that a viewer need not say, as the domain has it."""
    return UNSAID.get(role_of(claims))


def allowed_by_gateway(claims: Claims) -> tuple[set[str], str | None]:
    """The purposes that the gateway takes when they are said, and the one it takes unsaid."""
    values = {purpose.value for purpose in Purpose if _accepted_purpose(claims, purpose)}
    values |= {
        f"complaint: {purpose}"
        for purpose in Purpose
        if _accepted_purpose(claims, purpose, is_of_complaints=True)
    }
    return values, _accepted_purpose(claims, None)


def _accepted_purpose(
    claims: Claims, purpose: Purpose | None, *, is_of_complaints: bool = False
) -> str | None:
    with suppress(RequestError):
        arguments = {"code": purpose.value, "reference": "TEST"} if purpose else None
        whose = viewer(claims)
        return stated_purpose(whose, arguments, is_of_complaints=is_of_complaints).code.value
    return None


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The purposes of the entries that the database takes from a viewer, in the own name."""
    entered = set[str]()
    for purpose in Purpose:
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act(connection, viewer(claims))
                case = named_case(claims) or NO_CASE.get(role_of(claims), "TEST")
                entry = applicant_id("Wei Tan"), *_reader_of_entry(claims), purpose.value, case
                await connection.execute(_ENTER, *entry)
                entered.add(purpose.value)
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act(connection, viewer(claims))
                case = named_case(claims) or NO_CASE.get(role_of(claims), "TEST")
                by = claims.get("sub", ""), role_of(claims)
                await connection.execute(_READ, COMPLAINTS[0].id, *by, purpose.value, case)
                entered.add(f"complaint: {purpose}")
    return entered


def _reader_of_entry(claims: Claims) -> tuple[str | None, ...]:
    """Who is named in a viewer's entries: the partner too, and the country if it is one."""
    countries = claims.get("countries", ())
    country = countries[0] if len(countries) == 1 else None
    return claims.get("sub", ""), role_of(claims), claims.get("partner"), country


def first_wall(mutant: ChangedPurpose) -> str | None:
    """How a gateway with the mutant differs from ours."""
    with mutant.planted():
        for name, claims in _viewers(mutant.role):
            if allowed_by_gateway(claims) != (stated_by_domain(claims), implied_by_domain(claims)):
                return f"what {name} may state"
    return None


async def second_wall(connection: asyncpg.Connection, mutant: ChangedPurpose) -> str | None:
    """How a database with the mutant's rules differs from ours. Everything is rolled back."""
    changes = rule_changes(mutant)
    if not changes:
        return None
    async with undone(connection):
        await connection.execute(";\n".join(changes))
        for name, claims in _viewers(mutant.role):
            if await allowed_by_database(connection, claims) != allowed_by_domain(claims):
                return f"row rule for entries of {name}"
    return None


def same_before_the_first(mutant: ChangedPurpose) -> str | None:
    """Why a gateway with the mutant is ours all the same."""
    may_state = mutant.value in f"{WHY.get(mutant.role)} {LOOKS_UP.get(mutant.role)}".split()
    if mutant.is_implied and not may_state and mutant.role not in UNSAID:
        return f"what {mutant.role} may not state does not go without saying either"
    return None


def same_before_the_second(mutant: ChangedPurpose) -> str | None:
    """Why a database with the mutant's rules is ours all the same."""
    if mutant.is_implied:
        return "the log has a purpose whether or not one was stated"
    if mutant.role not in (*WHY, *COMPLAINED):
        return f"{mutant.role} reads no identity, and writes nothing in the log"
    if mutant.role not in WHY and "COMPLAINT" not in mutant.name and "OWN_DATA" not in mutant.name:
        return f"{mutant.role} reads no identity, and complaints for none of these"
    if mutant.role not in COMPLAINED and "COMPLAINT" in mutant.name:
        return f"{mutant.role} reads no complaints"
    return None


def _viewers(role: Role) -> list[tuple[str, Claims]]:
    return [(name, claims) for name, claims in WHO.items() if role_of(claims) == role]

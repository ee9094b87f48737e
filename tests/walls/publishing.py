"""Every small mistake in who reads published figures and first decisions."""

from collections.abc import Iterator
from dataclasses import replace

import asyncpg

from gateway.policy import POLICY
from models.vocabulary import Role
from tests.walls.judging import rule_changes, with_changes
from tests.walls.mutants import Mutant

#: What partners read as first decided.
FIRST_DECIDED = ("granted", "refused", "refusalRate")
_EXACT = ["LEADERSHIP", "OFFICER", "SUPERVISOR", "AUDITOR", "PARTNER_MANAGER", "PARTNER_AGENT"]


def changed_publications() -> Iterator[Mutant]:
    """Published figures given to each role that has none, and taken from each that has."""
    access = POLICY["VolumeRow"]
    for role in Role:
        gains = role not in access.published_to
        readers = (*access.published_to, role) if gains else _without(access.published_to, role)
        what = "reads what is published" if gains else "reads nothing that is published"
        yield Mutant("VolumeRow", role, what, replace(access, published_to=readers))


def changed_fields() -> Iterator[Mutant]:
    """Each outcome as first decided for each role that reads it as it stands, and the reverse."""
    access = POLICY["VolumeRow"]
    for field in FIRST_DECIDED:
        kept = access.first_decided[field]
        for role in Role:
            gains = role not in kept
            readers = (*kept, role) if gains else _without(kept, role)
            what = f"reads {field} {'as first decided' if gains else 'as it stands'}"
            changed = replace(access, first_decided={**access.first_decided, field: readers})
            yield Mutant("VolumeRow", role, what, changed, field=field)


def _without(roles: tuple[Role, ...], role: Role) -> tuple[Role, ...]:
    return tuple(each for each in roles if each is not role)


async def second_wall(connection: asyncpg.Connection, mutant: Mutant) -> str | None:
    """How a database with the mutant's rules differs from ours; None where they are the same.

    Raises AssertionError where they are not, and nothing shows.
    """
    changes = rule_changes(mutant)
    if not changes:
        return None
    killer = await with_changes(connection, changes, mutant.role)
    assert killer, f"{mutant.name} | wall 2"
    return killer


def same_before_the_second(mutant: Mutant) -> str | None:
    """Why a database with the mutant's rules is ours all the same."""
    if mutant.field is None:
        return None
    if mutant.role not in _EXACT:
        return f"{mutant.role} has no grant on exact figures"
    if "as first decided" in mutant.what and mutant.field != "granted":
        return f"other figures that {mutant.role} reads are made of the same"
    return None

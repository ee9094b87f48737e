"""Every small mistake in what is read as published figures, and who sees it before each wall."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import asyncpg
import pytest

from gateway.policy import POLICY, PUBLISHED_SETS
from gateway.schema.volumes.measures import FIELDS, MEASURES
from gateway.schema.volumes.published import published_measures
from models.publication.sets import DimensionSet
from models.vocabulary import Role
from tests.gateway.oracle import Claims, role_of
from tests.walls import judging, published_reach
from tests.walls.judging import rule_changes, with_changes
from tests.walls.mutants import Mutant
from tests.walls.reach import REACH, WHO

#: What each role reads as published figures, in the domain.
AS_PUBLISHED: dict[str, str] = {
    "PARTNER_MANAGER": "granted refused refusalRate",
    "ANONYMOUS": "intake decisions refused refusalRate targetRate"
    " turnaroundP50 turnaroundP90 turnaroundAdjustedP50 turnaroundAdjustedP90",
}
_ALL = " ".join(MEASURES)
#: What each role reads exactly.
_EXACTLY: dict[str, str] = {
    **dict.fromkeys(("LEADERSHIP", "OFFICER", "SUPERVISOR", "AUDITOR", "PARTNER_AGENT"), _ALL),
    "PARTNER_MANAGER": " ".join(MEASURES.keys() - {"granted", "refused", "refusalRate"}),
}
#: What is made of something that no other figure is made of.
_ALONE = "wip backlog revenue infoRequestRate handoverP90 targetRate targetRateIntake"


@dataclass(frozen=True)
class ChangedSets:
    """The dimension sets of one role, changed; None for no line at all."""

    role: Role
    what: str
    sets: tuple[DimensionSet, ...] | None

    @property
    def name(self) -> str:
        return f"{self.role} · {self.what}"

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if self.sets is None:
                patch.delitem(PUBLISHED_SETS, self.role)  # type: ignore[arg-type]
            else:
                patch.setitem(PUBLISHED_SETS, self.role, self.sets)  # type: ignore[arg-type]
            yield


def changed_sets() -> Iterator[ChangedSets]:
    """Every dimension set given to each role that lacks it and taken from each that has it."""
    for role in Role:
        kept = PUBLISHED_SETS.get(role, ())
        if kept:
            yield ChangedSets(role, "has no sets", None)
        for one in DimensionSet:
            gains = one not in kept
            sets = (*kept, one) if gains else tuple(each for each in kept if each is not one)
            yield ChangedSets(role, f"{'gains' if gains else 'loses'} {one}", sets)


def changed_fields() -> Iterator[Mutant]:
    """Every figure published to each role that reads it exactly or not at all, and the reverse."""
    access = POLICY["VolumeRow"]
    for field in MEASURES:
        kept = access.published.get(field, ())
        for role in Role:
            gains = role not in kept
            roles = (*kept, role) if gains else tuple(each for each in kept if each is not role)
            what = f"reads {field} {'as published' if gains else 'exactly'}"
            changed = replace(access, published={**access.published, field: roles})
            yield Mutant("VolumeRow", role, what, changed, field=field)


def as_published(role: Role) -> set[str]:
    """The fields that the gateway publishes to a role."""
    return {FIELDS[measure] for measure in published_measures(set(MEASURES.values()), role)}


async def first_wall(connection: asyncpg.Connection, mutant: ChangedSets | Mutant) -> str | None:
    """How a gateway with the mutant differs from ours, while the database holds nothing back."""
    if isinstance(mutant, Mutant):
        with mutant.planted():
            seen = as_published(mutant.role)
        if seen != set(AS_PUBLISHED.get(mutant.role, "").split()):
            return f"what is published to {mutant.role}"
        return await judging.first_wall(connection, mutant)
    reach = dict(REACH[-1:])["VolumeRow"]
    with mutant.planted():
        for name, claims in _viewers(mutant.role):
            found = await judging.allowed_by_statement(connection, "VolumeRow", reach, claims)
            if found != published_reach.allowed_by_domain(claims):
                return f"statement of {name}"
    return None


async def second_wall(connection: asyncpg.Connection, mutant: ChangedSets | Mutant) -> str | None:
    """How a database with the mutant's rules differs from ours; None where they are the same.

    Raises AssertionError where they are not, and nothing shows.
    """
    changes = rule_changes(mutant)
    if not changes:
        return None
    killer = await with_changes(connection, changes, mutant.role)
    assert killer, f"{mutant.name} | wall 2"
    return killer


def same_before_the_first(mutant: ChangedSets | Mutant) -> str | None:
    """Why a gateway with the mutant is ours all the same."""
    if isinstance(mutant, ChangedSets) and mutant.role not in published_reach.SETS:
        return f"{mutant.role} reads no published figures"
    return None


def same_before_the_second(mutant: ChangedSets | Mutant) -> str | None:
    """Why a database with the mutant's rules is ours all the same."""
    if isinstance(mutant, ChangedSets):
        return same_before_the_first(mutant)
    if mutant.role not in _EXACTLY:
        return f"{mutant.role} has no grant on exact figures"
    if mutant.field in AS_PUBLISHED.get(mutant.role, "").split():
        return None
    if mutant.field not in _EXACTLY[mutant.role].split():
        return f"{mutant.role} reads no exact {mutant.field} anyway"
    if mutant.field not in _ALONE.split():
        return f"other exact figures that {mutant.role} reads are made of the same"
    return None


def _viewers(role: Role) -> list[tuple[str, Claims]]:
    return [(name, claims) for name, claims in WHO.items() if role_of(claims) == role]

"""Each mistake in the policy, at either wall, changes its own explanations to auditors alone."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from gateway.access.explaining import explain_case
from gateway.policy import POLICY, ROWS_OF_A_CASE
from gateway.schema.supervision.why import ExplainedRows
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.oracle import role_of
from tests.walls.judging import rule_changes
from tests.walls.mutants import Mutant, field_mutants, row_mutants
from tests.walls.reach import EVERY_CASE, WHO, viewer
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio


class OwnersConnection:
    """What a read transaction does, on the owner's connection: changes to it can be undone."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def fetch(self, *statements: Any) -> list[list[SimpleNamespace]]:
        found = []
        for bound in statements:
            rows = await self._connection.fetch(bound.statement.text, *bound.arguments)
            found.append([SimpleNamespace(**row) for row in rows])
        return found


async def explanations(connection: asyncpg.Connection, role: Role) -> dict[str, list[Any]]:
    """By type, what is explained of each case to each viewer of a role, besides grants."""
    said: dict[str, list[Any]] = {name: [] for name in ROWS_OF_A_CASE}
    async with undone(connection):
        auditor = viewer(WHO["auditor"])
        await act(connection, auditor)
        for claims in [one for one in WHO.values() if role_of(one) == role][:2]:
            for case in EVERY_CASE[5::14]:
                found = await explain_case(
                    OwnersConnection(connection),  # type: ignore[arg-type]
                    *(auditor, viewer(claims), case.reference, None),
                )
                assert found is not None
                for one in found.types:
                    row = ExplainedRows.of(one, role)
                    row.columns = []
                    said[one.type_name].append(row)
    return said


def changed(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


async def judge(connection: asyncpg.Connection, mutants: Iterable[Mutant]) -> Counter[str]:
    """How many mutants changed their own explanations, and no others, by the wall they are in."""
    before: dict[Role, dict[str, list[Any]]] = {}
    judged = Counter[str]()
    for mutant in mutants:
        role = mutant.role
        if role not in before:
            before[role] = await explanations(connection, role)
        with mutant.planted():
            after = await explanations(connection, role)
        is_read = mutant.field is None or role in POLICY[mutant.type_name].rows
        assert changed(before[role], after) == ({mutant.type_name} if is_read else set()), mutant
        judged["first"] += 1
        if mutant.field is None and (changes := rule_changes(mutant)):
            async with undone(connection):
                await connection.execute(";\n".join(changes))
                after = await explanations(connection, role)
            assert changed(before[role], after) == {mutant.type_name}, mutant
            judged["second"] += 1
    return judged


def mutants_of_cases() -> Iterator[Mutant]:
    every = chain(row_mutants(), islice(field_mutants(), 0, None, 97))
    return (mutant for mutant in every if mutant.type_name in ROWS_OF_A_CASE)


async def test_a_mutant_of_the_policy_changes_its_own_explanations_alone(
    complete_world: asyncpg.Connection,
) -> None:
    sample = (one for one in mutants_of_cases() if one.role is Role.PARTNER_AGENT)
    judged = await judge(complete_world, islice(sample, 2, None, 60))
    assert min(judged["first"], judged["second"]) >= 3, judged


@pytest.mark.proof
@pytest.mark.parametrize("part", range(8))
async def test_each_mutant_of_the_policy_changes_its_own_explanations_alone(
    complete_world: asyncpg.Connection, part: int
) -> None:
    judged = await judge(complete_world, islice(mutants_of_cases(), part, None, 8))
    assert min(judged["first"], judged["second"]) > 10, judged

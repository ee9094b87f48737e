"""One source of predicates, three meanings: in Python, in a statement and in a row rule."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.access.transactions.prepared import SCOPES, Bound, PreparedStatement
from gateway.mapping.catalogue import Catalogue
from gateway.policy import POLICY
from gateway.row_security.grants import attributes
from gateway.row_security.volumes import figures
from gateway.rules import Rule
from gateway.viewer import Viewer
from models.database.connections import connect
from models.row_security import install_row_security, scripts
from models.row_security.desired import parse_row_security
from models.vocabulary import Role
from tests.acting import act
from tests.gateway.schemas import FULL
from tests.premises import holds, premise
from tests.walls import judging, meaning
from tests.walls.odd_rows import RULED, loosen, odd_world, write

pytestmark = pytest.mark.anyio

CATALOGUE = Catalogue(FULL)
SLOW = settings(suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class RowRule:
    """A rule over the rows of a table, which are told apart by some columns of it."""

    type_name: str
    table: str
    rule: Rule
    columns: tuple[str, ...]

    def by_the_judge(self, tables: meaning.Tables, viewer: Viewer) -> Counter[Any]:
        return Counter(
            _hashable(row.get(name) for name in self.columns)
            for row in tables[self.table]
            if meaning.holds(self.rule, row, tables, viewer)
        )

    def in_a_statement(self, viewer: Viewer) -> Bound:
        return judging.select_reached(self.type_name, self.table, self.columns, viewer)

    def without_condition(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"


def held_rows(role: Role) -> Iterator[RowRule]:
    """Every rule of a role, on the table of its type or on the tables of figures."""
    for noun in CATALOGUE.ruled.values():
        name, rule = noun.key.class_.__tablename__, POLICY[noun.name].rows.get(role)
        if rule is not None and name in RULED:
            seen = {a.key for a in attributes(rule) if a.class_ is noun.key.class_}
            yield RowRule(noun.name, name, rule, tuple(sorted(seen or {noun.key.key})))
    for read in figures(role):
        if read.table.name in RULED:
            columns = tuple(sorted(RULED[read.table.name]))
            yield RowRule("VolumeRow", read.table.name, read.rule, columns)


@pytest.fixture(scope="module")
async def laboratory(database: str) -> str:
    """A migrated database that takes any row."""
    await loosen(database)
    return database


def _hashable(values: Iterable[Any]) -> tuple[Any, ...]:
    """A row's values, its lists as tuples."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


async def differences(url: str, seed: int) -> list[str]:
    """Where the three do not reach the same rows of an odd world; it is gone afterwards."""
    tables, viewer = odd_world(Random(seed))
    found = []
    driver = await connect(url)
    try:
        await driver.execute("BEGIN")
        await write(driver, tables)
        for held in held_rows(viewer.role):
            judged = held.by_the_judge(tables, viewer)
            stated = await _allowed_by_statement(driver, held, viewer)
            ruled = await _allowed_by_database(driver, held, viewer)
            holds("reached", judged)
            holds("withheld", len(tables[held.table]) > judged.total())
            if not judged == stated == ruled:
                found.append(f"{held.table} for {viewer}: {judged}, {stated}, {ruled}")
        await driver.execute("ROLLBACK")
    finally:
        await driver.close()
    return found


async def _allowed_by_statement(driver: Any, held: RowRule, viewer: Viewer) -> Counter[Any]:
    statement, arguments = held.in_a_statement(viewer)
    return Counter(map(_hashable, await driver.fetch(statement.text, *arguments)))


async def _allowed_by_database(driver: Any, held: RowRule, viewer: Viewer) -> Counter[Any]:
    await act(driver, viewer)
    try:
        return Counter(map(_hashable, await driver.fetch(held.without_condition())))
    finally:
        await driver.execute("RESET ROLE")


@given(seed=st.integers(0, 2**32))
@settings(SLOW, max_examples=25)
@premise(reached=0.05, withheld=0.2)
async def test_three_meanings_reach_the_same_rows(laboratory: str, seed: int) -> None:
    assert await differences(laboratory, seed) == []


@pytest.mark.proof
@given(seed=st.integers(0, 2**32))
@settings(SLOW, max_examples=1_500)
@premise(reached=0.1, withheld=0.5)
async def test_three_meanings_reach_the_same_rows_of_many_worlds(
    laboratory: str, seed: int
) -> None:
    assert await differences(laboratory, seed) == []


# --- Each of the three is watched ----------------------------------------------------------------


async def first_difference(url: str, role: Role) -> str | None:
    """For viewers of a role, among so many odd worlds as hold some hundreds of them."""
    for seed in range(3_000):
        _, viewer = odd_world(Random(seed))
        if viewer.role is role and (found := await differences(url, seed)):
            return found[0]
    return None


@pytest.mark.proof
async def test_a_judge_who_errs_is_found(laboratory: str, monkeypatch) -> None:
    """An empty word is taken for a scope."""

    def is_own(value: str | None, scope: str | tuple[str, ...] | None) -> bool:
        return value in (scope if isinstance(scope, tuple) else (scope or "",))

    monkeypatch.setattr(meaning, "is_own", is_own)
    assert await first_difference(laboratory, Role.PARTNER_SERVICE)


@pytest.mark.proof
async def test_a_statement_that_errs_is_found(laboratory: str, monkeypatch) -> None:
    """An empty word is taken for a scope."""

    def arguments(self: Any, viewer: Viewer, given: Any) -> list[Any]:
        return [
            getattr(viewer, name) if name in SCOPES else value
            for name, value in zip(self._parameters, right(self, viewer, given), strict=True)
        ]

    right = PreparedStatement.arguments
    monkeypatch.setattr(PreparedStatement, "arguments", arguments)
    assert await first_difference(laboratory, Role.PARTNER_SERVICE)


@pytest.mark.parametrize(
    ("role", "right", "wrong"),
    [
        (Role.PARTNER_SERVICE, "= (SELECT viewer.partner('PARTNER_SERVICE'))",
         "IS NOT DISTINCT FROM (SELECT viewer.partner('PARTNER_SERVICE'))"),
        (Role.SUPERVISOR, "by_1.reference = (SELECT viewer.purpose_reference('SUPERVISOR'))",
         "true"),
        *(pytest.param(*rule, marks=pytest.mark.proof) for rule in (
            (Role.AUDITOR, "application_event.kind NOT IN ('HELD', 'RELEASED')",
             "application_event.kind IS DISTINCT FROM 'HELD'"),
            (Role.PARTNER_SERVICE, "application.left_partner_at IS NULL", "true"),
            (Role.PARTNER_AGENT,
             "application.holder_place = ANY", "application.centre_code = ANY"),
        )),
    ],
)  # fmt: skip
async def test_a_row_rule_that_errs_is_found(
    laboratory: str, role: Role, right: str, wrong: str
) -> None:
    policies = parse_row_security(*scripts()).policies.values()
    changed = [each for each in policies if right in each.source]
    assert changed
    connection = await connect(laboratory)
    try:
        for policy in changed:
            await connection.execute(f"DROP POLICY {policy.name} ON {policy.table}")
            await connection.execute(policy.source.replace(right, wrong))
        assert await first_difference(laboratory, role)
    finally:
        await install_row_security(connection)
        await connection.close()

"""What the system does in a synthetic world: it clears people, and in its last months it grants by
rule."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from models.ban import RULE_VERSION
from models.ban_list.comparison import BanList
from models.database.connections import connect
from models.synthetic import Scale, synthesise
from models.volumes import verify
from tests.models.contradictions import (
    ANSWERS_OUT_OF_TURN,
    DIFFERENCES_UNTOLD,
    FORGOTTEN_GRANTS,
    MISTAKEN_FIRST_DECISIONS,
    MISTAKEN_GRANTS_BY_RULE,
    MISTAKEN_SAMPLES,
)

pytestmark = pytest.mark.anyio

UNTIL = datetime(2026, 11, 24, 9, tzinfo=UTC)
APPLICATIONS = 7_000


@pytest.fixture(scope="module")
async def with_world(database: str) -> str:
    await synthesise(
        database, applications=APPLICATIONS, months=7, seed=8, scale=Scale.PARTNER, until=UNTIL
    )
    return database


@pytest.fixture
async def loaded(with_world: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(with_world)
    yield connection
    await connection.close()


async def test_the_system_clears_most_people_at_once_and_people_answer_the_rest(
    loaded: asyncpg.Connection,
) -> None:
    assert not await loaded.fetch(ANSWERS_OUT_OF_TURN)
    by_system, by_people, anew = await loaded.fetchrow("""
        SELECT
            count(list_version), count(answered_by) FILTER (WHERE result = 'CLEAR'),
            count(list_version) FILTER (WHERE voided_at IS NOT NULL)
        FROM screening WHERE kind = 'ENTRY_BAN'
    """)
    assert by_system > 0.9 * APPLICATIONS > 20 * by_people > 0
    assert anew > 3
    versions = await loaded.fetch("SELECT DISTINCT list_version, rule_version FROM screening")
    assert {tuple(row) for row in versions} == {(None, None), (BanList().version, RULE_VERSION)}


async def test_in_the_last_months_a_rule_grants_what_is_certain_but_for_a_sample(
    loaded: asyncpg.Connection,
) -> None:
    [decreed] = await loaded.fetch("""
        SELECT rule.code, state, proposed_by, approved_by, change.decree = rule.decree AS is_its
        FROM grant_rule AS rule JOIN reference_change AS change
            ON change.kind = 'GRANT_RULE' AND change.subject = rule.code
    """)
    assert tuple(decreed) == ("B1-1", "APPROVED", "administrator", "supervisor", True)
    assert not await loaded.fetch(MISTAKEN_GRANTS_BY_RULE)
    assert not await loaded.fetch(MISTAKEN_SAMPLES)
    assert not await loaded.fetch(FORGOTTEN_GRANTS)
    assert not await loaded.fetch(MISTAKEN_FIRST_DECISIONS)
    assert not await loaded.fetch(DIFFERENCES_UNTOLD)
    assert await loaded.fetchval("SELECT count(*) FROM alert") > 0
    by_rule, granted, refused, twice = await loaded.fetchrow("""
        SELECT sum(by_rule), sum(sample_granted), sum(sample_refused), sum(decided_twice)
        FROM volume_rule
    """)
    assert await verify(loaded) == []
    assert by_rule > 400
    assert 0.15 < (granted + refused) / (by_rule + granted + refused) < 0.25
    assert granted > 20 * refused > 0
    assert 0.1 < twice / (granted + refused) < 0.3


async def test_some_are_refused_on_two_grounds_and_some_visas_are_granted_on_conditions(
    loaded: asyncpg.Connection,
) -> None:
    refused, on_two, hidden, granted, on_conditions, beyond = await loaded.fetchrow("""
        SELECT
            count(*) FILTER (WHERE outcome = 'REFUSED'),
            count(*) FILTER (WHERE cardinality(grounds) = 2),
            count(*) FILTER (WHERE cardinality(public_reasons) < cardinality(grounds)),
            count(*) FILTER (WHERE outcome = 'GRANTED' AND grant_rule_code IS NULL),
            count(*) FILTER (WHERE conditions <> '{}'),
            count(*) FILTER (WHERE conditions <> '{}' AND extends_visa_number IS NOT NULL)
        FROM decision JOIN application ON application.id = application_id
    """)
    assert 0.15 < on_two / refused < 0.35
    assert hidden > 0
    assert 0.03 < on_conditions / granted < 0.1
    assert beyond == 0

"""`gerbang people`: rotates the key of the person index, and loses nobody by it."""

import asyncio
from pathlib import Path

import asyncpg
import orjson
import pytest
from click.testing import CliRunner

from gateway.cli.people import people
from models.key_service import KeyUse, LocalKeys, create_key_file
from tests.accounts import past_triggers
from tests.key_stores import open_keys
from tests.linking import copied_keys_file, key_store
from tests.world import APPLICANTS, applicant_id

pytestmark = pytest.mark.anyio

_MIA = applicant_id("Mia Lund")


@pytest.fixture
def keys_file(tmp_path: Path, world: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys of the tests, in a folder where they may be rotated."""
    file = copied_keys_file(tmp_path)
    monkeypatch.setenv("GERBANG_OWNER_URL", world)
    monkeypatch.setenv("GERBANG_KEY_SERVICE", f"file:{file}")
    monkeypatch.setenv("GERBANG_KEY_STORE", key_store())
    return file


async def run(*command: str) -> str:
    done = await asyncio.to_thread(CliRunner().invoke, people, [*command])
    return done.output if done.exit_code == 0 else f"refused: {done.output}"


def _keys(file: Path) -> list[str]:
    return list(LocalKeys.from_file(file).by_use[KeyUse.PERSON_INDEX])


async def test_a_key_is_rotated_without_anybody_being_lost(
    keys_file: Path, connection: asyncpg.Connection
) -> None:
    create_key_file(keys_file)
    [first] = _keys(keys_file)
    assert "Everybody is indexed" in await run("index")

    assert "a new key writes" in await run("rotate")
    second, still = _keys(keys_file)
    assert still == first != second
    assert "Everybody is indexed" in await run("index")
    await connection.execute("DELETE FROM person_index WHERE applicant_id = $1", _MIA)
    # Before everybody is indexed by it, the key of before is not given up.
    assert "one key is left" in await run("settle")
    assert _keys(keys_file) == [second]
    rows = await connection.fetch("SELECT key_id, count(*) AS digests FROM person_index GROUP BY 1")
    assert [tuple(row) for row in rows] == [(second, 3 * len(APPLICANTS))]


async def test_erased_people_kept_by_law_are_found_by_the_earlier_key(
    keys_file: Path, connection: asyncpg.Connection
) -> None:
    """Whoever was erased cannot be indexed anew: the key stays until nobody needs it."""
    subject = _MIA
    assert "Everybody is indexed" in await run("index")
    of_subject = "SELECT key_id, digest FROM person_index WHERE applicant_id = $1 ORDER BY digest"
    before = await connection.fetch(of_subject, subject)
    [first] = {row["key_id"] for row in before}
    assert first == _keys(keys_file)[0]
    async with past_triggers(connection):
        await connection.execute("DELETE FROM identity WHERE applicant_id = $1", subject)

    assert "a new key writes" in await run("rotate")
    assert "Everybody is indexed" in await run("index")
    assert "1 people who were erased" in await run("settle")
    second, _ = _keys(keys_file)
    assert _keys(keys_file) == [second, first]
    assert "run `gerbang people settle`" in await run("rotate")  # three are too many
    # The key of before is of use for them alone, and still finds them.
    rows = await connection.fetch("SELECT key_id, count(DISTINCT applicant_id) FROM person_index"
                                  " GROUP BY 1")  # fmt: skip
    assert {tuple(row) for row in rows} == {(second, len(APPLICANTS) - 1), (first, 1)}
    keys = open_keys(keys_file)
    answer = await keys.digests(KeyUse.PERSON_INDEX, [b"anything"])
    assert [digest.key_id for digest in answer[0]] == [second, first]
    assert await connection.fetch(of_subject, subject) == before

    # Their period ends, and so does the rotation.
    await connection.execute("DELETE FROM person_index WHERE applicant_id = $1", subject)
    assert "one key is left" in await run("settle")
    assert _keys(keys_file) == [second]


async def test_whom_nobody_can_read_hinders_no_rotation(
    keys_file: Path, connection: asyncpg.Connection
) -> None:
    """The names of two were rewritten in the database: all others are indexed."""
    tampered = {applicant_id("Ruby Hale"), applicant_id("Wei Tan")}
    assert "Everybody is indexed" in await run("index")
    [first] = _keys(keys_file)
    of_tampered = "SELECT applicant_id, sealed FROM identity WHERE applicant_id = ANY ($1)"
    sealed = await connection.fetch(of_tampered, tampered)
    rewritten = "UPDATE identity SET sealed = $2 WHERE applicant_id = $1"
    async with past_triggers(connection):
        for one in sealed:
            forged = orjson.loads(one["sealed"]) | {"full_name": "forged"}
            await connection.execute(rewritten, one["applicant_id"], orjson.dumps(forged).decode())
    began_at = await connection.fetchval("SELECT clock_timestamp()")
    assert "a new key writes" in await run("rotate")
    [second, _] = _keys(keys_file)
    assert "2 on file cannot be read" in await run("index")
    rows = await connection.fetch(
        "SELECT key_id, array_agg(DISTINCT applicant_id) AS people FROM person_index GROUP BY 1"
    )
    people_of = {row["key_id"]: set(row["people"]) for row in rows}
    assert people_of[first] - people_of[second] == tampered
    alerts = await connection.fetch(
        "SELECT applicant_id FROM alert WHERE kind = 'TAMPERED' AND raised_at >= $1", began_at
    )
    assert sorted(row[0] for row in alerts) == sorted(tampered)

    assert "--forget-unreadable" in await run("settle")
    assert _keys(keys_file) == [second, first]
    assert "one key is left" in await run("settle", "--forget-unreadable")
    assert _keys(keys_file) == [second]
    async with past_triggers(connection):
        await connection.executemany(rewritten, sealed)

"""`gerbang audit verify` as auditors run it: it believes neither the database's names nor, given a
key of their own, the key service."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from models.account import AccountError, CheckpointFolder
from models.account.notes import read_public_key, verifier_key
from models.database.connections import connect
from models.key_service import KeyUse
from models.row_security import install_row_security
from tests.accounts import newest_read, past_triggers, read_five, sign
from tests.commands import call_command
from tests.key_stores import run_keys
from tests.linking import KEYS, copied_keys_file, judge_of_tests

pytestmark = pytest.mark.anyio

CLEAN = "Nothing was rewritten."

#: The reader of an entry, as it was before it was rewritten, by what writes it as text.
_HIDING = """
    CREATE FUNCTION shadow.to_json(text) RETURNS json LANGUAGE sql AS $$
        SELECT pg_catalog.to_json(CASE $1 WHEN 'forged' THEN (
            SELECT actor FROM shadow.access_event
            WHERE actor NOT IN (SELECT actor FROM public.access_event)
        ) ELSE $1 END)
    $$
"""


@dataclass(frozen=True)
class Verified:
    """What the command printed, and its exit code."""

    code: int
    text: str


@pytest.fixture
async def verify(world: str, tmp_path: Path) -> AsyncIterator[Callable[..., object]]:
    """Runs the command on the account of this world, which is signed, five reads included."""
    connection = await connect(world)
    await install_row_security(connection)  # a copy of a database lacks what is granted on itself
    await read_five(connection)
    await sign(connection, tmp_path / "outside")
    await connection.close()
    keys = ExitStack()
    # Of its own, with the same keys: the receipts of the other one are of many worlds.
    folder = Path(keys.enter_context(TemporaryDirectory(prefix="gerbang-")))
    file, socket = copied_keys_file(folder), folder / "socket"
    others = {"signing": folder / "socket.signing", "judge": judge_of_tests(folder)}
    keys.enter_context(run_keys(file, socket, **others))
    environment = {
        "GERBANG_OWNER_URL": world,
        "GERBANG_KEY_SERVICE": f"unix:{socket}",
        "GERBANG_CHECKPOINTS": str(tmp_path / "outside"),
    }

    async def run(*options: str) -> Verified:
        command = ["audit", "verify", *options]
        done = await asyncio.to_thread(call_command, command, environment)
        return Verified(done.returncode, done.stdout + done.stderr)

    yield run
    keys.close()
    connection = await connect(world)
    async with past_triggers(connection):
        for table in (
            "account_node",
            "account_leaf",
            "account_head",
            "account_source",
            "access_event",
        ):
            await connection.execute(f"DELETE FROM public.{table}")
    await connection.close()


async def test_a_schema_that_the_search_path_names_first_hides_nothing(
    verify, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """What auditors read is rewritten, and a copy of what it was is put in its place for whoever
    looks by name: as tables, and as a function of PostgreSQL's."""
    _, key = await newest_read(connection)
    here = "DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I {}', current_user,"
    here += " current_database()); END $$"
    await connection.execute("CREATE SCHEMA shadow")
    await connection.execute("CREATE TABLE shadow.access_event AS TABLE access_event")
    await connection.execute(_HIDING)
    try:
        async with past_triggers(connection):
            await connection.execute("UPDATE access_event SET actor = 'forged' WHERE id = $1", key)
        await connection.execute(here.format("SET search_path = shadow, pg_catalog, public"))
        found = await verify()
        kept = next(CheckpointFolder(tmp_path / "outside").newest_first())
        later = await verify("--since", "2100-01-01", "--checkpoint", str(kept))
    finally:
        await connection.execute(here.format("RESET search_path"))
        await connection.execute("DROP SCHEMA shadow CASCADE")
    assert f"changed: access_event {key} is not what it was\n" in found.text
    assert "altered: postgres begins with search_path=shadow, pg_catalog, public.\n" in found.text
    assert (found.code, found.text.splitlines()[-1]) == (1, "2 findings")
    # From then on nothing was rewritten; the tree is what a checkpoint says that somebody kept.
    assert (later.code, later.text.splitlines()[-1]) == (1, "1 findings"), later.text  # the path


#: What somebody alters, how it is put back, and what is named.
_ALTERED = {
    "a trigger": (
        "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER swallow BEFORE INSERT ON access_event FOR EACH ROW"
        " EXECUTE FUNCTION swallow()",
        "DROP FUNCTION swallow CASCADE",
        "trigger swallow of public.access_event",
    ),
    "a rule": (
        "CREATE RULE aside AS ON INSERT TO alert DO INSTEAD NOTHING",
        "DROP RULE aside ON alert",
        "rewriting rule aside of public.alert",
    ),
    "a grant": (
        "GRANT UPDATE ON screening TO gerbang_officer",
        "REVOKE UPDATE ON screening FROM gerbang_officer",
        "grant of update on table public.screening to gerbang_officer",
    ),
}
#: The catalogue without what is to be hidden, where the owner's path finds it first.
_HIDDEN = """
    CREATE SCHEMA shadow;
    CREATE VIEW shadow.pg_trigger AS
        SELECT * FROM pg_catalog.pg_trigger WHERE tgname <> 'swallow';
    CREATE VIEW shadow.pg_proc AS SELECT * FROM pg_catalog.pg_proc WHERE proname <> 'swallow';
    CREATE VIEW shadow.pg_rewrite AS SELECT * FROM pg_catalog.pg_rewrite WHERE rulename <> 'aside';
    CREATE FUNCTION shadow.aclexplode(acl aclitem[],
        OUT grantor oid, OUT grantee oid, OUT privilege_type text, OUT is_grantable boolean)
    RETURNS SETOF record LANGUAGE sql AS $$
        SELECT * FROM pg_catalog.aclexplode(acl)
        WHERE privilege_type <> 'UPDATE' OR grantee <> 'gerbang_officer'::regrole
    $$;
"""


@pytest.mark.parametrize("what", _ALTERED)
async def test_what_was_altered_of_the_database_is_named_whatever_its_search_path(
    verify, connection: asyncpg.Connection, what: str
) -> None:
    planted, undone, named = _ALTERED[what]
    here = "DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE %I {}', current_user,"
    here += " current_database()); END $$"
    await connection.execute(f"{_HIDDEN}; {planted}")
    try:
        await connection.execute(here.format("SET search_path = shadow, pg_catalog, public"))
        found = await verify()
    finally:
        await connection.execute(here.format("RESET search_path"))
        await connection.execute(f"DROP SCHEMA shadow CASCADE; {undone}")
    lines = [line for line in found.text.splitlines() if line.startswith("altered: ")]
    assert found.code == 1
    assert [line for line in lines if f"Nobody thought of this: {named}" in line], found.text
    assert [line for line in lines if "begins with search_path=shadow" in line], found.text


async def test_a_view_in_the_place_of_a_table_is_refused(
    verify, connection: asyncpg.Connection
) -> None:
    """It could show its owner other rows than auditors."""
    await connection.execute(
        "ALTER TABLE access_event RENAME TO hidden;"
        " CREATE VIEW access_event AS SELECT * FROM hidden"
    )
    try:
        found = await verify()
    finally:
        await connection.execute(
            "DROP VIEW access_event; ALTER TABLE hidden RENAME TO access_event"
        )
    assert found.code == 1
    assert "access_event" in found.text
    assert CLEAN not in found.text


async def test_with_a_public_key_of_ones_own_no_other_signature_is_believed(
    verify, tmp_path: Path
) -> None:
    [key] = (await KEYS.public_keys(KeyUse.CHECKPOINT)).values()
    other = bytes(range(32))
    kept = tmp_path / "kept.txt"
    kept.write_text(f"{verifier_key(key)}\n", encoding="ascii")
    believed = await verify("--public-key", other.hex(), "--public-key", str(kept))
    assert (believed.code, believed.text.splitlines()[-1]) == (0, CLEAN), believed.text
    refused = await verify("--public-key", verifier_key(other))
    assert refused.code == 1
    assert "is believed" in refused.text
    assert CLEAN not in refused.text
    no_key = await verify("--public-key", verifier_key(key)[:-8])
    assert no_key.code == 1
    assert "that is no public key" in no_key.text


def test_a_public_key_is_read_as_it_is_written() -> None:
    key = bytes(range(1, 33))
    assert read_public_key(f" {verifier_key(key)}\n") == key
    assert read_public_key(key.hex().upper()) == key
    assert read_public_key(base64.b64encode(key).decode()) == key
    written = verifier_key(key)
    origin, hash_, encoded = written.split("+", 2)
    others = (f"{origin}+{other}+{encoded}" for other in ("0" * len(hash_), ""))
    of_two = base64.b64encode(2 * key).decode()
    for nonsense in ("AAAA", of_two, written[:-8], written.replace("gerbang", "other"), *others):
        with pytest.raises(AccountError, match="no public key"):
            read_public_key(nonsense)

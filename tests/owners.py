"""Owners of databases who are no superusers, prepared by what is shipped for it."""

import os
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from models.database.connections import connect
from models.database.owner import OwnerError
from models.migrations import migrate
from models.postgres import Server
from models.row_security import login_at
from tests import tokens

PREPARATION = Path(__file__).resolve().parents[1] / "models" / "postgres" / "owner.sql"
#: The usual names.
OWNER, DATABASE = "gerbang_owner", "gerbang"
PASSWORD = "of the owner"


def prepare(server: Server, **names: str) -> str:
    """Make such an owner and its database, of the usual names or of others; its address."""
    superuser = make_url(server.url("postgres"))
    subprocess.run(
        [
            *(server.binaries["psql"], "--no-psqlrc", "--quiet", f"--file={PREPARATION}"),
            *(f"--set={kind}={name}" for kind, name in names.items()),
        ],
        env={
            "PATH": os.defpath,
            "PGHOST": str(superuser.host),
            "PGPORT": str(superuser.port),
            "PGUSER": str(superuser.username),
            "PGPASSWORD": str(superuser.password),
            "PGDATABASE": "postgres",
            "GERBANG_OWNER_PASSWORD": PASSWORD,
        },
        check=True,
    )
    plain = superuser.set(
        username=names.get("owner", OWNER),
        password=PASSWORD,
        database=names.get("database", DATABASE),
    )
    return plain.render_as_string(hide_password=False)


async def migrate_as_owner(owner_url: str, gateway_url: str | None = None) -> None:
    """Migrate as that owner, and let the gateway log in."""
    login = gateway_url or login_at(owner_url, tokens.PASSWORD)
    await migrate(owner_url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))


async def superuser_script(owner_url: str, gateway_url: str | None = None) -> list[str]:
    """The lines of the script that migrating asks a superuser to run, without their reasons."""
    try:
        await migrate_as_owner(owner_url, gateway_url)
    except OwnerError as error:
        found, *script = str(error).splitlines()
        assert "superuser" in found
        return [line for line in script if not line.startswith("--")]
    raise AssertionError("the owner was not refused")


async def run(url: str, *statements: str) -> None:
    """Say something at an address."""
    connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

"""A PostgreSQL that speaks nothing but TLS, where the machine can have one (Debian's)."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.database.connections import connect
from models.postgres import PostgresError, Server, temporary_postgres
from models.postgres.cluster import SUPERUSER
from models.postgres.system_user import server_account
from tests.certificates import Authority
from tests.machine import needs

#: Where `make test` unpacks Debian's; the wheel's PostgreSQL knows no TLS.
PROGRAMS = Path(__file__).resolve().parents[1] / ".tools" / "debian-postgres" / "bin"
ABSENT = "no PostgreSQL with TLS: `make test` brings Debian's where apt is to be had"
with_tls_postgres = needs(
    "debian-postgres", is_here=(PROGRAMS / "postgres").exists(), absent=ABSENT
)

#: Only TLS is let in, so that who gets in has spoken it.
PASSWORDS = "hostssl all all 127.0.0.1/32 scram-sha-256\nlocal all all scram-sha-256\n"
CERTIFICATES = PASSWORDS.replace("scram-sha-256\n", "scram-sha-256 clientcert=verify-ca\n", 1)


@dataclass(frozen=True)
class TlsServer:
    """The server, the authority that signed for it, and another one that did not."""

    server: Server
    folder: Path
    authority: Authority
    stranger: Authority

    def url(self, database: str, **parameters: str) -> str:
        """By the name that its certificate holds, verified, unless parameters say otherwise."""
        usual = {"sslmode": "verify-full", "sslrootcert": str(self.authority.file)}
        query = "&".join(f"{name}={value}" for name, value in {**usual, **parameters}.items())
        return f"postgresql://{self._login}@localhost:{self.server.port}/{database}?{query}"

    async def presents(self, certificate: bytes, key: bytes) -> None:
        _write(self.folder, certificate, key)
        await self._reload()

    async def lets_in(self, lines: str) -> None:
        (self.folder / "hba").write_text(lines)
        await self._reload()

    async def _reload(self) -> None:
        """Over a Unix socket, which certificates have nothing to do with."""
        connection = await connect(
            f"postgresql://{self._login}@/postgres?host={self.folder}&port={self.server.port}"
        )
        try:
            await connection.execute("SELECT pg_reload_conf(), pg_sleep(0.5)")
        finally:
            await connection.close()

    @property
    def _login(self) -> str:
        return f"{SUPERUSER}:{self.server.cluster.password()}"


@contextmanager
def tls_postgres() -> Iterator[TlsServer]:
    """Raises PostgresError where this machine has none."""
    if not (PROGRAMS / "postgres").exists():
        raise PostgresError(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="gerbang-tls-"))
    folder.chmod(0o755)
    try:
        authority = Authority.make(folder, "authority")
        _write(folder, *authority.sign("server", "localhost"))
        (folder / "hba").write_text(PASSWORDS)
        settings = {
            "ssl": "on",
            "ssl_cert_file": str(folder / "server.crt"),
            "ssl_key_file": str(folder / "server.key"),
            "ssl_ca_file": str(authority.file),
            "hba_file": str(folder / "hba"),
            "unix_socket_directories": str(folder),
        }
        server_account(folder / "none").take_ownership(folder)
        with temporary_postgres(binaries=PROGRAMS, settings=settings) as server:
            yield TlsServer(server, folder, authority, Authority.make(folder, "stranger"))
    finally:
        shutil.rmtree(folder)


def _write(folder: Path, certificate: bytes, key: bytes) -> None:
    account = server_account(folder / "none")
    for name, content, mode in (("server.crt", certificate, 0o644), ("server.key", key, 0o600)):
        path = folder / name
        path.write_bytes(content)
        account.take_ownership(path)
        path.chmod(mode)

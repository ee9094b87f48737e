"""The site of a directorate: two PostgreSQL under Patroni, three etcd, three gateways with a
PgBouncer each, two key services over a store of their own, two keepers, two dashboards over one
Valkey, HAProxy in front with TLS, and a provider; by the files of deploy/cluster."""

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from models.database.connections import connect
from models.key_service import create_key_file
from models.key_service.preparing import prepare_store
from models.migrations import migrate
from models.row_security import login_at
from tests import tokens
from tests.certificates import Authority
from tests.cluster.hosts import Host, Program, hosts, until_listening
from tests.populating import reference_data
from tests.walls import pooler

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "deploy" / "cluster"
OWNER = ROOT / "models" / "postgres" / "owner.sql"
TOOLS = ROOT / ".tools"
PROGRAMS = TOOLS / "patroni" / "bin"
POSTGRES = TOOLS / "debian-postgres" / "bin"
GERBANG = [sys.executable, "-c", "from gateway.cli import main; main()"]
DATA, ETCD = ("data-1", "data-2"), ("data-1", "data-2", "quorum")
GATEWAYS = ("gateway-1", "gateway-2", "gateway-3")
KEYS, KEEPERS, DASHBOARDS = ("keys-1", "keys-2"), ("keeper-1", "keeper-2"), ("shown-1", "shown-2")
NAMES = (
    "front", "provider", "quorum", "store", "sessions",
    *DATA, *GATEWAYS, *KEYS, *KEEPERS, *DASHBOARDS,
)  # fmt: skip
PATIENCE_SECONDS = 90
#: Of the front, for gateways and for dashboards: below 1024 would take root.
HTTPS, SHOWN = 8443, 9443
#: Of gateways and key services: eight writers are one agent, and never pause.
PEOPLE = {
    f"READ_BUDGET_{role}": "1000000" for role in ("AGENT", "OFFICER", "SUPERVISOR", "SCREENING")
}


@dataclass
class Site:
    """All hosts, by what they are for."""

    hosts: dict[str, Host]
    authority: Authority
    secret: str = "of-the-cluster"

    def at(self, name: str) -> str:
        return self.hosts[name].address

    @property
    def folder(self) -> Path:
        return self.hosts["front"].folder.parent

    @property
    def owner_url(self) -> str:
        return f"postgresql://gerbang_owner:{self.secret}@{self.at('front')}:5432/gerbang"

    @property
    def store_url(self) -> str:
        return f"postgresql://postgres:{self.secret}@{self.at('store')}:5432/postgres"

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.file))

    # --- How it is -------------------------------------------------------------------------------

    def members(self) -> dict[str, str]:
        """The role of each PostgreSQL that runs, as Patroni knows it."""
        for name in DATA:
            with contextlib.suppress(httpx2.TransportError):
                answer = httpx2.get(f"http://{self.at(name)}:8008/cluster", timeout=2)
                running = ("running", "streaming")
                members = answer.json()["members"]
                return {one["name"]: one["role"] for one in members if one["state"] in running}
        return {}

    def primary(self) -> str:
        """Its host, once there is one and the other follows synchronously."""
        self.until(lambda: sorted(self.members().values()) == ["leader", "sync_standby"])
        [name] = [name for name, role in self.members().items() if role == "leader"]
        return name

    def is_whole(self) -> bool:
        """Whether everything runs: what is lost next is the only loss."""
        with contextlib.suppress(httpx2.TransportError, OSError):
            places = [
                *(f"{self.at(name)}:2379/health" for name in ETCD),
                *(f"{self.at(name)}:8000/health/ready" for name in GATEWAYS),
                *(f"{self.at(name)}:9465/health/ready" for name in KEEPERS),
                *(f"{self.at(name)}:9467/metrics" for name in KEYS),
                *(f"{self.at(name)}:8050/health/live" for name in DASHBOARDS),
                f"{self.at('provider')}:8080/keys",
            ]
            answers = [httpx2.get(f"http://{place}", timeout=2) for place in places]
            front = f"https://{self.at('front')}:{SHOWN}/health/live"
            answers.append(httpx2.get(front, timeout=2, verify=self.tls()))
            roles = sorted(self.members().values())
            ready = [one.json() for one in answers[3:6]]
            return (
                all(one.is_success for one in answers)
                and not any(one["warnings"] for one in ready)
                and roles == ["leader", "sync_standby"]
            )
        return False

    def until(self, condition: Any, seconds: float = PATIENCE_SECONDS) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s; see {self.folder}"
            time.sleep(0.3)

    # --- Its hosts -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Everything, in the order of a first start."""
        for name in ETCD:
            self.hosts[name].run(self._etcd(name))
        for name in DATA:
            self.hosts[name].run(self._patroni(name))
        self._run_store()
        jwks = json.dumps({"keys": [tokens.KEY.as_dict(private=False)]})
        (self.hosts["provider"].folder / "keys").write_text(jwks)
        serving = [sys.executable, "-m", "http.server", "8080", "--bind", self.at("provider")]
        self.hosts["provider"].run(Program("provider", serving))
        valkey = [TOOLS / "valkey" / "valkey-server", "--bind", self.at("sessions")]
        self.hosts["sessions"].run(
            Program("valkey", [*valkey, "--save", "", "--protected-mode", "no"],
                    {"LD_LIBRARY_PATH": str(TOOLS / "valkey")})
        )  # fmt: skip
        self._run_front()
        until_listening(self.at("front"), 5432)
        self.primary()
        given = {"PGPASSWORD": self.secret, "GERBANG_OWNER_PASSWORD": self.secret}
        psql = [POSTGRES / "psql", "--quiet", f"--host={self.at('front')}", "--username=postgres",
                "--dbname=postgres", f"--file={OWNER}"]  # fmt: skip
        subprocess.run(psql, check=True, env=given)
        asyncio.run(self._prepare())
        for name in KEYS:
            self._run_keys(name)
        for name in KEYS:
            until_listening(self.at(name), 7443)
        for name in KEEPERS:
            self._run("keep", name, self._of_keepers(name))
        for name in GATEWAYS:
            self._run_pooler(name)
            self._run("serve", name, self._of_gateways(name))
        for name in DASHBOARDS:
            self._run("dashboard", name, self._of_dashboards(name))
        self.until(self.is_whole)

    def _etcd(self, name: str) -> Program:
        peers = ",".join(f"{each}=http://{self.at(each)}:2380" for each in ETCD)
        address, folder = self.at(name), self.hosts[name].folder
        return Program("etcd", [
            PROGRAMS / "etcd", "--name", name, "--data-dir", folder / "etcd",
            "--listen-client-urls", f"http://{address}:2379",
            "--advertise-client-urls", f"http://{address}:2379",
            "--listen-peer-urls", f"http://{address}:2380",
            "--initial-advertise-peer-urls", f"http://{address}:2380",
            "--initial-cluster", peers, "--heartbeat-interval", "100", "--election-timeout", "1000",
        ], is_ordinary=True)  # fmt: skip

    def _patroni(self, name: str) -> Program:
        address, folder = self.at(name), self.hosts[name].folder
        variables = {
            "NAME": name,
            "ETCD3_HOSTS": ",".join(f"{self.at(each)}:2379" for each in ETCD),
            "RESTAPI_LISTEN": f"{address}:8008",
            "RESTAPI_CONNECT_ADDRESS": f"{address}:8008",
            "POSTGRESQL_LISTEN": f"{address}:5432",
            "POSTGRESQL_CONNECT_ADDRESS": f"{address}:5432",
            "POSTGRESQL_DATA_DIR": str(folder / "postgres"),
            "POSTGRESQL_BIN_DIR": str(POSTGRES),
            "SUPERUSER_USERNAME": "postgres",
            "SUPERUSER_PASSWORD": self.secret,
            "REPLICATION_USERNAME": "replicator",
            "REPLICATION_PASSWORD": self.secret,
        }
        environ = {f"PATRONI_{key}": value for key, value in variables.items()}
        command = [PROGRAMS / "patroni", FILES / "patroni.yml"]
        return Program("patroni", command, environ, is_ordinary=True)

    def _run_store(self) -> None:
        host = self.hosts["store"]
        data, password = host.folder / "postgres", host.folder / "password"
        password.write_text(self.secret)
        making = [POSTGRES / "initdb", "--pgdata", data, "--username=postgres", "--encoding=UTF8",
                  "--locale=C", "--auth=scram-sha-256", f"--pwfile={password}"]  # fmt: skip
        host.start(Program("initdb", making, is_ordinary=True))
        self.until(lambda: (data / "pg_hba.conf").exists() and not host.runs("initdb"))
        with (data / "pg_hba.conf").open("a") as rules:
            for database in ("all", "replication"):
                rules.write(f"host {database} all samenet scram-sha-256\n")
        serving = [POSTGRES / "postgres", "-D", data, "-h", host.address, "-k", "."]
        host.run(Program("postgres", serving, is_ordinary=True))
        until_listening(host.address, 5432)

    def _run_front(self) -> None:
        host = self.hosts["front"]
        certificate, key = self.authority.sign("front", host.address)
        both = host.folder / "front.pem"
        both.write_bytes(certificate + key)
        environ = {
            "FRONT": host.address,
            "HTTPS_PORT": str(HTTPS),
            "DASHBOARD_PORT": str(SHOWN),
            "CERTIFICATES": str(both),
            **{
                variable: self.at(name)
                for variables, names in (
                    (("POSTGRES_ONE", "POSTGRES_TWO"), DATA),
                    (("GATEWAY_ONE", "GATEWAY_TWO", "GATEWAY_THREE"), GATEWAYS),
                    (("DASHBOARD_ONE", "DASHBOARD_TWO"), DASHBOARDS),
                )
                for variable, name in zip(variables, names, strict=True)
            },
        }
        command = [PROGRAMS / "haproxy", "-db", "-f", FILES / "haproxy.cfg"]
        host.run(Program("haproxy", command, environ))

    async def _prepare(self) -> None:
        """What is done once: the tables, the store of keys, and reference data."""
        login = login_at(self.owner_url, tokens.PASSWORD)
        await migrate(self.owner_url, gateway_url=login, seal_keys=(tokens.SEAL_KEY,))
        await prepare_store(self.store_url, self.store_url)
        create_key_file(self.folder / "keys.json")
        (self.folder / "checkpoints").mkdir()
        connection = await connect(self.owner_url)
        await reference_data(connection)
        await connection.close()

    def _run_keys(self, name: str) -> None:
        address = self.at(name)
        command = [*GERBANG, "keys", self.folder / "keys.json", f"tcp:{address}:7443",
                   "--signing", f"tcp:{address}:7444", "--linking", f"tcp:{address}:7445",
                   "--credentials", self.folder / "credentials"]  # fmt: skip
        given = {"KEY_STORE": self.store_url, "KEYS_PORT": "9467", "METRICS_HOST": address}
        self._run_program(name, "keys", command, given)
        self.until(lambda: (self.folder / "credentials").exists())

    def _run_pooler(self, name: str) -> None:
        host = self.hosts[name]
        text = (FILES / "pgbouncer.ini").read_text()
        text = text.replace("ADDRESS", host.address).replace("PRIMARY", self.at("front"))
        (host.folder / "pgbouncer.ini").write_text(text)
        (host.folder / "users.txt").write_text(f'"gerbang_gateway" "{tokens.PASSWORD}"\n')
        command = [str(pooler.PROGRAM), "-q", "pgbouncer.ini"]
        libraries = {"LD_LIBRARY_PATH": str(TOOLS / "pooler")}
        host.run(Program("pgbouncer", command, libraries, is_ordinary=True))
        until_listening(host.address, 6432)

    def _of_gateways(self, name: str) -> Mapping[str, str]:
        login = f"postgresql://gerbang_gateway:{tokens.PASSWORD.replace(' ', '%20')}"
        return {
            "HOST": self.at(name),
            "PORT": "8000",
            "METRICS_HOST": self.at(name),
            "METRICS_PORT": "9464",
            "DATABASE_URL": f"{login}@{self.at(name)}:6432/gerbang",
            "READ_URL": f"{login}@{self.at('front')}:5433/gerbang",
            "CURSOR_KEY": "ab" * 32,
            "SEAL_KEY": tokens.SEAL_KEY.hex(),
            "TRUSTED_PROXIES": f"{self.at('front')}/32",
            "FORWARDING_HEADER": "X-Forwarded-For",
            "BUDGET_PROCESSES": str(len(GATEWAYS)),
            **self._of_clients_of_keys(name),
        }

    def _of_keepers(self, name: str) -> Mapping[str, str]:
        return {
            "METRICS_HOST": self.at(name),
            "KEEPER_PORT": "9465",
            "OWNER_URL": self.owner_url,
            "SEAL_KEY": tokens.SEAL_KEY.hex(),
            "CHECKPOINTS": str(self.folder / "checkpoints"),
            "CREDENTIALS": str(self.folder / "credentials"),
            "SIGNING_SERVICE": self._services(7444),
            "LINKING_SERVICE": self._services(7445),
            **self._of_clients_of_keys(name),
        }

    def _of_dashboards(self, name: str) -> Mapping[str, str]:
        return {
            "API_URL": f"https://{self.at('front')}:{HTTPS}",
            "DASHBOARD_URL": f"https://{self.at('front')}:{SHOWN}",
            "DASHBOARD_HOST": self.at(name),
            "DASHBOARD_PORT": "8050",
            "CLIENT_ID": "gerbang-dashboard",
            "CLIENT_SECRET": "s" * 43,
            "SESSION_KEY": "cd" * 32,
            "DASHBOARD_SESSIONS_URL": f"valkey://{self.at('sessions')}:6379",
        }

    def _services(self, port: int) -> str:
        return ",".join(f"tcp:{self.at(name)}:{port}" for name in KEYS)

    def _of_clients_of_keys(self, name: str) -> Mapping[str, str]:
        return {"KEY_SERVICE": self._services(7443)}

    def _run(self, command: str, name: str, given: Mapping[str, str]) -> None:
        self._run_program(name, command, [*GERBANG, command], given)

    def _run_program(
        self, name: str, program: str, command: list[Any], given: Mapping[str, str]
    ) -> None:
        self.hosts[name].run(Program(program, command, self.environ(name, given)))

    def environ(self, name: str, given: Mapping[str, str]) -> dict[str, str]:
        """Of a program of Gerbang's on a host, with a certificate of its own."""
        host = self.hosts[name]
        certificate, key = self.authority.sign(name, host.address)
        for text, ending in ((certificate, "pem"), (key, "key")):
            file = host.folder / f"own.{ending}"
            file.write_bytes(text)
            file.chmod(0o600)
        named = {
            "ENVIRONMENT": "development",
            "ISSUER": tokens.ISSUER,
            "JWKS_URL": f"http://{self.at('provider')}:8080/keys",
            "KEY_SERVICE_CERTIFICATE": str(host.folder / "own.pem"),
            "KEY_SERVICE_PRIVATE_KEY": str(host.folder / "own.key"),
            "KEY_SERVICE_AUTHORITY": str(self.authority.file),
            **PEOPLE,
            **given,
        }
        environ = {f"GERBANG_{variable}": value for variable, value in named.items()}
        return environ | {"PYTHONPATH": str(ROOT), "SSL_CERT_FILE": str(self.authority.file)}


@contextlib.contextmanager
def site(*others: str) -> Iterator[Site]:
    """The site, and other hosts on which nothing runs yet."""
    with hosts(*NAMES, *others) as found:
        here = Site(found, Authority.make(found["front"].folder.parent, "authority"))
        here.begin()
        yield here

"""The units of deploy/systemd: each process has what it needs, and nothing of the others."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard import settings as dashboard_settings
from gateway import settings as gateway_settings
from gateway.settings import Command
from models.key_service import Principal
from models.key_service.principals import RIGHTS
from tests.compose import PRODUCTION, ROOT

FOLDER = ROOT / "deploy" / "systemd"
PREFIX = "/opt/gerbang"
#: What an operator writes into the files beside.
PROVIDER = {name: PRODUCTION[name] for name in ("GERBANG_ISSUER", "GERBANG_JWKS_URL")}
WRITTEN = {
    "provider.env": PROVIDER,
    "dashboard.env": {
        **PRODUCTION, "GERBANG_API_URL": "https://api.visa.example", "GERBANG_CLIENT_ID": "visa",
    },
}  # fmt: skip
SECRETS = {
    "owner_url": "postgresql://owner:secret@127.0.0.1/gerbang",
    "database_url": "postgresql://gateway:secret@127.0.0.1/gerbang",
    "key_store": "postgresql://keys:secret@127.0.0.1/gerbang_keys",
    "sessions_url": "valkey://:secret@127.0.0.1:6379",
    "client_secret": "secret",
}


@dataclass
class Unit:
    """The lines of a unit, as NAME=VALUE."""

    lines: list[str]

    @classmethod
    def read(cls, file: Path) -> "Unit":
        joined = re.sub(r"\\\n\s*", "", file.read_text())
        return cls([line for line in joined.splitlines() if "=" in line and line[0] != "#"])

    def all(self, name: str) -> list[str]:
        return [line.removeprefix(f"{name}=") for line in self.lines if line.startswith(f"{name}=")]

    @property
    def environment(self) -> dict[str, str]:
        pairs = [line.split("=", 1) for line in self.all("Environment")]
        files = [Path(line.lstrip("-")).name for line in self.all("EnvironmentFile")]
        beside = {name: value for file in files for name, value in WRITTEN.get(file, {}).items()}
        return {**beside, **dict(pairs)}

    @property
    def credentials(self) -> dict[str, str]:
        return dict(line.split(":", 1) for line in self.all("LoadCredential"))

    def given(self, folder: Path) -> dict[str, str]:
        """Its environment on port 8000, with its credentials in a folder."""
        for name in self.credentials:
            (folder / name).write_text(SECRETS.get(name, "ab" * 32) + "\n")
            (folder / name).chmod(0o600)
        filled = {name: text.replace("%d", str(folder)).replace("%i", "8000")
                  for name, text in self.environment.items()}  # fmt: skip
        return {name: text for name, text in filled.items() if text}


UNITS = {file.name.split(".")[0].rstrip("@"): Unit.read(file) for file in FOLDER.glob("*.service")}
GATEWAY, KEEPER, KEYS, DASHBOARD = (
    UNITS[f"gerbang-{name}"] for name in ("gateway", "keeper", "keys", "dashboard")
)


@pytest.mark.parametrize(
    ("unit", "command"),
    [(GATEWAY, Command.SERVE), (KEEPER, Command.KEEP), (KEYS, Command.KEYS)],
    ids=["gateway", "keeper", "keys"],
)
def test_a_process_starts_with_what_its_unit_gives_it(
    unit: Unit, command: Command, tmp_path: Path
) -> None:
    settings = gateway_settings.read_settings(unit.given(tmp_path), command)
    assert not settings.in_development
    [start] = unit.all("ExecStart")
    assert start.startswith(f"{PREFIX}/.venv/bin/gerbang {command}")
    with pytest.raises(gateway_settings.SettingsError):
        gateway_settings.read_settings(PROVIDER, command)


def test_the_dashboard_starts_too_and_has_a_metrics_port_of_its_own(tmp_path: Path) -> None:
    settings = dashboard_settings.read_settings(DASHBOARD.given(tmp_path))
    assert settings.client_secret == "secret"
    assert settings.metrics_port == 18000
    assert gateway_settings.read_settings(GATEWAY.given(tmp_path)).metrics_port == 18000


def test_a_gateway_is_given_the_time_it_takes_to_stop(tmp_path: Path) -> None:
    settings = gateway_settings.read_settings(GATEWAY.given(tmp_path))
    [seconds] = GATEWAY.all("TimeoutStopSec")
    assert settings.drain_grace_seconds + settings.drain_seconds < int(seconds)


def test_only_who_needs_a_secret_is_given_it() -> None:
    has = {name: set(unit.credentials) for name, unit in UNITS.items()}
    assert len(has) == 4
    assert has["gerbang-gateway"] == {
        *("database_url", "cursor_key", "seal_key", "tracker_credential")
    }
    assert has["gerbang-dashboard"] == {"client_secret", "session_key", "sessions_url"}
    everybody = {f"{one}_credential" for one in RIGHTS if one is not Principal.GATEWAY}
    assert has["gerbang-keys"] == {"key_store", *everybody}
    of_the_keeper = {one for one in has["gerbang-keeper"] if "credential" in one}
    assert of_the_keeper == {
        f"{one}_credential"
        for one in ("linker", "screener", "granter", "mailer", "scanner", "keeper")
    }
    for unit in UNITS.values():
        assert all(
            path == f"/etc/gerbang/secrets/{name}" for name, path in unit.credentials.items()
        )
        named = {name for name in unit.environment if name.endswith("_FILE")}
        assert {unit.environment[name].removeprefix("%d/") for name in named} <= {*unit.credentials}


def test_each_account_reaches_the_sockets_that_it_asks_and_no_other() -> None:
    folders = dict(
        re.findall(r"-g gerbang-(\w+) -m 2750 (\S+)", "\n".join(KEYS.all("ExecStartPre")))
    )
    assert folders == {name: f"/run/gerbang/{name}" for name in ("people", "signing", "linking")}
    members = re.findall(r"^m (\S+) gerbang-(\w+)$", (FOLDER / "sysusers.conf").read_text(), re.M)
    for name, unit in UNITS.items():
        [user] = unit.all("User")
        assert user == name
        asked = re.findall(r"=unix:/run/gerbang/(\w+)/socket", "\n".join(unit.lines))
        assert {group for who, group in members if who == user} == set(asked)
        groups = " ".join(unit.all("SupplementaryGroups")).replace("gerbang-", "").split()
        assert sorted(groups) == sorted(asked)


def test_all_are_confined_alike_and_what_they_write_is_their_own() -> None:
    begins = "NoNewPrivileges=yes"
    [confinement] = {tuple(it.lines[it.lines.index(begins) :]) for it in UNITS.values()}
    assert {"ProtectSystem=strict", "UMask=0077", "LimitCORE=0"} <= {*confinement}
    for unit in UNITS.values():
        assert unit.all("StateDirectoryMode") == ["0700"] * len(unit.all("StateDirectory"))
        asks_for_keys = "unix:/run/gerbang" in str(unit.environment)
        assert ("gerbang-keys.service" in str(unit.all("After"))) == asks_for_keys
    assert KEYS.all("MemorySwapMax") == ["0"]  # no key is ever on a disk


def test_systemd_accepts_them_and_finds_them_confined(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / ".venv" / "bin" / "gerbang"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for file in FOLDER.glob("*.service"):
        copy = tmp_path / file.name
        copy.write_text(file.read_text().replace(PREFIX, str(tmp_path)))
        for check in (("verify", "--man=no"), ("security", "--offline=yes", "--threshold=15")):
            checked = subprocess.run(
                ["systemd-analyze", *check, copy], capture_output=True, text=True, check=False
            )
            assert checked.returncode == 0, (file.name, checked.stdout[-500:], checked.stderr)

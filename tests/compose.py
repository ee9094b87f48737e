"""What docker-compose.yml says, and the environments that it makes of what deploy/env makes."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from dashboard import settings as dashboard_settings
from gateway import settings as gateway_settings
from gateway.settings import Command

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {
    "migrate": Command.MIGRATE,
    "init": Command.INIT,
    "keeper": Command.KEEP,
    "gateway": Command.SERVE,
}

#: What is to be changed in .env for production.
PRODUCTION = {
    "GERBANG_ENVIRONMENT": "",
    "GERBANG_ISSUER": "https://sign-in.example/visa",
    "GERBANG_JWKS_URL": "https://sign-in.example/visa/keys",
    "GERBANG_DASHBOARD_URL": "https://visa.example",
}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `deploy/env` has run."""
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


def make(folder: Path) -> None:
    subprocess.run(["sh", str(ROOT / "deploy" / "env"), str(folder)], check=True)


def variables(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def secret(folder: Path, name: str) -> str:
    return (folder / COMPOSE["secrets"][name]["file"]).read_text().strip()


def environment(service: str, folder: Path, **changed: str) -> dict[str, str]:
    """The environment of a service as compose makes it; secrets lie where they were made."""
    given = variables(folder) | changed

    def fill(variable: re.Match[str]) -> str:
        name, _, usual = variable[1].partition(":")
        return given.get(name) or ("" if usual.startswith("?") else usual[1:])

    def write_value(name: str, value: object) -> str:
        if value is None:
            return given.get(name, "")
        text = re.sub(r"\$\{([^}]+)}", fill, str(value))
        return text.replace("/run/secrets", str(folder / ".secrets"))

    found = {name: write_value(name, it) for name, it in SERVICES[service]["environment"].items()}
    return {name: text for name, text in found.items() if text}


def read(service: str, folder: Path, **changed: str) -> gateway_settings.Settings:
    given = environment(service, folder, **changed)
    return gateway_settings.read_settings(given, OURS[service])


def read_dashboard(folder: Path, **changed: str) -> dashboard_settings.Settings:
    return dashboard_settings.read_settings(environment("dashboard", folder, **changed))

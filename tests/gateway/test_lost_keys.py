"""Keys and database of different instants: who is lost is said, and everybody else is read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from click.testing import CliRunner

from gateway.access.vault import LostKeys
from gateway.cli.vault import vault
from gateway.doctor.database import examine_identity_keys
from gateway.faults import Fault
from gateway.settings import Settings
from models.key_service import Credential, Principal, SocketKeys
from models.key_service.process import credentials_beside
from models.rights.key_comparison import KeyComparison, RelativeAge, compare_keys
from models.row_keys import new_key
from tests import tokens
from tests.gateway.judged import Judged, judged_gateway
from tests.gateway.log_lines import log_lines
from tests.gateway.test_judged import OPEN, names_in
from tests.key_stores import administer, store_of
from tests.walls.undoing import undone
from tests.world import applicant_id

pytestmark = pytest.mark.anyio

#: The people of a supervisor's inquiry, of whom some are lost.
PAGE = """
    query ($inquiry: String!) @purpose(code: SUPERVISION, reference: $inquiry) {
        applications(first: 20) { nodes { reference applicant { identity { fullName } } } }
    }
"""
OPENING = """mutation ($input: OpenInquiryInput!) {
    openInquiry(input: $input) { errors { code } inquiry { reference } } }"""
LOST = ("Wei Tan", "Ruby Hale")


@pytest.fixture(scope="module")
async def judged(world: str) -> AsyncIterator[Judged]:
    async with judged_gateway(world) as running:
        await forget_others(running)
        yield running


async def forget_others(judged: Judged) -> None:
    """The keys are those of all worlds of this worker, whose people are not of this instant."""
    people = [row["id"] for row in await judged.owner.fetch("SELECT id FROM applicant")]
    theirs = "DELETE FROM data_key WHERE subject <> ALL ($1)"
    administer(store_of(judged.file), theirs, values=(people,))


@contextlib.contextmanager
def older_keys(judged: Judged, *people: UUID) -> Iterator[None]:
    """The store as a copy from before some people had it: without their keys and relations."""
    url = store_of(judged.file)
    tables = {
        "data_key": ("subject", list(people)),
        "relation": ("first", [one.bytes for one in people]),
    }
    try:
        for table, (column, given) in tables.items():
            kept = f"CREATE TABLE kept_{table} AS SELECT * FROM {table} LIMIT 0"
            moved = f"""WITH gone AS (DELETE FROM {table} WHERE {column} = ANY ($1) RETURNING *)
                INSERT INTO kept_{table} SELECT * FROM gone"""
            administer(url, kept)
            administer(url, moved, values=(given,))
        yield
    finally:
        for table in tables:
            back = f"INSERT INTO {table} SELECT * FROM kept_{table}"
            administer(url, back, f"DROP TABLE kept_{table}")


def settings_of(judged: Judged, world: str) -> Settings:
    return tokens.settings(
        world,
        key_service=f"unix:{judged.file.with_name('socket')}",
        credentials=str(credentials_beside(judged.file)),
    )


async def test_a_page_with_people_who_are_lost_answers_and_says_who(
    judged: Judged, world: str
) -> None:
    given = {"reason": "A ring.", "minutes": 60, "mostPeople": 30, "idempotencyKey": str(new_key())}
    supervisor = judged.who["supervisor"]
    opened = await supervisor(OPENING, input=given)
    inquiry = opened.data["openInquiry"]["inquiry"]["reference"]
    everybody = names_in((await supervisor(PAGE, inquiry=inquiry)).data)
    assert set(LOST) < set(everybody)
    with older_keys(judged, *map(applicant_id, LOST)), log_lines() as log:
        asked = await supervisor(PAGE, inquiry=inquiry)
        lost = everybody.count(LOST[0]) + everybody.count(LOST[1])
        assert sorted(names_in(asked.data)) == sorted(n for n in everybody if n not in LOST)
        assert asked.codes == ["LOST"] * lost
        nulls = [
            one["reference"]
            for one in asked.data["applications"]["nodes"]
            if one["applicant"]["identity"] is None
        ]
        assert len(nulls) == lost
        assert OPEN in nulls
        assert await judged.tampered() == 0
        settings = settings_of(judged, world)
        [found] = [each async for each in examine_identity_keys(judged.owner, settings)]
        assert found.fault is Fault.IDENTITY_KEYS
        assert found.what == f"2 people on file have no data key: {RelativeAge.OLDER_KEYS}."
    assert log.of("data keys of people are missing: run `gerbang vault compare`")
    assert not [name for name in LOST if name.split()[0] in log.text]
    assert sorted(names_in((await supervisor(PAGE, inquiry=inquiry)).data)) == sorted(everybody)
    assert [each async for each in examine_identity_keys(judged.owner, settings)] == []


async def test_the_command_names_who_is_lost(
    judged: Judged, world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "OWNER_URL": world,
        "KEY_SERVICE": f"unix:{judged.file.with_name('socket')}",
        "CREDENTIALS": str(credentials_beside(judged.file)),
    }.items():
        monkeypatch.setenv(f"GERBANG_{name}", value)
    compared = await asyncio.to_thread(CliRunner().invoke, vault, ["compare"])
    assert (compared.exit_code, compared.output.splitlines()[-1]) == (
        0, "Both are of the same instant.",
    )  # fmt: skip
    person = applicant_id("Wei Tan")
    with older_keys(judged, person):
        compared = await asyncio.to_thread(CliRunner().invoke, vault, ["compare"])
    assert compared.exit_code == 1
    assert f"1 people have no key, so that nobody can read them.\n    {person}\n" in compared.output
    assert compared.output.endswith("The keys are older than the database.\n")


#: Copies of three instants: some people came between the first and the second, others afterwards.
CAME = (["Wei Tan", "Ruby Hale"], ["Noah Finch", "Li Goh"])


def missing_at(instant: int) -> list[UUID]:
    return [applicant_id(name) for names in CAME[instant:] for name in names]


@pytest.mark.parametrize("people_at", range(3))
@pytest.mark.parametrize("keys_at", range(3))
async def test_keys_and_database_of_every_pair_of_instants(
    judged: Judged, keys_at: int, people_at: int
) -> None:
    gone, cut = missing_at(people_at), missing_at(keys_at)
    async with undone(judged.owner):
        await judged.owner.execute("SET LOCAL session_replication_role = replica")
        await judged.owner.execute("DELETE FROM identity WHERE applicant_id = ANY ($1)", gone)
        await judged.owner.execute("DELETE FROM applicant WHERE id = ANY ($1)", gone)
        with older_keys(judged, *cut):
            found = await compare_keys(auditor(judged), judged.owner)
    said = {-1: RelativeAge.OLDER_KEYS, 0: RelativeAge.SAME, 1: RelativeAge.OLDER_DATABASE}
    assert found.verdict is said[(keys_at > people_at) - (keys_at < people_at)]
    assert {*found.lost} == {*cut} - {*gone}


def auditor(judged: Judged) -> SocketKeys:
    shown = Credential.of(Principal.AUDITOR, credentials_beside(judged.file))
    return SocketKeys(judged.file.with_name("socket.signing"), 60, credential=shown)


def test_both_sides_can_lack_somebody() -> None:
    assert KeyComparison(10, 10, [UUID(int=1)], 5).verdict is RelativeAge.APART
    assert KeyComparison(10, 10, [], 1).verdict is RelativeAge.SAME


async def test_readiness_warns_for_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lost, now = LostKeys(), 1_000.0
    monkeypatch.setattr("gateway.access.vault.time.monotonic", lambda: now)
    assert await lost.warning() is None
    lost.note(1)
    assert await lost.warning() is Fault.IDENTITY_KEYS
    now += 601
    assert await lost.warning() is None

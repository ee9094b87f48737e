"""What administrators and auditors read of the installation: numbers of work, and nobody's."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from gateway.faults import EXPLANATIONS, Fault, explain
from gateway.texts.language import Language
from models.documents import Registration, document_hash, register
from models.jobs.passes import note_passes
from models.jobs.scheduler import Jobs
from tests import tokens
from tests.gateway.conftest import Viewer, viewers
from tests.gateway.in_process import InProcessClient, running_gateway
from tests.gateway.log_lines import log_lines
from tests.gateway.metrics_page import Figures
from tests.gateway.surviving.standing import metrics_of

pytestmark = pytest.mark.anyio

WORK = """{ installation { version
    work { kind waiting waitingSince lastDoneAt isLate } keys { usedFor key }
} }"""
CHECKPOINT = "{ installation { checkpoint { entries waiting } } }"
HEAD = """
    INSERT INTO account_head (size, frontier, note, signed_at)
    VALUES (7, '{}', '', now() - $1::interval)
    ON CONFLICT (is_only) DO UPDATE SET size = 7, signed_at = excluded.signed_at
"""


async def work_of(who: Mapping[str, Viewer]) -> dict[str, dict[str, Any]]:
    answer = await who["administrator"](WORK)
    assert answer.errors == [], answer.text
    assert answer.data["installation"]["version"]
    return {one["kind"]: one for one in answer.data["installation"]["work"]}


async def test_administrators_read_what_waits(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    for table, kind in (("volume_outbox", "VOLUMES"), ("account_outbox", "ACCOUNT")):
        waiting = await connection.fetchval(f"SELECT count(*) FROM {table}")
        assert (await work_of(who))[kind]["waiting"] == waiting


@pytest.mark.parametrize(("age", "is_late"), [("2 minutes", False), ("4 minutes", True)])
async def test_an_account_that_is_not_signed_is_late_as_readiness_has_it(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, age: str, is_late: bool
) -> None:
    await connection.execute(HEAD.replace("$1", f"'{age}'"))
    assert (await work_of(who))["ACCOUNT"]["isLate"] is is_late
    seen = await who["auditor"](CHECKPOINT)
    assert seen.data["installation"]["checkpoint"]["entries"] == 7


async def test_each_reads_the_own_part_alone(who: Mapping[str, Viewer]) -> None:
    for user, query in (("administrator", CHECKPOINT), ("auditor", WORK), ("supervisor", WORK)):
        answer = await who[user](query)
        assert set(answer.codes) == {"FORBIDDEN_FIELD"}


JOBS = "{ installation { jobs { name lastPassedAt milliseconds failures isLate } } }"
FAULTS = "{ installation { faults { name stops why remedy } } }"
PROCESS = """query Process { installation { process {
    running connectionsInUse connections budget budgetUse { role viewers leastLeft }
    slowDocuments { client operation sha256 times meanMilliseconds mostMilliseconds }
} } }"""


async def test_jobs_are_told_as_the_keeper_has_them(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    jobs = Jobs()
    done, never = jobs.add("done", 10), jobs.add("never", 10)
    for job in (done, never):  # both began long ago
        job.added_at -= job.late_after + 1
    never.failures = 3

    async def work() -> int:
        await asyncio.sleep(0.02)
        return 0

    await done.record_pass(work())
    await note_passes(jobs, connection)
    answer = await who["administrator"](JOBS)
    told = {one["name"]: one for one in answer.data["installation"]["jobs"]}
    assert told["done"]["lastPassedAt"]
    assert told["done"]["milliseconds"] >= 20
    assert not told["done"]["isLate"]
    assert (told["never"]["lastPassedAt"], told["never"]["failures"]) == (None, 3)
    assert told["never"]["isLate"]
    await connection.execute("DELETE FROM job_pass")


async def test_a_keeper_that_starts_again_keeps_what_was_last_done(
    connection: asyncpg.Connection,
) -> None:
    await connection.execute(
        "INSERT INTO job_pass (name, started_at, passed_at, milliseconds, failures, late_at,"
        " noted_at) SELECT name, now(), now(), 7, 0, now(), now() - minutes * interval '1 min'"
        " FROM unnest(ARRAY['publish', 'gone', 'stays'], ARRAY[60, 11, 9]) AS noted (name, minutes)"
    )
    jobs = Jobs()
    jobs.add("publish", 60)
    await note_passes(jobs, connection)
    rows = await connection.fetch(
        "SELECT name, passed_at, milliseconds FROM job_pass ORDER BY name"
    )
    assert [(row["name"], row["milliseconds"]) for row in rows] == [("publish", 7), ("stays", 7)]
    assert rows[0]["passed_at"]
    await connection.execute("DELETE FROM job_pass")


async def test_a_fault_is_told_with_its_remedy_in_the_readers_language(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    await connection.execute(HEAD.replace("$1", "'4 minutes'"))
    for language in Language:
        explained = explain(Fault.CHECKPOINT, language)
        answer = await who["administrator"].send(
            {"query": FAULTS}, **{"Accept-Language": language.value}
        )
        faults = {one["name"]: one for one in answer.data["installation"]["faults"]}
        told = faults["checkpoint"]
        assert explained == (told["why"], told["remedy"])
        assert not told["stops"]


def test_every_fault_is_explained_in_both_languages() -> None:
    for fault, english in EXPLANATIONS.items():
        indonesian = explain(fault, Language.ID)
        assert indonesian
        assert not set(indonesian) & set(english)
        for told, said in zip(indonesian, english, strict=True):
            assert told.count("`") == said.count("`"), fault


async def test_a_process_tells_what_its_documents_took_and_never_of_whom(
    world: str, connection: asyncpg.Connection
) -> None:
    await register(connection, [Registration(PROCESS, ("Process",))], client="portal", by="test")
    # What the first request spent is not there again before the second one looks.
    settings = tokens.settings(world, budget_refill="1")
    async with running_gateway(settings) as app, InProcessClient(app) as client:
        who = viewers(client)
        asked = {"documentId": document_hash(PROCESS)}
        headers = {"apollographql-client-name": "portal"}
        with log_lines() as log:
            await who["administrator"].send(asked, **headers)
            answer = await who["administrator"].send(asked, **headers)
        process = answer.data["installation"]["process"]
        [slow] = process.pop("slowDocuments")
        assert 0 < slow.pop("meanMilliseconds") <= slow.pop("mostMilliseconds")
        assert slow == {
            "client": "portal", "operation": "Process", "sha256": document_hash(PROCESS),
            "times": 1,
        }  # fmt: skip
        assert process["running"] == 1
        assert process["connections"] >= 1
        [used] = process["budgetUse"]
        assert (used["role"], used["viewers"]) == ("ADMINISTRATOR", 1)
        assert 0 < used["leastLeft"] < process["budget"]
        assert [line["client"] for line in log.of("request")] == ["portal"] * 2
        stranger = await who["administrator"].send(asked, **{"apollographql-client-name": "Budi"})
        assert "Budi" not in stranger.text
        used_by = Figures(await metrics_of(app.state.internal))
    for name, times in (("portal", 2), ("unknown", 1)):
        labels = {"client": name, "document": "Process", "sha256": document_hash(PROCESS)}
        assert used_by.value("gerbang_document_use_total", labels) == times
    await connection.execute("TRUNCATE trusted_document")

"""The keeper tells operators how its jobs go: health, metrics, and a line for each pass."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import asyncpg
import httpx2
import pytest

from gateway.cli.keeper import keeper_health, run_keeper
from gateway.faults import Fault
from gateway.wire.health import Health, State, internal_app
from gateway.wire.metrics import Metrics
from models.jobs import publish
from models.jobs.scheduler import Jobs, keep_working, run_repeatedly
from models.key_service.principals import make_credentials
from tests import tokens
from tests.free_ports import free_port
from tests.gateway.metrics_page import Figures
from tests.linking import key_service, keys_file

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
KEEP = [sys.executable, "-c", "from gateway.cli import main; main()", "keep"]
JOBS = (
    "fold_or_age",
    "link_cases",
    "screen_paid_cases",
    "grant_certain_cases",
    "sequence",
    "publish",
    "end_overdue",
    "tell_levels",
    "forget_keys",
    "raise_overdue_reviews",
    "raise_overdue_notices",
    "raise_overdue_complaints",
    "lapse_inquiries",
    "transfer_files",
    "forget",
    "note_passes",
)


@dataclass
class Keeper:
    """A running `gerbang keep`, and where its log goes."""

    port: int
    process: subprocess.Popen[str]

    def figures(self) -> Figures:
        return Figures(self.get("/metrics").text)

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)

    def until(self, what: str, labels: dict[str, str], seconds: float = 60) -> None:
        """Wait until a figure is above zero."""
        end = time.monotonic() + seconds
        while not self.figures().value(what, labels) > 0:
            assert time.monotonic() < end, self.get("/metrics").text
            time.sleep(0.1)

    def end(self) -> list[dict[str, object]]:
        """The lines of its log."""
        self.process.send_signal(signal.SIGTERM)
        _, found = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        return [json.loads(line) for line in found.splitlines()]


@contextmanager
def keeper(url: str) -> Iterator[Keeper]:
    port = free_port()
    given = {
        "GERBANG_ENVIRONMENT": "production",
        "GERBANG_DATABASE_URL": url,
        "GERBANG_OWNER_URL": url,
        "GERBANG_ISSUER": "https://issuer.test",
        "GERBANG_JWKS_URL": "https://issuer.test/keys",
        "GERBANG_CURSOR_KEY": "ab" * 32,
        "GERBANG_SEAL_KEY": "cd" * 32,
        "GERBANG_KEY_SERVICE": key_service(),
        "GERBANG_CHECKPOINTS": str(keys_file().parent / f"checkpoints-{port}"),
        "GERBANG_KEEPER_PORT": str(port),
    }
    process = subprocess.Popen(
        KEEP, cwd=ROOT, env={**os.environ, **given}, stderr=subprocess.PIPE, text=True
    )
    running = Keeper(port, process)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                running.get("/health/live")
                break
            except httpx2.TransportError:
                assert process.poll() is None, "the keeper ended"
                assert time.monotonic() < end, "the keeper did not start"
                time.sleep(0.1)
        yield running
    finally:
        process.kill()
        process.wait()


async def test_the_keeper_tells_what_it_did_and_what_failed(
    world: str, connection: asyncpg.Connection
) -> None:
    with keeper(world) as running:
        for job in JOBS:
            running.until("gerbang_job_last_success_timestamp_seconds", {"work": job})
        # Publishing folds too, so that a change from before it may not be left for the folding.
        await connection.execute(
            "UPDATE application SET paid_at = paid_at + interval '2 days'"
            " WHERE reference = 'AUSY-PAID-0013'"
        )
        running.until("gerbang_job_rows_total", {"work": "fold_or_age"})
        assert running.get("/health/ready").json() == {
            "ready": True,
            "reasons": [],
            "warnings": [],
        }
        assert running.figures().value("gerbang_fold_lag_seconds") < 5
        await connection.execute("ALTER TABLE volume_outbox RENAME TO away")
        try:
            running.until("gerbang_job_failures_total", {"work": "fold_or_age"})
        finally:
            await connection.execute("ALTER TABLE away RENAME TO volume_outbox")
        lines = running.end()
    found = [line["event"] for line in lines]
    assert (found[0], found[-2:]) == ("start", ["drain", "stop"])
    passes = [line for line in lines if line["event"] == "keeper pass"]
    assert {"fold_or_age", "publish"} <= {str(line["job"]) for line in passes}
    assert [line["level"] for line in lines if "is not done" in str(line["event"])] == ["WARNING"]


async def test_a_job_that_stands_still_turns_the_keepers_readiness() -> None:
    async def succeed() -> int:
        return 1

    jobs = Jobs()
    folding = jobs.add("fold_or_age", every=1)
    app = internal_app(keeper_health(jobs), Metrics().page)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://internal") as client:
        await folding.record_pass(succeed())
        assert (await client.get("/health/ready")).status_code == 200
        assert folding.succeeded_at is not None
        folding.succeeded_at -= 130
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["keeper"])
        assert (await client.get("/health/live")).status_code == 200


async def test_probes_at_once_share_one_look_and_a_check_that_fails_is_its_fault() -> None:
    looks = 0

    async def look() -> Fault | None:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.01)
        return None

    async def fail() -> Fault | None:
        raise OSError

    health = Health({Fault.DATABASE: look, Fault.SEAL: fail}, [fail])
    found = await asyncio.gather(*(health.look() for _ in range(5)))
    assert (looks, {*found}) == (1, {State((Fault.SEAL,), ())})
    await health.look()
    assert looks == 2


async def test_a_job_that_was_never_done_stands_still_in_time() -> None:
    job = Jobs().add("publish", every=60, patience=3_600)
    assert not job.is_stalled(time.time() + 3_700)
    assert job.is_stalled(time.time() + 3_800)


async def test_figures_are_published_once_a_day_of_jakarta(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, jobs, passes = asyncio.Event(), Jobs(), list[int]()
    hours = [16.5, 17.5, 23.5, 24.5]  # of a day in UTC: the second one begins the next in WIB

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=hours[len(passes)])

    async def pause(*_: object) -> None:
        passes.append(jobs.all["publish"].passes)
        if len(passes) == len(hours):
            stop.set()

    monkeypatch.setattr(publish, "datetime", Clock)
    monkeypatch.setattr(publish, "pause", pause)
    async with asyncio.timeout(60):
        await publish.keep_publishing(world, stop, jobs=jobs)
    assert passes == [1, 2, 2, 2]


async def test_batches_follow_each_other_while_there_is_something_to_do(world: str) -> None:
    stop, left = asyncio.Event(), [3, 2, 1, 0]

    async def batch(_: asyncpg.Connection) -> int:
        if not left[1:]:
            stop.set()
        return left.pop(0)

    async with asyncio.timeout(60):
        await run_repeatedly(batch, world, stop, every=3_600)
    assert left == []


@pytest.mark.parametrize(("every", "again"), [(0.0, None), (3_600.0, 0.0)])
async def test_what_failed_is_begun_again_in_its_own_time(
    every: float, again: float | None
) -> None:
    stop, job, tried = asyncio.Event(), Jobs().add("work", every), 0

    async def work() -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise OSError
        stop.set()

    async with asyncio.timeout(60):
        await keep_working(work, stop, job, again=again)
    assert (tried, job.failures) == (3, 2)


#: The jobs of a keeper that has all settings, and those that wait for time to pass: not in a world
#: that stands still.
AT_ALL_TIMES = """
    fold_or_age install_next_seal_keys make_partitions note_passes link_cases screen_paid_cases
    erase_due carry_key_notes tell_readers reconcile_receipts sequence deliver_mail
    write_notices tend_notices deliver_webhooks remove_contents scan_contents
"""
AS_TIME_PASSES = """
    grant_certain_cases drop_of_age sweep_keys post_reports post_reminders end_subscriptions
    check_rules publish end_overdue tell_levels forget_keys raise_overdue_reviews
    raise_overdue_notices raise_overdue_complaints lapse_inquiries transfer_files forget order_due
"""


@pytest.mark.parametrize("stands_still", [False, True])
async def test_a_keeper_with_all_settings_has_every_job(stands_still: bool, tmp_path: Path) -> None:
    make_credentials(tmp_path)
    settings = tokens.settings(
        f"postgresql://nobody@127.0.0.1:{free_port()}/nothing",
        key_service=f"unix:{tmp_path}/keys",
        credentials=str(tmp_path),
        checkpoints=str(tmp_path),
        mail=f"file:{tmp_path}/mail",
        mail_from="gerbang@gerbang.example",
        webhook_key="ab" * 32,
        document_store=f"file:{tmp_path}/documents",
        scanner=f"unix:{tmp_path}/clamd.ctl",
        dashboard_url="https://dashboard.example",
    )
    jobs, expected = Jobs(), {*AT_ALL_TIMES.split()}
    if not stands_still:
        expected |= {*AS_TIME_PASSES.split()}
    async with run_keeper(settings, jobs, stands_still=stands_still), asyncio.timeout(60):
        while not jobs.all or not all(job.failures for job in jobs.all.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert jobs.all.keys() == expected

"""A partner's developer plays the recorded day in a demo, as docs/partners.md says: each time the
same is done, and the same is told."""

import asyncio
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import day
from gateway.cli.day import DAY, Act, DayError, RecordedDay
from gateway.cli.demo_users import DemoUsers
from models.vocabulary import Stage
from tests.running_demo import GERBANG, Demo
from tests.webhook_sink import WebhookSink, running_webhook_sink

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "partners.md"
REGISTER = """
    mutation ($input: RegisterWebhookInput!) { registerWebhook(input: $input) {
        webhookEndpoint { id } errors { code }
    } }
"""
STEP = "mutation ($input: {}Input!) {{ {}(input: $input) {{ errors {{ code }} }} }}"
APPROVE = STEP.format("ApproveWebhook", "approveWebhook")
REMOVE = STEP.format("RemoveWebhook", "removeWebhook")
#: What is told of the day, in order.
TOLD = [
    *(
        (file, stage)
        for file in ("granted", "asked", "refused", "lapsed")
        for stage in ("SUBMITTED", "WAITING_FOR_APPLICANT")
    ),
    *(("granted", "IN_PROCESS"), ("asked", "IN_PROCESS"), ("asked", "WAITING_FOR_APPLICANT")),
    *(("granted", "CLOSED"), ("refused", "IN_PROCESS"), ("refused", "CLOSED")),
    *(("asked", "IN_PROCESS"), ("asked", "CLOSED")),
    *(("lapsed", "IN_PROCESS"), ("lapsed", "CLOSED")),
]


def play(demo: Demo, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the page prints, in a demo that runs already."""
    [script] = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (folder / "demo.log").write_text(demo.printed)
    script = script.replace("gerbang demo > demo.log &\n", "")
    for name in ("token", "day"):
        script = script.replace(f"gerbang {name}", f"{GERBANG} {name} --url {demo.api_url}")
    return subprocess.run(
        ["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False
    )


def acts_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "day.jsonl").read_text().splitlines()]


async def told(sink: WebhookSink, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the endpoint was told of these files, in the order of its numbers."""
    async with asyncio.timeout(60):
        while True:
            found = {one.id: one.data for one in sink.kept if one.data["reference"] in names}
            if len(found) >= len(TOLD):
                break
            await asyncio.sleep(0.1)
    notices = sorted(found.values(), key=lambda one: one["number"])
    return [(names[one["reference"]], one["stage"]) for one in notices]


async def test_a_day_is_played_as_it_was_recorded_each_time(demo: Demo, tmp_path: Path) -> None:
    async with running_webhook_sink() as sink:
        given = {"idempotencyKey": "a-recorded-day", "country": "AU", "url": sink.url("/told")}
        made = await asyncio.to_thread(demo.ask, "service", REGISTER, input=given)
        endpoint = made["registerWebhook"]["webhookEndpoint"]["id"]
        given = {"idempotencyKey": "a-recorded-day-2", "endpointId": endpoint}
        approved = await asyncio.to_thread(demo.ask, "manager-au", APPROVE, input=given)
        assert approved["approveWebhook"]["errors"] == []

        days = []
        for _ in range(2):
            done = await asyncio.to_thread(play, demo, tmp_path)
            assert (done.returncode, done.stderr) == (0, "")
            acts = acts_of(tmp_path)
            names = {act["reference"]: act["file"] for act in acts}
            assert await told(sink, names) == TOLD
            days.append([{**act, "reference": None} for act in acts])
        assert days[0] == days[1]
        assert [(one["file"], one["does"], one["stage"], one["outcome"]) for one in days[0]] == [
            (act.file, act.does, act.stage, act.outcome) for act in DAY
        ]
        assert len(names) == 4
        given["idempotencyKey"] = "a-recorded-day-3"
        removed = await asyncio.to_thread(demo.ask, "service", REMOVE, input=given)
        assert removed["removeWebhook"]["errors"] == []


async def test_a_day_that_goes_otherwise_says_where(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "_PATIENCE_SECONDS", 0.0)
    first, paid = DAY[0], Act("granted", "treasury", "recordPayment", Stage.IN_PROCESS)
    unasked = Act("granted", "service", "answerInformation", Stage.WAITING_FOR_APPLICANT)
    for acts, said in (
        ([first._replace(stage=Stage.CLOSED)], "after act 1, submitApplication"),
        ([first._replace(outcome="GRANTED")], "after act 1, submitApplication"),
        ([first, unasked], "answerInformation of the file granted is refused: WRONG_STAGE"),
        ([first, paid, paid._replace(does="lapse")], "of another database"),
    ):
        monkeypatch.setattr(day, "DAY", acts)
        async with DemoUsers(demo.api_url) as users:
            with pytest.raises(DayError, match=said):
                [_ async for _ in RecordedDay(users, demo.owner_url).play(0)]


async def test_a_day_that_cannot_be_played_ends_with_1_and_says_why(demo: Demo) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:9/nowhere"
    for url, said in (("http://127.0.0.1:9", "no demo answers"), (demo.api_url, "database")):
        done = await asyncio.to_thread(
            subprocess.run, [GERBANG, "day", "--url", url],
            env={"GERBANG_OWNER_URL": elsewhere}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stdout
        assert said in done.stderr

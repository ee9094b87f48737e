"""Operators read one line of each request: what ran, how and how long, and nobody's own words."""

import io
import json
import logging
import threading
import time
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from gateway.cli.serving import run_on_fastest_loop
from gateway.execution.plan import run
from gateway.logs import OperationRecord
from models.logs import (
    PLACE,
    BackgroundHandler,
    JSONLines,
    ReadableLines,
    RepeatLimit,
    describe_error,
    facts,
    logging_to,
)
from tests import tokens
from tests.gateway.changing import global_id
from tests.gateway.conftest import ACCEPT
from tests.gateway.live import KINDS, served
from tests.gateway.log_lines import log_lines

pytestmark = pytest.mark.anyio

PAGE = "query MyOwnName { applications(first: 3) { nodes { reference country { code } } } }"
STEP = f"""mutation {{
    referToScreening(input: {{
        applicationId: "{global_id("AUSY-PAID-0013")}", idempotencyKey: "once-and-for-all"
    }}) {{ errors {{ code }} }}
}}"""


async def line_of(viewer: Any, query: str, **variables: Any) -> dict[str, Any]:
    with log_lines() as log:
        await viewer(query, **variables)
    (line,) = log.of("request")
    return line


async def test_a_request_leaves_one_line(who) -> None:
    await who["officer"](PAGE)  # countries are kept in memory from now on
    line = await line_of(who["officer"], PAGE)
    assert line.pop("at").endswith("Z")
    assert line.pop("ms") > 0
    assert len(line.pop("trace")) == 32
    line.pop("turn_ms", None), line.pop("connection_ms", None)  # at times too short to be logged
    assert line.pop("cost_requested") > 0
    line.pop("cost_actual", None)
    assert line == {
        "level": "INFO",
        "logger": "gateway.logs",
        "event": "request",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "kind": "query",
        "role": "OFFICER",
        "document": sha256(PAGE.encode()).hexdigest(),
        "way": "plan",
        "statements": 1,
    }


#: A fragment of thirty fields, selected at twenty places.
MANY_FIELDS = (
    "{ " + " ".join(f"p{n}: viewer {{ ...Fields }}" for n in range(20)) + " }"
    " fragment Fields on Viewer { " + " ".join(f"f{n}: role" for n in range(30)) + " }"
)


BROKEN = '{ applications(first: 1, after: "broken") { nodes { reference } } viewer { role } }'


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (STEP, None),
        (MANY_FIELDS, "too_large"),
    ],
)
async def test_the_line_says_why_no_plan_ran(who, query: str, reason: str | None) -> None:
    line = await line_of(who["officer"], query)
    way = "executor" if reason else "plan"
    assert (line["way"], line.get("why_executor")) == (way, reason)


async def test_the_rows_that_the_viewer_names_are_planned(who) -> None:
    asked = "{ viewer { partner { code name } centres { code country { code } } } }"
    assert (await who["agent-au"](asked)).data["viewer"] == {
        "partner": {"code": "NUSA", "name": "Nusa Visa Services"},
        "centres": [{"code": "AU-SYD", "country": {"code": "AU"}}],
    }
    line = await line_of(who["agent-au"], asked)
    assert (line["way"], line["statements"]) == ("plan", 2)


async def test_what_is_in_force_is_read_with_the_rows(who) -> None:
    """However many there are; also where cases link to them, and where a resolver chose them."""
    current = "current { fees { price { amount } validFrom } eligibility { purpose } }"
    for name, query, statements in (
        ("anonymous", f"{{ visaTypes(first: 9) {{ nodes {{ {current} }} }} }}", 1),
        ("officer", f"{{ applications(first: 9) {{ nodes {{ visaType {{ {current} }} }} }} }}", 1),
        ("anonymous", f'{{ eligibleVisaTypes(nationality: "AU") {{ {current} }} }}', 3),
    ):
        line = await line_of(who[name], query)
        assert (line["way"], line["statements"]) == ("plan", statements), query


async def test_a_wrong_argument_runs_neither_plan_nor_executor(who) -> None:
    line = await line_of(who["officer"], BROKEN)
    assert (line["codes"], line["status"]) == (["INVALID_CURSOR"], 400)
    assert not {"way", "why_executor", "statements"} & line.keys()


async def test_a_defect_in_a_plan_is_logged_and_counted(who, app, monkeypatch) -> None:
    async def fail(*_: Any) -> Any:
        raise LookupError("Siti Rahayu")

    monkeypatch.setattr(run.PlanRun, "begin", fail)
    with log_lines() as log:
        answer = await who["officer"](PAGE)
    assert not answer.errors
    (line,) = log.of("request")
    assert (line["way"], line["why_executor"]) == ("executor", "defect")
    (failure,) = [entry for entry in log.lines if entry["level"] == "ERROR"]
    assert failure["error"][0] == "LookupError"
    assert any("runner.py" in place for place in failure["error"])
    assert "Siti" not in log.text


@pytest.mark.parametrize(
    ("viewer", "query", "codes", "denied"),
    [
        (
            "manager-au",
            "{ applications(first: 1) { nodes { decision { outcome } } } }",
            ["FORBIDDEN_FIELD"],
            ["Application.decision"],
        ),
        ("officer", "{ nothing }", ["INVALID_DOCUMENT"], None),
        ("officer", "{", ["SYNTAX"], None),
    ],
)
async def test_a_denied_field_is_logged(who, viewer, query, codes, denied) -> None:
    line = await line_of(who[viewer], query)
    assert line["codes"] == codes
    assert line.get("denied") == denied


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (lambda: {"Authorization": "Bearer nonsense"}, "UNAUTHENTICATED"),
        (lambda: {**tokens.bearer("OFFICER"), "Gerbang-Role": "AUDITOR"}, "ROLE_NOT_HELD"),
    ],
)
async def test_an_unauthenticated_request_is_logged_without_a_role(client, headers, code) -> None:
    with log_lines() as log:
        sent = {"Accept": ACCEPT, **headers()}  # signed now: a token does not live for long
        await client.post("/graphql", json={"query": PAGE}, headers=sent)
    (line,) = log.of("request")
    assert line["codes"] == [code]
    assert "role" not in line


async def test_a_path_or_method_of_a_client_is_not_repeated(client) -> None:
    with log_lines() as log:
        await client.request("SITI", "/applications/of/Siti-Rahayu?passport=X1234567")
    (line,) = log.of("request")
    assert (line["method"], line["path"], line["status"]) == ("other", "other", 404)
    assert "siti" not in log.text.lower()


async def test_health_probes_are_logged_at_debug_level_only(client) -> None:
    with log_lines() as log:
        await client.get("/health/live")
    assert log.of("request") == []
    with log_lines("DEBUG") as log:
        await client.get("/health/live")
    assert [line["path"] for line in log.of("request")] == ["/health/live"]


async def test_a_subscription_and_its_socket_leave_a_line_each(world) -> None:
    with log_lines() as log:
        async with served(world) as live, live.as_viewer("officer") as officer:
            await officer.follows(KINDS)
            await officer.subscribe("subscription { nothing }", id="2")
            assert (await officer.receive())["type"] == "error"
    subscriptions = sorted(log.of("subscription"), key=lambda line: line["payloads"])
    (socket,) = log.of("socket")
    assert [line["payloads"] for line in subscriptions] == [0, 1]
    refused, followed = subscriptions
    assert refused["codes"] == ["INVALID_DOCUMENT"]
    assert "codes" not in followed
    assert {line["role"] for line in subscriptions} == {"OFFICER"}
    assert followed["document"] == sha256(KINDS.encode()).hexdigest()
    assert {line["trace"] for line in subscriptions} == {socket["trace"]}


# --- The log itself ------------------------------------------------------------------------------


_STUCK_SECONDS = 60


class StuckReader(io.StringIO):
    """A reader that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def write(self, text: str) -> int:
        self.let_go.wait(_STUCK_SECONDS)
        return super().write(text)


def test_a_reader_that_takes_nothing_holds_nobody_up_and_losses_are_counted() -> None:
    stuck = StuckReader()
    handler = BackgroundHandler(stuck, JSONLines(), most_waiting=100)
    began = time.perf_counter()
    for _ in range(10_000):
        handler.handle(logging.LogRecord("gateway", logging.INFO, "", 0, "request", (), None))
    assert time.perf_counter() - began < _STUCK_SECONDS / 2
    stuck.let_go.set()
    handler.close()
    answer = [json.loads(line) for line in stuck.getvalue().splitlines()]
    lost = [line["lines"] for line in answer if line["event"] == "log lines were lost"]
    assert len(answer) < 500
    assert sum(lost) + len(answer) - len(lost) == 10_000


def test_each_loss_is_counted_once() -> None:
    stream = io.StringIO()
    handler = BackgroundHandler(stream, JSONLines(), most_waiting=1)
    for times in range(1, 4):
        for _ in range(100):
            handler.handle(logging.LogRecord("gateway", logging.INFO, "", 0, "request", (), None))
        deadline = time.monotonic() + _STUCK_SECONDS
        while stream.getvalue().count("were lost") < times and time.monotonic() < deadline:
            time.sleep(0.01)
    handler.close()
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    lost = [line["lines"] for line in told if line["event"] == "log lines were lost"]
    assert len(lost) >= 3
    assert sum(lost) + len(told) - len(lost) == 300


def test_a_repeated_complaint_is_logged_once_a_minute_with_a_count() -> None:
    now = [0.0]
    limit = RepeatLimit(clock=lambda: now[0])

    def complaint(place: str, level: int = logging.ERROR) -> logging.LogRecord:
        record = logging.LogRecord("gateway", level, "", 0, "failed trace=%s", ("a",), None)
        setattr(record, PLACE, place)
        return record

    assert [limit.filter(complaint("here")) for _ in range(1000)].count(True) == 1
    assert limit.filter(complaint("there")), "another place is another complaint"
    warned = [limit.filter(complaint("elsewhere", logging.WARNING)) for _ in range(2)]
    assert warned == [True, False]
    assert all(limit.filter(complaint("here", logging.INFO)) for _ in range(5))
    now[0] = 60
    again = complaint("here")
    assert limit.filter(again)
    assert JSONLines().format(again).endswith('"left_out":999}')
    limit.filter(complaint("here"))
    limit.filter(complaint("there"))
    limit.filter(complaint("there"))
    now[0] = 200
    last = list(limit.overdue())
    assert [getattr(record, PLACE) for record in last] == ["here", "there", "elsewhere"]
    assert all("left_out=1" in ReadableLines().format(record) for record in last)
    assert list(limit.overdue()) == []


def test_of_the_five_hundredth_message_on_a_logger_has_one_a_minute() -> None:
    limit = RepeatLimit(clock=lambda: 0.0)

    def passes(message: str) -> bool:
        return limit.filter(logging.LogRecord("gateway", logging.ERROR, "", 0, message, (), None))

    assert all(passes(f"no. {number}") for number in range(501))
    assert not passes("no. 501")


def test_of_an_error_its_cause_is_told_where_it_has_one() -> None:
    try:
        try:
            raise KeyError
        except KeyError:
            raise ValueError from LookupError()
    except ValueError as error:
        told = [line for line in describe_error(error) if not line.startswith(" ")]
    assert told == ["ValueError", "LookupError"]


def test_what_one_payload_met_is_not_counted_with_the_next() -> None:
    record = OperationRecord("a" * 32, statements=3, connection_seconds=0.5, execution_seconds=0.2)
    record.tampered[UUID(int=1)] = True
    record.has_unlogged_reads, record.reached_ceiling = True, 3_600
    seen = record.facts()
    assert (seen["tampered"], seen["unlogged"], seen["statements"]) == (True, True, 3)
    assert seen["connection_ms"] == 500
    record.reset_counters()
    assert record == OperationRecord("a" * 32)


def test_the_message_of_an_exception_is_not_logged() -> None:
    stream = io.StringIO()
    with logging_to(stream, "INFO", as_json=True):
        try:
            raise ValueError("passport X1234567")
        except ValueError:
            logging.getLogger("asyncio").exception(
                "Task exception was never retrieved\nfuture: <Task exception=passport X1234567>"
            )
        logging.getLogger("models").info("keeper pass", extra=facts(rows=3))
        logging.getLogger("asyncio").error("%s", "x" * 301)
        logging.getLogger("httpx2").info("GET https://provider.example/?passport=X1234567")
    text = stream.getvalue()
    assert "X1234567" not in text
    assert '"event":"Task exception was never retrieved","error":["ValueError","  ' in text
    assert '"event":"keeper pass","rows":3' in text
    assert f'"{"x" * 300}"' in text
    assert len(text.splitlines()) == 3


def test_the_loop_of_serve_and_of_the_demo_leaves_the_log_open() -> None:
    async def serve() -> None:
        logging.getLogger("gateway.test").warning("while it serves")

    with log_lines() as log:
        run_on_fastest_loop(serve())
    assert [line["event"] for line in log.lines] == ["while it serves"]

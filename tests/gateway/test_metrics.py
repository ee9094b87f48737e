"""Operators see what runs, how fast and why not faster; no client makes the list grow."""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from gateway.logs import OperationKind, OperationRecord, WhyExecutor
from gateway.wire.metrics import Metrics
from models.database.connections import connect
from models.vocabulary import Role
from tests import tokens
from tests.gateway.changing import global_id
from tests.gateway.live import KINDS, happens, served
from tests.gateway.log_lines import log_lines
from tests.gateway.metrics_page import Figures
from tests.gateway.schemas import VIEWS
from tests.gateway.surviving.standing import metrics_of
from tests.gateway.test_request_log import MANY_FIELDS

pytestmark = pytest.mark.anyio

PAGE = "{ applications(first: 3) { nodes { reference country { code } } } }"


@pytest.fixture
def read(app: Starlette) -> Callable[[], Any]:
    async def now() -> Figures:
        return Figures(await metrics_of(app.state.internal))

    return now


async def test_an_operation_is_counted_by_kind_and_role(who, read) -> None:
    of_officer = {"kind": "query", "role": "OFFICER"}
    await who["officer"](PAGE)  # countries are kept in memory from now on
    before = await read()
    await who["officer"](PAGE)
    after = await read()
    assert after.rise(before, "gerbang_operation_seconds_count", of_officer) == 1
    assert after.rise(before, "gerbang_statements_total", of_officer) == 1
    assert after.rise(before, "gerbang_operations_total", {"kind": "query", "way": "plan"}) == 1


async def test_a_query_without_a_plan_is_counted_by_its_reason(who, read) -> None:
    before = await read()
    await who["officer"](MANY_FIELDS)
    await who["officer"](
        f"""mutation {{ referToScreening(input: {{ idempotencyKey: "of-the-metrics",
            applicationId: "{global_id("AUSY-PAID-0013")}" }}) {{ errors {{ code }} }} }}"""
    )
    after = await read()
    assert after.rise(before, "gerbang_plan_fallbacks_total") == 1
    assert after.rise(before, "gerbang_plan_fallbacks_total", {"reason": "too_large"}) == 1
    assert after.rise(before, "gerbang_operations_total", {"kind": "mutation"}) == 1


async def test_who_still_uses_what_is_deprecated_is_counted_and_logged(
    who, read, monkeypatch
) -> None:
    field: Any = VIEWS[Role.OFFICER].type_map["Application"].fields["receivedAt"]  # type: ignore[union-attr]
    monkeypatch.setattr(field, "deprecation_reason", "Use `handedOverAt` until 2027-06-30.")
    before = await read()
    with log_lines() as log:
        await who["officer"]("{ applications(first: 1) { nodes { paidAt late: receivedAt } } }")
        await who["officer"]("{ applications(first: 1) { nodes { paidAt late: closedAt } } }")
        known = await who["officer"]("{ __typename viewer { __typename } __schema { __typename } }")
        assert known.data["viewer"] == {"__typename": "Viewer"}
    after, name = await read(), "gerbang_deprecated_use_total"
    labels = {"coordinate": "Application.receivedAt", "client": "unknown", "document": "unknown"}
    assert (after.rise(before, name, labels), after.rise(before, name)) == (1, 1)
    first, second, _ = log.of("request")
    assert first["deprecated"] == ["Application.receivedAt"]
    assert "deprecated" not in second


async def test_errors_are_counted_by_code(who, read) -> None:
    before = await read()
    await who["officer"]("{ nothing }")
    await who["officer"]("{")
    after = await read()
    assert after.rise(before, "gerbang_errors_total") == 2
    assert after.rise(before, "gerbang_errors_total", {"code": "SYNTAX"}) == 1


async def test_the_pool_and_the_age_of_figures_are_measured(read, world) -> None:
    now = await read()
    assert now.value("gerbang_pool_size") == tokens.settings().database_connections
    assert now.value("gerbang_pool_in_use") == 0
    assert now.value("gerbang_fold_lag_seconds") == 0
    owner = await connect(world)
    try:
        await owner.execute(
            "UPDATE application SET paid_at = paid_at + interval '2 days'"
            " WHERE reference = 'AUSY-PAID-0013';"
            " UPDATE volume_outbox SET written_at = written_at - interval '1 hour'"
        )
        assert 3_600 <= (await read()).value("gerbang_fold_lag_seconds") < 3_700
    finally:
        await owner.execute("DELETE FROM volume_outbox")
        await owner.close()
    assert now.value("gerbang_published_edition_age_seconds") >= 0


async def test_payloads_of_subscriptions_are_counted(world) -> None:
    writer = await connect(world)
    try:
        async with served(world) as live, live.as_viewer("officer") as officer:
            await officer.follows(KINDS)
            await happens(writer, "AUSY-PAID-0013", "RECEIVED")
            await officer.next_value()
            now = Figures(await metrics_of(live.internal))
    finally:
        await writer.close()
    found = {"kind": "subscription", "role": "OFFICER"}
    assert now.value("gerbang_operation_seconds_count", found) == 2
    assert 0 < now.value("gerbang_operation_seconds_sum", found) < 2, "waiting is not working"
    assert now.value("gerbang_statements_total", found) >= 1


async def page_of(metrics: Metrics) -> Figures:
    page = await metrics.page(Request({"type": "http"}))
    return Figures(bytes(page.body).decode())


class Load:
    """Another number for each figure of a process."""

    running, waiting, size, in_use = 3, 5, 10, 4

    def ages(self) -> dict[str, float]:
        return {"one": 1.0, "two": 2.0}


async def test_each_figure_of_a_process_is_its_own() -> None:
    metrics, load = Metrics(), Load()

    async def read() -> dict[str, float]:
        return {"gerbang_known": 7.0}

    metrics.watch(load)
    metrics.watch_pool(load)
    metrics.watch_replicas(load)  # type: ignore[arg-type]
    metrics.watch_figures({"gerbang_known": "Known.", "gerbang_unknown": "Not."}, read)
    told, own = await page_of(metrics), metrics.load()
    figures = [told.value(f"gerbang_{name}") for name in ("running", "waiting")]
    assert figures == [own.running, own.waiting] == [3, 5]
    figures = [told.value(f"gerbang_pool_{name}") for name in ("size", "in_use")]
    assert figures == [own.connections, own.connections_in_use] == [10, 4]
    ages = "gerbang_replica_age_seconds"
    assert [told.value(ages, {"replica": name}) for name in ("one", "two")] == [1, 2]
    assert told.value("gerbang_known") == 7
    assert math.isnan(told.value("gerbang_unknown")), "what nobody knows is no nought"


async def test_the_slowest_documents_are_those_that_take_longest_on_average() -> None:
    metrics, document = Metrics(), "d" * 64
    for name, seconds in (
        *(("Quick", 0.1), ("AtTimesSlow", 0.9), ("AtTimesSlow", 0.1), ("AtTimesSlow", 0.2)),
        *(("Slow", 0.5), (None, 9.0)),
    ):
        record = OperationRecord(kind=OperationKind.QUERY, name=name, document=document)
        record.client = "portal"
        metrics.note_request("/graphql", record, 200, seconds)
    unregistered = OperationRecord(kind=OperationKind.QUERY, name="Slower")
    metrics.note_request("/graphql", unregistered, 200, 9.0)
    assert [tuple(one) for one in metrics.slowest_documents(2)] == [
        ("portal", "Slow", document, 1, 500.0, 500.0),
        ("portal", "AtTimesSlow", document, 3, 400.0, 900.0),
    ]
    told, name = await page_of(metrics), "gerbang_document_use_total"
    labels = {"client": "portal", "document": "AtTimesSlow", "sha256": document}
    assert (told.value(name, labels), told.value(name)) == (3, 5)


async def test_what_an_operation_met_is_counted_where_it_belongs() -> None:
    metrics = Metrics()
    first = await metrics.page(Request({"type": "http"}))
    for series in ('refused_total{reason="late"}', 'errors_total{code="INTERNAL"}',
                   'plan_fallbacks_total{reason="defect"}'):  # fmt: skip
        assert f"gerbang_{series} 0.0".encode() in bytes(first.body)
    record = OperationRecord(kind=OperationKind.MUTATION, why_executor=WhyExecutor.DEFECT)
    record.turn_seconds, record.connection_seconds, record.execution_seconds = 0.25, 0.5, 0.75
    record.note_answer([], {"cost": {"requested": 9, "actual": 7}})
    assert (record.cost_requested, record.cost_actual) == (9, 7)
    record.codes, record.statements, record.has_unlogged_reads = {"TIMEOUT": 3}, 4, True
    record.name, record.client, record.deprecated = "Page", "portal", ("Visa.old",)
    for path in ("/graphql", "/health/live"):
        metrics.note_request(path, record, 503, 2.0)
    told = await page_of(metrics)
    labels = {"coordinate": "Visa.old", "client": "portal", "document": "Page"}
    assert told.value("gerbang_deprecated_use_total", labels) == 1
    assert told.value("gerbang_errors_total", {"code": "TIMEOUT"}) == 3
    assert told.value("gerbang_turn_wait_seconds_total") == 0.25
    assert told.value("gerbang_pool_wait_seconds_total") == 0.5
    for labels in ({}, {"status": "503"}):
        assert told.value("gerbang_requests_total", labels) == 1
    assert told.value("gerbang_statements_total", {"kind": "mutation"}) == 4
    assert told.value("gerbang_unlogged_reads_total") == 1
    assert told.value("gerbang_plan_fallbacks_total") == 0, "no plan runs a mutation's refusal"
    assert told.value("gerbang_vault_tampered_total") == 0
    record.kind = OperationKind.SUBSCRIPTION
    metrics.note_payload(record)
    seconds = (await page_of(metrics)).value(
        "gerbang_operation_seconds_sum", {"kind": "subscription"}
    )
    assert (seconds, record.execution_seconds) == (0.75, 0.0)
    # What could not be read is a request, and no operation.
    metrics.note_request("/graphql", OperationRecord(), 400, 1.0)
    told = await page_of(metrics)
    assert told.value("gerbang_requests_total") == 2
    assert told.value("gerbang_operations_total") == 2


async def test_a_hostile_run_makes_no_new_series(app, client, who) -> None:
    """Whatever can be a client's own word: paths, methods, documents, names, roles."""

    async def series() -> set[str]:
        lines = (await metrics_of(app.state.internal)).splitlines()
        return {line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")}

    async def round_(word: str) -> None:
        await client.request(word.upper(), f"/{word}")
        await client.post(f"/graphql?{word}", json={"query": f"query {word} {{ {word} }}"})
        for role in (word, "OFFICER"):
            query = f"query {word} {{ {word}: viewer {{ role }} }}"
            body = {"query": query, "operationName": word}
            await who["officer"].send(body, **{"Gerbang-Role": role})

    await round_("first")
    known = await series()
    chance = random.Random(1)
    for _ in range(50):
        await round_("".join(chance.choices("abcdefghijklmnop", k=12)))
    assert await series() == known
    assert len(known) < 400

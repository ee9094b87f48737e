"""Lists of applications narrowed by every pair of filters, and by random triples.

A world is made and multiplied. Each question is asked once to warm it, and once to measure it; in
between, one application is looked up by its reference, as what an indexed row costs on the machine
as it is loaded. Processor time is that of the gateway and of PostgreSQL's processes together.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import asyncpg
import click
import psutil

from bench.asking import Client
from bench.page import gateway_on
from bench.world import load, server
from models.database.connections import connected

VIEWERS = ("officer", "supervisor", "auditor", "manager-au", "agent-au")
ORDERS = ("SUBMITTED_AT", "TARGET_DUE_AT", "PAID_AT", "CLOSED_AT", "REFERENCE")
#: As many open cases to each closed one as are a fiftieth of the world.
_OF_CLOSED, _BASE = 50, 20_000
MULTIPLY = """
    INSERT INTO application (id, reference, applicant_id, nationality_code, visa_type_code, channel,
        partner_code, country_code, centre_code, status, submitted_at, received_at, paid_at,
        closed_at, target_due_at, fee_idr, current_decision_id, group_reference, is_linked,
        use_within_days)
    SELECT gen_random_uuid(),
        regexp_replace(upper(substr(md5(id::text || number), 1, 12)), '(.{4})(.{4})', '\\1-\\2-'),
        applicant_id, nationality_code, visa_type_code, channel, partner_code, country_code,
        centre_code, status, submitted_at - number * span, received_at - number * span,
        paid_at - number * span, closed_at - number * span, target_due_at - number * span,
        fee_idr, current_decision_id, group_reference, true, coalesce(use_within_days, 90)
    FROM application
    CROSS JOIN (VALUES (interval '17 minutes')) AS shift (span)
    CROSS JOIN generate_series(
        1, CASE WHEN closed_at IS NULL THEN $1::int ELSE $2::int END
    ) AS number
"""
_PAGE = """query($where: ApplicationWhere, $order: ApplicationOrder) {
    applications(first: 50, where: $where, orderBy: $order) {
        nodes { reference submittedAt stage }
    }
}"""
_COUNT = "query($where: ApplicationWhere) { applications(where: $where) { totalCount { value } } }"
_ROW = "query($reference: String!) { application(by: {reference: $reference}) { reference stage } }"
#: The filters, each with a value that many rows have and one that few have.
_VALUES = """
    SELECT {column}::text FROM application WHERE {column} IS NOT NULL
    GROUP BY {column} HAVING count(*) > 2 ORDER BY count(*) {way} LIMIT 1
"""
_COLUMNS = {
    "visaType": "visa_type_code", "nationality": "nationality_code", "channel": "channel",
    "partner": "partner_code", "country": "country_code", "centre": "centre_code",
    "groupReference": "group_reference", "stage": "stage", "status": "status",
}  # fmt: skip
_INSTANTS = {
    "submittedAt": "submitted_at", "paidAt": "paid_at", "targetDueAt": "target_due_at",
    "closedAt": "closed_at",
}  # fmt: skip
_OPEN = {"stage": {"in": ["SUBMITTED", "WAITING_FOR_APPLICANT", "IN_PROCESS"]}}
_FILTERS = '{ __type(name: "ApplicationWhere") { inputFields { name } } }'


class Question(NamedTuple):
    """A list that a viewer asks for; a count has no order."""

    where: Mapping[str, Any]
    order: Mapping[str, str] | None

    def __str__(self) -> str:
        order = " ".join(self.order.values()) if self.order else "count"
        return f"{json.dumps(self.where)} {order}"

    @property
    def body(self) -> dict[str, Any]:
        if self.order is None:
            return {"query": _COUNT, "variables": {"where": self.where}}
        return {"query": _PAGE, "variables": {"where": self.where, "order": self.order}}


class Cost(NamedTuple):
    """What a question took, in milliseconds."""

    wall: float
    processor: float


async def measure(applications: int, triples: int, viewers: Sequence[str]) -> None:
    """Print what pages and counts of combined filters take, by viewer."""
    async with multiplied(applications) as url:
        values, references = await _values(url)
        for viewer in viewers or VIEWERS:
            more = {"GERBANG_BUDGET": "1000000000"}
            async with gateway_on(url, viewer, more) as client:
                await _measure(viewer, client, values, references, triples)


async def _measure(
    viewer: str,
    client: Client,
    values: Mapping[str, Sequence[Any]],
    references: Sequence[str],
    triples: int,
) -> None:
    dice = Random(viewer)
    answer = json.loads(await client.post("/graphql", {"query": _FILTERS}))
    filters = {field["name"] for field in answer["data"]["__type"]["inputFields"]}
    own = {name: each for name, each in values.items() if name in filters}
    kinds = {
        "pages": [*_pages(dice, own, triples)],
        "pages of open cases": [*_pages(dice, own, triples, _OPEN)],
        "counts": [Question(each.where, None) for each in _pages(dice, own, 0)],
    }
    for kind, questions in kinds.items():
        costs: list[tuple[Cost, Question]] = []
        rows: list[Cost] = []
        for question in questions[:20]:
            await _cost(client, (), question.body)  # connections are opened
        server = _clocks()
        for question in questions:
            reference = {"reference": dice.choice(references)}
            rows.append(await _cost(client, server, {"query": _ROW, "variables": reference}))
            await _cost(client, server, question.body)
            costs.append((await _cost(client, server, question.body), question))
        _show(viewer, kind, costs, rows)


def _pages(
    dice: Random,
    values: Mapping[str, Sequence[Any]],
    triples: int,
    more: Mapping[str, Any] | None = None,
) -> Iterator[Question]:
    """Every pair of filters, with frequent and rare values in both orders, and random triples."""
    names = [name for name in values if name not in (more or {})]
    for one, other in combinations(names, 2):
        for first in values[one]:
            for second in values[other]:
                yield _question(dice, {one: first, other: second, **(more or {})})
    for _ in range(triples):
        chosen = dice.sample(names, 3)
        where = {name: dice.choice(values[name]) for name in chosen}
        yield _question(dice, {**where, **(more or {})})


def _question(dice: Random, where: Mapping[str, Any]) -> Question:
    direction = dice.choice(("ASCENDING", "DESCENDING"))
    return Question(where, {"field": dice.choice(ORDERS), "direction": direction})


async def _cost(client: Client, server: Sequence[Path], body: Mapping[str, Any]) -> Cost:
    used, began = _processor_seconds(server), perf_counter()
    answer = json.loads(await client.post("/graphql", body))
    wall = perf_counter() - began
    spent = _processor_seconds(server) - used
    if "errors" in answer:
        raise click.ClickException(f"{answer['errors']}: {body['variables']}")
    return Cost(wall * 1_000, spent * 1_000)


def _clocks() -> list[Path]:
    """Where the system counts the nanoseconds of each process that this one has started."""
    started = psutil.Process().children(recursive=True)
    return [Path(f"/proc/{child.pid}/schedstat") for child in started]


def _processor_seconds(server: Sequence[Path]) -> float:
    """Of this process and of a server's."""
    spent = 0
    for clock in server:
        with suppress(OSError):  # it has ended
            spent += int(clock.read_text().split()[0])
    return process_time() + spent / 1e9


def _show(viewer: str, kind: str, costs: list[tuple[Cost, Question]], rows: list[Cost]) -> None:
    click.echo(f"\n{viewer}: {len(costs)} {kind}")
    for name in Cost._fields:
        taken = sorted(getattr(cost, name) for cost, _ in costs)
        row = median(getattr(cost, name) for cost in rows)
        shown = ", ".join(
            f"{label} {value:.1f} ({value / row:.1f} rows)"
            for label, value in (
                ("p50", median(taken)),
                ("p99", taken[int(0.99 * (len(taken) - 1))]),
                ("longest", taken[-1]),
            )
        )
        click.echo(f"  {name} ms: {shown}; a row {row:.1f}")
    for cost, question in sorted(costs, key=lambda each: -each[0].processor)[:5]:
        click.echo(f"    {cost.processor:.0f} ms: {question}")


# --- The world -----------------------------------------------------------------------------------


@asynccontextmanager
async def multiplied(applications: int) -> AsyncIterator[str]:
    """A world of which each closed application stands there many times, and each open one more
    often, so that a fiftieth is open."""
    settings = {"shared_buffers": "2GB", "work_mem": "16MB", "maintenance_work_mem": "512MB"}
    with server(settings) as running:
        url = running.url("bench")
        await load(url, min(applications, _BASE))
        async with connected(url) as connection:
            await connection.execute("SET session_replication_role = replica")
            async with without_indexes(connection):
                await _multiply(connection, applications)
            await connection.execute("VACUUM (ANALYZE) application")
            size = await connection.fetchrow(
                "SELECT count(*), count(*) FILTER (WHERE closed_at IS NULL),"
                " pg_indexes_size('application') / 1e6 FROM application"
            )
        assert size
        click.echo(f"{size[0]} applications, {size[1]} open, indexes of {size[2]:.0f} MB")
        yield url


async def _multiply(connection: asyncpg.Connection, applications: int) -> None:
    open_, closed = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE closed_at IS NULL), count(closed_at) FROM application"
    ) or (0, 0)
    times = applications // (open_ + closed) - 1
    if times > 0:
        await connection.execute(
            MULTIPLY, applications // _OF_CLOSED // max(open_, 1), times, timeout=3_600
        )


@asynccontextmanager
async def without_indexes(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Indexes are built at once afterwards, which takes a fraction of the time."""
    found = await connection.fetch(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made"
        " FROM pg_index WHERE indrelid = 'application'::regclass"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
    )
    for index in found:
        await connection.execute(f"DROP INDEX {index['name']}")
    yield
    for index in found:
        await connection.execute(index["made"], timeout=3_600)


async def _values(url: str) -> tuple[dict[str, list[Any]], list[str]]:
    """A frequent and a rare value for each filter, and some references."""
    async with connected(url) as connection:
        found: dict[str, list[Any]] = {}
        for name, column in _COLUMNS.items():
            ways = [
                await connection.fetchval(_VALUES.format(column=column, way=way), timeout=600)
                for way in ("DESC", "ASC")
            ]
            found[name] = [{"eq": value} for value in ways]
        for name, column in _INSTANTS.items():
            instants: Any = await connection.fetchval(
                f"SELECT percentile_disc(ARRAY[0.3, 0.997]) WITHIN GROUP (ORDER BY {column})"
                " FROM application",
                timeout=600,
            )
            early, late = instants
            found[name] = [{"before": early.isoformat()}, {"from": late.isoformat()}]
        found["hasOpenHit"] = [{"eq": False}, {"eq": True}]
        rows = await connection.fetch(
            "SELECT reference FROM application ORDER BY md5(reference) LIMIT 500", timeout=600
        )
        found["reference"] = [{"prefix": rows[0][0][:1]}, {"prefix": rows[0][0][:4]}]
        return found, [row[0] for row in rows]

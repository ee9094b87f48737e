"""What the questions of the dashboard's page read from the rollups: rows, and milliseconds."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import true
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from bench.measuring import show_table, side_by_side
from models.volumes import Dimension, Period, Question, statement
from models.volumes.question import months_later

_ONE_DAY = timedelta(days=1)
_WIB = timezone(timedelta(hours=7))


async def ask(connection: asyncpg.Connection, title: str, rounds: int) -> None:
    """Ask every question, with all measures; print how many rows it reads and how long it takes."""
    statements = {name: _compile(question) for name, question in questions(*last_year()).items()}
    rows_read = {
        name: await _rows_read(connection, *prepared) for name, prepared in statements.items()
    }
    seconds = await side_by_side(
        {name: partial(connection.fetch, *prepared) for name, prepared in statements.items()},
        rounds,
    )
    rows = [
        (name, f"{rows_read[name]:,}", f"{1000 * seconds[name]:,.1f} ms") for name in statements
    ]
    show_table(title, ("question", "rows read", "each"), rows)


def last_year() -> tuple[date, date]:
    """The first and the last day of the twelve whole months before this one."""
    this_month = datetime.now(_WIB).date().replace(day=1)
    return this_month.replace(year=this_month.year - 1), this_month - timedelta(days=1)


def questions(from_on: date, to_on: date) -> Mapping[str, Question]:
    """The questions of the page for a year of whole months."""
    before = (months_later(from_on, -12), from_on - _ONE_DAY)
    country, nationality = (Dimension.COUNTRY,), (Dimension.NATIONALITY,)
    narrowed = {
        "one visa type": {Dimension.VISA_TYPE: ("B1",)},
        "one partner": {Dimension.PARTNER: ("NUSA",)},
        "one channel": {Dimension.CHANNEL: ("PARTNER_CENTRE",)},
    }
    named = {
        "total": Question(from_on, to_on),
        "the year before": Question(*before),
        "months": Question(from_on, to_on, (), Period.MONTH),
        "countries": Question(from_on, to_on, country),
        "nationalities": Question(from_on, to_on, nationality),
    }
    for name, where in narrowed.items():
        named[f"countries, {name}"] = Question(from_on, to_on, country, where=where)
    named["countries, cut months"] = Question(
        from_on + timedelta(days=9), to_on - timedelta(days=9), country
    )
    return named


def _compile(question: Question) -> tuple[str, ...]:
    """The statement of a question and its values, for the driver."""
    compiled = statement(question, lambda columns: true()).compile(
        dialect=asyncpg_dialect(), compile_kwargs={"render_postcompile": True}
    )
    return str(compiled), *(compiled.params[name] for name in compiled.positiontup or ())


async def _rows_read(connection: asyncpg.Connection, sql: str, *values: Any) -> int:
    """How many rows the scans of tables returned."""
    explained: Any = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *values)
    return sum(
        round(node["Actual Rows"] * node["Actual Loops"])
        for node in _nodes(json.loads(explained)[0]["Plan"])
        if "Relation Name" in node
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)

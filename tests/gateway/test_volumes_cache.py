"""Figures that are kept in memory are exact: of this snapshot, of this day, and nobody else's."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table
from sqlalchemy.sql import visitors

from gateway.access.rows import reachable_in_role
from gateway.cache import WeightedCache
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.figure_reads import size_of
from gateway.schema.build import build_schema
from gateway.schema.volumes import query as volume_query
from gateway.schema.volumes.names import NOUNS
from models.publication import publish, reading
from models.publication.sets import DimensionSet
from models.publication.sets import Period as GridPeriod
from models.vocabulary import Role
from models.volumes import Dimension, Period, Question, ScopedQuestion, fold, scoped_statement
from models.volumes.outcomes import OutcomeQuestion
from models.volumes.versions import VersionedData
from tests.gateway.conftest import Traffic, Viewer, without_budget
from tests.models.asking import ask, everything
from tests.set_clock import at_hour_of
from tests.world import application_id

pytestmark = pytest.mark.anyio

OPEN, GRANTED = application_id("SGPO-OPEN-0006"), application_id("AUSY-GRAN-0001")
NEW_YEAR = datetime(2026, 1, 1, 1, tzinfo=UTC)
WINDOW = 'from: "2025-01-01", to: "2025-02-28"'
BY_COUNTRY = (
    f"{{ volumes({WINDOW}, groupBy: [COUNTRY])"
    " { asOf rows { country { code name } intake { value } wip { value }"
    " revenue { value { amount } } turnaroundP90 { hours } targetRateIntake { denominator } } } }"
)
BY_NATIONALITY = (
    f"{{ volumes({WINDOW}, groupBy: [NATIONALITY]) {{ rows {{ intake {{ value }} }} }} }}"
)
#: Of one viewer after the other, so that each finds what another has left.
ROUND = ("leadership", "manager-au", "manager-andalan", "manager-pacific", "agent-au", "auditor")


@pytest.fixture
async def changed_back(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A connection; the fee of the open case is as it was once the test is over."""
    fee = await connection.fetchval("SELECT fee_idr FROM application WHERE id = $1", OPEN)
    yield connection
    await connection.execute("UPDATE application SET fee_idr = $2 WHERE id = $1", OPEN, fee)
    await fold(connection)


async def rows_of(viewer: Viewer, query: str = BY_COUNTRY) -> list[dict[str, Any]]:
    answer = await viewer(query)
    assert answer.errors == []
    return answer.data["volumes"]["rows"]


async def revenue(viewer: Viewer) -> int:
    return sum(row["revenue"]["value"]["amount"] for row in await rows_of(viewer))


async def test_the_same_question_is_not_read_again(who, traffic: Traffic) -> None:
    first = await rows_of(who["leadership"])
    traffic.statements.clear()
    assert await rows_of(who["leadership"]) == first
    assert [text for text in traffic.statements if "volume_monthly" in text] == []


async def test_a_table_is_built_once(who, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Any] = []
    build = volume_query._read_exact

    async def build_and_record(*arguments: Any) -> Any:
        built.append(arguments)
        return await build(*arguments)

    monkeypatch.setattr(volume_query, "_read_exact", build_and_record)
    first = await rows_of(who["leadership"], BY_NATIONALITY)
    assert await rows_of(who["leadership"], BY_NATIONALITY) == first
    assert len(built) == 1


async def test_figures_are_read_once_for_tables_with_and_without_changes(
    who, traffic: Traffic
) -> None:
    window = 'from: "2025-02-01", to: "2025-02-28"'
    plain, changed = (
        f"{{ volumes({window}, groupBy: [CHANNEL]) {{ rows {{ intake {{ value {change} }} }} }} }}"
        for change in ("", "monthOnMonth { value }")
    )
    reads = []
    for query in (plain, changed):
        traffic.statements.clear()
        await rows_of(who["leadership"], query)
        reads.append(sum("volume_monthly" in text for text in traffic.statements))
    assert reads == [1, 1], "the second reads the month before alone"


async def test_changes_folded_between_two_questions_are_in_the_second(
    who, changed_back: asyncpg.Connection
) -> None:
    before = await revenue(who["leadership"])
    await changed_back.execute("UPDATE application SET fee_idr = fee_idr + 7 WHERE id = $1", OPEN)
    assert await revenue(who["leadership"]) == before, "not folded, hence not counted"
    await fold(changed_back)
    assert await revenue(who["leadership"]) == before + 7


async def test_whatever_corrects_a_rollup_is_in_the_next_answer(
    who, connection: asyncpg.Connection
) -> None:
    before = await revenue(who["leadership"])
    for step, sign in ((3, "+"), (0, "-")):
        await connection.execute(
            f"UPDATE volume_monthly SET revenue_idr = revenue_idr {sign} 3"
            " WHERE country_code = 'SG' AND starts_on = '2025-02-01'"
        )
        assert await revenue(who["leadership"]) == before + step


async def test_nothing_folded_renews_no_version(connection: asyncpg.Connection) -> None:
    version = "SELECT version FROM data_version WHERE data = 'figures'"
    before = await connection.fetchval(version)
    assert await fold(connection) == 0
    assert await connection.fetchval(version) == before


async def test_nobody_is_given_what_was_kept_for_another(who, world: str) -> None:
    answers = {}
    for _ in range(2):
        for name in ROUND:
            answers.setdefault(name, []).append(await rows_of(who[name]))
    for name, (first, second) in answers.items():
        assert first == second, name
        claims = who[name].claims
        partner = claims.get("partner")
        answer = await ask(
            world,
            Question(
                date(2025, 1, 1),
                date(2025, 2, 28),
                (Dimension.COUNTRY,),
                where={
                    **({Dimension.PARTNER: (partner,)} if partner else {}),
                    **({Dimension.CENTRE: tuple(claims["centres"])} if "centres" in claims else {}),
                    **(
                        {Dimension.COUNTRY: tuple(claims["countries"])}
                        if partner and "centres" not in claims
                        else {}
                    ),
                },
            ),
        )
        revenues = [row["revenue"]["value"]["amount"] for row in first]
        assert revenues == [row["revenue"] for row in answer], name
    assert len({json.dumps(first) for first, _ in answers.values()}) == len(ROUND) - 1, (
        "leadership and auditor alone read the same"
    )


async def test_a_new_edition_is_in_the_next_answer_of_the_public(
    who, connection: asyncpg.Connection
) -> None:
    query = (
        '{ volumes(from: "2025-01-01", to: "2025-03-31", groupBy: [])'
        " { published { edition } rows { intake { value precision } edition } } }"
    )
    assert (await who["anonymous"](query)).data["volumes"]["published"]["edition"] is None
    await publish(connection, NEW_YEAR)
    published = (await who["anonymous"](query)).data["volumes"]
    assert published["published"]["edition"] == 1
    await connection.execute("UPDATE volume_published SET intake = 40, edition = 2")
    await connection.execute("UPDATE volume_edition SET edition = 2")
    (row,) = (await who["anonymous"](query)).data["volumes"]["rows"]
    assert row == {"intake": {"value": 40, "precision": "ROUNDED"}, "edition": 2}


async def test_when_the_hour_turns_other_cases_are_late(
    who, traffic: Traffic, connection: asyncpg.Connection
) -> None:
    late = (
        f"{{ volumes({WINDOW}, groupBy: []) {{ rows {{ targetRateIntake {{ denominator }} }} }} }}"
    )
    (now,) = await rows_of(who["leadership"], late)
    async with at_hour_of(connection, datetime(2025, 1, 2, tzinfo=UTC)):  # no target had passed
        (then,) = await rows_of(who["leadership"], late)
    assert then["targetRateIntake"]["denominator"] < now["targetRateIntake"]["denominator"]
    assert await rows_of(who["leadership"], late) == [now]


async def test_a_new_name_is_in_the_next_answer(who, connection: asyncpg.Connection) -> None:
    async def name() -> str:
        (row,) = await rows_of(who["manager-au"])
        return row["country"]["name"]

    was = await name()
    try:
        await connection.execute("UPDATE country SET name_en = 'Terra Australis' WHERE code = 'AU'")
        assert await name() == "Terra Australis"
    finally:
        await connection.execute("UPDATE country SET name_en = $1 WHERE code = 'AU'", was)
    assert await name() == was


async def test_figures_left_out_by_a_directive_are_not_read(who, traffic: Traffic) -> None:
    query = (
        f"query ($more: Boolean!) {{ volumes({WINDOW}, groupBy: []) {{ rows {{ intake {{ value }}"
        " ...More @include(if: $more) turnaroundP50 @skip(if: true) { hours } } } }"
        " fragment More on VolumeRow { wipAgeP50 { hours } }"
    )
    answer = await who["leadership"](query, more=False)
    assert answer.data["volumes"]["rows"] == [{"intake": {"value": 12}}]
    assert not any("volume_age" in text or "_duration" in text for text in traffic.statements)
    answer = await who["leadership"](query, more=True)
    assert "wipAgeP50" in answer.data["volumes"]["rows"][0]


# Every change is noticed, and memory is bounded --------------------------------------------------


def tables_of(statement: Any) -> set[str]:
    return {each.name for each in visitors.iterate(statement) if isinstance(each, Table)}


def statements() -> Iterator[tuple[VersionedData, Any]]:
    """Statements of every kind that is kept, with the data that they are read from."""
    for period in (None, *Period):
        for dimensions in ((), *((each,) for each in Dimension)):
            asked = Question(date(2024, 1, 15), date(2025, 2, 20), dimensions, period)
            yield VersionedData.FIGURES, scoped_statement(ScopedQuestion(asked, everything))
    for scope in (everything, lambda c: c.centre_code == "AU-SYD"):
        months = Question(date(2025, 1, 1), date(2025, 3, 31))
        yield VersionedData.FIGURES, OutcomeQuestion(months, scope).statement()
    catalogue = Catalogue(build_schema())
    for role in Role:
        for noun in (catalogue.nouns[each.__name__] for each in NOUNS.values()):
            columns = catalogue.own_columns(noun, role)
            reach = reachable_in_role(noun.name, role)
            yield (
                VersionedData.NAMES,
                noun.key.class_.__table__.select().add_columns(*columns).where(reach),
            )
    grid = reading.GridQuestion(
        DimensionSet.NATIONAL, GridPeriod.QUARTER, date(2025, 1, 1), date(2025, 3, 31)
    )
    for statement in (
        reading.editions(grid),
        reading.rows(grid),
        reading.wider_rows(grid),
    ):
        yield VersionedData.PUBLISHED, statement


async def test_every_table_that_is_kept_renews_its_version(connection: asyncpg.Connection) -> None:
    noticed = {
        (row["table"], row["data"])
        for row in await connection.fetch(
            """
            SELECT tgrelid::regclass::text AS table,
                rtrim(encode(tgargs, 'escape'), '\\000') AS data
            FROM pg_trigger WHERE tgfoid = 'renew_data_version'::regproc
            """
        )
    }
    read = {(table, data.value) for data, each in statements() for table in tables_of(each)}
    assert read <= noticed
    assert len(read) > 15


def test_rows_are_kept_within_their_bytes() -> None:
    cached: WeightedCache[Any, Any] = WeightedCache(200_000)
    for number in range(300):
        rows = [(f"{number}-{row}", row, 0.5) for row in range(40)]
        cached.put(number, rows, size_of(rows))
        assert cached.weight <= 200_000
    assert cached.get(299) == rows
    assert cached.get(0) is None
    cached.grow(299, cached.get(299), 150_000)
    assert cached.weight <= 200_000
    assert cached.get(298) is None or cached.get(290) is None
    large = [(f"{row}" * 100,) for row in range(1_000)]
    cached.put("large", large, size_of(large))
    assert (cached.get("large"), cached.weight) == (None, 0)
    cached.put("first", [], 90_000)
    cached.put("second", [], 90_000)
    assert cached.get("first") == []
    cached.put("third", [], 90_000)  # in place of the one that was used longest ago
    assert cached._entries.keys() == {"first", "third"}
    cached.put("as large as may be", [], 200_000)
    assert (cached.weight, cached.get("as large as may be")) == (200_000, [])


async def test_a_rendered_table_is_kept_for_its_document_alone(who) -> None:
    query = (
        f"query ($language: Language!) {{ volumes({WINDOW}, groupBy: [COUNTRY, MONTH])"
        " { rows { country { name(language: $language) } intake { value yearOnYear { value } }"
        " %s } } }"
    )
    asked = [(query % "wip { value }", "EN"), (query % "wip { value }", "ID"), (query % "", "EN")]
    texts: dict[Any, set[str]] = {}
    for _ in range(3):
        for document, language in asked:
            answer = await who["leadership"](document, language=language)
            assert answer.errors == []
            texts.setdefault((document, language), set()).add(without_budget(answer.text))
    # The same bytes each time, and the same cost.
    assert [len(of_document) for of_document in texts.values()] == [1, 1, 1]
    assert len(set().union(*texts.values())) == len(asked)


async def test_rows_that_a_table_leads_to_are_read_each_time(
    who, connection: asyncpg.Connection
) -> None:
    query = (
        f"{{ volumes({WINDOW}, groupBy: [PARTNER]) {{ rows {{ intake {{ value }}"
        " partner { code centres(first: 1) { nodes { code city } } } } } }"
    )

    async def cities() -> list[str]:
        rows = await rows_of(who["leadership"], query)
        partners = [row["partner"] for row in rows if row["partner"]]
        return [node["city"] for partner in partners for node in partner["centres"]["nodes"]]

    was = await cities()
    assert was
    assert await cities() == was
    code = await connection.fetchval("SELECT code FROM centre WHERE city = $1", was[0])
    await connection.execute("UPDATE centre SET city = 'Elsewhere' WHERE code = $1", code)
    try:
        assert await cities() == ["Elsewhere", *was[1:]]
    finally:
        await connection.execute("UPDATE centre SET city = $2 WHERE code = $1", code, was[0])
    assert await cities() == was

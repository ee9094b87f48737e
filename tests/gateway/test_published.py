"""Published figures over HTTP: on a fixed grid, rounded or withheld, from tables of their own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.service import gateway
from models.database.connections import connect
from models.publication import publish
from models.volumes import fold
from tests import tokens
from tests.gateway.conftest import Traffic, Viewer
from tests.models.crowd import crowd, join
from tests.world import DIRECT, NUSA_NZ

pytestmark = pytest.mark.anyio

NEW_YEAR = datetime(2026, 1, 1, 1, tzinfo=UTC)
YEAR = 'from: "2025-01-01", to: "2025-12-31"'
QUARTER = 'from: "2025-01-01", to: "2025-03-31"'
OUTCOMES = (
    "decisions { value precision } refused { value precision }"
    " refusalRate { value precision denominator } targetRate { value precision }"
    " turnaroundP50 { hours precision measured } turnaroundAdjustedP90 { hours precision }"
)
PUBLISHED = "published { edition publishedAt rounding threshold note }"
#: What a role that reads published figures alone has nothing to do with.
EXACT = ("volume_daily", "volume_monthly", "volume_outbox", "volume_publication_note")


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on the small world with a crowd in it, published at New Year."""
    connection = await connect(world)
    try:
        people = crowd(2_000, 1)
        await join(connection, [one for one in people if one.place not in (NUSA_NZ, DIRECT)])
        while await fold(connection):
            pass
        await publish(connection, NEW_YEAR)
    finally:
        await connection.close()
    application = gateway(tokens.settings(database_url=world), key_source=tokens.key_source)
    async with application.router.lifespan_context(application):
        yield application


async def ask(viewer: Viewer, arguments: str, fields: str, table: str = "") -> Any:
    answer = await viewer(f"{{ volumes({arguments}) {{ {table} rows {{ {fields} }} }} }}")
    assert answer.errors == [], answer.errors
    return answer.data["volumes"]


async def test_managers_read_outcomes_of_own_countries_as_published(who) -> None:
    arguments = f"{QUARTER}, groupBy: [COUNTRY]"
    told = await ask(who["manager-au"], arguments, f"country {{ code }} {OUTCOMES}", PUBLISHED)
    (row,) = told["rows"]
    assert row["country"] == {"code": "AU"}
    exact = 'where: {partners: ["NUSA"], countries: ["AU"]}'
    (true,) = (await ask(who["leadership"], f"{arguments}, {exact}", OUTCOMES))["rows"]
    assert row["decisions"]["precision"] == row["refusalRate"]["precision"] == "ROUNDED"
    assert row["decisions"]["value"] % 5 == 0
    assert abs(row["decisions"]["value"] - true["decisions"]["value"]) <= 2
    assert row["refusalRate"]["denominator"] == row["decisions"]["value"]
    assert row["refusalRate"]["value"] == row["refused"]["value"] / row["decisions"]["value"]
    assert float(f"{row['turnaroundP50']['hours']:.1e}") == row["turnaroundP50"]["hours"]
    assert told["published"]["edition"] == 1
    assert told["published"]["publishedAt"].startswith("2026-01-01T01:00")
    assert (told["published"]["rounding"], told["published"]["threshold"]) == (5, 10)


async def test_exact_and_published_figures_stand_side_by_side(who) -> None:
    arguments = f"{YEAR}, groupBy: [COUNTRY, MONTH]"
    fields = "country { code } period { startsOn } intake { value precision } wip { value }"
    both = await ask(who["manager-pacific"], arguments, f"{fields} decisions {{ value }}")
    exact = await ask(who["manager-pacific"], arguments, fields)
    apart = await ask(who["manager-pacific"], arguments, "decisions { value }")
    assert [{**row, "decisions": None} for row in both["rows"] if row["intake"]["value"]] == [
        {**row, "decisions": None} for row in exact["rows"] if row["intake"]["value"]
    ]
    assert {row["intake"]["precision"] for row in both["rows"]} == {"EXACT"}
    told = [row["decisions"]["value"] for row in both["rows"]]
    assert [v for v in told if v] == [r["decisions"]["value"] for r in apart["rows"] if
                                      r["decisions"]["value"]]  # fmt: skip


async def test_a_role_with_published_figures_reads_no_exact_table(who, traffic: Traffic) -> None:
    await ask(
        who["anonymous"], f"{YEAR}, groupBy: [VISA_TYPE, MONTH]", f"intake {{ value }} {OUTCOMES}"
    )
    await ask(who["agent-au"], f"{YEAR}, groupBy: [CENTRE]", f"intake {{ value }} {OUTCOMES}")
    await ask(who["manager-au"], f"{YEAR}, groupBy: [COUNTRY]", OUTCOMES)
    assert any("volume_published" in statement for statement in traffic.statements)
    for statement in traffic.statements:
        assert not any(table in statement for table in (*EXACT, "application"))


async def test_exact_roles_read_no_published_table(who, traffic: Traffic) -> None:
    told = await ask(who["leadership"], f"{YEAR}, groupBy: [COUNTRY]", OUTCOMES, PUBLISHED)
    assert told["published"] is None
    assert not any("volume_published" in statement for statement in traffic.statements)


async def test_anonymous_reads_the_whole_country_only(who) -> None:
    for groups in ("", "VISA_TYPE", "NATIONALITY", "CHANNEL"):
        assert (await ask(who["anonymous"], f"{YEAR}, groupBy: [{groups}]", OUTCOMES))["rows"]
    for group in ("COUNTRY", "PARTNER", "CENTRE"):
        answer = await who["anonymous"](
            f"{{ volumes({YEAR}, groupBy: [{group}]) {{ rows {{ intake {{ value }} }} }} }}"
        )
        assert answer.codes == ["FORBIDDEN_FIELD"]
        assert answer.errors[0]["extensions"]["coordinate"] == f"VolumeRow.{group.lower()}"
    answer = await who["anonymous"](
        f'{{ volumes({YEAR}, groupBy: [], where: {{countries: ["AU"]}})'
        " { rows { intake { value } } } }"
    )
    assert answer.codes == ["FORBIDDEN_FIELD"]


async def test_agents_read_their_own_centre_only(who) -> None:
    fields = f"centre {{ code }} intake {{ value }} {OUTCOMES}"
    own = await ask(who["agent-au"], f"{YEAR}, groupBy: [CENTRE]", fields)
    assert [row["centre"]["code"] for row in own["rows"]] == ["AU-SYD"]
    named = f'{YEAR}, groupBy: [CENTRE], where: {{centres: ["%s"]}}'
    assert (await ask(who["agent-au"], named % "AU-SYD", fields))["rows"] == own["rows"]
    for foreign in ("AU-MEL", "AU-PER", "XX-XXX"):
        assert (await ask(who["agent-au"], named % foreign, fields))["rows"] == []


async def test_a_foreign_country_looks_as_one_without_rows(who) -> None:
    named = f'{YEAR}, groupBy: [COUNTRY], where: {{countries: ["%s"]}}'
    for country in ("SG", "NZ", "IN", "XX"):
        assert (await ask(who["manager-au"], named % country, OUTCOMES))["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('from: "2025-01-02", to: "2025-03-31", groupBy: [COUNTRY]', "whole calendar periods"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: [COUNTRY]', "whole calendar periods"),
        (f"{YEAR}, groupBy: [COUNTRY, DAY]", "group by MONTH"),
        (f"{YEAR}, groupBy: [COUNTRY, WEEK]", "group by MONTH"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: [COUNTRY, QUARTER]', "whole calendar"),
        (f'{YEAR}, groupBy: [VISA_TYPE], where: {{visaTypes: ["B1", "C1"]}}', "one value"),
        (f"{YEAR}, groupBy: [], where: {{countries: []}}", "one value"),
        (f"{YEAR}, groupBy: [NATIONALITY]", "PARTNER and COUNTRY and VISA_TYPE"),
        (f"{YEAR}, groupBy: [VISA_TYPE, CHANNEL]", "told apart"),
    ],
)
async def test_a_question_off_the_grid_is_told_what_to_ask(who, arguments: str, words: str) -> None:
    answer = await who["manager-au"](
        f"{{ volumes({arguments}) {{ rows {{ decisions {{ value }} }} }} }}"
    )
    assert (answer.data, answer.codes) == (None, ["INVALID_INPUT"])
    assert words in answer.errors[0]["message"]


async def test_a_manager_of_several_countries_names_one_or_groups_by_them(who) -> None:
    query = f"{{ volumes({YEAR}, groupBy: []) {{ rows {{ decisions {{ value }} }} }} }}"
    assert (await who["manager-pacific"](query)).codes == ["INVALID_INPUT"]
    # One country goes without saying.
    assert (await who["manager-au"](query)).errors == []


async def test_a_period_that_is_not_over_is_not_published(who, world: str) -> None:
    window = 'from: "2026-01-01", to: "2026-01-31"'
    for viewer, groups in (("anonymous", ""), ("manager-au", "COUNTRY")):
        told = await ask(who[viewer], f"{window}, groupBy: [{groups}]", OUTCOMES, PUBLISHED)
        assert told["rows"] == []
        assert (told["published"]["edition"], told["published"]["publishedAt"]) == (None, None)
    both = f"wip {{ value }} {OUTCOMES}"
    (row,) = (await ask(who["manager-au"], f"{window}, groupBy: []", both))["rows"]
    assert row["wip"]["value"] > 0
    assert row["decisions"] == {"value": None, "precision": "UNPUBLISHED"}


async def test_what_could_be_told_by_subtraction_is_not_published_at_all(who) -> None:
    for viewer in ("manager-au", "agent-au", "anonymous"):
        for field in ("granted", "withdrawn", "lapsed", "clearanceRatio", "turnaroundP95"):
            answer = await who[viewer](
                f"{{ volumes({YEAR}, groupBy: []) {{ rows {{ {field} {{ __typename }} }} }} }}"
            )
            assert answer.codes == ["FORBIDDEN_FIELD"]


# Editions ----------------------------------------------------------------------------------------


async def refuse(connection: asyncpg.Connection, how_many: int) -> None:
    """Correct grants of February at NUSA in Australia to refusals."""
    await connection.execute(
        """
        UPDATE application SET status = 'REFUSED' WHERE id IN (
            SELECT id FROM application
            WHERE status = 'GRANTED' AND partner_code = 'NUSA' AND country_code = 'AU'
                AND closed_at BETWEEN '2025-02-01T12:00Z' AND '2025-02-28T12:00Z'
            ORDER BY id LIMIT $1
        )
        """,
        how_many,
    )


async def test_the_same_again_publishes_nothing(who, world: str) -> None:
    connection = await connect(world)
    try:
        again = await publish(connection, NEW_YEAR + timedelta(hours=5))
        assert (again.periods, again.rows) == (0, 0)
    finally:
        await connection.close()


async def test_a_correction_is_a_new_edition_and_the_old_one_stands(who, world: str) -> None:
    month = 'from: "2025-02-01", to: "2025-02-28", groupBy: [COUNTRY]'
    fields = "edition refused { value }"
    first = await ask(who["manager-au"], month, fields, PUBLISHED)
    connection = await connect(world)
    try:
        # Whoever knows that there are 20 more learns nothing: 20 is a multiple of 5.
        await refuse(connection, 20)
        done = await publish(connection, NEW_YEAR + timedelta(days=1))
        assert done.rows > 0
    finally:
        await connection.close()
    second = await ask(who["manager-au"], month, fields, PUBLISHED)
    assert (first["published"]["edition"], second["published"]["edition"]) == (1, 2)
    assert second["published"]["publishedAt"].startswith("2026-01-02T01:00")
    assert await ask(who["manager-au"], f"{month}, edition: 1", fields, PUBLISHED) == first

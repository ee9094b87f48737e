"""Published figures over HTTP: on a fixed grid, rounded or withheld, from tables of their own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.service import gateway
from models.database.connections import connect
from models.publication import publish
from models.volumes import fold
from tests import tokens
from tests.gateway.both_ways import Compared
from tests.gateway.conftest import Traffic, Viewer
from tests.gateway.schemas import SCHEMAS
from tests.models.crowd import crowd, join
from tests.world import ANDALAN_AU, DIRECT, MELBOURNE, NUSA_NZ, NUSA_SG

pytestmark = pytest.mark.anyio

NEW_YEAR = datetime(2026, 1, 1, 1, tzinfo=UTC)
YEAR = 'from: "2025-01-01", to: "2025-12-31"'
QUARTER = 'from: "2025-01-01", to: "2025-03-31"'
REFUSALS = (
    "refused { value upperBound precision } granted { value precision }"
    " refusalRate { value upperBound precision denominator }"
)
PUBLIC = (
    "intake { value precision } decisions { value precision }"
    " refused { value upperBound precision } refusalRate { value upperBound precision denominator }"
    " targetRate { value precision } turnaroundP50 { hours precision measured }"
    " turnaroundAdjustedP90 { hours precision }"
)
EXACT = "decisions { value } targetRate { value } turnaroundP95 { hours } clearanceRatio { value }"
PUBLISHED = "published { edition publishedAt rounding threshold fewestDecisions note }"
PERIOD = "period { startsOn endsOn }"
WIDER = (
    "nearestWider { from to period groupBy dropped partner country centre nationality visaType"
    " channel }"
)
#: What a role that reads published figures alone has nothing to do with.
EXACT_TABLES = ("volume_daily", "volume_monthly", "volume_outbox", "volume_publication_note")
#: Of some places there is only one in so many, so that there are small cells beside large ones.
THINNED = {MELBOURNE: 2, NUSA_SG: 3, ANDALAN_AU: 20}


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on the small world with a crowd in it, published at New Year."""
    connection = await connect(world)
    try:
        people = [
            one
            for number, one in enumerate(crowd(6_000, 1))
            if number % THINNED.get(one.place, 1) == 0
        ]
        await join(connection, [one for one in people if one.place not in (NUSA_NZ, DIRECT)])
        while await fold(connection):
            pass
        await publish(connection, NEW_YEAR)
    finally:
        await connection.close()
    application = gateway(
        tokens.settings(database_url=world), key_source=tokens.key_source, schemas=SCHEMAS
    )
    async with application.router.lifespan_context(application):
        yield application


async def ask(viewer: Viewer, arguments: str, fields: str, table: str = "") -> Any:
    answer = await viewer(f"{{ volumes({arguments}) {{ {table} rows {{ {fields} }} }} }}")
    assert answer.errors == [], answer.errors
    return answer.data["volumes"]


async def true_row(who: dict[str, Viewer], arguments: str, fields: str) -> Any:
    """What leadership reads of the countries of ``manager-au``."""
    own = 'where: {partner: {eq: "NUSA"}, country: {eq: "AU"}}'
    (row,) = (await ask(who["leadership"], f"{arguments}, {own}", fields))["rows"]
    return row


async def test_managers_read_what_they_manage_exactly(who) -> None:
    fields = (
        "intake { value precision } decisions { value precision } withdrawn { value } lapsed {"
        " value } wip { value } backlog { value } wipAgeP90 { hours } revenue { value }"
        " targetRate { value precision denominator } targetRateIntake { value }"
        " clearanceRatio { value } infoRequestRate { value } handoverP90 { hours }"
        " turnaroundP50 { hours } turnaroundP75 { hours } turnaroundP90 { hours }"
        " turnaroundP95 { hours measured } turnaroundAdjustedP50 { hours }"
        " turnaroundAdjustedP75 { hours } turnaroundAdjustedP90 { hours }"
        " turnaroundAdjustedP95 { hours }"
    )
    for window in (QUARTER, 'from: "2025-01-07", to: "2025-05-20"'):
        arguments = f"{window}, groupBy: []"
        (row,) = (await ask(who["manager-au"], arguments, fields))["rows"]
        assert row == await true_row(who, arguments, fields)
        assert row["decisions"]["precision"] == row["targetRate"]["precision"] == "EXACT"


async def test_managers_read_refusals_rounded(who) -> None:
    arguments = f"{QUARTER}, groupBy: [COUNTRY]"
    answer = await ask(
        who["manager-au"],
        arguments,
        f"country {{ code }} decisions {{ value }} {REFUSALS}",
        PUBLISHED,
    )
    (row,) = answer["rows"]
    assert row["country"] == {"code": "AU"}
    true = await true_row(who, f"{QUARTER}, groupBy: []", "decisions { value } refused { value }")
    decisions, refused = row["decisions"]["value"], row["refused"]["value"]
    assert decisions == true["decisions"]["value"]
    assert refused % 5 == 0
    assert abs(refused - true["refused"]["value"]) <= 2
    assert row["refusalRate"] == {
        "value": refused / decisions,
        "upperBound": None,
        "precision": "ROUNDED",
        "denominator": decisions,
    }
    assert row["granted"] == {"value": decisions - refused, "precision": "ROUNDED"}
    publication = answer["published"]
    assert publication["edition"] == 1
    assert publication["publishedAt"].startswith("2026-01-01T01:00")
    assert (publication["rounding"], publication["threshold"]) == (5, 10)
    assert publication["fewestDecisions"] == 100


async def test_fewer_than_ten_refusals_are_told_as_a_bound(who, world: str) -> None:
    fields = f"decisions {{ value }} {REFUSALS} {PERIOD}"
    rows = (await ask(who["manager-au"], f"{YEAR}, groupBy: [CHANNEL, MONTH]", fields))["rows"]
    bounded = [row for row in rows if row["refused"]["precision"] == "BELOW"]
    assert bounded
    for row in bounded:
        decisions = row["decisions"]["value"]
        assert decisions >= 100
        assert row["refused"] == {"value": None, "upperBound": 10, "precision": "BELOW"}
        assert row["refusalRate"] == {
            "value": None,
            "upperBound": ceil(10_000 / decisions) / 1_000,
            "precision": "BELOW",
            "denominator": decisions,
        }
        assert row["granted"] == {"value": decisions - 9, "precision": "AT_LEAST"}


async def test_of_fewer_than_a_hundred_decisions_no_refusals_are_told(who) -> None:
    fields = (
        f"decisions {{ value }} {REFUSALS} refusalRate {{ {WIDER} }} {PERIOD} visaType {{ code }}"
    )
    rows = (await ask(who["manager-au"], f"{YEAR}, groupBy: [VISA_TYPE, MONTH]", fields))["rows"]
    few = [row for row in rows if 0 < row["decisions"]["value"] < 100]
    assert few
    for row in few:
        assert row["refused"] == {"value": None, "upperBound": None, "precision": "SUPPRESSED"}
        assert row["granted"] == {"value": None, "precision": "SUPPRESSED"}
        assert row["refusalRate"]["value"] is row["refusalRate"]["upperBound"] is None
        assert row["refusalRate"]["denominator"] == row["decisions"]["value"]


async def test_nothing_decided_is_nothing_refused(who) -> None:
    # Some cases stay open all year, so that each month has a row.
    fields = f"wip {{ value }} {REFUSALS}"
    rows = (await ask(who["manager-au"], f"{YEAR}, groupBy: [COUNTRY, MONTH]", fields))["rows"]
    none = [row for row in rows if row["refusalRate"]["denominator"] == 0]
    assert none
    for row in none:
        assert row["refused"] == {"value": 0, "upperBound": None, "precision": "EXACT"}
        assert row["refusalRate"]["value"] is None
        assert row["refusalRate"]["precision"] == "EXACT"


# The nearest wider cell --------------------------------------------------------------------------


async def follow(viewer: Viewer, wider: Any) -> Any:
    """The row to which a wider cell leads, asked for as a front end would."""
    names = ("country", "centre", "nationality", "visaType", "partner")
    named = [f'{name}: {{eq: "{wider[name]}"}}' for name in names if wider[name]]
    if wider["channel"]:
        named.append(f"channel: {{eq: {wider['channel']}}}")
    where = f", where: {{{', '.join(named)}}}" if named else ""
    window = f'from: "{wider["from"]}", to: "{wider["to"]}"'
    groups = ", ".join(wider["groupBy"])
    (row,) = (
        await ask(
            viewer, f"{window}, groupBy: [{groups}]{where}", "refusalRate { value upperBound }"
        )
    )["rows"]
    return row["refusalRate"]


@pytest.mark.parametrize(
    ("viewer", "groups"),
    [
        ("manager-au", "COUNTRY"),
        ("manager-au", "VISA_TYPE"),
        ("manager-au", "CENTRE"),
        ("manager-au", "CENTRE, VISA_TYPE"),
        ("manager-pacific", "COUNTRY, CHANNEL"),
        ("anonymous", "NATIONALITY"),
        ("anonymous", "VISA_TYPE"),
    ],
)
async def test_each_rate_that_is_withheld_leads_to_the_nearest_that_is_told(
    who, viewer: str, groups: str
) -> None:
    fields = f"refusalRate {{ value precision {WIDER} }} {PERIOD}"
    for period in ("MONTH", "QUARTER", "YEAR"):
        rows = (await ask(who[viewer], f"{YEAR}, groupBy: [{groups}, {period}]", fields))["rows"]
        for row in rows:
            rate = row["refusalRate"]
            wider = rate["nearestWider"]
            if rate["precision"] != "SUPPRESSED":
                assert wider is None
            elif wider is not None:
                assert wider["from"] <= row["period"]["startsOn"] <= row["period"]["endsOn"]
                assert row["period"]["endsOn"] <= wider["to"]
                answer = await follow(who[viewer], wider)
                assert answer["value"] is not None or answer["upperBound"] is not None


@pytest.mark.parametrize("name", ["manager-au", "anonymous"])
async def test_the_nearest_wider_cell_is_the_same_by_a_plan(who, name: str) -> None:
    answer, is_planned = await Compared(who[name])(
        f"{{ volumes({YEAR}, groupBy: [VISA_TYPE, MONTH])"
        f" {{ rows {{ refusalRate {{ value precision {WIDER} }} }} }} }}"
    )
    assert (answer.errors, is_planned) == ([], True)
    assert '"nearestWider":{' in answer.text


#: Groups from the finest to the widest, and the codes by which their rows are told apart.
GROUPS = {"CENTRE, VISA_TYPE": ("centre", "visaType"), "CENTRE": ("centre",), "COUNTRY": ()}
PERIODS = ("MONTH", "QUARTER", "YEAR")


async def test_a_longer_period_is_nearer_than_a_wider_group(who) -> None:
    fields = f"centre {{ code }} visaType {{ code }} refusalRate {{ precision {WIDER} }} {PERIOD}"
    rows = {
        (groups, period): (
            await ask(who["manager-au"], f"{YEAR}, groupBy: [{groups}, {period}]", fields)
        )["rows"]
        for groups in GROUPS
        for period in PERIODS
    }
    found: set[tuple[str, str]] = set()
    for row in rows["CENTRE, VISA_TYPE", "MONTH"]:
        if row["refusalRate"]["precision"] == "SUPPRESSED" and row["centre"]:
            wider = row["refusalRate"]["nearestWider"]
            expected = nearest(rows, row)
            assert (expected is None) == (wider is None)
            if expected and wider:
                (groups, period), cell = expected
                assert (wider["period"], wider["from"]) == (period, cell["period"]["startsOn"])
                assert wider["groupBy"] in (groups.split(", "), ["PARTNER", "COUNTRY"])
                assert wider["centre"] == (cell["centre"] and cell["centre"]["code"])
                assert wider["visaType"] == (cell["visaType"] and cell["visaType"]["code"])
                found.add((groups, period))
    assert {("CENTRE, VISA_TYPE", "QUARTER"), ("CENTRE, VISA_TYPE", "YEAR")} <= found


def nearest(rows: Any, row: Any) -> Any:
    """The first cell that contains a row and tells its refusals; with its groups and period."""
    for groups, names in GROUPS.items():
        for period in PERIODS:
            for cell in rows[groups, period]:
                begins, ends = cell["period"]["startsOn"], cell["period"]["endsOn"]
                is_around = begins <= row["period"]["startsOn"] <= ends
                is_told = cell["refusalRate"]["precision"] != "SUPPRESSED"
                if is_around and is_told and all(cell[name] == row[name] for name in names):
                    return (groups, period), cell
    return None


# Who reads what ----------------------------------------------------------------------------------


async def test_managers_read_the_national_rate_as_the_public_does(who) -> None:
    national = "nationalRefusalRate { value upperBound precision denominator }"
    rate = "refusalRate { value upperBound precision denominator }"
    for groups, period in (("", "QUARTER"), ("VISA_TYPE", "MONTH")):
        arguments = f"{YEAR}, groupBy: [{groups} {period}]"
        named = f"{PERIOD} visaType {{ code }}"
        public = (await ask(who["anonymous"], arguments, f"{named} {rate}"))["rows"]
        by_group = {(str(row["visaType"]), str(row["period"])): row for row in public}
        own = (await ask(who["manager-au"], arguments, f"{named} {national}"))["rows"]
        assert own
        for row in own:
            beside = by_group.get((str(row["visaType"]), str(row["period"])))
            if beside and beside["refusalRate"]["denominator"]:
                assert row["nationalRefusalRate"] == beside["refusalRate"]
    answer = await who["leadership"](
        f"{{ volumes({YEAR}, groupBy: []) {{ rows {{ {national} }} }} }}"
    )
    assert answer.codes == ["FORBIDDEN_FIELD"]


async def test_exact_and_published_figures_stand_side_by_side(who) -> None:
    arguments = f"{YEAR}, groupBy: [COUNTRY, MONTH]"
    exact = f"country {{ code }} {PERIOD} intake {{ value precision }} wip {{ value }}"
    both = (await ask(who["manager-pacific"], arguments, f"{exact} {REFUSALS}"))["rows"]
    alone = (await ask(who["manager-pacific"], arguments, exact))["rows"]
    apart = (
        await ask(who["manager-pacific"], arguments, f"country {{ code }} {PERIOD} {REFUSALS}")
    )["rows"]
    kept = [{name: row[name] for name in alone[0]} for row in both]
    assert [row for row in kept if row in alone] == alone
    found = {str((row["country"], row["period"])): row["refused"] for row in both}
    for row in apart:
        assert found[str((row["country"], row["period"]))] == row["refused"]


async def test_the_public_and_who_asks_for_refusals_read_no_exact_outcome(
    who, traffic: Traffic
) -> None:
    await ask(who["anonymous"], f"{YEAR}, groupBy: [VISA_TYPE, MONTH], edition: 9", PUBLIC)
    assert any("volume_published" in statement for statement in traffic.statements)
    for statement in traffic.statements:
        assert not any(table in statement for table in (*EXACT_TABLES, "application"))
    traffic.statements.clear()
    await ask(who["manager-au"], f"{YEAR}, groupBy: [COUNTRY]", f"{EXACT} {REFUSALS}")
    for statement in traffic.statements:
        if "volume_published" not in statement:
            assert "refused" not in statement
            assert "granted" not in statement


async def test_agents_read_every_figure_of_their_centres_exactly(who, traffic: Traffic) -> None:
    fields = f"centre {{ code }} intake {{ value }} {EXACT} {REFUSALS}"
    own = await ask(who["agent-au"], f"{YEAR}, groupBy: [CENTRE]", fields, PUBLISHED)
    assert own["published"] is None
    (row,) = own["rows"]
    assert row["centre"]["code"] == "AU-SYD"
    assert not any("volume_published" in statement for statement in traffic.statements)
    named = f'{YEAR}, groupBy: [CENTRE], where: {{centre: {{eq: "%s"}}}}'
    assert (await ask(who["leadership"], named % "AU-SYD", fields))["rows"] == [row]
    assert (await ask(who["agent-au"], named % "AU-SYD", fields))["rows"] == [row]
    for foreign in ("AU-MEL", "AU-PER", "XX-XXX"):
        assert (await ask(who["agent-au"], named % foreign, fields))["rows"] == []
    by_day = 'from: "2025-02-03", to: "2025-02-09", groupBy: [COUNTRY, NATIONALITY, DAY]'
    assert (await ask(who["agent-au"], by_day, "refused { value precision }"))["rows"]


async def test_exact_roles_read_no_published_table(who, traffic: Traffic) -> None:
    answer = await ask(who["leadership"], f"{YEAR}, groupBy: [COUNTRY]", REFUSALS, PUBLISHED)
    assert answer["published"] is None
    assert not any("volume_published" in statement for statement in traffic.statements)


async def test_anonymous_reads_the_whole_country_only(who) -> None:
    for groups in ("", "VISA_TYPE", "NATIONALITY"):
        rows = (await ask(who["anonymous"], f"{YEAR}, groupBy: [{groups}]", PUBLIC))["rows"]
        assert rows
        for row in rows:
            assert row["intake"]["value"] % 5 == 0
            assert row["intake"]["precision"] == "ROUNDED"
    # The public portal less one's own is the competitor.
    for group in ("COUNTRY", "PARTNER", "CENTRE", "CHANNEL"):
        answer = await who["anonymous"](
            f"{{ volumes({YEAR}, groupBy: [{group}]) {{ rows {{ intake {{ value }} }} }} }}"
        )
        assert answer.codes == ["FORBIDDEN_FIELD"]
        assert answer.errors[0]["extensions"]["coordinate"] == f"VolumeRow.{group.lower()}"
    answer = await who["anonymous"](
        f'{{ volumes({YEAR}, groupBy: [], where: {{country: {{eq: "AU"}}}})'
        " { rows { intake { value } } } }"
    )
    assert answer.codes == ["FORBIDDEN_FIELD"]


async def test_a_foreign_country_looks_as_one_without_rows(who) -> None:
    named = f'{YEAR}, groupBy: [COUNTRY], where: {{country: {{eq: "%s"}}}}'
    for country in ("SG", "NZ", "IN", "XX"):
        assert (await ask(who["manager-au"], named % country, REFUSALS))["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('from: "2025-01-02", to: "2025-03-31", groupBy: [COUNTRY]', "whole calendar periods"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: [COUNTRY]', "whole calendar periods"),
        (f"{YEAR}, groupBy: [COUNTRY, DAY]", "group by MONTH"),
        (f"{YEAR}, groupBy: [COUNTRY, WEEK]", "group by MONTH"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: [COUNTRY, QUARTER]', "whole calendar"),
        (f'{YEAR}, groupBy: [VISA_TYPE], where: {{visaType: {{in: ["B1", "C1"]}}}}', "one value"),
        (f"{YEAR}, groupBy: [], where: {{country: {{in: []}}}}", "one value"),
        (f"{YEAR}, groupBy: [NATIONALITY]", "PARTNER and COUNTRY and VISA_TYPE"),
        (f"{YEAR}, groupBy: [VISA_TYPE, CHANNEL]", "broken down"),
    ],
)
async def test_a_question_off_the_grid_is_told_what_to_ask(who, arguments: str, words: str) -> None:
    answer = await who["manager-au"](
        f"{{ volumes({arguments}) {{ rows {{ refused {{ value }} }} }} }}"
    )
    assert (answer.status, "data" in answer.body) == (400, False)
    assert answer.codes == ["INVALID_INPUT"]
    assert words in answer.errors[0]["message"]


async def test_a_manager_of_several_countries_names_one_or_groups_by_them(who) -> None:
    query = f"{{ volumes({YEAR}, groupBy: []) {{ rows {{ refused {{ value }} }} }} }}"
    assert (await who["manager-pacific"](query)).codes == ["INVALID_INPUT"]
    # One country goes without saying.
    assert (await who["manager-au"](query)).errors == []


async def test_a_period_that_is_not_over_is_not_published(who, world: str) -> None:
    window = 'from: "2026-01-01", to: "2026-01-31"'
    answer = await ask(who["anonymous"], f"{window}, groupBy: []", PUBLIC, PUBLISHED)
    assert answer["rows"] == []
    assert (answer["published"]["edition"], answer["published"]["publishedAt"]) == (None, None)
    fields = f"wip {{ value }} decisions {{ value precision }} {REFUSALS}"
    (row,) = (await ask(who["manager-au"], f"{window}, groupBy: []", fields))["rows"]
    assert row["wip"]["value"] > 0
    assert row["decisions"]["precision"] == "EXACT"
    assert row["refused"] == {"value": None, "upperBound": None, "precision": "UNPUBLISHED"}


async def test_the_public_reads_nothing_else(who) -> None:
    for field in ("granted", "withdrawn", "lapsed", "clearanceRatio", "turnaroundP95", "wip"):
        answer = await who["anonymous"](
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

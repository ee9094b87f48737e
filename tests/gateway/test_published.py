"""Published figures over HTTP: on a fixed grid, rounded or withheld, from tables of their own."""

from datetime import timedelta
from math import ceil
from typing import Any

import asyncpg
import pytest

from models.database.connections import connect
from models.publication import publish
from tests.gateway.conftest import Traffic, Viewer
from tests.gateway.published_crowd import (
    NEW_YEAR,
    PERIOD,
    PUBLISHED,
    QUARTER,
    REFUSALS,
    WIDER,
    YEAR,
    app,
    ask,
)

__all__ = ["app"]

pytestmark = pytest.mark.anyio

PUBLIC = (
    "intake { value precision } decisions { value precision }"
    " refused { value upperBound precision } refusalRate { value upperBound precision denominator }"
    " targetRate { value precision } turnaroundP50 { hours precision measured }"
    " turnaroundAdjustedP90 { hours precision }"
)
EXACT = "decisions { value } targetRate { value } turnaroundP95 { hours } clearanceRatio { value }"
#: What a role that reads published figures alone has nothing to do with.
EXACT_TABLES = ("volume_daily", "volume_monthly", "volume_outbox", "volume_publication_note")


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


async def test_fewer_than_ten_refusals_are_published_as_a_bound(who, world: str) -> None:
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


async def test_refusals_of_fewer_than_a_hundred_decisions_are_withheld(who) -> None:
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


async def test_where_nothing_was_decided_nothing_was_refused(who) -> None:
    # Some cases stay open all year, so that each month has a row.
    fields = f"wip {{ value }} {REFUSALS}"
    rows = (await ask(who["manager-au"], f"{YEAR}, groupBy: [COUNTRY, MONTH]", fields))["rows"]
    none = [row for row in rows if row["refusalRate"]["denominator"] == 0]
    assert none
    for row in none:
        assert row["refused"] == {"value": 0, "upperBound": None, "precision": "EXACT"}
        assert row["refusalRate"]["value"] is None
        assert row["refusalRate"]["precision"] == "EXACT"


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
async def test_a_question_off_the_published_grid_is_refused_with_what_to_ask(
    who, arguments: str, words: str
) -> None:
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

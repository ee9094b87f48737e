"""Published figures over HTTP: on a fixed grid, rounded or withheld, from tables of their own."""

from datetime import timedelta
from itertools import product
from math import ceil
from typing import Any

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
    f" {REFUSALS} targetRate {{ value precision }} turnaroundP50 {{ hours precision measured }}"
    " turnaroundAdjustedP90 { hours precision }"
)
#: What a role that reads published figures alone has nothing to do with.
EXACT_TABLES = (
    "volume_daily", "volume_monthly", "volume_outcome", "volume_outbox", "volume_publication_note",
)  # fmt: skip


async def everything(viewer: Viewer) -> list[Any]:
    """The public's rows of months and quarters."""
    groups = product(("VISA_TYPE", "NATIONALITY"), ("MONTH", "QUARTER"))
    return [
        row
        for group in groups
        for row in (await ask(viewer, f"{YEAR}, groupBy: [{', '.join(group)}]", PUBLIC))["rows"]
    ]


async def test_refusals_are_rounded_and_so_is_what_they_are_a_share_of(who) -> None:
    answer = await ask(who["anonymous"], f"{QUARTER}, groupBy: []", PUBLIC, PUBLISHED)
    (row,) = answer["rows"]
    true = await ask(who["leadership"], f"{QUARTER}, groupBy: []", "decisions { value }")
    assert row["decisions"]["value"] % 5 == 0
    assert abs(row["decisions"]["value"] - true["rows"][0]["decisions"]["value"]) <= 2
    rows = await everything(who["anonymous"])
    rounded = [row for row in rows if row["refused"]["precision"] == "ROUNDED"]
    assert rounded
    for row in rounded:
        decisions, refused = row["decisions"]["value"], row["refused"]["value"]
        assert refused % 5 == 0
        assert row["refusalRate"] == {
            "value": refused / decisions,
            "upperBound": None,
            "precision": "ROUNDED",
            "denominator": decisions,
        }
    publication = answer["published"]
    assert publication["edition"] == 1
    assert publication["publishedAt"].startswith("2026-01-01T01:00")
    assert (publication["rounding"], publication["threshold"]) == (5, 10)
    assert publication["fewestDecisions"] == 100


async def test_a_published_rate_is_rounded_and_has_no_interval(who) -> None:
    rate = "refusalRate { value precision low highOfMany }"
    arguments = f"{YEAR}, groupBy: [VISA_TYPE, QUARTER], published: true"
    rows = (await ask(who["manager-au"], arguments, rate))["rows"]
    rounded = [row["refusalRate"] for row in rows if row["refusalRate"]["value"] is not None]
    assert {each["precision"] for each in rounded} == {"ROUNDED"}
    assert {(each["low"], each["highOfMany"]) for each in rounded} == {(None, None)}


async def test_fewer_than_ten_refusals_are_published_as_a_bound(who) -> None:
    rows = await everything(who["anonymous"])
    bounded = [row for row in rows if row["refused"]["precision"] == "BELOW"]
    assert bounded
    for row in bounded:
        decisions = row["decisions"]["value"]
        assert row["refused"] == {"value": None, "upperBound": 10, "precision": "BELOW"}
        assert row["refusalRate"] == {
            "value": None,
            "upperBound": ceil(10_000 / decisions) / 1_000,
            "precision": "BELOW",
            "denominator": decisions,
        }


async def test_small_counts_and_refusals_of_few_decisions_are_withheld(who) -> None:
    rows = await everything(who["anonymous"])
    assert any(row["intake"]["precision"] == "SUPPRESSED" for row in rows)
    few = [row for row in rows if 0 < (row["decisions"]["value"] or 5) < 100]
    assert few
    for row in few:
        assert row["refused"] == {"value": None, "upperBound": None, "precision": "SUPPRESSED"}
        assert row["refusalRate"]["value"] is row["refusalRate"]["upperBound"] is None
        assert row["turnaroundP50"]["hours"] is None


# Who reads what ----------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", ["", "VISA_TYPE, MONTH", "NATIONALITY, QUARTER"])
async def test_managers_read_what_the_public_reads_where_they_ask_for_it(who, groups: str) -> None:
    fields = f"visaType {{ code }} nationality {{ code }} {PERIOD} {PUBLIC} edition"
    arguments = f"{YEAR}, groupBy: [{groups}], published: true"
    theirs = await ask(who["manager-au"], arguments, fields, PUBLISHED)
    assert theirs == await ask(who["anonymous"], arguments, fields, PUBLISHED)
    assert theirs["rows"]


async def test_nothing_else_is_published(who) -> None:
    for argument, fields in (
        ("groupBy: []", "wip { value }"),
        ("groupBy: []", "overturned { value }"),
        ("groupBy: [VISA_TYPE]", "network { refused { value } }"),
        ("groupBy: [PARTNER]", "intake { value }"),
        ("groupBy: [], where: {channel: {eq: DIRECT}}", "intake { value }"),
    ):
        query = f"{{ volumes({YEAR}, {argument}, published: true) {{ rows {{ {fields} }} }} }}"
        answer = await who["manager-au"](query)
        assert (answer.status, "data" in answer.body) == (400, False), query


async def test_only_managers_and_the_public_read_published_figures(who, traffic: Traffic) -> None:
    for name in ("leadership", "officer", "supervisor", "auditor", "agent-au"):
        asked = f"volumes({YEAR}, groupBy: [], published: true)"
        query = f"{{ {asked} {{ rows {{ intake {{ value }} }} }} }}"
        answer = await who[name](query)
        assert answer.codes == ["INVALID_INPUT"]
        assert "reads the exact figures" in answer.errors[0]["message"]
    assert not any("volume_published" in statement for statement in traffic.statements)


async def test_the_public_reads_no_exact_table(who, traffic: Traffic) -> None:
    await ask(who["anonymous"], f"{YEAR}, groupBy: [VISA_TYPE, MONTH], edition: 9", PUBLIC)
    assert any("volume_published" in statement for statement in traffic.statements)
    for statement in traffic.statements:
        assert not any(table in statement for table in (*EXACT_TABLES, "application"))


async def test_anonymous_reads_the_whole_country_only(who) -> None:
    for groups in ("", "VISA_TYPE", "NATIONALITY", "REGION", "COUNTRY"):
        rows = (await ask(who["anonymous"], f"{YEAR}, groupBy: [{groups} QUARTER]", PUBLIC))["rows"]
        assert any(row["intake"]["value"] for row in rows)
        for row in rows:
            assert (row["intake"]["value"] or 0) % 5 == 0
            assert row["intake"]["precision"] in ("ROUNDED", "SUPPRESSED")
    # The public portal less one's own is the competitor.
    for group in ("PARTNER", "CENTRE", "CHANNEL"):
        answer = await who["anonymous"](
            f"{{ volumes({YEAR}, groupBy: [{group}]) {{ rows {{ intake {{ value }} }} }} }}"
        )
        assert answer.codes == ["FORBIDDEN_FIELD"]
        assert answer.errors[0]["extensions"]["coordinate"] == f"VolumeRow.{group.lower()}"


#: The regions of the small world's partner countries; one partner alone works in New Zealand.
REGIONS = {"AU": "OCEANIA", "NZ": "OCEANIA", "SG": "SOUTHEAST_ASIA"}


async def test_a_country_with_several_partners_stands_only_in_its_region(who) -> None:
    fields = (
        "region country { code } intake { value precision } refused { value upperBound precision"
        f" {WIDER} }} {PERIOD}"
    )
    by_country = await ask(who["anonymous"], f"{YEAR}, groupBy: [COUNTRY, MONTH]", fields)
    shown = dict.fromkeys(REGIONS, 0)
    for row in (row for row in by_country["rows"] if row["country"]):
        code, wider = row["country"]["code"], row["refused"]["nearestWider"]
        # What groups are not asked for is not told.
        assert row["region"] is None
        shown[code] += row["intake"]["value"] is not None
        if code == "NZ":
            continue
        assert row["intake"] == {"value": None, "precision": "SUPPRESSED"}
        assert row["refused"]["precision"] == "SUPPRESSED"
        if wider is not None:
            assert wider["groupBy"] in (["REGION"], [])
            assert wider["region"] in (REGIONS[code], None)
            assert wider["country"] is None
    assert shown == {"AU": 0, "SG": 0, "NZ": shown["NZ"]}
    assert shown["NZ"] >= 3
    by_region = await ask(who["anonymous"], f"{YEAR}, groupBy: [REGION, MONTH]", fields)
    # One partner alone has files of the other region: whoever holds its figures knows the rest.
    assert {row["region"] for row in by_region["rows"] if row["intake"]["value"]} == {"OCEANIA"}
    both = await ask(who["anonymous"], f"{YEAR}, groupBy: [REGION, COUNTRY, MONTH]", fields)
    assert {(row["region"], row["country"] and row["country"]["code"]) for row in both["rows"]} == {
        *((region, code) for code, region in REGIONS.items()), (None, None),
    }  # fmt: skip
    of_oceania = await ask(
        who["anonymous"], f"{YEAR}, groupBy: [COUNTRY], where: {{region: {{eq: OCEANIA}}}}", fields
    )
    assert {row["country"]["code"] for row in of_oceania["rows"]} == {"AU", "NZ"}


async def test_leadership_and_managers_read_their_regions_exactly(who) -> None:
    fields = "region intake { value } refused { value }"
    rows = (await ask(who["leadership"], f"{YEAR}, groupBy: [REGION]", fields))["rows"]
    by_country = (
        await ask(who["leadership"], f"{YEAR}, groupBy: [COUNTRY]", f"country {{ code }} {fields}")
    )["rows"]
    for row in rows:
        countries = [
            each
            for each in by_country
            if REGIONS.get(each["country"] and each["country"]["code"]) == row["region"]
        ]
        for name in ("intake", "refused"):
            assert row[name]["value"] == sum(each[name]["value"] for each in countries)
    assert {row["region"] for row in rows} == {"OCEANIA", "SOUTHEAST_ASIA", None}
    half = 'from: "2025-01-01", to: "2025-06-30"'
    (own,) = (await ask(who["manager-au"], f"{half}, groupBy: [REGION]", fields))["rows"]
    (of_au,) = (await ask(who["manager-au"], f"{half}, groupBy: [COUNTRY]", fields))["rows"]
    assert own == {**of_au, "region": "OCEANIA"}


async def test_the_public_reads_nothing_else(who) -> None:
    for field in ("granted", "withdrawn", "lapsed", "clearanceRatio", "turnaroundP95", "wip"):
        answer = await who["anonymous"](
            f"{{ volumes({YEAR}, groupBy: []) {{ rows {{ {field} {{ __typename }} }} }} }}"
        )
        assert answer.codes == ["FORBIDDEN_FIELD"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('from: "2025-01-02", to: "2025-03-31", groupBy: []', "whole calendar periods"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: []', "whole calendar periods"),
        (f"{YEAR}, groupBy: [DAY]", "group by MONTH"),
        (f"{YEAR}, groupBy: [WEEK]", "group by MONTH"),
        ('from: "2025-01-01", to: "2025-02-28", groupBy: [QUARTER]', "whole calendar"),
        (f"{YEAR}, groupBy: [NATIONALITY, VISA_TYPE]", "broken down"),
    ],
)
async def test_a_question_off_the_published_grid_is_refused_with_what_to_ask(
    who, arguments: str, words: str
) -> None:
    for name in ("anonymous", "manager-au"):
        answer = await who[name](
            f"{{ volumes({arguments}, published: true) {{ rows {{ refused {{ value }} }} }} }}"
        )
        assert (answer.status, "data" in answer.body) == (400, False)
        assert answer.codes == ["INVALID_INPUT"]
        assert words in answer.errors[0]["message"]


async def test_a_period_that_is_not_over_is_not_published(who) -> None:
    window = 'from: "2026-01-01", to: "2026-01-31"'
    answer = await ask(who["anonymous"], f"{window}, groupBy: []", PUBLIC, PUBLISHED)
    assert answer["rows"] == []
    assert (answer["published"]["edition"], answer["published"]["publishedAt"]) == (None, None)


# Editions ----------------------------------------------------------------------------------------


async def test_the_same_again_publishes_nothing(who, world: str) -> None:
    connection = await connect(world)
    try:
        again = await publish(connection, NEW_YEAR + timedelta(hours=5))
        assert (again.periods, again.rows) == (0, 0)
    finally:
        await connection.close()


async def test_a_correction_is_a_new_edition_and_the_old_one_stands(who, world: str) -> None:
    month = 'from: "2025-02-01", to: "2025-02-28", groupBy: []'
    fields = "edition intake { value }"
    first = await ask(who["anonymous"], month, fields, PUBLISHED)
    connection = await connect(world)
    try:
        # Whoever knows that there are 20 more learns nothing: 20 is a multiple of 5.
        moved = await connection.execute(
            "UPDATE application SET submitted_at = '2025-02-20T10:00Z',"
            " paid_at = '2025-02-20T12:00Z' WHERE id IN (SELECT id FROM application WHERE"
            " paid_at > '2025-03-02' AND closed_at IS NULL AND received_at IS NULL"
            " ORDER BY visa_type_code, country_code, id LIMIT 20)"
        )
        assert moved == "UPDATE 20"
        done = await publish(connection, NEW_YEAR + timedelta(days=1))
        assert done.rows > 0
    finally:
        await connection.close()
    second = await ask(who["anonymous"], month, fields, PUBLISHED)
    (now,), (before,) = second["rows"], first["rows"]
    assert (before["edition"], now["edition"]) == (1, 2)
    assert now["intake"] != before["intake"]
    assert (first["published"]["edition"], second["published"]["edition"]) == (1, 2)
    assert second["published"]["publishedAt"].startswith("2026-01-02T01:00")
    assert await ask(who["anonymous"], f"{month}, edition: 1", fields, PUBLISHED) == first
    # Of several editions the newest is named, whichever month it is of.
    quarter = 'from: "2025-01-01", to: "2025-03-31", groupBy: [MONTH]'
    several = (await ask(who["anonymous"], quarter, "edition", PUBLISHED))["published"]
    assert (several["edition"], several["publishedAt"]) == (2, second["published"]["publishedAt"])

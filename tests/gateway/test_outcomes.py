"""Partners read how cases of their own scope were first decided, beside the whole network's."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from starlette.applications import Starlette

from models.database.connections import connect
from models.instants import wib_day
from models.volumes import fold
from tests import tokens
from tests.gateway.both_ways import ComparingClient
from tests.gateway.conftest import Traffic, Viewer
from tests.gateway.in_process import running_gateway
from tests.gateway.published_crowd import PERIOD, QUARTER, YEAR, ask
from tests.models.crowd import crowd, join
from tests.world import APPLICANTS

pytestmark = pytest.mark.anyio

OUTCOMES = (
    "granted { value precision } refused { value precision }"
    " refusalRate { value precision denominator }"
)
OF_AU = 'partner: {eq: "NUSA"}, country: {eq: "AU"}'
NETWORK = (
    "network { decisions { value precision } granted { value } refused { value }"
    " refusalRate { value denominator } }"
)


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway on a crowd: few of B1 and few of Australia, so that some of the rest is small."""
    people = [
        one
        for number, one in enumerate(crowd(9_000, 2))
        if number % 20 == 0 or (one.visa_type != "B1" and APPLICANTS[one.name] != "AU")
    ]
    connection = await connect(world)
    try:
        await join(connection, people)
        while await fold(connection):
            pass
    finally:
        await connection.close()
    async with running_gateway(tokens.settings(database_url=world)) as application:
        yield application


async def leadership(who: dict[str, Viewer], arguments: str, fields: str, where: str) -> Any:
    return (await ask(who["leadership"], f"{arguments}, where: {{{where}}}", fields))["rows"]


@pytest.mark.parametrize(
    ("groups", "fields"),
    [
        ("", ""),
        ("MONTH", PERIOD),
        ("COUNTRY, QUARTER", f"country {{ code }} {PERIOD}"),
        ("CENTRE", "centre { code }"),
        ("CHANNEL, MONTH", f"channel {PERIOD}"),
        ("VISA_TYPE, YEAR", f"visaType {{ code }} {PERIOD}"),
        ("NATIONALITY", "nationality { code }"),
        ("TRIP_PURPOSE", "tripPurpose"),
    ],
)
async def test_managers_read_outcomes_exactly(who, groups: str, fields: str) -> None:
    """While nothing was superseded or revoked, they are what the directorate reads."""
    asked = f"{fields} {OUTCOMES} decisions {{ value }} intake {{ value }}"
    rows = (await ask(who["manager-au"], f"{YEAR}, groupBy: [{groups}]", asked))["rows"]
    assert rows
    assert rows == await leadership(who, f"{YEAR}, groupBy: [{groups}]", asked, OF_AU)


async def test_agents_read_outcomes_of_their_place_exactly(who) -> None:
    asked = f"visaType {{ code }} {PERIOD} {OUTCOMES} decisions {{ value }}"
    arguments = f"{YEAR}, groupBy: [VISA_TYPE, MONTH]"
    rows = (await ask(who["agent-au"], arguments, asked))["rows"]
    assert rows
    assert rows == await leadership(who, arguments, asked, 'centre: {eq: "AU-SYD"}')


async def test_changes_of_outcomes_are_exact_too(who) -> None:
    """The second quarter against the first: whole months stay whole months."""
    change = "monthOnMonth { value }"
    asked = f"{PERIOD} refused {{ {change} }} refusalRate {{ {change} }}"
    arguments = f"{YEAR}, groupBy: [MONTH]"
    rows = (await ask(who["manager-au"], arguments, asked))["rows"]
    assert any(row["refused"]["monthOnMonth"] for row in rows)
    assert rows == await leadership(who, arguments, asked, OF_AU)


async def test_only_tables_of_first_decisions_are_read(who, traffic: Traffic) -> None:
    await ask(who["manager-au"], f"{YEAR}, groupBy: [VISA_TYPE]", f"{OUTCOMES} wip {{ value }}")
    assert any("volume_outcome" in statement for statement in traffic.statements)
    for statement in traffic.statements:
        if "volume_outcome" not in statement:
            assert "refused" not in statement
            assert "granted" not in statement


async def test_a_foreign_country_looks_as_one_without_rows(who) -> None:
    named = f'{YEAR}, groupBy: [COUNTRY], where: {{country: {{eq: "%s"}}}}'
    for country in ("SG", "NZ", "IN", "XX"):
        assert (await ask(who["manager-au"], named % country, OUTCOMES))["rows"] == []


@pytest.mark.parametrize(
    ("arguments", "path", "words"),
    [
        ('from: "2025-01-02", to: "2025-03-31", groupBy: []', "to", "come by whole months"),
        (f"{YEAR}, groupBy: [DAY]", "to", "by MONTH, QUARTER, YEAR"),
        (f"{YEAR}, groupBy: [WEEK]", "to", "by MONTH, QUARTER, YEAR"),
        (f"{YEAR}, groupBy: [VISA_TYPE, CHANNEL]", "groupBy", "Ask for each by itself"),
        (
            f'{YEAR}, groupBy: [NATIONALITY], where: {{visaType: {{eq: "B1"}}}}',
            "groupBy",
            "one of CENTRE, CHANNEL, VISA_TYPE, NATIONALITY, TRIP_PURPOSE",
        ),
        ('from: "2025-01-01", to: "2099-12-31", groupBy: []', "to", "once a month is over"),
    ],
)
async def test_another_question_is_refused_with_what_to_ask_instead(
    who, arguments: str, path: str, words: str
) -> None:
    if "2099" in arguments:
        arguments = arguments.replace("2099-12-31", _end_of_this_month().isoformat())
    for name, field in product(("manager-au", "agent-au"), ("refused", "granted", "refusalRate")):
        answer = await who[name](
            f"{{ volumes({arguments}) {{ rows {{ {field} {{ precision }} }} }} }}"
        )
        assert (answer.status, answer.codes, "data" in answer.body) == (
            400,
            ["INVALID_INPUT"],
            False,
        )
        assert words in answer.errors[0]["message"]
        assert answer.errors[0]["path"][-1] == path
    # Everything else is answered.
    assert (await ask(who["manager-au"], arguments, "decisions { value }"))["rows"] is not None


def _end_of_this_month() -> date:
    today = wib_day(datetime.now(UTC))
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


# The whole network -------------------------------------------------------------------------------


async def first_decisions(url: str, column: str) -> dict[Any, tuple[int, int]]:
    """All partners' first decisions, by code and first day of the month: how many, and refusals."""
    connection = await connect(url)
    try:
        rows = await connection.fetch(
            f"SELECT {column}, date_trunc('month', wib_day(decided_at)::timestamp)::date::text,"
            " count(*), count(*) FILTER (WHERE outcome = 'REFUSED')"
            " FROM decision JOIN application ON application.id = application_id"
            " WHERE supersedes_id IS NULL AND partner_code IS NOT NULL GROUP BY 1, 2"
        )
    finally:
        await connection.close()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


@pytest.mark.parametrize(
    ("group", "field", "column"),
    [
        ("VISA_TYPE", "visaType", "visa_type_code"),
        ("NATIONALITY", "nationality", "nationality_code"),
    ],
)
async def test_managers_read_the_whole_network_where_the_rest_is_large_enough(
    who, world: str, group: str, field: str, column: str
) -> None:
    asked = f"{field} {{ code }} {PERIOD} decisions {{ value }} {NETWORK}"
    own = await ask(who["manager-andalan"], f"{YEAR}, groupBy: [{group}, MONTH]", asked)
    whole, told = await first_decisions(world, column), 0
    for row in own["rows"]:
        key = row[field]["code"], row["period"]["startsOn"]
        decisions, refused = whole.get(key, (0, 0))
        assert (row["network"] is not None) == (decisions - row["decisions"]["value"] >= 100)
        if row["network"]:
            told += 1
            assert row["network"]["decisions"] == {"value": decisions, "precision": "EXACT"}
            assert row["network"]["refused"] == {"value": refused}
            assert row["network"]["refusalRate"]["denominator"] == decisions
    assert 0 < told < len(own["rows"])


async def test_a_longer_period_is_told_where_each_of_its_months_is(who) -> None:
    fields = f"visaType {{ code }} {PERIOD} {NETWORK}"
    months = await ask(who["manager-au"], f"{QUARTER}, groupBy: [VISA_TYPE, MONTH]", fields)
    wholes = (await ask(who["manager-au"], f"{QUARTER}, groupBy: [VISA_TYPE]", fields))["rows"]
    for whole in wholes:
        parts = [r["network"] for r in months["rows"] if r["visaType"] == whole["visaType"]]
        if len(parts) == 3 and all(parts):
            total = sum(part["decisions"]["value"] for part in parts)
            assert whole["network"]["decisions"]["value"] == total
        else:
            assert whole["network"] is None
    assert {row["network"] is None for row in wholes} == {True, False}


async def test_the_network_is_asked_for_by_visa_type_or_nationality(who) -> None:
    for groups in ("", "COUNTRY", "CHANNEL", "VISA_TYPE, NATIONALITY"):
        query = f"{{ volumes({YEAR}, groupBy: [{groups}]) {{ rows {{ {NETWORK} }} }} }}"
        answer = await who["manager-au"](query)
        assert answer.codes[0] == "INVALID_INPUT"
        assert "group by one of the two" in answer.errors[0]["message"]
    for name in ("agent-au", "leadership", "anonymous"):
        query = f"{{ volumes({YEAR}, groupBy: [VISA_TYPE]) {{ rows {{ {NETWORK} }} }} }}"
        assert set((await who[name](query)).codes) == {"FORBIDDEN_FIELD"}


async def test_a_named_visa_type_has_the_network_of_its_group(who) -> None:
    fields = f"visaType {{ code }} {NETWORK}"
    for row in (await ask(who["manager-au"], f"{QUARTER}, groupBy: [VISA_TYPE]", fields))["rows"]:
        where = f'visaType: {{eq: "{row["visaType"]["code"]}"}}'
        named = f"{QUARTER}, groupBy: [COUNTRY], where: {{{where}}}"
        (alone,) = (await ask(who["manager-au"], named, NETWORK))["rows"]
        assert alone["network"] == row["network"]


async def test_outcomes_and_the_network_are_the_same_by_a_plan(who) -> None:
    query = (
        f"{{ volumes({YEAR}, groupBy: [VISA_TYPE, MONTH])"
        f" {{ rows {{ {OUTCOMES} {NETWORK} visaType {{ code }} }} }} }}"
    )
    answer, is_planned = await ComparingClient(who["manager-au"])(query)
    assert (answer.errors, is_planned) == ([], True)
    assert '"network":{' in answer.text

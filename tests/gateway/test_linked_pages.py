"""Lists that rows link to come in pages: for all rows of a level together, by one statement."""

import re
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table, UniqueConstraint

from gateway.mapping import listing
from gateway.mapping.declare import ToPages
from gateway.mapping.keyset import Keyset
from models import Decision
from models.database.connections import connect
from tests.gateway.both_ways import BothWays, both_ways, plans_off
from tests.gateway.conftest import Viewer
from tests.gateway.schemas import SCHEMAS

pytestmark = pytest.mark.anyio

EVENTS = """query($first: Int!, $after: Cursor) {
    application(by: {reference: "AUSY-GRAN-0001"}) {
        events(first: $first, after: $after) {
            edges { cursor node { kind occurredAt } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            totalCount { value precision }
        }
    }
}"""


@pytest.fixture(scope="module")
async def ways(who: dict[str, Viewer], world: str) -> AsyncIterator[BothWays]:
    async with both_ways(who, world) as compared:
        yield compared


async def events(viewer: Viewer, **asked: Any) -> Any:
    answer = await viewer(EVENTS, **asked)
    assert answer.errors == []
    return answer.data["application"]["events"]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
async def test_pages_of_a_row_are_its_list(who, size: int) -> None:
    everything = await events(who["officer"], first=100)
    kinds = [edge["node"]["kind"] for edge in everything["edges"]]
    assert len(kinds) > 3
    walked, after, goes_on = [], None, True
    while goes_on:
        page = await events(who["officer"], first=size, after=after)
        info = page["pageInfo"]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        assert info["hasPreviousPage"] is bool(walked)
        assert page["totalCount"] == {"value": len(kinds), "precision": "EXACT"}
        walked += [edge["node"]["kind"] for edge in page["edges"]]
        after, goes_on = info["endCursor"], info["hasNextPage"]
    assert walked == kinds


DEEP = """query($n: Int!) {
    partners(first: 9) { nodes { code
        centres(first: $n) { nodes { code country { code } } totalCount { value } }
        countries(first: $n) { edges { cursor node { country { code } openedOn } } }
    } }
    applications(first: 20) { nodes {
        events(first: $n) { totalCount { value precision } nodes { kind } }
        applicant { applications(first: $n) {
            totalCount { value }
            facets { stage { value count { value precision } } status { value } __typename }
            nodes { reference decisions(first: 1) { nodes { outcome } pageInfo { hasNextPage } } }
        } }
    } }
}"""


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("name", ["officer", "supervisor"])
async def test_a_plan_and_the_executor_answer_alike(ways: BothWays, name: str, size: int) -> None:
    assert await ways.compare(name, {"query": DEEP, "variables": {"n": size}})


async def test_a_level_takes_one_statement_however_many_rows_there_are(who, traffic) -> None:
    query = """{ applications(first: 20) { nodes {
        events(first: 2) { nodes { kind } totalCount { value } }
        assignments(first: 2) { nodes { officer } }
    } } }"""
    assert (await who["officer"](query)).errors == []
    _, *linked = traffic.statements
    tables = [re.findall(r"FROM (application_event|assignment)\b", each) for each in linked]
    assert tables == [["application_event"], ["application_event"], ["assignment"]]
    assert "LIMIT 3" in linked[0]


async def test_rows_of_a_level_that_the_executor_reads_share_a_statement(who, traffic) -> None:
    query = "{ applications(first: 20) { nodes { events(first: 2) { nodes { kind } } } } }"
    with plans_off():
        assert (await who["officer"](query)).errors == []
    assert len(traffic.statements) == 2


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_that_no_list_has_is_refused(who, first: int) -> None:
    answer = await who["officer"](EVENTS, first=first)
    assert answer.codes == ["INVALID_INPUT"]
    assert "1 to 100" in answer.errors[0]["message"]


async def test_a_page_without_a_size_is_no_valid_document(who) -> None:
    query = "{ applications(first: 1) { nodes { events { nodes { kind } } } } }"
    answer = await who["officer"](query)
    assert (answer.status, answer.codes) == (400, ["INVALID_DOCUMENT"])


async def test_a_cursor_of_another_list_is_refused(who) -> None:
    cursor = (await events(who["officer"], first=1))["pageInfo"]["endCursor"]
    query = """query($c: Cursor!) { applications(first: 1) { nodes {
        decisions(first: 1, after: $c) { nodes { id } } } } }"""
    assert (await who["officer"](query, c=cursor)).codes == ["INVALID_CURSOR"]


async def test_a_cursor_tells_nothing_of_a_hold(who, world: str) -> None:
    """Events are numbered, and a hold takes a number; an officer sees neither."""
    query = """{ application(by: {reference: "SGPO-HELD-0007"}) {
        events(first: 100) { edges { cursor node { kind } } totalCount { value } } } }"""
    found = (await who["officer"](query)).data["application"]["events"]
    kinds = [edge["node"]["kind"] for edge in found["edges"]]
    assert "HELD" not in kinds
    assert found["totalCount"]["value"] == len(kinds)
    connection = await connect(world)
    try:
        numbers = await connection.fetch(
            "SELECT sequence FROM application_event JOIN application ON application.id ="
            " application_id WHERE reference = 'SGPO-HELD-0007' AND kind <> 'HELD'"
        )
    finally:
        await connection.close()
    for edge, (number,) in zip(found["edges"], numbers, strict=True):
        assert f"[{number}," not in str(_decode(edge["cursor"]))


def _decode(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


async def test_counts_of_linked_rows_stop_where_they_become_expensive(who, monkeypatch) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 2)
    count = (await events(who["supervisor"], first=1))["totalCount"]
    assert count == {"value": 2, "precision": "AT_LEAST"}


#: Lists that are short enough to be sorted: of a short table, or with a row for each correction,
#: which the unique numbers of its versions find.
SHORT = {"Partner.centres", "Application.guarantors", "Application.guardians"}


def test_an_index_gives_each_list_in_its_order() -> None:
    assert lists_without_index() == SHORT


def test_a_list_without_its_index_is_seen(monkeypatch) -> None:
    others = {one for one in Decision.__table__.indexes if "decided_at" not in one.columns}
    monkeypatch.setattr(Decision.__table__, "indexes", others)
    assert lists_without_index() - SHORT == {"Application.decisions"}


def lists_without_index() -> set[str]:
    """The lists that no index gives in their order: the database sorts each of them anew."""
    catalogue, found = SCHEMAS.catalogue, set[str]()
    for noun in catalogue.nouns.values():
        for field in noun.fields.values():
            if isinstance(link := field.source, ToPages):
                order = Keyset(
                    catalogue.target(link), link.order, descending=False, within=link.remote
                ).order(from_front=True)
                wanted = [link.remote.key, *(column.element.key for column in order)]
                if not any(names[: len(wanted)] == wanted for names in index_columns(link.remote)):
                    found.add(f"{noun.name}.{field.name}")
    return found


def index_columns(column: Any) -> list[list[str]]:
    """The columns of each index that holds all rows of a column's table, and of each key."""
    table: Table = column.expression.table
    whole = [one for one in table.indexes if one.dialect_options["postgresql"]["where"] is None]
    keys = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexed = (*whole, *keys, table.primary_key)
    return [[column.name for column in each.columns] for each in indexed]

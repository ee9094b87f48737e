"""Pages walk a list from either end, in every order, and leave nothing out."""

from typing import Any

import pytest

from gateway.mapping import listing
from models.database.connections import connect
from tests.gateway.conftest import Viewer
from tests.world import CASES, life_of

pytestmark = pytest.mark.anyio

ORDERS = ("SUBMITTED_AT", "PAID_AT", "CLOSED_AT", "TARGET_DUE_AT", "REFERENCE")
DIRECTIONS = ("ASCENDING", "DESCENDING")
PAGE = """query($first: Int, $after: Cursor, $last: Int, $before: Cursor, $order: ApplicationOrder,
        $where: ApplicationWhere) {
    applications(first: $first, after: $after, last: $last, before: $before, orderBy: $order,
            where: $where) {
        edges { cursor node { reference } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""


@pytest.fixture(scope="module")
async def sorted_references(world: str) -> dict[tuple[str, str], list[str]]:
    """Every order of all applications, as the database sorts them; some are tied."""
    connection = await connect(world)
    try:
        # Ties in every order: three cases share all their instants.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "UPDATE application SET submitted_at = '2025-02-10 01:00Z', paid_at ="
            " '2025-02-10 02:00Z' WHERE reference IN ('SGPO-OPEN-0006', 'SGPO-HELD-0007',"
            " 'AUSY-PAID-0013')"
        )
        found = {}
        for order in ORDERS:
            for direction in DIRECTIONS:
                way = direction.removesuffix("ENDING")
                rows = await connection.fetch(
                    f"SELECT reference FROM application ORDER BY {order} {way}, id {way}"
                )
                found[order, direction] = [row["reference"] for row in rows]
        return found
    finally:
        await connection.close()


def order_of(field: str, direction: str) -> dict[str, str]:
    return {"field": field, "direction": direction}


async def page(viewer: Viewer, **asked: Any) -> tuple[list[str], dict[str, Any]]:
    answer = await viewer(PAGE, **asked)
    assert answer.errors == []
    found = answer.data["applications"]
    cursors = [edge["cursor"] for edge in found["edges"]]
    if cursors:
        info = found["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
    return [edge["node"]["reference"] for edge in found["edges"]], found["pageInfo"]


@pytest.mark.parametrize("size", [1, 2, 5, 13, 100])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("order", ORDERS)
async def test_pages_from_the_front_add_up_to_the_list(
    who, sorted_references, order, direction, size
) -> None:
    walked, after, goes_on = [], None, True
    while goes_on:
        rows, info = await page(
            who["officer"], first=size, after=after, order=order_of(order, direction)
        )
        assert rows, "there is no next page after the last row"
        assert info["hasPreviousPage"] is bool(walked)
        walked += rows
        after, goes_on = info["endCursor"], info["hasNextPage"]
    assert walked == sorted_references[order, direction]


@pytest.mark.parametrize("size", [1, 3, 13, 100])
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("order", ORDERS)
async def test_pages_from_the_back_add_up_to_the_list(
    who, sorted_references, order, direction, size
) -> None:
    walked, before, goes_on = [], None, True
    while goes_on:
        rows, info = await page(
            who["officer"], last=size, before=before, order=order_of(order, direction)
        )
        assert rows, "there is no page before the first row"
        assert info["hasNextPage"] is bool(walked)
        walked = rows + walked
        before, goes_on = info["startCursor"], info["hasPreviousPage"]
    assert walked == sorted_references[order, direction]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("order", ORDERS)
async def test_between_two_cursors_is_what_lies_between_them(
    who, sorted_references, order, direction
) -> None:
    ordered = order_of(order, direction)
    answer = await who["officer"](PAGE, first=100, order=ordered)
    cursors = [edge["cursor"] for edge in answer.data["applications"]["edges"]]
    everything = sorted_references[order, direction]
    for start in range(0, 13, 4):
        for end in range(start, 13, 3):
            between = everything[start + 1 : end]
            asked = {"after": cursors[start], "before": cursors[end], "order": ordered}
            rows, info = await page(who["officer"], first=2, **asked)
            assert (rows, info["hasNextPage"]) == (between[:2], len(between) > 2)
            rows, info = await page(who["officer"], last=2, **asked)
            assert (rows, info["hasPreviousPage"]) == (between[-2:], len(between) > 2)


async def test_pages_of_one_role_hold_only_its_rows(who, sorted_references) -> None:
    own = [
        r for r in sorted_references["PAID_AT", "DESCENDING"] if r[:4] in ("AUSY", "AUPO", "AUME")
    ]
    walked, after, goes_on = [], None, True
    while goes_on:
        rows, info = await page(
            who["manager-au"], first=2, after=after, order=order_of("PAID_AT", "DESCENDING")
        )
        walked += rows
        after, goes_on = info["endCursor"], info["hasNextPage"]
    assert walked == own


async def test_spans_of_time_include_their_beginning_only(who, sorted_references) -> None:
    paid = {c.reference: dict(life_of(c)).get("PAID") for c in CASES}  # type: ignore[call-overload]
    start, end = paid["AUME-INCO-0004"], paid["NZGR-WITH-0009"]
    assert start
    assert end
    where = {"paidAt": {"from": start.isoformat(), "before": end.isoformat()}}
    by_payment = order_of("PAID_AT", "ASCENDING")
    rows, _ = await page(who["officer"], first=100, where=where, order=by_payment)
    expected = {r for r, moment in paid.items() if moment and start <= moment < end}
    # These were moved to 10 February.
    assert set(rows) == expected | {"SGPO-HELD-0007", "SGPO-OPEN-0006", "AUSY-PAID-0013"}


async def test_a_page_beyond_the_end_is_empty(who, sorted_references) -> None:
    rows, info = await page(who["officer"], last=1)
    assert len(rows) == 1
    rows, beyond = await page(who["officer"], first=5, after=info["endCursor"])
    assert rows == []
    assert beyond == {
        "hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None,
    }  # fmt: skip


async def test_counting_stops_where_it_becomes_expensive(who, monkeypatch) -> None:
    for most, found in ((13, (13, "EXACT")), (12, (12, "AT_LEAST")), (1, (1, "AT_LEAST"))):
        monkeypatch.setattr(listing, "MOST_COUNTED", most)
        total = f"query Of{most} {{ applications {{ totalCount {{ value precision }} }} }}"
        count = (await who["officer"](total)).data["applications"]["totalCount"]
        assert (count["value"], count["precision"]) == found


@pytest.mark.parametrize("noun", ["countries", "visaTypes", "partners", "centres"])
async def test_lists_in_the_order_of_their_code_walk_as_well(who, noun) -> None:
    query = f"""query($first: Int, $after: Cursor, $last: Int, $before: Cursor) {{
        {noun}(first: $first, after: $after, last: $last, before: $before) {{
            nodes {{ code }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
        }}
    }}"""
    everything = [n["code"] for n in (await who["anonymous"](query, first=100)).data[noun]["nodes"]]
    assert everything == sorted(everything)
    for size, cursor, more in (
        ("first", "after", "hasNextPage"),
        ("last", "before", "hasPreviousPage"),
    ):
        walked, place, goes_on = [], None, True
        while goes_on:
            found = (await who["anonymous"](query, **{size: 2, cursor: place})).data[noun]
            rows = [row["code"] for row in found["nodes"]]
            walked = walked + rows if size == "first" else rows + walked
            place = found["pageInfo"]["endCursor" if size == "first" else "startCursor"]
            goes_on = found["pageInfo"][more]
        assert walked == everything

"""Saved views are their viewer's alone; a note on a month is read by those in whose scope it is."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway.mapping.ids import GlobalId
from gateway.viewer import Viewer as Subject
from models.vocabulary import Role
from tests.acting import act_writing
from tests.gateway.changing import document, key, row_id
from tests.gateway.conftest import Viewer
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

VIEW, NOTE = "id name page query", "id month text author partner { code } country { code }"
VIEWS = f"{{ savedViews(first: 50) {{ nodes {{ {VIEW} }} }} }}"
NOTES = f"{{ monthNotes(first: 50) {{ nodes {{ {NOTE} }} }} }}"
#: Managers whom the small world does not know.
FURTHER: list[dict[str, Any]] = [
    {"role": "PARTNER_MANAGER", "sub": "manager-sg", "partner": "NUSA", "countries": ["SG"]},
    {"role": "PARTNER_MANAGER", "sub": "manager-four", "partner": "NUSA",
     "countries": ["AU", "NZ", "SG", "IN"]},
]  # fmt: skip


@pytest.fixture
async def own(who: dict[str, Viewer], connection: asyncpg.Connection) -> AsyncIterator[Any]:
    """The viewers; what they wrote is deleted afterwards."""
    client = who["leadership"].client
    yield who | {claims["sub"]: Viewer(client, claims) for claims in FURTHER}
    await connection.execute("DELETE FROM saved_view; DELETE FROM month_note")


async def change(viewer: Viewer, mutation: str, **given: Any) -> dict[str, Any]:
    """What a mutation answers."""
    answers = f"monthNote {{ {NOTE} }}" if "Note" in mutation or "note" in mutation else (
        f"savedView {{ {VIEW} }}"
    )  # fmt: skip
    asked = document(mutation, f"{answers} errors {{ code path message }}")
    answer = await viewer(asked, input={"idempotencyKey": key(), **given})
    assert (answer.status, answer.errors) == (200, []), answer.text
    payload: dict[str, Any] = answer.data[mutation]
    return payload


def mistakes(payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["code"], each["path"][-1]) for each in payload["errors"]]


async def views(viewer: Viewer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await viewer(VIEWS)).data["savedViews"]["nodes"]
    return found


async def notes(viewer: Viewer) -> list[str]:
    return [each["text"] for each in (await viewer(NOTES)).data["monthNotes"]["nodes"]]


async def test_a_view_is_saved_renamed_and_removed_by_its_viewer_and_read_by_nobody_else(
    own: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    manager = own["manager-au"]
    asked = {"page": "VOLUMES", "query": "by=centre&visa=B1,C1"}
    made = await change(manager, "saveView", name=" Centres, B1 ", **asked)
    view = made["savedView"]
    assert view == {"id": view["id"], "name": "Centres, B1", **asked}
    assert await views(manager) == [view]
    for name in ("leadership", "manager-pacific", "manager-sg", "auditor"):
        assert await views(own[name]) == []
        for mutation in ("renameSavedView", "removeSavedView"):
            given = {"name": "Mine"} if mutation == "renameSavedView" else {}
            refused = await change(own[name], mutation, viewId=view["id"], **given)
            assert mistakes(refused) == [("NOT_FOUND", "viewId")]
        hidden = f"query ($id: ID!) {{ node(id: $id) {{ ... on SavedView {{ {VIEW} }} }} }}"
        assert (await own[name](hidden, id=view["id"])).data == {"node": None}
    renamed = await change(manager, "renameSavedView", viewId=view["id"], name="B1")
    assert renamed["savedView"]["name"] == "B1"
    gone = await change(manager, "removeSavedView", viewId=view["id"])
    assert gone == {"savedView": None, "errors": []}
    assert await views(manager) == []
    stub = "SELECT count(*) FROM saved_view WHERE id = $1 AND num_nonnulls(name, query) = 0"
    assert await connection.fetchval(stub, row_id(view["id"])) == 1
    again = await change(manager, "removeSavedView", viewId=view["id"])
    assert mistakes(again) == [("NOT_FOUND", "viewId")]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"query": "country=Olive Other"}, "query"),
        ({"query": "javascript:alert(1)"}, "query"),
        ({"query": "a=1&" * 600 + "a=1"}, "query"),
    ],
)
async def test_a_view_holds_codes_and_a_short_name(
    given: dict[str, str], path: str, own: dict[str, Viewer]
) -> None:
    asked = {"name": "Mine", "page": "TODAY", "query": "", **given}
    assert mistakes(await change(own["manager-au"], "saveView", **asked)) == [("INVALID", path)]
    assert await views(own["manager-au"]) == []


async def test_nobody_saves_more_than_fifty(
    own: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    await connection.execute(
        "INSERT INTO saved_view (id, subject, name, page, query) SELECT gen_random_uuid(),"
        " 'manager-au', 'Mine', 'TODAY', '' FROM generate_series(1, 49)"
    )
    asked = {"name": "Mine", "page": "TODAY", "query": ""}
    assert (await change(own["manager-au"], "saveView", **asked))["errors"] == []
    refused = await change(own["manager-au"], "saveView", **asked)
    assert mistakes(refused) == [("INVALID", "name")]


async def test_a_note_is_read_by_those_in_whose_scope_it_lies(
    own: dict[str, Viewer], connection: asyncpg.Connection
) -> None:
    asked = {"month": "2026-06-01"}
    mine = (await change(own["manager-au"], "noteMonth", text="A strike.", **asked))["monthNote"]
    assert (mine["author"], mine["partner"], mine["country"]) == (
        "manager-au", {"code": "NUSA"}, {"code": "AU"},
    )  # fmt: skip
    await change(own["leadership"], "noteMonth", text="Of all.", **asked)
    await change(own["leadership"], "noteMonth", text="Ours on AU.", country="AU", **asked)
    place = {"partner": "NUSA", "country": "AU"}
    await change(own["leadership"], "noteMonth", text="For NUSA in AU.", **place, **asked)
    theirs = ["A strike.", "For NUSA in AU."]
    read = {name: sorted(await notes(own[name])) for name in (
        "leadership", "supervisor", "auditor", "manager-au", "manager-four", "manager-sg",
        "manager-pacific", "manager-andalan",
    )}  # fmt: skip
    every = sorted([*theirs, "Of all.", "Ours on AU."])
    assert read == {
        **dict.fromkeys(("leadership", "supervisor", "auditor"), every),
        **dict.fromkeys(("manager-au", "manager-four"), theirs),
        "manager-sg": [],
        "manager-andalan": [],
        "manager-pacific": read["manager-pacific"],
    }
    assert "Of all." not in read["manager-pacific"]
    # Its author alone removes it, with what it says.
    for name in ("manager-four", "leadership"):
        refused = await change(own[name], "removeMonthNote", noteId=mine["id"])
        assert mistakes(refused) == [("NOT_FOUND", "noteId")]
    gone = await change(own["manager-au"], "removeMonthNote", noteId=mine["id"])
    assert gone == {"monthNote": None, "errors": []}
    assert await notes(own["manager-four"]) == ["For NUSA in AU."]
    stub = "SELECT author FROM month_note WHERE id = $1 AND text IS NULL"
    assert await connection.fetchval(stub, row_id(mine["id"])) == "manager-au"
    absent = GlobalId("MonthNote", str(uuid4())).encode()
    again = await change(own["manager-au"], "removeMonthNote", noteId=absent)
    assert mistakes(again) == [("NOT_FOUND", "noteId")]


@pytest.mark.parametrize(
    ("name", "given", "mistake"),
    [
        ("manager-au", {"country": "SG"}, ("NOT_FOUND", "country")),
        ("manager-au", {"partner": "ANDALAN"}, ("NOT_FOUND", "partner")),
        ("manager-four", {}, ("INVALID", "country")),
        ("leadership", {"country": "XX"}, ("NOT_FOUND", "country")),
        ("manager-au", {"text": " "}, ("INVALID", "text")),
        ("manager-au", {"text": "x" * 501}, ("INVALID", "text")),
        ("manager-au", {"month": "2026-06-02"}, ("INVALID", "month")),
        ("manager-au", {"month": "2999-01-01"}, ("INVALID", "month")),
    ],
)
async def test_a_note_is_short_and_in_the_own_scope(
    name: str, given: dict[str, str], mistake: tuple[str, str], own: dict[str, Viewer]
) -> None:
    asked = {"month": "2026-06-01", "text": "A strike.", **given}
    assert mistakes(await change(own[name], "noteMonth", **asked)) == [mistake]
    assert await notes(own["leadership"]) == []


MANAGER = Subject("manager-au", Role.PARTNER_MANAGER, partner="NUSA", countries=("AU",))
LEADERSHIP = Subject("leadership", Role.LEADERSHIP)


@pytest.mark.parametrize(
    ("viewer", "partner", "country", "is_let"),
    [
        (MANAGER, "NUSA", "AU", True),
        (MANAGER, "NUSA", "SG", False),
        (MANAGER, "ANDALAN", "AU", False),
        (MANAGER, "NUSA", None, False),
        (MANAGER, None, "AU", False),
        (LEADERSHIP, None, None, True),
        (LEADERSHIP, "NUSA", "SG", True),
    ],
)
async def test_the_database_takes_no_note_outside_the_own_scope_or_in_another_name(
    viewer: Subject, partner: str | None, country: str | None, is_let: bool, world: str,
    connection: asyncpg.Connection,
) -> None:  # fmt: skip
    note = (
        "INSERT INTO month_note (id, author, month, partner_code, country_code, text)"
        " VALUES ($1, $2, '2026-06-01', $3, $4, 'A strike.')"
    )
    for author, is_written in ((viewer.subject, is_let), ("somebody", False)):
        async with undone(connection):
            await act_writing(connection, viewer)
            written = (
                nullcontext() if is_written else pytest.raises(asyncpg.InsufficientPrivilegeError)
            )
            with written:
                await connection.execute(note, uuid4(), author, partner, country)


#: Of each of these a viewer has so many at most; a statement writes so many.
AT_MOST = {
    "saved_view": (
        50, "INSERT INTO saved_view (id, subject, name, page, query)"
        " SELECT gen_random_uuid(), $1, 'Mine', 'TODAY', '' FROM generate_series(1, $2)",
    ),
    "month_note": (
        500, "INSERT INTO month_note (id, author, month, text)"
        " SELECT gen_random_uuid(), $1, '2026-06-01', 'A strike.' FROM generate_series(1, $2)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", AT_MOST)
async def test_the_database_takes_so_many_of_a_viewer_and_not_one_more(
    table: str, world: str, connection: asyncpg.Connection
) -> None:
    most, write = AT_MOST[table]
    async with undone(connection):
        await connection.execute(write, LEADERSHIP.subject, most - 1)
        await act_writing(connection, LEADERSHIP)
        await connection.execute(write, LEADERSHIP.subject, 1)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(write, LEADERSHIP.subject, 1)

"""Whom a proposed change touches: numbers that are what lists of open files count."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import administer, change_of, sample, today
from tests.gateway.changing import paid_case, submitted_case
from tests.gateway.conftest import Viewer

pytestmark = pytest.mark.anyio

TOUCHED = "{ touchedFiles { changeId open keep } }"
OPEN = """
    query ($where: ApplicationWhere!) { applications(where: $where) { totalCount { value } } }
"""
IS_OPEN = {"closedAt": {"isNull": True}}


async def proposed(who: Mapping[str, Viewer], mutation: str, day: date, **values: Any) -> str:
    """The id of a proposal that waits."""
    asked = {**sample(mutation, day), **values}
    return change_of(await administer(who["administrator"], mutation, **asked))["id"]


async def touched(who: Mapping[str, Viewer], id_: str) -> tuple[int, int | None]:
    answer = await who["administrator-2"](TOUCHED)
    assert answer.errors == [], answer.text
    found = {one["changeId"]: one for one in answer.data["touchedFiles"]}
    return found[id_]["open"], found[id_]["keep"]


async def count(who: Mapping[str, Viewer], **where: Any) -> int:
    answer = await who["supervisor"](OPEN, where={**IS_OPEN, **where})
    return answer.data["applications"]["totalCount"]["value"]


@pytest.mark.parametrize(
    ("mutation", "where"),
    [
        ("proposeFee", {"visaType": {"eq": "B1"}}),
        ("proposePassportRule", {"visaType": {"eq": "B1"}}),
        ("proposeVisaTypeEnd", {"visaType": {"eq": "C1"}}),
    ],
)
async def test_open_files_keep_what_was_fixed_when_they_were_handed_in(
    who: Mapping[str, Viewer], world: Any, connection: asyncpg.Connection,
    mutation: str, where: dict[str, Any],
) -> None:  # fmt: skip
    await submitted_case(who)
    change = await proposed(who, mutation, await today(connection))
    are_open = await count(who, **where)
    assert await touched(who, change) == (are_open, are_open)
    await submitted_case(who, visaType=where["visaType"]["eq"])
    assert await touched(who, change) == (are_open + 1, are_open + 1)


async def test_those_that_are_paid_keep_their_target(
    who: Mapping[str, Viewer], world: Any, connection: asyncpg.Connection
) -> None:
    day = await today(connection)
    standard = await proposed(who, "proposeServiceTarget", day)
    calling = await proposed(who, "proposeServiceTarget", day, clock="CALLING_VISA")
    before, others = await touched(who, standard), await touched(who, calling)
    await submitted_case(who)
    await paid_case(who)
    are_open, keep = before
    assert keep is not None
    assert await touched(who, standard) == (are_open + 2, keep + 1)
    assert await touched(who, calling) == others
    # The newest rule of a nationality says which clock it is.
    rule = "INSERT INTO entry_rule (country_code, valid_from, entry) VALUES ('AU', $1, $2)"
    await connection.execute(rule, day, "CALLING_VISA")
    assert (await touched(who, calling))[0] >= others[0] + 2
    await connection.execute("DELETE FROM entry_rule WHERE valid_from = $1", day)


async def test_of_a_place_that_closes_it_is_said_what_is_there(
    who: Mapping[str, Viewer], world: Any, connection: asyncpg.Connection
) -> None:
    day = await today(connection)
    country = await proposed(who, "proposePartnerCountryClosing", day, country="AU")
    centre = await proposed(who, "proposeCentreClosing", day)
    nationals = await proposed(who, "proposeEntryRule", day)
    in_country = {"partner": {"eq": "NUSA"}, "country": {"eq": "AU"}}
    assert await touched(who, country) == (await count(who, **in_country), None)
    assert await touched(who, centre) == (await count(who, centre={"eq": "AU-MEL"}), None)
    assert await touched(who, nationals) == (await count(who, nationality={"eq": "SG"}), None)


async def test_a_deadline_touches_all_and_what_is_new_touches_nobody(
    who: Mapping[str, Viewer], world: Any, connection: asyncpg.Connection
) -> None:
    day = await today(connection)
    answering = await proposed(who, "proposeDeadline", day)
    paying = await proposed(who, "proposeDeadline", day, wait="PAYMENT")
    partner = await proposed(who, "proposePartner", day)
    are_open = await count(who)
    assert await touched(who, partner) == (0, 0)
    assert await touched(who, paying) == (are_open, are_open)
    assert await touched(who, answering) == (
        are_open, await count(who, status={"eq": "INFO_REQUESTED"})
    )  # fmt: skip


async def test_only_administrators_are_told(who: Mapping[str, Viewer]) -> None:
    for user in ("auditor", "supervisor", "leadership"):
        assert set((await who[user](TOUCHED)).codes) == {"FORBIDDEN_FIELD"}

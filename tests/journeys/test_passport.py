"""A passport that expires too early: it is refused where it is handed in, with the day until which
it must be valid, by the rule of the day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from tests.gateway.administering import administer, change_of
from tests.gateway.changing import IDENTITY, document, key, perform, row, submitted_case
from tests.gateway.conftest import Answer, Viewer
from tests.world import today

pytestmark = pytest.mark.anyio

#: Days within which a visa of the small world serves to enter.
USE_WITHIN = 90
_ERRORS = "errors { __typename code path message ... on PassportError { neededUntil } }"
HAND_IN = document("submitApplication", f"application {{ id }} {_ERRORS}")
CORRECT = document("proposeCorrection", f"application {{ id }} {_ERRORS}")
TOGETHER = document(
    "submitApplications",
    f"results {{ application {{ id groupReference }} {_ERRORS} }} {_ERRORS}",
)
RULES = (
    '{ visaType(by: {code: "B1"}) { fees { useWithinDays } passportRules { months validFrom } } }'
)
FILE = "query ($case: ID!) { node(id: $case) { ... on Application { entryOn } } }"


def form(entry_on: date, expires_on: date | str | None = None, **given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"visaType": "B1", "nationality": "AU", "entryOn": str(entry_on)}
    if expires_on is not None:
        values["identity"] = {**IDENTITY, "passportExpiresOn": str(expires_on)}
    return {**values, **given}


async def hand_in(viewer: Viewer, language: str = "en", **given: Any) -> dict[str, Any]:
    body = {"query": HAND_IN, "variables": {"input": {"idempotencyKey": key(), **given}}}
    answer = await viewer.send(body, **{"Accept-Language": language})
    assert (answer.status, answer.errors) == (200, []), answer.text
    return answer.data["submitApplication"]


async def correct(viewer: Viewer, case: str, **identity: str) -> list[dict[str, Any]]:
    input_ = {"idempotencyKey": key(), "applicationId": case, "identity": identity}
    answer: Answer = await viewer(CORRECT, input=input_)
    assert answer.errors == [], answer.text
    return answer.data["proposeCorrection"]["errors"]


async def months_after(connection: asyncpg.Connection, day: date, months: int) -> date:
    """As PostgreSQL counts months."""
    return await connection.fetchval(
        "SELECT ($1::date + make_interval(months => $2))::date", day, months
    )


def too_early(needed_until: date, *path: str, rule: str = "the passport") -> dict[str, Any]:
    return {
        "__typename": "PassportError", "code": "PASSPORT_EXPIRES", "path": ["input", *path],
        "message": f"For this day of entry {rule} must be valid until {needed_until} at least.",
        "neededUntil": str(needed_until),
    }  # fmt: skip


EXPIRY = ("identity", "passportExpiresOn")


async def test_a_passport_of_160_days_is_no_passport_for_an_entry(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    agent = who["agent-au"]
    # Whoever fills in the form reads beforehand how long it must be valid.
    rules = (await who["anonymous"](RULES)).data["visaType"]
    assert rules == {
        "fees": [{"useWithinDays": USE_WITHIN}],
        "passportRules": [{"months": 6, "validFrom": "2020-01-01"}],
    }  # fmt: skip

    entry_on, before = today(), await connection.fetchval("SELECT count(*) FROM application")
    short = form(entry_on, entry_on + timedelta(days=160))
    needed = await months_after(connection, entry_on, 6)
    refused = await hand_in(agent, **short)
    assert refused == {"application": None, "errors": [too_early(needed, *EXPIRY)]}
    [in_indonesian] = (await hand_in(agent, "id", **short))["errors"]
    assert in_indonesian["message"] == (
        "Untuk tanggal rencana masuk ini, paspor harus masih berlaku sekurang-kurangnya sampai"
        f" dengan {needed}."
    )
    # Who travels later needs a passport that is valid longer.
    late = entry_on + timedelta(days=60)
    needed_later = await months_after(connection, late, 6)
    assert (await hand_in(agent, **form(late, needed)))["errors"] == [
        too_early(needed_later, *EXPIRY)
    ]
    assert await connection.fetchval("SELECT count(*) FROM application") == before

    # Renewed, it is taken in, and everybody who works on the file reads the day.
    taken = (await hand_in(agent, **form(late, needed_later)))["application"]
    for name in ("agent-au", "manager-au", "service", "officer", "supervisor", "auditor"):
        assert (await who[name](FILE, case=taken["id"])).data["node"] == {"entryOn": str(late)}
    assert (await row(connection, taken["id"]))["entry_on"] == late


@pytest.mark.parametrize("entry_in", [0, 1, 30, USE_WITHIN])
async def test_the_last_day_needed_is_enough_and_the_day_before_is_not(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, entry_in: int
) -> None:
    entry_on = today() + timedelta(days=entry_in)
    needed = await months_after(connection, entry_on, 6)
    for days, errors in ((-1, [too_early(needed, *EXPIRY)]), (0, []), (1, [])):
        given = form(entry_on, needed + timedelta(days=days))
        assert (await hand_in(who["agent-au"], **given))["errors"] == errors


@pytest.mark.parametrize("missing", ["entryOn", "identity.passportExpiresOn"])
async def test_neither_day_may_be_left_out(who: Mapping[str, Viewer], missing: str) -> None:
    given: dict[str, Any] = form(today(), "2041-07-23")
    *inside, name = missing.split(".")
    (given[inside[0]] if inside else given).pop(name)
    answer = await who["agent-au"](HAND_IN, input={"idempotencyKey": key(), **given})
    assert (answer.status, answer.codes) == (400, ["INVALID_VARIABLES"])
    [error] = answer.errors
    assert error["message"] == f"`$input.{missing}`: A value is missing."
    assert error["extensions"]["path"] == ["input", *missing.split(".")]


async def test_the_entry_is_from_today_on_and_while_a_visa_granted_today_serves(
    who: Mapping[str, Viewer],
) -> None:
    agent, latest = who["agent-au"], today() + timedelta(days=USE_WITHIN)
    for entry_on in (today(), latest):
        assert (await hand_in(agent, **form(entry_on, "2041-07-23")))["errors"] == []
    too_late = (
        f"A visa of this validity that is granted today serves to enter until {latest}: the day of"
        " entry is not later."
    )
    passed = "The intended day of entry is today (WIB) or later."
    for entry_on, message in (
        (today() - timedelta(days=1), passed), (date.min, passed),
        (latest + timedelta(days=1), too_late), (date.max, too_late),
    ):  # fmt: skip
        # Of the passport nothing is said: how long it must be valid depends on the entry.
        assert (await hand_in(agent, **form(entry_on, today())))["errors"] == [{
            "__typename": "InputError", "code": "INVALID", "path": ["input", "entryOn"],
            "message": message,
        }]  # fmt: skip


async def test_of_a_group_each_passport_is_looked_at_and_a_repetition_answers_the_same(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    entry_on = today() + timedelta(days=10)
    needed = await months_after(connection, entry_on, 6)
    short = form(entry_on, needed - timedelta(days=1))
    input_ = {
        "idempotencyKey": key(), "isGroup": True,
        "applications": [form(entry_on, needed), short, form(date.max, needed)],
    }  # fmt: skip
    answers = [await who["agent-au"](TOGETHER, input=input_) for _ in range(2)]
    assert answers[0].data == answers[1].data
    taken, refused, never = answers[0].data["submitApplications"]["results"]
    assert taken["errors"] == []
    assert taken["application"]["groupReference"] is not None
    assert refused["errors"] == [too_early(needed, "applications", "1", *EXPIRY)]
    assert [(one["code"], one["path"]) for one in never["errors"]] == [
        ("INVALID", ["input", "applications", "2", "entryOn"])
    ]


async def test_an_applicant_who_applies_again_has_the_passport_on_record_looked_at(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    traveller = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "traveller"})
    first_on, next_on = today(), today() + timedelta(days=80)
    expires_on = await months_after(connection, first_on, 6)
    needed = await months_after(connection, next_on, 6)
    case = (await hand_in(traveller, **form(first_on, expires_on)))["application"]["id"]
    assert (await hand_in(traveller, **form(first_on)))["errors"] == []

    on_record = too_early(needed, "identity", rule="the passport on record")
    assert (await hand_in(traveller, **form(next_on)))["errors"] == [on_record]
    # Whoever says it once more is told at the place where it is said.
    assert (await hand_in(traveller, **form(next_on, expires_on)))["errors"] == [
        too_early(needed, *EXPIRY)
    ]
    # Renewed and corrected in the file that is open, it is good for both.
    renewed = {"passportNumber": "ZX7654321", "passportExpiresOn": str(needed)}
    assert await correct(traveller, case, **renewed) == []
    again = (await hand_in(traveller, **form(next_on)))["application"]["id"]

    # A record of before, in which nobody asked when it expires, is not enough for any entry.
    forget = "UPDATE identity SET sealed = sealed - 'passport_expires_on' WHERE applicant_id = $1"
    person = (await row(connection, case))["applicant_id"]
    on_file = await connection.fetchval(
        "SELECT sealed FROM identity WHERE applicant_id = $1", person
    )
    await connection.execute(forget, person)
    assert (await hand_in(traveller, **form(next_on)))["errors"] == [on_record]
    restore = "UPDATE identity SET sealed = $2 WHERE applicant_id = $1"
    await connection.execute(restore, person, on_file)

    # From now on it is valid for the later entry, in whichever file it is corrected.
    day_before = str(needed - timedelta(days=1))
    for file in (case, again):
        assert await correct(traveller, file, passportExpiresOn=day_before) == [
            too_early(needed, *EXPIRY)
        ]


async def test_a_corrected_passport_is_held_to_the_same_rule(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    agent, entry_on = who["agent-au"], today() + timedelta(days=45)
    case = (await hand_in(agent, **form(entry_on, "2041-07-23")))["application"]["id"]
    needed = await months_after(connection, entry_on, 6)
    day_before = str(needed - timedelta(days=1))
    assert await correct(agent, case, passportExpiresOn=day_before) == [too_early(needed, *EXPIRY)]
    [nothing_said] = await correct(agent, case, passportNumber="ZX7654321")
    assert nothing_said == {
        "__typename": "InputError", "code": "INVALID", "path": ["input", *EXPIRY],
        "message": "A corrected passport number is given with the last day on which that passport"
                   " is valid.",
    }  # fmt: skip
    renewed = {"passportNumber": "ZX7654321", "passportExpiresOn": str(needed)}
    assert await correct(agent, case, **renewed) == []
    # What leaves the passport alone is not held to it.
    assert await correct(agent, case, fullName="Olive Zephyr") == []

    # In a file of before, in which nobody asked, the entry counts as if it were today.
    await connection.execute(
        "UPDATE application SET entry_on = NULL WHERE id = $1", (await row(connection, case))["id"]
    )
    needed_today = await months_after(connection, today(), 6)
    day_before = str(needed_today - timedelta(days=1))
    assert await correct(agent, case, passportExpiresOn=day_before) == [
        too_early(needed_today, *EXPIRY)
    ]
    assert await correct(agent, case, passportExpiresOn=str(needed_today)) == []


async def test_another_rule_by_decree_counts_from_its_day_on_and_not_before(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    agent, tomorrow = who["agent-au"], today() + timedelta(days=1)
    entry_on = today() + timedelta(days=30)
    half, whole = [await months_after(connection, entry_on, months) for months in (6, 12)]
    proposed = await administer(
        who["administrator"], "proposePassportRule",
        visaType="B1", months=12, validFrom=str(tomorrow),
    )  # fmt: skip
    change = change_of(proposed)
    assert (change["kind"], change["subject"], change["values"]) == (
        "PASSPORT_RULE", "B1",
        [{"line": 1, "kind": "PASSPORT_RULE", "name": "months", "before": "6", "after": "12"}],
    )  # fmt: skip
    assert len((await agent(RULES)).data["visaType"]["passportRules"]) == 1
    approving = {"changeId": change["id"]}
    change_of(await administer(who["administrator-2"], "approveReferenceChange", **approving))
    assert (await agent(RULES)).data["visaType"]["passportRules"] == [
        {"months": 12, "validFrom": str(tomorrow)}, {"months": 6, "validFrom": "2020-01-01"},
    ]  # fmt: skip

    # Today the old one counts, though the entry is when the new one is in force.
    earlier = (await hand_in(agent, **form(entry_on, half)))["application"]["id"]
    await connection.execute(
        "UPDATE passport_rule SET valid_from = valid_from - 1 WHERE valid_from = $1", tomorrow
    )
    await connection.execute(
        "UPDATE application SET submitted_at = submitted_at - interval '1 day'"
    )
    for expires_on in (half, whole - timedelta(days=1)):
        assert (await hand_in(agent, **form(entry_on, expires_on)))["errors"] == [
            too_early(whole, *EXPIRY)
        ]
    later = (await hand_in(agent, **form(entry_on, whole)))["application"]["id"]

    # What was handed in keeps its rule: a correction is held to that of its own day.
    assert await correct(agent, earlier, passportExpiresOn=str(half)) == []
    assert await correct(agent, later, passportExpiresOn=str(half)) == [too_early(whole, *EXPIRY)]


async def test_another_visa_type_has_rules_of_its_own(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    entry_on = today()
    proposed = change_of(
        await administer(
            who["administrator"], "proposePassportRule",
            visaType="C1", months=0, validFrom=str(today()),
        )
    )  # fmt: skip
    approving = {"changeId": proposed["id"]}
    change_of(await administer(who["administrator-2"], "approveReferenceChange", **approving))
    # Without months it is valid on the day of entry itself.
    short = form(entry_on, entry_on, visaType="C1")
    assert (await hand_in(who["agent-au"], **short))["errors"] == []
    expired = form(entry_on, entry_on - timedelta(days=1), visaType="C1")
    assert (await hand_in(who["agent-au"], **expired))["errors"] == [too_early(entry_on, *EXPIRY)]


async def test_without_a_rule_in_force_nothing_is_taken_in(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    await submitted_case(who)
    await connection.execute("DELETE FROM passport_rule WHERE visa_type_code = 'B1'")
    refused = await hand_in(who["agent-au"], **form(today(), "2041-07-23"))
    assert [(one["code"], one["path"]) for one in refused["errors"]] == [
        ("VISA_TYPE_NOT_OFFERED", ["input", "visaType"])
    ]
    assert await perform(
        who["agent-au"], "submitApplication", **form(today(), "2041-07-23", visaType="C1")
    )

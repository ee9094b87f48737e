"""Somebody on a visa on arrival stays for thirty days more, once."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from models.ban_list.comparison import BanList
from models.instants import WIB, wib_day
from models.jobs.screening import screen_paid_cases
from models.synthetic.calendar import start_of_day
from models.volumes import fold, verify
from tests import tokens
from tests.gateway.changing import (
    allowed_steps,
    assign_to,
    change,
    pay_bill,
    perform,
    row_id,
    rupiah,
    wait_until_linked,
)
from tests.gateway.conftest import PATIENT, Viewer, running_gateway
from tests.journeys.test_applicant import granted_to
from tests.journeys.test_passenger import Passenger
from tests.linking import KEYS, linking

pytestmark = pytest.mark.anyio

VISA = """query ($case: ID!) { node(id: $case) { ... on Application {
    decision { outcome visa { number extendedDays stay { presence until overstaysAt } } }
} } }"""
EXTENSION = """query ($case: ID!) { node(id: $case) { ... on Application {
    stage payBy visaType { code } extends { number } bill { fee { amount currency } dueAt }
    documents { kind } decision { outcome visa { number } }
} } }"""
OVERSTAYS = "{ overstays(first: 9) { nodes { visaNumber until } } }"
#: What is counted of applications for visas: nothing of it changes with an extension.
COUNTED = """
    SELECT coalesce(sum(intake), 0), coalesce(sum(wip_change), 0), coalesce(sum(revenue_idr), 0),
        coalesce(sum(granted), 0), coalesce(sum(refused), 0),
        coalesce(sum(measured) FILTER (
            WHERE kind NOT IN ('in_country', 'overstay', 'unused', 'extension')
        ), 0)
    FROM volume_outbox
"""
EXTENSIONS = """query ($day: Date!) {
    stayFigures(from: $day, to: $day, by: VISA_TYPE) { rows { visaType extensions { value } } }
}"""


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    async with running_gateway(tokens.settings(world, **PATIENT)) as app, linking(world):
        yield app


def holder_of(who: Mapping[str, Viewer], subject: str) -> Viewer:
    return Viewer(who["applicant"].client, {"role": "APPLICANT", "sub": subject})


async def enter(who: Mapping[str, Viewer], visa: str, passport: str, days_ago: float) -> None:
    crossing = {
        "key": f"{passport}-in",
        "visaNumber": visa,
        "passport": {"issuingState": "AU", "number": passport},
        "direction": "ENTRY",
        "crossedAt": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
        "port": "CGK",
    }
    await perform_recording(who, crossing)


async def perform_recording(who: Mapping[str, Viewer], crossing: dict[str, Any]) -> None:
    assert (await change(who["border"], "recordCrossings", crossings=[crossing])).codes == []


async def screen(connection: asyncpg.Connection) -> None:
    while await screen_paid_cases(KEYS, connection, BanList()):
        pass


async def visa_of(viewer: Viewer, case: str) -> dict[str, Any]:
    return (await viewer(VISA, case=case)).data["node"]["decision"]["visa"]


async def extensions_today(who: Mapping[str, Viewer], connection: asyncpg.Connection) -> int:
    """How many of B1 were granted today, as leadership and supervisors alone read it."""
    while await fold(connection):
        pass
    day, found = wib_day(datetime.now(UTC)).isoformat(), set[int]()
    for viewer in ("leadership", "supervisor"):
        rows = (await who[viewer](EXTENSIONS, day=day)).data["stayFigures"]["rows"]
        found.add(sum(row["extensions"]["value"] for row in rows if row["visaType"] == "B1"))
    for outside in ("officer", "auditor", "manager-au", "administrator", "applicant"):
        assert "FORBIDDEN_FIELD" in (await who[outside](EXTENSIONS, day=day)).codes
    [count] = found
    return count


async def test_a_stay_is_extended_once_and_overstayed_after_the_extended_day(
    who, connection
) -> None:
    holder, officer = holder_of(who, "stays-longer"), who["officer"]
    case = await granted_to(holder, who, "EXTEND001")
    number = (await visa_of(holder, case))["number"]
    passenger = Passenger(who, case, number, "EXTEND001")
    # Checked in for the flight, and let in: from then on it serves nobody to enter.
    departs_at = (datetime.now(UTC) + timedelta(hours=9)).isoformat()
    flight = {"number": "GA715", "departsAt": departs_at}
    assert await passenger.status("carrier", flight=flight) == await passenger.status() == "OK"
    await enter(who, number, "EXTEND001", 27)
    assert await passenger.status() == "NOT_OK"
    day = wib_day(datetime.now(UTC) - timedelta(days=27))
    ends = day + timedelta(days=30)
    assert (await visa_of(holder, case))["stay"]["until"] == ends.isoformat()
    extensions = await extensions_today(who, connection)
    before = await connection.fetchrow(COUNTED)

    # Two days before it ends: it is billed by the rule, and paid before the stay ends.
    assert (await allowed_steps(holder, case))["applyForExtension"]["isAllowed"]
    stranger = await change(who["applicant"], "applyForExtension", case)
    assert stranger.codes == ["NOT_FOUND"]
    extension = await perform(holder, "applyForExtension", case)
    assert extension != case
    asked = (await holder(EXTENSION, case=extension)).data["node"]
    paid_before = start_of_day(ends + timedelta(days=1)).astimezone(WIB)
    assert datetime.fromisoformat(asked["payBy"]) == paid_before
    assert datetime.fromisoformat(asked["bill"]["dueAt"]) == paid_before
    assert asked["bill"]["fee"] == rupiah(500_000)
    assert (asked["extends"], asked["visaType"]["code"]) == ({"number": number}, "B1")
    assert asked["documents"] == []
    again = await change(holder, "applyForExtension", case)
    assert again.codes == ["ALREADY_EXTENDED"]

    # The system screens anew what is paid; then it is on a desk as any other file.
    await pay_bill(who, extension)
    await assign_to(who, "officer", extension)
    await screen(connection)
    steps = await allowed_steps(officer, extension)
    assert steps["recordDecision"]["isAllowed"]  # it may be refused
    assert steps["recordAppearance"]["isAllowed"]
    grant = {"outcome": "GRANTED"}
    assert (await change(officer, "recordDecision", extension, **grant)).codes == ["NOT_APPEARED"]
    known = await change(officer, "recordAppearance", extension, enteredOn=day.isoformat())
    assert [(one["code"], one["path"]) for one in known.payload["errors"]] == [
        ("INVALID", ["input", "enteredOn"])
    ]
    await perform(officer, "recordAppearance", extension)
    twice = await change(officer, "recordAppearance", extension)
    assert twice.codes == ["ALREADY_APPEARED"]

    # Whatever stands against the visa, the officer reads one word, and its holder none.
    first = row_id(case)
    said = set()
    for stop in ("is_held = {}", "is_visa_held = {}"):
        await connection.execute(f"UPDATE application SET {stop.format(True)} WHERE id = $1", first)
        refused = await change(officer, "recordDecision", extension, **grant)
        said.add(str(refused.payload))
        assert (await allowed_steps(holder, case))["applyForExtension"]["reason"]["code"] == (
            "ALREADY_EXTENDED"
        )
        await connection.execute(
            f"UPDATE application SET {stop.format(False)} WHERE id = $1", first
        )
    await perform(who["supervisor"], "referToScreening", case)  # a question is open
    said.add(str((await change(officer, "recordDecision", extension, **grant)).payload))
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    taken_back = "UPDATE visa SET revoked_at = {} WHERE visa_number = $1"
    await connection.execute(taken_back.format("now()"), number)
    said.add(str((await change(officer, "recordDecision", extension, **grant)).payload))
    await connection.execute(taken_back.format("NULL"), number)
    await perform(who["supervisor"], "holdApplication", extension)  # and of its own, too
    said.add(str((await change(officer, "recordDecision", extension, **grant)).payload))
    await perform(who["supervisor"], "releaseApplication", extension)
    assert len(said) == 1
    assert "NOT_CLEARED" in said.pop()

    # Granted: the stay ends thirty days later, and no visa is issued.
    await perform(officer, "recordDecision", extension, **grant)
    decided = (await holder(EXTENSION, case=extension)).data["node"]
    assert (decided["stage"], decided["decision"]) == (
        "CLOSED",
        {"outcome": "GRANTED", "visa": None},
    )
    visa, ends = await visa_of(holder, case), ends + timedelta(days=30)
    assert (visa["extendedDays"], visa["stay"]["until"]) == (30, ends.isoformat())
    assert datetime.fromisoformat(visa["stay"]["overstaysAt"]) == start_of_day(
        ends + timedelta(days=1)
    )
    assert tuple(await connection.fetchrow(COUNTED)) == tuple(before)
    assert await verify(connection) == []
    assert await extensions_today(who, connection) == extensions + 1
    assert (await change(holder, "applyForExtension", case)).codes == ["ALREADY_EXTENDED"]
    assert await passenger.status() == "NOT_OK"  # more days to stay, and no other entry

    # Thirty-three days later the holder is still there.
    listed = (await who["supervisor"](OVERSTAYS)).data["overstays"]["nodes"]
    assert number not in [one["visaNumber"] for one in listed]
    for days, overstays in ((33, False), (1, True)):
        await connection.execute("SELECT count_stays($1, -1)", number)
        await connection.execute(
            "UPDATE movement SET stay_until = stay_until - $2::integer,"
            " crossed_at = crossed_at - make_interval(days => $2) WHERE visa_number = $1",
            number, days,
        )  # fmt: skip
        await connection.execute(
            "SELECT write_stay($1, id), count_stays($1, 1) FROM stay WHERE visa_number = $1", number
        )
        listed = (await who["supervisor"](OVERSTAYS)).data["overstays"]["nodes"]
        assert (number in [one["visaNumber"] for one in listed]) is overstays


async def test_of_whom_nobody_reported_an_entry_the_officer_records_it(who, connection) -> None:
    holder, officer = holder_of(who, "stays-unseen"), who["officer"]
    case = await granted_to(holder, who, "EXTEND002")
    # Without a rule for codes nothing can be billed.
    beginning = "UPDATE deadline SET valid_from = valid_from {} 99999 WHERE wait = 'BILLING_CODE'"
    await connection.execute(beginning.format("+"))
    try:
        unbilled = await change(holder, "applyForExtension", case)
    finally:
        await connection.execute(beginning.format("-"))
    assert unbilled.codes == ["VISA_TYPE_NOT_OFFERED"]
    applied = await wait_until_linked(who, await perform(holder, "applyForExtension", case))
    extension = await pay_bill(who, applied)
    await assign_to(who, "officer", extension)
    await screen(connection)
    today, two_days = wib_day(datetime.now(UTC)), timedelta(days=2)
    granted = "UPDATE visa SET issued_at = issued_at - interval '2 days' WHERE application_id = $1"
    await connection.execute(granted, row_id(case))
    # By the stamp: not before the visa was granted, and not tomorrow.
    for days in (None, -3, 1):
        given = {} if days is None else {"enteredOn": (today + timedelta(days)).isoformat()}
        wrong = await change(officer, "recordAppearance", extension, **given)
        [error] = wrong.payload["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", "enteredOn"])
        if days is not None:
            limits = f"{today - two_days} to {today}"
            assert limits in error["message"], error["message"]
    await perform(officer, "recordAppearance", extension, enteredOn=today.isoformat())
    visa, until = await visa_of(holder, case), (today + timedelta(days=30)).isoformat()
    assert (visa["stay"]["presence"], visa["stay"]["until"]) == ("IN_COUNTRY", until)
    # Of a file that asks for a visa nobody appears.
    steps = await allowed_steps(who["supervisor"], case)
    assert "recordAppearance" not in steps

    # Refused with a ground, of which the holder reads what may be told; it may be asked for anew,
    # until the decision is corrected by somebody else. What is taken back ends the stay as before,
    # and was granted all the same.
    conditional = {"outcome": "GRANTED", "conditions": ["WITH_FAMILY"]}
    answered = await change(officer, "recordDecision", extension, **conditional)
    assert answered.codes == ["CONDITIONS_NOT_ALLOWED"]
    refused = {"outcome": "REFUSED", "grounds": ["SECURITY"]}
    extensions = await extensions_today(who, connection)
    await perform(officer, "recordDecision", extension, **refused)
    assert await extensions_today(who, connection) == extensions
    assert await verify(connection) == []
    assert (await allowed_steps(holder, case))["applyForExtension"]["isAllowed"]
    await perform(who["supervisor"], "supersedeDecision", extension, outcome="GRANTED")
    assert (await allowed_steps(holder, case))["applyForExtension"]["isAllowed"] is False
    longer = (today + timedelta(days=60)).isoformat()
    assert (await visa_of(holder, case))["stay"]["until"] == longer
    await perform(who["supervisor"], "revokeVisa", extension)
    visa = await visa_of(holder, case)
    assert (visa["extendedDays"], visa["stay"]["until"]) == (0, until)
    assert await verify(connection) == []
    assert await extensions_today(who, connection) == extensions + 1

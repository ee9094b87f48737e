"""A passenger is checked at the desk and at the border, stays too long, and leaves at last."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from models.instants import wib_day
from tests import tokens
from tests.accounts import without_partition
from tests.gateway.changing import (
    IDENTITY,
    MutationAnswer,
    assign_to,
    change,
    granted_case,
    pay_bill,
    perform,
    reference_of,
    row_id,
    send,
)
from tests.gateway.conftest import PATIENT, Viewer, running_gateway
from tests.linking import linking

pytestmark = pytest.mark.anyio

STATUS = """
    query ($visa: String!, $passport: String!, $flight: FlightInput) {
        visaStatus(
            visaNumber: $visa, passport: {issuingState: "AU", number: $passport}, flight: $flight
        )
    }
"""
OVERSTAYS = "{ overstays(first: 9) { nodes { visaNumber presence enteredOn until } } }"
UNMATCHED = """
    { unmatchedCrossings(first: 9) { nodes { reportKey visaNumber direction port reportedBy } } }
"""
MOVEMENTS = """
    query Moved($case: String!) @purpose(code: SUPERVISION, reference: $case) {
        application(by: {reference: $case}) { applicant {
            movements(first: 9) { nodes { direction port crossedAt visaNumber } }
        } }
    }
"""
USABILITY = """
    query ($case: ID!) { application(by: {id: $case}) {
        decision { visa { usability presence } }
    } }
"""
ALERTS = """
    { alerts(first: 9) {
        nodes { kind actor isOpen closedBy closeReason application { id } }
    } }
"""
READS = "SELECT actor_role, purpose, fields FROM access_event WHERE applicant_id = $1"


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    async with running_gateway(tokens.settings(world, **PATIENT)) as app, linking(world):
        yield app


class Passenger:
    """Somebody with a visa, and what border control reports of them."""

    def __init__(self, who: Mapping[str, Viewer], case: str, visa: str, passport: str) -> None:
        self.who, self.case, self.visa, self.passport = who, case, visa, passport

    async def status(self, name: str = "border", **given: Any) -> str:
        values = {"visa": self.visa, "passport": self.passport, **given}
        return (await self.who[name](STATUS, **values)).data["visaStatus"]

    def crossing(self, key: str, direction: str, days_ago: float, **given: Any) -> dict[str, Any]:
        return {
            "key": key,
            "visaNumber": self.visa,
            "passport": {"issuingState": "AU", "number": self.passport},
            "direction": direction,
            "crossedAt": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
            "port": "CGK",
            **given,
        }


async def passenger(
    who: Mapping[str, Viewer],
    connection: asyncpg.Connection,
    passport: str,
    holder: Viewer | None = None,
) -> Passenger:
    given: dict[str, Any] = {"identity": {**IDENTITY, "passportNumber": passport}}
    if holder is None:
        case = await granted_case(who, **given)
    else:
        given |= {"visaType": "B1", "nationality": "AU"}
        case = await pay_bill(who, await perform(holder, "submitApplication", **given))
        await perform(who["officer"], "referToScreening", await assign_to(who, "officer", case))
        await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
        await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
    number = await connection.fetchval(
        "SELECT visa_number FROM visa WHERE application_id = $1", row_id(case)
    )
    return Passenger(who, case, number, passport)


async def report(who: Mapping[str, Viewer], *crossings: Mapping[str, Any]) -> MutationAnswer:
    return await change(who["border"], "recordCrossings", crossings=list(crossings))


async def alerts(who: Mapping[str, Viewer]) -> list[dict[str, Any]]:
    """The newest first."""
    nodes: list[dict[str, Any]] = (await who["supervisor"](ALERTS)).data["alerts"]["nodes"]
    return [node for node in nodes if node["kind"] == "REVOKED_IN_COUNTRY"]


async def close_alerts(who: Mapping[str, Viewer]) -> None:
    found = (await who["supervisor"]("{ alerts(first: 9) { nodes { id kind } } }")).data
    for node in found["alerts"]["nodes"]:
        if node["kind"] == "REVOKED_IN_COUNTRY":
            given = {"alertId": node["id"], "reason": "Seen."}
            await change(who["supervisor"], "closeAlert", **given)


async def test_a_passenger_enters_overstays_and_leaves(who, connection) -> None:
    one = await passenger(who, connection, "PASSED001")
    flight = {"number": "GA715", "departsAt": (datetime.now(UTC) + timedelta(hours=9)).isoformat()}
    assert await one.status("carrier", flight=flight) == "OK"
    assert await one.status() == "OK"

    # At the border, 31 days ago, of a stay of 30 days; sent twice, since the line broke.
    entry = one.crossing("e-1", "ENTRY", 31)
    for number in (1, 0):
        assert (await report(who, entry)).payload["recorded"] == number
    # A single entry is used, and says so to whoever asks.
    assert await one.status() == "NOT_OK"
    day = wib_day(datetime.now(UTC) - timedelta(days=31))
    overstay = {
        "visaNumber": one.visa,
        "presence": "IN_COUNTRY",
        "enteredOn": day.isoformat(),
        "until": (day + timedelta(days=30)).isoformat(),
    }
    for name in ("supervisor", "border"):
        assert (await who[name](OVERSTAYS)).data["overstays"]["nodes"] == [overstay]
    # Whoever overstays longest comes first.
    longer = await connection.fetchval(
        "INSERT INTO stay (id, visa_number, application_id, presence, is_used, overstays_at)"
        " SELECT gen_random_uuid(), visa_number, application_id, 'IN_COUNTRY', true,"
        " now() - interval '40 days' FROM visa WHERE visa_number NOT IN"
        " (SELECT visa_number FROM stay) LIMIT 1 RETURNING visa_number"
    )
    listed = (await who["supervisor"](OVERSTAYS)).data["overstays"]["nodes"]
    assert [each["visaNumber"] for each in listed] == [longer, one.visa]
    await connection.execute("DELETE FROM stay WHERE visa_number = $1", longer)

    # Border control finds that it is so, and says it once; of whoever does not overstay, never.
    for number in (1, 0):
        confirmed = await change(who["border"], "confirmOverstays", visaNumbers=[one.visa])
        assert confirmed.payload == {"recorded": number, "errors": []}
    wrong = await change(
        who["border"], "confirmOverstays", visaNumbers=[one.visa, "ID000000000000"]
    )
    assert [(error["code"], error["path"]) for error in wrong.payload["errors"]] == [
        ("NOT_FOUND", ["input", "visaNumbers", "1"])
    ]
    listed = "{ overstays(first: 9) { nodes { visaNumber confirmedAt } } }"
    for name in ("supervisor", "border"):
        [found] = (await who[name](listed)).data["overstays"]["nodes"]
        assert found["confirmedAt"] is not None

    # The supervisor reads the movements for the case, and that is logged.
    case = await reference_of(who["supervisor"], one.case)
    moved = (await who["supervisor"](MOVEMENTS, case=case)).data["application"]["applicant"]
    [node] = moved["movements"]["nodes"]
    assert (node["direction"], node["port"], node["visaNumber"]) == ("ENTRY", "CGK", one.visa)
    holder = await connection.fetchval(
        "SELECT applicant_id FROM application WHERE id = $1", row_id(one.case)
    )
    read = await connection.fetchrow(READS + " AND purpose = 'SUPERVISION'", holder)
    assert (read["actor_role"], sorted(read["fields"])) == (
        "SUPERVISOR",
        ["movements.crossedAt", "movements.direction", "movements.port", "movements.visaNumber"],
    )

    # What comes in of earlier stays leaves this one as it is, and confirmed.
    await report(who, one.crossing("e-9", "ENTRY", 60), one.crossing("x-9", "EXIT", 50))
    assert (await who["supervisor"](OVERSTAYS)).data["overstays"]["nodes"] == [overstay]
    assert (await who["supervisor"](listed)).data["overstays"]["nodes"] == [found]

    # Gone for twenty days, as it turns out; the exit is reported before an older one.
    await report(who, one.crossing("x-2", "EXIT", 11))
    assert (await who["supervisor"](OVERSTAYS)).data["overstays"]["nodes"] == []
    # A crossing of earlier that comes in later changes nothing of where somebody is.
    await report(who, one.crossing("e-0", "ENTRY", 40), one.crossing("x-1", "EXIT", 35))
    stay = await connection.fetchrow("SELECT * FROM stay WHERE visa_number = $1", one.visa)
    assert (stay["presence"], stay["entered_on"], stay["overstays_at"]) == ("DEPARTED", day, None)
    assert stay["confirmed_at"] is None
    gone = await change(who["border"], "confirmOverstays", visaNumbers=[one.visa])
    assert gone.codes == ["NOT_FOUND"]


async def test_what_fits_no_visa_is_kept_for_supervisors(who, connection) -> None:
    one = await passenger(who, connection, "PASSED002")
    wrong = [
        one.crossing("u-1", "ENTRY", 2, visaNumber="ID000000000000"),
        one.crossing("u-2", "EXIT", 1, passport={"issuingState": "NZ", "number": "PASSED002"}),
    ]
    assert (await report(who, *wrong)).payload == {"recorded": 2, "errors": []}
    for name in ("supervisor", "auditor"):
        nodes = (await who[name](UNMATCHED)).data["unmatchedCrossings"]["nodes"]
        assert [(node["reportKey"], node["visaNumber"]) for node in nodes] == [
            ("u-1", "ID000000000000"),
            ("u-2", one.visa),
        ]
    stays = "SELECT count(*) FROM stay WHERE visa_number = $1"
    assert await connection.fetchval(stays, one.visa) == 0
    assert await one.status() == "OK"


async def test_a_revoked_visa_is_not_ok_and_live_while_its_holder_is_there(who, connection) -> None:
    """Supervisors are alerted, once, until the holder leaves or has another visa."""
    one = await passenger(who, connection, "PASSED003")
    # Today is the last day of the stay, and a minute from now, too: that is no overstay.
    await report(who, one.crossing("r-1", "ENTRY", 30 - 1 / 1440))
    early = await change(who["border"], "confirmOverstays", visaNumbers=[one.visa])
    assert early.codes == ["NOT_FOUND"]
    assert await alerts(who) == []
    await perform(who["supervisor"], "revokeVisa", one.case)
    assert await one.status() == "NOT_OK"
    live = "SELECT viewer.has_live_visa($1)"
    assert await connection.fetchval(live, row_id(one.case))
    # Who revoked it is told, too. What comes in of an earlier stay tells nothing new, not even once
    # the alert was closed by hand.
    told = {"kind": "REVOKED_IN_COUNTRY", "actor": "keeper", "application": {"id": one.case}}
    [raised] = await alerts(who)
    assert raised == {**told, "isOpen": True, "closedBy": None, "closeReason": None}
    await close_alerts(who)
    await report(who, one.crossing("r-0", "ENTRY", 60), one.crossing("r-9", "EXIT", 50))
    closed = {**told, "isOpen": False, "closedBy": "supervisor", "closeReason": "Seen."}
    assert await alerts(who) == [closed]
    # Another entry is told, although no exit was reported before it.
    await report(who, one.crossing("r-10", "ENTRY", 20))
    assert [each["isOpen"] for each in await alerts(who)] == [True, False]
    await close_alerts(who)
    seen = [closed, closed]
    await report(who, one.crossing("r-2", "EXIT", 1))
    assert not await connection.fetchval(live, row_id(one.case))
    # Whoever enters by a revoked visa raises another one, which the exit closes; and again.
    await report(who, one.crossing("r-3", "ENTRY", 0.9))
    assert [each["isOpen"] for each in await alerts(who)] == [True, False, False]
    await report(who, one.crossing("r-4", "EXIT", 0.8))
    left = {**closed, "closedBy": "border", "closeReason": "DEPARTED"}
    assert await alerts(who) == [left, *seen]
    await report(who, one.crossing("r-5", "ENTRY", 0.1))
    # The revocation was an error: by the visa that is granted again, nobody is there in vain.
    await perform(who["supervisor-2"], "setAsideRevocation", one.case)
    aside = {**closed, "closedBy": "supervisor-2", "closeReason": "GRANTED"}
    assert await alerts(who) == [aside, left, *seen]
    # A grant that is corrected to a refusal takes its visa back as well.
    refused = {"outcome": "REFUSED", "grounds": ["FALSE_STATEMENT"]}
    await perform(who["supervisor"], "supersedeDecision", one.case, **refused)
    assert [each["isOpen"] for each in await alerts(who)] == [True, *[False] * 4]
    await report(who, one.crossing("r-6", "EXIT", 0.05))
    assert [each["isOpen"] for each in await alerts(who)] == [False] * 5


async def test_what_serves_to_enter_is_told_as_far_as_one_reads(who, connection) -> None:
    """That a visa is held, to supervisors alone; and it is VALID for them if it is OK."""
    holder = Viewer(who["applicant"].client, {"role": "APPLICANT", "sub": "passenger"})
    one = await passenger(who, connection, "PASSED005", holder)

    async def reads(usability: str, presence: str, told: str | None = None) -> None:
        assert (await one.status() == "OK") is (usability == "VALID")
        for viewer in (who["supervisor"], who["auditor"], holder):
            read = (await viewer(USABILITY, case=one.case)).data["application"]
            as_told = usability if viewer is who["supervisor"] else told or usability
            expected = {"usability": as_told, "presence": presence}
            assert read["decision"]["visa"] == expected, viewer

    await reads("VALID", "NEVER_ENTERED")
    await perform(who["supervisor"], "holdApplication", one.case)
    await reads("HELD", "NEVER_ENTERED", "VALID")
    today = "UPDATE visa SET use_by = wib_day(now()) {} WHERE visa_number = $1"
    for shift, usability in (("", "HELD"), ("- 1", "EXPIRED")):
        await connection.execute(today.format(shift), one.visa)
        await reads(usability, "NEVER_ENTERED", "VALID" if usability == "HELD" else None)
    # Of several reasons the first.
    await report(who, one.crossing("v-1", "ENTRY", 2))
    await reads("USED", "IN_COUNTRY")
    await perform(who["supervisor"], "revokeVisa", one.case)
    await reads("REVOKED", "IN_COUNTRY")
    await report(who, one.crossing("v-2", "EXIT", 1))
    await reads("REVOKED", "DEPARTED")


async def test_a_batch_is_recorded_whole_or_not_at_all(who, connection) -> None:
    one = await passenger(who, connection, "PASSED004")
    good = one.crossing("b-1", "ENTRY", 5)
    wrong = one.crossing(
        "b 2", "EXIT", -1, visaNumber="?", port="Soekarno-Hatta",
        passport={"issuingState": "AU", "number": " "},
    )  # fmt: skip
    refused = await report(who, good, wrong)
    assert {tuple(error["path"][3:]) for error in refused.payload["errors"]} == {
        ("key",), ("visaNumber",), ("passport", "number"), ("crossedAt",), ("port",),
    }  # fmt: skip
    assert refused.payload["recorded"] is None
    twice = await report(who, good, {**good, "direction": "EXIT"})
    assert set(twice.codes) == {"INVALID"}
    assert (await report(who, *[good] * 301)).codes == ["INVALID"]
    async with without_partition(connection, "crossing"):
        unplaced = await send(who["border"], "recordCrossings", {"crossings": [good]})
        assert (unplaced.data, len(unplaced.errors)) == (None, 1)
    assert (await report(who, good)).payload["recorded"] == 1
    for changed in ({"direction": "EXIT"}, {"port": "DPS"}):
        other = await report(who, one.crossing("b-3", "EXIT", 1), {**good, **changed})
        assert other.codes == ["IDEMPOTENCY_CONFLICT"]
    assert await connection.fetchval("SELECT count(*) FROM crossing WHERE report_key ~ '^b'") == 1

"""Whether a visa can be used: one word for carriers and border control, logged and budgeted."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from gateway.errors import ErrorCode, FieldError
from gateway.execution import answers
from gateway.row_security.visa_checks import VISA_CHECK_FUNCTIONS
from gateway.schema import visa_status
from gateway.schema.people import digests_of
from gateway.viewer import Viewer as ActingViewer
from models.instants import WIB, wib_day
from models.vocabulary import Role
from tests import tokens
from tests.acting import act
from tests.gateway.changing import (
    IDENTITY,
    assign_to,
    granted_case,
    pay_bill,
    perform,
    row_id,
)
from tests.gateway.conftest import PATIENT, Answer, Viewer, running_gateway
from tests.linking import linking
from tests.walls.undoing import undone

pytestmark = pytest.mark.anyio

QUESTION = """
    query ($visa: String!, $state: CountryCode!, $passport: String!, $flight: FlightInput) {
        visaStatus(
            visaNumber: $visa, passport: {issuingState: $state, number: $passport}, flight: $flight
        )
    }
"""
CHECKS = "{ visaChecks(first: 2) { nodes { actor actorRole flightNumber departsOn isUsable } } }"
ALERTS = "SELECT kind FROM alert WHERE actor = $1 ORDER BY number"
BUDGET = 40


@pytest.fixture(scope="module")
async def app(world: str) -> AsyncIterator[Starlette]:
    """The gateway with a budget for carriers that a test can spend."""
    settings = tokens.settings(world, **PATIENT, read_budget_carrier=str(BUDGET))
    async with running_gateway(settings) as application, linking(world):
        yield application


def flight(number: str, hours: float = 12) -> dict[str, str]:
    return {"number": number, "departsAt": (datetime.now(UTC) + timedelta(hours=hours)).isoformat()}


def later_that_day(one: dict[str, str], number: str) -> dict[str, str]:
    """The flight of another number, as late on the same day in WIB as a flight departs."""
    departs = datetime.fromisoformat(one["departsAt"]).astimezone(WIB)
    return {"number": number, "departsAt": departs.replace(hour=23, minute=59).isoformat()}


class Traveller:
    """Somebody with a visa and a passport, as whoever checks them types it in."""

    def __init__(self, who: Mapping[str, Viewer], case: str, visa: str, passport: str) -> None:
        self.who, self.case, self.visa, self.passport = who, case, visa, passport

    async def ask(self, name: str, **given: Any) -> Answer:
        values = {"visa": self.visa, "passport": self.passport, "state": "AU", **given}
        viewer = self.who.get(name) or Viewer(
            self.who["carrier"].client, {"role": "CARRIER", "sub": name}
        )
        return await viewer(QUESTION, **values)

    async def status(self, name: str = "border", **given: Any) -> str:
        return (await self.ask(name, **given)).data["visaStatus"]


async def traveller(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, passport: str
) -> Traveller:
    case = await granted_case(who, identity={**IDENTITY, "passportNumber": passport})
    number = await connection.fetchval(
        "SELECT visa_number FROM visa WHERE application_id = $1", row_id(case)
    )
    return Traveller(who, case, number, passport)


async def test_a_visa_is_ok_with_its_passport_and_whatever_else_is_one_answer(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    one = await traveller(who, connection, "CHECK0001")
    other = await traveller(who, connection, "CHECK0002")
    assert await one.status() == "OK"
    assert await one.status(visa=f" {one.visa.lower()} ", passport="check 0001") == "OK"

    refused = {
        "a wrong number": await one.ask("border", visa="ID000000000000"),
        "no number": await one.ask("border", visa="no number at all, and a long one"),
        "another passport": await one.ask("border", passport=other.passport),
        "another state": await one.ask("border", state="NZ"),
    }
    await perform(who["supervisor"], "holdApplication", one.case)
    refused["held"] = await one.ask("border")
    await perform(who["supervisor"], "releaseApplication", one.case)
    assert await one.status() == "OK"
    await connection.execute(
        "UPDATE visa SET use_by = use_by - 91 WHERE visa_number = $1", one.visa
    )
    refused["over"] = await one.ask("border")
    await connection.execute(
        "UPDATE visa SET use_by = use_by + 91 WHERE visa_number = $1", one.visa
    )
    await perform(who["supervisor"], "revokeVisa", one.case)
    refused["revoked"] = await one.ask("border")
    # What is left of the budget of values is another number each time.
    for answer in refused.values():
        cost = answer.body["extensions"]["cost"]
        del cost["remaining"], cost["resetsAt"]
    [alike] = {str(answer.body) for answer in refused.values()}
    assert "NOT_OK" in alike
    assert await other.status() == "OK"


async def test_a_carrier_is_answered_once_for_a_passenger_and_a_flight(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    one = await traveller(who, connection, "CHECK0003")
    first = flight("GA 715")
    assert await one.status("airline", flight=first) == "OK"
    assert await connection.fetch(ALERTS, "airline") == []
    await perform(who["supervisor"], "holdApplication", one.case)
    # A hold is not told to whoever asks again, a second airline of the same flight included.
    assert await one.status("airline", flight=later_that_day(first, "ga715")) == "OK"
    assert [one["kind"] for one in await connection.fetch(ALERTS, "airline")] == ["REPEATED_CHECK"]
    assert await one.status("airline-2", flight=first) == "OK"
    # Another flight is another question, and border control is told how it is.
    assert await one.status("airline-3", flight=flight("QF43", 30)) == "NOT_OK"
    assert await connection.fetch(ALERTS, "airline-3") == []
    assert await one.status("border") == "NOT_OK"
    # A third flight within two days is a poll.
    night = datetime.now(UTC).replace(hour=20) + timedelta(days=1)  # in WIB it is the day after
    third = {"number": "QF45", "departsAt": night.isoformat()}
    assert await one.status("airline-3", flight=third) == "NOT_OK"
    assert [one["kind"] for one in await connection.fetch(ALERTS, "airline-3")] == [
        "REPEATED_CHECK"
    ]
    # Each is in the log, and none says of whom.
    nodes = (await who["auditor"](CHECKS)).data["visaChecks"]["nodes"]
    day = str(wib_day(datetime.fromisoformat(third["departsAt"])))
    assert [[*node.values()] for node in nodes] == [
        ["airline-3", "CARRIER", "QF45", day, False], ["border", "BORDER", None, None, False],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("carrier", {}),
        ("carrier", {"flight": flight("GA715", 49)}),
        ("border", {"flight": flight("GA715", -25)}),
        ("carrier", {"flight": flight("'; --")}),
        ("carrier", {"flight": flight("QF")}),
        ("carrier", {"flight": flight("QF1234567")}),
    ],
)
async def test_a_carrier_names_a_flight_of_these_two_days(who, name: str, given: dict) -> None:
    passport = {"visa": "ID000000000000", "state": "AU", "passport": "X1"}
    asked = await who[name](QUESTION, **passport, **given)
    assert (asked.status, asked.codes) == (400, ["INVALID_INPUT"])


async def test_no_more_visas_are_checked_than_the_budget(who, connection) -> None:
    nobody = Traveller(who, "", "ID000000000000", "NOBODY1")
    asked = await asyncio.gather(
        *(
            nobody.ask("crowd", passport=f"NOBODY{number}", flight=flight("GA1"))
            for number in range(BUDGET + 5)
        )
    )
    told = [one for one in asked if not one.errors]
    assert len(told) == BUDGET
    assert {code for one in asked if one.errors for code in one.codes} == {"READ_BUDGET"}
    assert [one["kind"] for one in await connection.fetch(ALERTS, "crowd")] == ["READ_BUDGET"]


async def test_every_answer_waits_for_a_beat(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await traveller(who, connection, "CHECK0004")
    monkeypatch.setattr(answers, "BEAT_SECONDS", 0.3)  # longer than a busy machine takes
    for visa in (one.visa, "ID000000000000"):
        began = monotonic()
        await one.ask("border", visa=visa)
        assert monotonic() - began >= 0.3


async def test_a_check_is_logged_once_where_another_field_of_its_document_fails(
    who: Mapping[str, Viewer], connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The executor resolves all fields again after a plan that failed."""
    one = await traveller(who, connection, "CHECK0010")
    asked: list[bytes] = []

    async def second_fails(context: Any, message: bytes) -> Any:
        asked.append(message)
        if len(asked) % 2 == 0:
            raise FieldError(ErrorCode.NOT_FOUND, "Not there.")
        return await digests_of(context, message)

    monkeypatch.setattr(visa_status, "digests_of", second_fails)
    status = f'visaStatus(visaNumber: "{one.visa}", passport: {{issuingState: "AU", number: "X"}})'
    answer = await who["border"](f"{{ one: {status} other: {status} }}")
    assert (answer.data, answer.codes) == ({"one": "NOT_OK", "other": None}, ["NOT_FOUND"])
    digest = "SELECT count(*) FROM visa_check WHERE trace_id = $1"
    assert await connection.fetchval(digest, answer.errors[0]["extensions"]["traceId"]) == 1


OWN = "{ myData { visaChecks { checkedOn checkedBy flightNumber } } }"


async def test_the_holder_is_told_which_authority_checked_a_visa_and_on_which_day(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    """Not whose account it was, and not what it was answered; others are told nothing of it."""
    holder = Viewer(who["applicant"].client, {"role": "APPLICANT", "sub": "traveller"})
    lodged = {"visaType": "B1", "nationality": "AU"}
    lodged |= {"identity": {**IDENTITY, "passportNumber": "CHECK0006"}}
    case = await pay_bill(who, await perform(holder, "submitApplication", **lodged))
    await perform(who["officer"], "referToScreening", await assign_to(who, "officer", case))
    await perform(who["screening"], "recordScreening", case, kind="ENTRY_BAN", result="CLEAR")
    await perform(who["officer"], "recordDecision", case, outcome="GRANTED")
    number = await connection.fetchval(
        "SELECT visa_number FROM visa WHERE application_id = $1", row_id(case)
    )
    one = Traveller(who, case, number, "CHECK0006")
    assert (await holder(OWN)).data == {"myData": {"visaChecks": []}}
    for name, given in (("border", {}), ("airline-4", {"flight": flight("GA715")})):
        assert [await one.status(name, **given) for _ in range(2)] == ["OK", "OK"]
    # Somebody who typed in another passport asked about nobody on file.
    await one.status(passport="CHECK0007")
    today = wib_day(datetime.now(UTC)).isoformat()
    assert (await holder(OWN)).data["myData"]["visaChecks"] == [
        {"checkedOn": today, "checkedBy": "BORDER", "flightNumber": None},
        {"checkedOn": today, "checkedBy": "CARRIER", "flightNumber": "GA715"},
    ]
    assert (await who["applicant"](OWN)).data == {"myData": {"visaChecks": []}}


#: Each condition of the function, and what becomes of a good visa by which it is needed.
CONDITIONS = {
    "AND status = 'GRANTED'": "UPDATE application SET status = 'REVOKED' WHERE status = 'GRANTED'",
    "AND revoked_at IS NULL": "UPDATE visa SET revoked_at = issued_at",
    "AND superseded_at IS NULL": "UPDATE visa SET superseded_at = issued_at",
    "AND returned_at IS NULL": "UPDATE visa SET returned_at = issued_at",
    "AND use_by >= greatest(departs, wib_day(clock_timestamp()))":
        "UPDATE visa SET use_by = wib_day(now()) - 1",
    """AND NOT EXISTS (
                    SELECT FROM stay WHERE stay.visa_number = visa.visa_number AND is_used
                )""": "INSERT INTO stay (id, visa_number, application_id, presence, is_used)"
        " SELECT gen_random_uuid(), visa_number, application_id, 'DEPARTED', true FROM visa",
    "AND NOT viewer.visa_is_held(application.id)":
        "UPDATE application SET is_held = true WHERE status = 'GRANTED'",
    "AND NOT is_visa_held": "UPDATE application SET is_visa_held = true WHERE status = 'GRANTED'",
    "AND NOT has_open_hit": "UPDATE application SET has_open_hit = true WHERE status = 'GRANTED'",
    "AND viewer.is_cleared(application.id)": "DELETE FROM screening",
    "AND known.digest = ANY (passports)": "UPDATE person_index SET digest = sha256('another')",
    "AND kind = 'PASSPORT'": "UPDATE person_index SET kind = 'NAME_AND_BIRTH_DATE'"
        " WHERE kind = 'PASSPORT'",
    "AND known.version = coalesce(": "INSERT INTO identity_version (applicant_id, number,"
        " valid_from, written_at) SELECT DISTINCT applicant_id, 2, now(), now() FROM person_index",
}  # fmt: skip


async def test_each_condition_is_needed(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    """The defect: a condition that is dropped from the function."""
    one = await traveller(who, connection, "CHECK0005")
    digest = await connection.fetchval(
        "SELECT encode(digest, 'hex') FROM person_index JOIN application USING (applicant_id)"
        " WHERE application.id = $1 AND kind = 'PASSPORT'",
        row_id(one.case),
    )
    asked = "SELECT viewer.visa_status('BORDER', $1, $2, NULL, NULL)"

    async def is_usable(changed: str, function: str) -> bool:
        async with undone(connection):
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM person_index WHERE kind <> 'PASSPORT'")
            await connection.execute(changed)
            await connection.execute(function)
            await act(connection, ActingViewer("somebody", Role.BORDER))
            usable: bool = await connection.fetchval(asked, one.visa, [digest])
            return usable

    assert await is_usable("SELECT 1", VISA_CHECK_FUNCTIONS)
    for condition, changed in CONDITIONS.items():
        assert VISA_CHECK_FUNCTIONS.count(condition) == 1
        dropped = condition.replace(" = ", " < 9 + ") if condition[-1] == "(" else "AND true"
        mutant = VISA_CHECK_FUNCTIONS.replace(condition, dropped)
        assert not await is_usable(changed, VISA_CHECK_FUNCTIONS), condition
        assert await is_usable(changed, mutant), condition


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.BORDER, Role.CARRIER}))
async def test_nobody_else_checks_visas(connection, role: Role) -> None:
    if role is not Role.APPLICANT:
        async with undone(connection):
            await act(connection, ActingViewer("traveller", role))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("SELECT * FROM viewer.own_visa_checks('APPLICANT')")
    async with undone(connection):
        await act(connection, ActingViewer("somebody", role))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval("SELECT viewer.visa_status($1, 'x', '{}', NULL, NULL)", role)


async def test_whoever_checks_visas_reads_no_row_of_them(connection) -> None:
    """And a function that is called in another role's name, or without a flight, refuses."""
    for role in (Role.BORDER, Role.CARRIER):
        for table in ("visa", "application", "person_index", "visa_check", "applicant", "alert"):
            async with undone(connection):
                await act(connection, ActingViewer("somebody", role))
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(f"SELECT 1 FROM {table}")
    asked = "SELECT viewer.visa_status('{}', 'x', '{{}}', NULL, NULL)"
    for role, acting in ((Role.CARRIER, "BORDER"), (Role.CARRIER, "CARRIER")):
        async with undone(connection):
            await act(connection, ActingViewer("somebody", role))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(asked.format(acting))
    # A check is logged in the own name alone.
    log = (
        "INSERT INTO visa_check (id, actor, actor_role, passenger, is_usable, trace_id)"
        " VALUES (gen_random_uuid(), '{}', 'BORDER', sha256('x'), true, 'x')"
    )
    for actor, is_own in (("somebody", True), ("another", False)):
        async with undone(connection):
            await act(connection, ActingViewer("somebody", Role.BORDER))
            if is_own:
                await connection.execute(log.format(actor))
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(log.format(actor))

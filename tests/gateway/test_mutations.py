"""Each mutation by the roles that have it: what it answers, and exactly what it writes."""

import pytest

from tests.gateway.changing import (
    IDENTITY,
    events,
    granted,
    row,
    row_id,
    submitted,
)

pytestmark = pytest.mark.anyio


async def test_an_agent_submits_at_the_own_centre(who, world, connection) -> None:
    id_ = await submitted(who)
    written = await row(connection, id_)
    assert {name: written[name] for name in (
        "status", "channel", "partner_code", "country_code", "centre_code", "visa_type_code",
        "nationality_code", "paid_at", "received_at", "closed_at",
    )} == {
        "status": "AWAITING_PAYMENT", "channel": "PARTNER_CENTRE", "partner_code": "NUSA",
        "country_code": "AU", "centre_code": "AU-SYD", "visa_type_code": "B1",
        "nationality_code": "AU", "paid_at": None, "received_at": None, "closed_at": None,
    }  # fmt: skip
    assert await events(connection, id_) == [
        (1, "SUBMITTED", "agent-au"), (2, "AWAITING_PAYMENT", None),
    ]  # fmt: skip
    person = await connection.fetchrow(
        "SELECT * FROM identity JOIN applicant ON id = applicant_id WHERE id = $1",
        written["applicant_id"],
    )
    assert (person["full_name"], person["passport_number"]) == (
        IDENTITY["fullName"], IDENTITY["passportNumber"],
    )  # fmt: skip
    assert (person["passport_last_four"], person["account"]) == ("4567", None)


async def test_a_case_is_led_from_payment_to_grant(who, world, connection) -> None:
    id_ = await granted(who)
    written = await row(connection, id_)
    assert (written["status"], written["fee_idr"]) == ("GRANTED", 500_000)
    assert (written["target_due_at"] - written["paid_at"]).total_seconds() == 24 * 3600
    assert written["closed_at"] > written["received_at"] > written["paid_at"]
    assert await events(connection, id_) == [
        (1, "SUBMITTED", "agent-au"), (2, "AWAITING_PAYMENT", None), (3, "PAID", "service"),
        (4, "RECEIVED", "agent-au"), (5, "IN_VERIFICATION", "officer"),
        (6, "SCREENING", "officer"), (7, "GRANTED", "officer"),
    ]  # fmt: skip
    decision = await connection.fetchrow(
        "SELECT * FROM decision WHERE id = $1", written["current_decision_id"]
    )
    assert (decision["outcome"], decision["officer"], decision["supersedes_id"]) == (
        "GRANTED", "officer", None,
    )  # fmt: skip
    assignment = await connection.fetchrow(
        "SELECT * FROM assignment WHERE application_id = $1", row_id(id_)
    )
    assert (assignment["officer"], assignment["ended_at"]) == ("officer", written["closed_at"])

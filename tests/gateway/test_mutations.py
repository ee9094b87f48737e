"""Each mutation by the roles that have it: what it answers, and exactly what it writes."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.volumes import fold, verify
from tests.gateway.changing import (
    IDENTITY,
    change,
    cleared,
    document,
    done,
    events,
    everything,
    granted,
    in_screening,
    in_verification,
    key,
    paid,
    refused,
    row,
    row_id,
    submitted,
)
from tests.gateway.conftest import Viewer

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


async def test_an_applicant_submits_directly_and_is_the_same_person_each_time(
    who, world, connection
) -> None:
    ruby = who["applicant"]
    id_ = await done(ruby, "submitApplication", visaType="C1", nationality="AU")
    written = await row(connection, id_)
    assert (written["channel"], written["partner_code"], written["centre_code"]) == (
        "DIRECT", None, None,
    )  # fmt: skip
    before = await connection.fetchval(
        "SELECT applicant_id FROM application WHERE reference = 'AUSY-GRAN-0001'"
    )
    assert written["applicant_id"] == before
    other = dict(IDENTITY)
    said: dict[str, Any] = {"visaType": "C1", "nationality": "AU", "identity": other}
    assert (await change(ruby, "submitApplication", **said)).codes == ["IDENTITY_DIFFERS"]
    said = {"visaType": "C1", "nationality": "NZ"}
    assert (await change(ruby, "submitApplication", **said)).codes == ["IDENTITY_DIFFERS"]


async def test_a_first_application_says_who_applies(who, world, connection) -> None:
    newcomer = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "newcomer"})
    said: dict[str, Any] = {"visaType": "C1", "nationality": "IN"}
    assert (await change(newcomer, "submitApplication", **said)).codes == ["IDENTITY_REQUIRED"]
    id_ = await done(newcomer, "submitApplication", **said, identity=dict(IDENTITY))
    again = await done(newcomer, "submitApplication", **said, identity=dict(IDENTITY))
    persons = {(await row(connection, one))["applicant_id"] for one in (id_, again)}
    assert len(persons) == 1
    account = "SELECT account FROM applicant WHERE id = $1"
    assert await connection.fetchval(account, *persons) == "newcomer"


async def test_a_direct_application_is_served_by_a_service_of_the_directorate(who, world) -> None:
    id_ = await done(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    payment = {"amountIdr": 1_500_000}
    assert (await change(who["service"], "recordPayment", id_, **payment)).codes == ["NOT_FOUND"]
    own = Viewer(
        who["anonymous"].client, {"role": "SERVICE", "sub": "payments", "partner": "DIRECT"}
    )
    await done(own, "recordPayment", id_, **payment)
    # No partner hands it over, so an officer may take it at once.
    assert (await change(own, "markReceived", id_)).codes == ["NOT_HANDED_OVER"]
    await done(who["officer"], "startVerification", id_)


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ({"visaType": "Z9"}, "VISA_TYPE_NOT_OFFERED", ["visaType"]),
        ({"nationality": "XX"}, "NATIONALITY_UNKNOWN", ["nationality"]),
        ({"centre": "AU-MEL"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"centre": "SG-SIN"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"centre": "XX-XXX"}, "CENTRE_NOT_FOUND", ["centre"]),
        ({"identity": None}, "IDENTITY_REQUIRED", ["identity"]),
        ({"identity": {**IDENTITY, "passportNumber": "zx 1"}}, "INVALID",
         ["identity", "passportNumber"]),
        ({"identity": {**IDENTITY, "email": "nowhere"}}, "INVALID", ["identity", "email"]),
        ({"identity": {**IDENTITY, "phone": "0812"}}, "INVALID", ["identity", "phone"]),
        ({"identity": {**IDENTITY, "birthDate": "2999-01-01"}}, "INVALID",
         ["identity", "birthDate"]),
        ({"identity": {**IDENTITY, "fullName": ""}}, "INVALID", ["identity", "fullName"]),
        ({"idempotencyKey": "short"}, "INVALID", ["idempotencyKey"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_submitted_is_told_by_place(
    who, world, connection, said, code, place
) -> None:
    before = await everything(connection)
    whole = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY), **said}
    changed = await change(who["agent-au"], "submitApplication", **whole)
    [error] = changed.payload["errors"]
    assert (error["code"], error["path"]) == (code, ["input", *place])
    assert changed.payload["application"] is None
    assert await everything(connection) == before


async def test_a_centre_that_has_closed_takes_nothing_in(who, world, connection) -> None:
    said = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    closing = "UPDATE centre SET closed_on = $1 WHERE code = 'AU-SYD'"
    await connection.execute(closing, date.today())
    try:
        changed = await change(who["agent-au"], "submitApplication", **said)
    finally:
        await connection.execute(closing, None)
    assert changed.codes == ["CENTRE_NOT_FOUND"]


# --- Batches -------------------------------------------------------------------------------------

RESULTS = "results { application { id } errors { code path } } errors { code path }"


async def batch(viewer: Viewer, items: list[dict[str, Any]], key_: str) -> dict[str, Any]:
    answer = await viewer(
        document("submitApplications", RESULTS),
        input={"idempotencyKey": key_, "applications": items},
    )
    assert (answer.status, answer.errors) == (200, [])
    return answer.data["submitApplications"]


async def test_a_batch_answers_for_each_application(who, world, connection) -> None:
    good = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    items = [good, {**good, "visaType": "Z9"}, {**good, "nationality": "NZ"}]
    told = await batch(who["agent-au"], items, key_ := key())
    assert told["errors"] == []
    first, second, third = told["results"]
    assert second == {
        "application": None,
        "errors": [{
            "code": "VISA_TYPE_NOT_OFFERED", "path": ["input", "applications", "1", "visaType"],
        }],
    }  # fmt: skip
    nationalities = [
        (await row(connection, one["application"]["id"]))["nationality_code"]
        for one in (first, third)
    ]
    assert nationalities == ["AU", "NZ"]
    before = await everything(connection)
    assert await batch(who["agent-au"], items, key_) == told
    assert await everything(connection) == before


async def test_a_batch_has_from_one_to_five_hundred(who, world, connection) -> None:
    one = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    for number in (0, 501):
        told = await batch(who["agent-au"], [one] * number, key())
        assert told["errors"] == [{"code": "INVALID", "path": ["input", "applications"]}]
    before = await connection.fetchval("SELECT count(*) FROM application")
    told = await batch(who["agent-au"], [one] * 500, key())
    ids = {result["application"]["id"] for result in told["results"]}
    assert len(ids) == 500
    assert await connection.fetchval("SELECT count(*) FROM application") == before + 500


async def test_a_batch_of_which_nothing_stands_leaves_nothing(who, world, connection) -> None:
    before = await everything(connection)
    items = [{"visaType": "Z9", "nationality": "AU", "identity": dict(IDENTITY)}] * 2
    told = await batch(who["agent-au"], items, key())
    assert [one["errors"][0]["code"] for one in told["results"]] == ["VISA_TYPE_NOT_OFFERED"] * 2
    assert await everything(connection) == before


# --- Payment, handover, verification -------------------------------------------------------------


async def test_the_fee_in_force_is_paid_and_no_other(who, world, connection) -> None:
    id_ = await submitted(who)
    before = await everything(connection)
    changed = await change(who["service"], "recordPayment", id_, amountIdr=400_000)
    assert changed.codes == ["AMOUNT_DIFFERS"]
    assert changed.payload["errors"][0]["path"] == ["input", "amountIdr"]
    assert await everything(connection) == before
    await done(who["service"], "recordPayment", id_, amountIdr=500_000)
    assert (await change(who["service"], "recordPayment", id_, amountIdr=500_000)).codes == [
        "WRONG_STATUS"
    ]


async def test_a_calling_visa_has_its_own_target(who, world, connection) -> None:
    id_ = await paid(who, visaType="C1", nationality="AF")
    written = await row(connection, id_)
    assert (written["target_due_at"] - written["paid_at"]).total_seconds() == 336 * 3600


async def test_a_file_is_handed_over_once_and_before_the_work(who, world) -> None:
    id_ = await submitted(who)
    await done(who["service"], "recordPayment", id_, amountIdr=500_000)
    assert (await change(who["officer"], "startVerification", id_)).codes == ["NOT_RECEIVED"]
    await done(who["agent-au"], "markReceived", id_)
    assert (await change(who["agent-au"], "markReceived", id_)).codes == ["ALREADY_RECEIVED"]
    await done(who["officer"], "startVerification", id_)


async def test_taking_a_case_opens_its_identity_and_deciding_closes_it(who, world) -> None:
    id_ = await paid(who)
    query = f"""query @purpose(code: CASEWORK, reference: "T-1") {{
        node(id: "{id_}") {{ ... on Application {{ applicant {{ identity {{ fullName }} }} }} }}
    }}"""

    async def name() -> Any:
        return (await who["officer"](query)).data["node"]["applicant"]["identity"]

    assert await name() is None
    await done(who["officer"], "startVerification", id_)
    assert await name() == {"fullName": IDENTITY["fullName"]}
    refusal = {"outcome": "REFUSED", "ground": "INCOMPLETE"}
    await done(who["officer"], "recordDecision", id_, **refusal)
    assert await name() is None


@pytest.mark.parametrize("name", ["agent-au", "service"])
async def test_information_is_asked_for_and_answered(who, world, connection, name) -> None:
    id_ = await in_verification(who)
    await done(who["officer"], "requestInformation", id_)
    asked = await row(connection, id_)
    assert (asked["status"], asked["was_info_requested"]) == ("INFO_REQUESTED", True)
    await done(who[name], "answerInformation", id_)
    answered = await row(connection, id_)
    assert answered["status"] == "IN_VERIFICATION"
    assert answered["paused_seconds"] < 60
    assert (await events(connection, id_))[-2:] == [
        (6, "INFO_REQUESTED", "officer"), (7, "IN_VERIFICATION", name),
    ]  # fmt: skip


# --- Supervision ---------------------------------------------------------------------------------


async def grant(who: Any, id_: str) -> list[str]:
    return (await change(who["officer"], "recordDecision", id_, outcome="GRANTED")).codes


async def screened(who: Any, id_: str, result: str, kind: str = "ENTRY_BAN") -> str:
    return await done(who["service"], "recordScreening", id_, kind=kind, result=result)


async def test_nothing_is_granted_unscreened_or_pending(who, world) -> None:
    assert await grant(who, await in_verification(who)) == ["NOT_CLEARED"]
    assert await grant(who, await in_screening(who)) == ["NOT_CLEARED"]


async def test_nothing_is_granted_while_screening_is_unavailable(who, world) -> None:
    id_ = await screened(who, await in_screening(who), "UNAVAILABLE")
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await done(who["officer"], "referToScreening", id_)
    assert await grant(who, id_) == ["NOT_CLEARED"]
    assert await grant(who, await screened(who, id_, "CLEAR")) == []


async def test_a_hit_is_never_granted_until_a_supervisor_has_it_looked_at_again(
    who, world, connection
) -> None:
    id_ = await screened(who, await in_screening(who), "HIT")
    assert (await row(connection, id_))["is_referred"] is True
    assert await grant(who, id_) == ["NOT_CLEARED"]
    # An officer, who is not told the result, cannot ask it away; a service cannot answer unasked.
    again = await change(who["officer"], "referToScreening", id_)
    assert again.codes == ["NOTHING_TO_ASK"]
    unasked = await change(who["service"], "recordScreening", id_, kind="ENTRY_BAN", result="CLEAR")
    assert unasked.codes == ["NOTHING_ASKED"]
    await done(who["supervisor"], "referToScreening", id_)
    assert await grant(who, await screened(who, id_, "CLEAR")) == []


async def test_nothing_held_is_granted(who, world, connection) -> None:
    id_ = await cleared(who)
    await done(who["supervisor"], "holdApplication", id_)
    assert (await change(who["supervisor"], "holdApplication", id_)).codes == ["ALREADY_HELD"]
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await done(who["supervisor"], "releaseApplication", id_)
    assert (await change(who["supervisor"], "releaseApplication", id_)).codes == ["NOT_HELD"]
    assert await grant(who, id_) == []
    assert [kind for _, kind, _ in await events(connection, id_)][-3:] == [
        "HELD", "RELEASED", "GRANTED",
    ]  # fmt: skip


async def test_an_officer_is_told_the_same_of_a_hold_a_hit_and_a_pending_answer(who, world) -> None:
    held = await cleared(who)
    await done(who["supervisor"], "holdApplication", held)
    hit = await screened(who, await in_screening(who), "HIT")
    pending = await in_screening(who)
    select = "application { id } errors { code message path currentStatus }"
    told = [
        (await who["officer"](
            document("recordDecision", select),
            input={"idempotencyKey": key(), "applicationId": id_, "outcome": "GRANTED"},
        )).data
        for id_ in (held, hit, pending)
    ]  # fmt: skip
    assert told[0] == told[1] == told[2]


async def test_a_calling_visa_takes_clearance_too(who, world, connection) -> None:
    id_ = await in_screening(who, visaType="C1", nationality="AF")
    assert (await row(connection, id_))["is_referred"] is True
    await screened(who, id_, "CLEAR")
    assert await grant(who, id_) == ["NOT_CLEARED"]
    await screened(who, id_, "CLEAR", "CLEARANCE")
    assert await grant(who, id_) == []


async def test_pending_is_no_answer(who, world) -> None:
    id_ = await in_screening(who)
    said = {"kind": "ENTRY_BAN", "result": "PENDING"}
    assert (await change(who["service"], "recordScreening", id_, **said)).codes == ["INVALID"]


# --- Decisions -----------------------------------------------------------------------------------


async def test_a_refusal_has_a_ground_and_a_grant_has_none(who, world) -> None:
    id_ = await cleared(who)
    for said, code in (
        ({"outcome": "REFUSED"}, "GROUND_REQUIRED"),
        ({"outcome": "GRANTED", "ground": "SECURITY"}, "GROUND_NOT_ALLOWED"),
        ({"outcome": "GRANTED", "internalNote": "x" * 2001}, "INVALID"),
    ):
        assert (await change(who["officer"], "recordDecision", id_, **said)).codes == [code]


async def test_a_decision_is_corrected_by_a_second_person(who, world, connection) -> None:
    id_ = await granted(who)
    first = await row(connection, id_)
    refusal = {"outcome": "REFUSED", "ground": "FORGED_DOCUMENT", "internalNote": "Seen twice."}
    same_person = Viewer(who["anonymous"].client, {"role": "SUPERVISOR", "sub": "officer"})
    refused_ = await change(same_person, "supersedeDecision", id_, **refusal)
    assert refused_.codes == ["SECOND_PERSON_REQUIRED"]
    same = await change(who["supervisor"], "supersedeDecision", id_, outcome="GRANTED")
    assert same.codes == ["SAME_DECISION"]
    await done(who["supervisor"], "supersedeDecision", id_, **refusal)
    after = await row(connection, id_)
    assert (after["status"], after["closed_at"]) == ("REFUSED", first["closed_at"])
    decision = await connection.fetchrow(
        "SELECT * FROM decision WHERE id = $1", after["current_decision_id"]
    )
    assert (decision["supersedes_id"], decision["officer"], decision["internal_note"]) == (
        first["current_decision_id"], "supervisor", "Seen twice.",
    )  # fmt: skip
    # Nor does that supervisor correct the own correction.
    back = await change(who["supervisor"], "supersedeDecision", id_, outcome="GRANTED")
    assert back.codes == ["SECOND_PERSON_REQUIRED"]


async def test_a_refusal_is_corrected_to_a_grant_only_when_cleared(who, world, connection) -> None:
    id_ = await refused(who)
    correction = {"outcome": "GRANTED"}
    first = await change(who["supervisor"], "supersedeDecision", id_, **correction)
    assert first.codes == ["NOT_CLEARED"]
    told = await events(connection, id_)
    await done(who["supervisor"], "referToScreening", id_)
    assert (await row(connection, id_))["status"] == "REFUSED"
    assert await events(connection, id_) == told
    await screened(who, id_, "CLEAR")
    await done(who["supervisor"], "supersedeDecision", id_, **correction)
    assert (await row(connection, id_))["status"] == "GRANTED"


async def test_a_granted_visa_is_revoked_and_stays_a_decision(who, world, connection) -> None:
    id_ = await granted(who)
    before = await row(connection, id_)
    await done(who["supervisor"], "revokeVisa", id_)
    after = await row(connection, id_)
    assert {name for name in after if after[name] != before[name]} == {"status"}
    assert after["status"] == "REVOKED"
    again = await change(who["supervisor"], "revokeVisa", id_)
    assert again.codes == ["WRONG_STATUS"]


@pytest.mark.parametrize("made", [submitted, paid, in_verification, in_screening])
async def test_whoever_sent_an_open_application_may_withdraw_it(
    who, world, connection, made
) -> None:
    id_ = await made(who)
    await done(who["agent-au"], "withdrawApplication", id_)
    written = await row(connection, id_)
    assert (written["status"], written["current_decision_id"]) == ("WITHDRAWN", None)
    desk = "SELECT count(*) FROM assignment WHERE application_id = $1 AND ended_at IS NULL"
    assert await connection.fetchval(desk, row_id(id_)) == 0
    assert (await change(who["agent-au"], "withdrawApplication", id_)).codes == ["WRONG_STATUS"]


async def test_an_applicant_withdraws_the_own_application(who, world) -> None:
    id_ = await done(who["applicant"], "submitApplication", visaType="C1", nationality="AU")
    assert (await change(who["agent-au"], "withdrawApplication", id_)).codes == ["NOT_FOUND"]
    await done(who["applicant"], "withdrawApplication", id_)


# --- Expectations, payloads, volumes -------------------------------------------------------------


async def test_an_expectation_that_does_not_hold_is_told_with_the_status(who, world) -> None:
    id_ = await in_screening(who)
    select = "errors { code currentStatus path }"
    given = {"idempotencyKey": key(), "applicationId": id_, "expectedStatus": "IN_VERIFICATION"}
    answer = await who["officer"](
        document("recordDecision", select), input={**given, "outcome": "GRANTED"}
    )
    assert answer.data["recordDecision"]["errors"] == [
        {
            "code": "STATUS_CHANGED", "currentStatus": "SCREENING",
            "path": ["input", "expectedStatus"],
        }
    ]  # fmt: skip


async def test_who_reads_no_status_can_neither_expect_nor_be_told_one(who, world, traffic) -> None:
    id_ = await submitted(who)
    given = {"idempotencyKey": key(), "applicationId": id_}
    told = await who["agent-au"](
        document("withdrawApplication", "errors { currentStatus }"), input=given
    )
    assert told.codes == ["FORBIDDEN_FIELD"]
    expecting = {**given, "expectedStatus": "AWAITING_PAYMENT"}
    answer = await who["agent-au"](document("withdrawApplication"), input=expecting)
    assert answer.codes == ["INVALID_VARIABLES"]


async def test_mutations_run_in_order_and_each_is_read_after_it(who, world) -> None:
    id_ = await paid(who)
    status = "{ application { status } errors { code } }"
    answer = await who["officer"](
        f"""mutation($a: StartVerificationInput!, $b: RequestInformationInput!) {{
            first: startVerification(input: $a) {status}
            second: requestInformation(input: $b) {status}
        }}""",
        a={"idempotencyKey": key(), "applicationId": id_},
        b={"idempotencyKey": key(), "applicationId": id_},
    )
    assert answer.data == {
        "first": {"application": {"status": "IN_VERIFICATION"}, "errors": []},
        "second": {"application": {"status": "INFO_REQUESTED"}, "errors": []},
    }


async def test_a_payload_is_read_by_the_policy_of_reading(who, world, traffic) -> None:
    given = {"visaType": "B1", "nationality": "AU", "identity": dict(IDENTITY)}
    inside = "application { stage applicant { passportLastFour identity { fullName } } }"
    name = "mutation($input: SubmitApplicationInput!)"
    body = f"{{ submitApplication(input: $input) {{ {inside} errors {{ code }} }} }}"
    input_ = {"idempotencyKey": key(), **given}
    without = await who["agent-au"](f"{name} {body}", input=input_)
    assert (without.codes, traffic.statements) == (["PURPOSE_REQUIRED"], [])
    purpose = '@purpose(code: INTAKE, reference: "T-1")'
    answer = await who["agent-au"](f"{name} {purpose} {body}", input=input_)
    assert answer.data["submitApplication"]["application"] == {
        "stage": "WAITING_FOR_APPLICANT",
        "applicant": {
            "passportLastFour": "4567", "identity": {"fullName": IDENTITY["fullName"]},
        },
    }  # fmt: skip
    assert any("INSERT INTO access_event" in one for one in traffic.statements)
    status = f"{name} {body.replace('stage', 'status')}"
    assert (await who["agent-au"](status, input=input_)).codes == ["FORBIDDEN_FIELD"]


async def test_volumes_follow_what_was_done(who, world, connection) -> None:
    await granted(who)
    await done(who["supervisor"], "referToScreening", await refused(who))
    waiting = await in_verification(who)
    for _ in range(3):
        await done(who["officer"], "requestInformation", waiting)
        await asyncio.sleep(0.4)
        await done(who["agent-au"], "answerInformation", waiting)
    assert (await row(connection, waiting))["paused_seconds"] == 1
    while await fold(connection):
        pass
    assert await verify(connection) == []

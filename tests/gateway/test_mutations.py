"""Each mutation by the roles that have it: what it answers, and exactly what it writes."""

import asyncio
from typing import Any

import pytest

from models.volumes import fold, verify
from tests.gateway.changing import (
    ENTRY_ON,
    IDENTITY,
    assign_to,
    change,
    document,
    events,
    everything,
    granted_case,
    in_screening,
    in_verification,
    key,
    paid_case,
    pay,
    pay_bill,
    perform,
    reference_of,
    refused_case,
    row,
    row_id,
    rupiah,
    submitted_case,
)
from tests.world import REQUIRED

pytestmark = pytest.mark.anyio


async def test_a_case_is_led_from_payment_to_grant(who, world, connection) -> None:
    id_ = await granted_case(who)
    written = await row(connection, id_)
    assert (written["status"], written["fee_idr"]) == ("GRANTED", 500_000)
    assert not written["is_referred"], "the entry ban alone is asked about everybody"
    assert (written["target_due_at"] - written["paid_at"]).total_seconds() == 24 * 3600
    assert written["closed_at"] > written["received_at"] > written["paid_at"]
    assert await events(connection, id_) == [
        (1, "SUBMITTED", "agent-au"), (2, "AWAITING_PAYMENT", None), (3, "PAID", "treasury"),
        (4, "RECEIVED", "agent-au"), (5, "IN_VERIFICATION", "supervisor"),
        (6, "SCREENING", "officer"), (7, "SCREENED", "screening"), (8, "GRANTED", "officer"),
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


# --- Payment, handover, verification -------------------------------------------------------------


async def test_the_amount_of_the_bill_is_paid_and_no_other(who, world, connection) -> None:
    id_ = await submitted_case(who)
    before = await everything(connection)
    changed = await pay(who, id_, paid=rupiah(400_000))
    assert changed.codes == ["AMOUNT_DIFFERS"]
    assert changed.payload["errors"][0]["path"] == ["input", "paid"]
    assert await everything(connection) == before
    misread = await pay(who, id_, receiptNumber="ntpn 1")
    assert [(e["code"], e["path"]) for e in misread.payload["errors"]] == [
        ("INVALID", ["input", "receiptNumber"])
    ]
    await pay_bill(who, id_)
    assert (await pay(who, id_)).codes == ["BILL_CLOSED"]


async def test_a_calling_visa_has_its_own_target(who, world, connection) -> None:
    id_ = await paid_case(who, visaType="C1", nationality="AF")
    written = await row(connection, id_)
    assert (written["target_due_at"] - written["paid_at"]).total_seconds() == 336 * 3600


async def test_a_payment_fixes_the_target_that_is_in_force(who, world, connection) -> None:
    """The latest that has begun, whichever others there are."""
    rule = "visa_type_code = 'C1' AND clock = 'CALLING_VISA'"
    others = f"""
        INSERT INTO service_target
        SELECT (jsonb_populate_record(target, other)).* FROM service_target AS target, (VALUES
            (jsonb_build_object('valid_from', valid_from(-9999), 'hours', 1)),
            (jsonb_build_object('valid_from', valid_from(1), 'hours', 2))
        ) AS others (other) WHERE {rule}
    """
    for days in ("-9999", "1"):
        others = others.replace(f"valid_from({days})", f"wib_day(now()) + {days}")
    await connection.execute(others)
    try:
        id_ = await paid_case(who, visaType="C1", nationality="AF")
        written = await row(connection, id_)
        assert (written["target_due_at"] - written["paid_at"]).total_seconds() == 336 * 3600
    finally:
        await connection.execute(f"DELETE FROM service_target WHERE {rule} AND hours < 3")


async def test_a_file_is_handed_over_once_and_before_the_work(who, world) -> None:
    id_ = await submitted_case(who)
    await pay_bill(who, id_)
    given = {"officer": "officer", "reason": "In turn."}
    assert (await change(who["supervisor"], "reassignCase", id_, **given)).codes == ["NOT_RECEIVED"]
    await perform(who["agent-au"], "markReceived", id_)
    assert (await change(who["agent-au"], "markReceived", id_)).codes == ["ALREADY_RECEIVED"]
    await assign_to(who, "officer", id_)


async def test_an_assignment_opens_an_identity_and_deciding_closes_it(who, world) -> None:
    # Of somebody with no other file: one on the desk would open this one too.
    id_ = await paid_case(who, identity={**IDENTITY, "passportNumber": "ALONE0001"})
    case = await reference_of(who["officer"], id_)
    query = f"""query @purpose(code: CASEWORK, reference: "{case}") {{
        node(id: "{id_}") {{ ... on Application {{ applicant {{ identity {{ fullName }} }} }} }}
    }}"""

    async def name() -> Any:
        return (await who["officer"](query)).data["node"]["applicant"]["identity"]

    assert await name() is None
    await assign_to(who, "officer", id_)
    assert await name() == {"fullName": IDENTITY["fullName"]}
    refusal = {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}
    await perform(who["officer"], "recordDecision", id_, **refusal)
    assert await name() is None


@pytest.mark.parametrize("name", ["agent-au", "service"])
async def test_information_is_requested_and_answered(who, world, connection, name) -> None:
    id_ = await in_verification(who)
    await perform(who["officer"], "requestInformation", id_)
    asked = await row(connection, id_)
    assert (asked["status"], asked["was_info_requested"]) == ("INFO_REQUESTED", True)
    await perform(who[name], "answerInformation", id_)
    answered = await row(connection, id_)
    assert answered["status"] == "IN_VERIFICATION"
    assert answered["paused_seconds"] < 60
    assert (await events(connection, id_))[-2:] == [
        (6, "INFO_REQUESTED", "officer"), (7, "IN_VERIFICATION", name),
    ]  # fmt: skip


# --- Expectations, payloads, volumes -------------------------------------------------------------


async def test_a_wrong_expected_status_is_refused_with_the_current_one(who, world) -> None:
    id_ = await in_screening(who)
    select = "errors { code path ... on CaseError { currentStatus } }"
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


@pytest.mark.parametrize("name", ["agent-au", "applicant", "service"])
async def test_a_role_that_reads_no_status_neither_expects_nor_learns_one(who, world, name) -> None:
    mutation = "answerInformation"
    given = {"idempotencyKey": key(), "applicationId": await submitted_case(who), "items": []}
    found = await who[name](
        document(mutation, "errors { ... on CaseError { currentStatus } }"), input=given
    )
    assert found.codes == ["FORBIDDEN_FIELD"]
    expecting = {**given, "expectedStatus": "AWAITING_PAYMENT"}
    answer = await who[name](document(mutation), input=expecting)
    assert answer.codes == ["INVALID_VARIABLES"]
    schema = await who[name](
        '{ errors: __type(name: "CaseError") { fields { name } }'
        ' codes: __type(name: "MutationErrorCode") { enumValues { name } } }'
    )
    assert {"name": "currentStatus"} not in schema.data["errors"]["fields"]
    codes = {one["name"] for one in schema.data["codes"]["enumValues"]}
    assert codes & {"WRONG_STATUS", "STATUS_CHANGED"} == set()
    assert codes >= {"WRONG_STAGE", "STAGE_CHANGED"}


@pytest.mark.parametrize("name", ["officer", "supervisor"])
async def test_who_reads_a_status_expects_a_status_and_no_stage(who, world, name) -> None:
    given = {"idempotencyKey": key(), "applicationId": await submitted_case(who)}
    found = await who[name](
        document("referToScreening", "errors { ... on CaseError { currentStage } }"), input=given
    )
    assert found.codes == ["FORBIDDEN_FIELD"]
    expecting = {**given, "expectedStage": "IN_PROCESS"}
    answer = await who[name](document("referToScreening"), input=expecting)
    assert answer.codes == ["INVALID_VARIABLES"]


async def test_a_role_that_reads_a_stage_expects_one_and_learns_the_current_one(who, world) -> None:
    id_ = await paid_case(who)
    select = "errors { code path ... on CaseError { currentStage } }"
    given = {"applicationId": id_, "expectedStage": "WAITING_FOR_APPLICANT"}
    answer = await who["agent-au"](
        document("withdrawApplication", select), input={"idempotencyKey": key(), **given}
    )
    assert answer.data["withdrawApplication"]["errors"] == [
        {
            "code": "STAGE_CHANGED", "currentStage": "IN_PROCESS",
            "path": ["input", "expectedStage"],
        }
    ]  # fmt: skip
    await perform(who["agent-au"], "withdrawApplication", id_, expectedStage="IN_PROCESS")
    again = await change(who["agent-au"], "withdrawApplication", id_)
    assert again.codes == ["WRONG_STAGE"]


async def test_mutations_run_in_order_and_each_is_read_after_it(who, world) -> None:
    id_ = await in_verification(who)
    status = "{ application { status } errors { code } }"
    answer = await who["officer"](
        f"""mutation($a: ReferToScreeningInput!, $b: RecordDecisionInput!) {{
            first: referToScreening(input: $a) {status}
            second: recordDecision(input: $b) {status}
        }}""",
        a={"idempotencyKey": key(), "applicationId": id_},
        b={"idempotencyKey": key(), "applicationId": id_,
           "outcome": "REFUSED", "grounds": ["INCOMPLETE"]},
    )  # fmt: skip
    assert answer.data == {
        "first": {"application": {"status": "SCREENING"}, "errors": []},
        "second": {"application": {"status": "REFUSED"}, "errors": []},
    }


async def test_a_payload_is_read_by_the_policy_of_reading(who, world, traffic) -> None:
    given = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY)}
    inside = "application { stage applicant { passportLastFour identity { fullName } } }"
    name = "mutation($input: SubmitApplicationInput!)"
    body = f"{{ submitApplication(input: $input) {{ {inside} errors {{ code }} }} }}"
    input_ = {"idempotencyKey": key(), **given}
    without = await who["agent-au"](f"{name} {body}", input=input_)
    assert (without.codes, traffic.statements) == (["PURPOSE_REQUIRED"], [])
    purpose = "@purpose(code: INTAKE)"
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


#: For how many seconds a case waited for its applicant, by its events.
_PAUSED = """
    SELECT extract(epoch FROM sum(answered - occurred_at))::float8 FROM (
        SELECT kind, occurred_at, lead(occurred_at) OVER (ORDER BY sequence) AS answered
        FROM application_event WHERE application_id = $1
    ) AS event WHERE kind = 'INFO_REQUESTED'
"""


async def test_volumes_follow_what_was_done(who, world, connection) -> None:
    await granted_case(who)
    await perform(who["supervisor"], "referToScreening", await refused_case(who))
    waiting = await in_verification(who)
    for _ in range(3):
        await perform(who["officer"], "requestInformation", waiting)
        await asyncio.sleep(0.4)
        await perform(who["agent-au"], "answerInformation", waiting)
    paused = await connection.fetchval(_PAUSED, row_id(waiting))
    assert paused >= 1
    assert (await row(connection, waiting))["paused_seconds"] == round(paused)
    while await fold(connection):
        pass
    assert await verify(connection) == []


async def test_a_document_that_was_there_already_keeps_its_first_record(who, connection) -> None:
    id_ = await submitted_case(who, visaType="C1")
    first, second = REQUIRED["C1"]
    records = (
        "SELECT kind, recorded_at FROM case_document WHERE application_id = $1"
        " AND recorded_at IS NOT NULL"
    )

    async def recorded(*kinds: str) -> dict[str, Any]:
        await perform(who["agent-au"], "recordDocuments", id_, documents=list(kinds))
        return dict(await connection.fetch(records, row_id(id_)))

    one = await recorded(first)
    assert one.keys() == {first}
    both = await recorded(first, second)
    assert both[first] == one[first]
    assert both[second] > one[first]
    assert await recorded(second) == {second: both[second]}

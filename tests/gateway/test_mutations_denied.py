"""A mutation that is denied changes nothing and reveals nothing, for every role and mutation."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.limits import MOST_MISTAKES, MOST_ROOT_FIELDS
from gateway.policy import MUTATIONS
from gateway.schema.mutations.case_intents import INTENTS
from models.life import STEPS
from models.vocabulary import Role
from tests import tokens
from tests.gateway.administering import PROPOSALS, sample
from tests.gateway.changing import (
    A_LINK,
    ENTRY_ON,
    FURTHER_PEOPLE,
    IDENTITY,
    PERSONAL,
    UNSAID,
    MutationAnswer,
    document,
    everything,
    global_id,
    key,
    rupiah,
    send,
    submitted_case,
)
from tests.gateway.conftest import Answer, Viewer, without_budget
from tests.gateway.test_policy_enforced import VIEWERS
from tests.world import CASES, today

pytestmark = pytest.mark.anyio

SUBMISSION: dict[str, Any] = {
    "visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON, "identity": dict(IDENTITY),
}  # fmt: skip
#: What each takes beside its key and the application; endpoints and batches have their own tests.
GIVEN: dict[str, dict[str, Any]] = {
    **UNSAID,
    "submitApplication": SUBMISSION,
    "submitApplications": {"applications": [SUBMISSION]},
    "recordPayment": {
        "billingCode": "812345678901234",
        "paid": rupiah(500_000),
        "receiptNumber": "NTPN000000009999",
    },
    "takeCase": {"queue": "FREE"},
    "releaseCase": {"reason": "I know the applicant."},
    "reassignCase": {"officer": "officer-2", "reason": "In turn."},
    "relieveOfficer": {"officer": "officer-2", "reason": "Has left."},
    "recordScreening": {"kind": "ENTRY_BAN", "result": "CLEAR"},
    "confirmScreening": {"kind": "CLEARANCE"},
    "resolveHit": {"kind": "ENTRY_BAN", "resolution": "MATCH", "reason": "Same passport."},
    "proposeCorrection": {"identity": {"fullName": "Olive Other"}},
    "rejectCorrection": {"reason": "The passport says otherwise."},
    "closeAlert": {"alertId": "nobody's", "reason": "It was work."},
    "openInquiry": {"reason": "A ring of forgers.", "minutes": 5, "mostPeople": 5},
    "approveInquiry": {"inquiryId": "nobody's"},
    "reviewInquiry": {"inquiryId": "nobody's", "verdict": "JUSTIFIED", "reason": "It was work."},
    "proposeBudgetException": FURTHER_PEOPLE,
    "approveBudgetException": {"exceptionId": "nobody's"},
    "subscribeToMail": {"occasion": "MONTHLY", "language": "EN"},
    "renewMailSubscription": {"subscriptionId": "nobody's"},
    "endMailSubscription": {"subscriptionId": "nobody's"},
    "saveView": {"name": "Mine", "page": "TODAY", "query": ""},
    "renameSavedView": {"viewId": "nobody's", "name": "Mine"},
    "removeSavedView": {"viewId": "nobody's"},
    "noteMonth": {"month": "2026-01-01", "text": "A strike."},
    "removeMonthNote": {"noteId": "nobody's"},
    "confirmLink": {"linkId": A_LINK, "reason": "The same face."},
    "rejectLink": {"linkId": A_LINK, "reason": "Another face."},
    "recordDecision": {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]},
    "supersedeDecision": {"outcome": "REFUSED", "grounds": ["INCOMPLETE"], "reason": "So."},
}
#: Who may call what, as people say it; not read from the policy.
OWN = {"subscribeToMail", "renewMailSubscription", "endMailSubscription",
       "saveView", "renameSavedView", "removeSavedView"}  # fmt: skip
NOTES = {"noteMonth", "removeMonthNote"}
HANDING_IN = {"submitApplication", "answerInformation", "answerIntention", "withdrawApplication",
              "proposeCorrection"}  # fmt: skip
ENDPOINTS = {"pauseWebhook", "resumeWebhook", "removeWebhook", "redeliverNotices"}
WEBHOOKS = {*ENDPOINTS, "registerWebhook", "rotateWebhookSecret"}
HANDED = {"proposeCorrections", "withdrawApplications", "answerInformationRequests"}
BATCHES = {*HANDED, "recordScreenings", "confirmScreenings"}
CALLED: dict[Role, set[str]] = {
    Role.LEADERSHIP: OWN | NOTES,
    Role.PARTNER_MANAGER: OWN | NOTES | ENDPOINTS | {"approveWebhook", "answerComplaint"},
    Role.OFFICER: {
        *OWN, "takeCase", "releaseCase", "requestInformation", "announceRefusal", "writeNote",
        "referToScreening", "recordDecision", "approveCorrection", "rejectCorrection",
        "confirmLink", "rejectLink", "recordAppearance", "proposeGrant", "rejectGrant"},
    Role.SUPERVISOR: {
        *OWN, "approveCorrection", "confirmCorrection", "rejectCorrection", "proposeGrant",
        "reassignCase", "relieveOfficer", "referToScreening", "resolveHit", "holdApplication",
        "releaseApplication", "recordDecision", "openInquiry", "supersedeDecision", "revokeVisa",
        "setAsideRevocation", "closeAlert", "approveInquiry", "reviewInquiry", "holdErasure",
        "releaseErasure", "approveReferenceChange", "cancelReferenceChange", "stopGrantRule",
        "answerComplaint", "markUrgent", "endUrgency", "replayScreening", "proposeBudgetException",
        "approveBudgetException", "approveGrant", "rejectGrant", "writeNote"},
    Role.PARTNER_AGENT: {*OWN, *HANDING_IN, "submitApplications", "recordDocuments",
                         "markReceived", "requestUpload", "renewBill"},
    Role.APPLICANT: {*HANDING_IN, "lodgeDataRequest", "requestUpload", "renewBill", "claimFile",
                     "returnVisa", "lodgeComplaint", "requestClaimCode", "applyForExtension"},
    Role.AUDITOR: {*OWN, "registerDataRequest", "nameDataSubject", "answerDataRequest",
                   "proposeLookupOpening", "approveLookupOpening", "recordBreach", "notifyPeople",
                   "notifyInstitution", "closeBreach", "approveReferenceChange", "sortComplaint",
                   "cancelReferenceChange", "entrustComplaint", "answerComplaint"},
    Role.BORDER: {"recordCrossings", "confirmOverstays"},
    Role.TREASURY: {"recordPayment", "keepPayment", "recommendRefund", "recommendAssignment",
                    "recordPaymentOrder", "recordReversal"},
    Role.PARTNER_SERVICE: {*HANDING_IN, "submitApplications", "recordDocuments", "markReceived",
                           "registerWebhook", "fetchVisa", "requestUpload", "registerDocument",
                           "rotateWebhookSecret", "renewBill", *ENDPOINTS, *HANDED},
    Role.SCREENING: {*BATCHES - HANDED, "recordScreening", "confirmScreening", "proposeBan",
                     "approveBan", "rejectBan", "proposeBanWithdrawal", "approveBanWithdrawal"},
    Role.ADMINISTRATOR: {
        *PROPOSALS, "approveReferenceChange", "cancelReferenceChange", "suspendPartner",
        "suspendViewer", "confirmSuspension", "liftSuspension", "proposeLifting"},
}  # fmt: skip
SCOPED = {"agent-au": "AUME-INCO-0004", "applicant": "AUSY-PAID-0013", "service": "ANDA-CORR-0005"}

each_role = pytest.mark.parametrize("role", list(Role))
each_step = pytest.mark.parametrize(
    "mutation",
    [
        intent.name
        for intent in INTENTS
        if intent.verbs
        and intent.name not in ("submitApplication", "submitApplications")
        and intent.name not in ("recordPayment", "recordScreening", "confirmScreening", "takeCase")
        and not intent.is_of_many
    ],
)


def input_of(mutation: str, id_: str) -> dict[str, Any]:
    if mutation in CALLED[Role.ADMINISTRATOR]:
        return sample(mutation, today() + timedelta(days=1))
    is_named = mutation.startswith("submit") or mutation in (
        *("recordPayment", "takeCase", "relieveOfficer", "closeAlert", "openInquiry"),
        *("approveInquiry", "reviewInquiry", "proposeBudgetException", "approveBudgetException"),
        *OWN,
        *NOTES,
    )
    named = {} if is_named else {"applicationId": id_}
    return {**GIVEN.get(mutation, {}), **named}


def comparable(answer: Answer) -> tuple[int, Any]:
    body = json.loads(without_budget(answer.text))
    for error in body.get("errors", []):
        del error["extensions"]["traceId"]
    return answer.status, body


# --- Roles ---------------------------------------------------------------------------------------


@each_role
async def test_the_schema_of_each_role_has_its_mutations_alone(who, world, role) -> None:
    answer = await who[VIEWERS[role]]("{ __schema { mutationType { fields { name } } } }")
    root = answer.data["__schema"]["mutationType"] or {"fields": []}
    assert {field["name"] for field in root["fields"]} == CALLED.get(role, set())


def test_policy_and_steps_give_each_mutation_to_the_same_roles() -> None:
    for intent in (one for one in INTENTS if one.verbs):
        acting = {role for step in STEPS if step.verb in intent.verbs for role in step.by}
        if intent.name == "submitApplications":
            acting -= {Role.APPLICANT}  # who applies alone has no batch
        assert set(MUTATIONS[intent.name].rows) == acting, intent.name


@each_role
async def test_a_role_without_a_mutation_is_refused_before_anything_is_read(
    who, world, connection, traffic, role
) -> None:
    before = await everything(connection)
    foreign = [mutation for mutation in MUTATIONS if mutation not in CALLED.get(role, set())]
    inputs = {
        mutation: {"idempotencyKey": key(), **input_of(mutation, global_id("AUSY-PAID-0013"))}
        for mutation in foreign
    }
    traffic.statements.clear()
    for mutation in foreign[:1]:
        answer = await who[VIEWERS[role]](
            document(mutation, "errors { code }"), input=inputs[mutation]
        )
        assert_refused(answer, [mutation])
    # Each mutation is two coordinates, of which an answer names so many.
    for begin in range(0, len(foreign), MOST_MISTAKES // 2):
        mutations = foreign[begin : begin + MOST_MISTAKES // 2]
        for text in (plain(mutations), *disguises(mutations)):
            answer = await who[VIEWERS[role]](text, **{name: inputs[name] for name in mutations})
            assert_refused(answer, mutations)
    assert (traffic.statements, traffic.connections) == ([], 0)
    assert await everything(connection) == before


def plain(mutations: list[str]) -> str:
    """One document for several mutations, of which the answer has to name each."""
    called = [f"{name}(input: ${name}) {{ errors {{ code }} }}" for name in mutations]
    return f"mutation({variable_declarations(mutations)}) {{ {' '.join(called)} }}"


def variable_declarations(mutations: list[str]) -> str:
    return ", ".join(f"${name}: {name[0].upper()}{name[1:]}Input!" for name in mutations)


def disguises(mutations: list[str]) -> Iterator[str]:
    """The same mutations by other names, inside a fragment, and without an input."""
    called = [f"{name}(input: ${name}) {{ __typename }}" for name in mutations]
    aliased = " ".join(f"harmless{n}: {call}" for n, call in enumerate(called))
    yield f"mutation({variable_declarations(mutations)}) {{ {aliased} }}"
    operation = f"mutation({variable_declarations(mutations)}) {{ ...F }}"
    yield f"{operation} fragment F on Mutation {{ {' '.join(called)} }}"
    yield f"mutation {{ {' '.join(f'{name} {{ __typename }}' for name in mutations)} }}"


def assert_refused(answer: Answer, mutations: list[str]) -> None:
    assert (answer.status, set(answer.codes)) == (400, {"FORBIDDEN_FIELD"}), mutations
    found = {error["extensions"]["coordinate"] for error in answer.errors}
    assert {f"Mutation.{mutation}" for mutation in mutations} <= found
    assert "data" not in answer.body


# --- Rows ----------------------------------------------------------------------------------------


async def call(viewer: Viewer, mutation: str, id_: str) -> Answer:
    input_ = {"idempotencyKey": key(), **input_of(mutation, id_)}
    return await viewer(document(mutation), input=input_)


# --- Statuses ------------------------------------------------------------------------------------


@each_step
async def test_a_step_that_cannot_be_taken_changes_nothing(
    who, world, connection, mutation
) -> None:
    before, refused_ = await everything(connection), 0
    for role in MUTATIONS[mutation].rows:
        for case in CASES:
            given = input_of(mutation, global_id(case.reference))
            if case.reference == "ANDA-LAPS-0012":
                continue
            # Each expects what no case but the one left out is; an agent of the own case alone.
            if role in (Role.OFFICER, Role.SUPERVISOR):
                wrong = {**given, "expectedStatus": "LAPSED"}
            elif (
                role in (Role.APPLICANT, Role.PARTNER_SERVICE) or case.reference == "AUSY-PAID-0013"
            ):
                wrong = {**given, "expectedStage": "SUBMITTED"}
            else:
                wrong = given
            answer = await send(who[VIEWERS[role]], mutation, wrong)
            assert MutationAnswer(answer, answer.data[mutation]).codes
            refused_ += 1
    assert refused_ >= 12
    assert await everything(connection) == before


# --- Ways in -------------------------------------------------------------------------------------


async def test_only_a_post_with_json_changes_anything(client, who, world, connection) -> None:
    before = await everything(connection)
    text = document("withdrawApplication")
    input_ = {"idempotencyKey": key(), "applicationId": global_id("AUSY-PAID-0013")}
    signed = {"Authorization": bearer(who["agent-au"])}
    got = await client.get(
        "/graphql",
        params={"query": text, "variables": json.dumps({"input": input_})},
        headers=signed,
    )
    assert got.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = json.dumps({"query": text, "variables": {"input": input_}})
        sent = await client.post("/graphql", content=body, headers={**signed, "Content-Type": kind})
        assert sent.status_code == 415
    assert await everything(connection) == before


def bearer(viewer: Viewer) -> str:
    return tokens.bearer(**viewer.claims)["Authorization"]


async def test_a_document_cannot_hold_endless_mutations(who, world, connection) -> None:
    fields = " ".join(
        f"m{n}: withdrawApplication(input: $i) {{ __typename }}"
        for n in range(MOST_ROOT_FIELDS + 1)
    )
    input_ = {"idempotencyKey": key(), "applicationId": global_id("AUSY-PAID-0013")}
    before = await everything(connection)
    text = f"mutation($i: WithdrawApplicationInput!) {{ {fields} }}"
    answer = await who["agent-au"](text, i=input_)
    assert answer.codes == ["INVALID_DOCUMENT"]
    assert await everything(connection) == before


# --- What is left behind -------------------------------------------------------------------------


async def test_nothing_personal_is_left_outside_the_vault(who, world, connection, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    for sentence in (
        SUBMISSION,
        {**SUBMISSION, "visaType": "Z9"},
        {**SUBMISSION, "identity": {**IDENTITY, "email": "olive.zephyrine"}},
        {**SUBMISSION, "identity": {**IDENTITY, "phone": "400 123 987"}},
    ):
        texts.append((await send(who["agent-au"], "submitApplication", sentence)).text)
    await connection.execute("ALTER TABLE identity RENAME COLUMN sealed TO sealed_away")
    try:
        failed = await send(who["agent-au"], "submitApplication", SUBMISSION)
    finally:
        await connection.execute("ALTER TABLE identity RENAME COLUMN sealed_away TO sealed")
    assert failed.codes == ["INTERNAL"]
    texts += [failed.text, caplog.text]
    for table in ("idempotency", "application", "application_event", "volume_outbox"):
        texts.append(
            await connection.fetchval(
                f"SELECT coalesce(string_agg(one::text, ' '), '') FROM {table} AS one"
            )
        )
    for text in texts:
        assert [personal for personal in PERSONAL if personal.lower() in text.lower()] == []


async def test_a_failure_midway_leaves_nothing(who, world, connection) -> None:
    before = await everything(connection)
    await connection.execute("ALTER TABLE application_event RENAME TO away")
    try:
        failed = await send(who["agent-au"], "submitApplication", SUBMISSION)
    finally:
        await connection.execute("ALTER TABLE away RENAME TO application_event")
    assert failed.codes == ["INTERNAL"]
    assert await everything(connection) == before
    await submitted_case(who)

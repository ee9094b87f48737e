"""Every key that is made while people work is a UUID of version 7, so keys sort by time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Uuid
from starlette.applications import Starlette

from models.base import Base, is_partitioned
from models.jobs.notices import write_notices
from models.key_service import SweepsKeys
from models.rights.orphan_keys import SWEEP_DAYS, sweep
from models.row_keys import new_key
from models.webhooks.secret import public_half
from tests import tokens
from tests.gateway.administering import apply_decree, sample
from tests.gateway.changing import (
    ENTRY_ON,
    FURTHER_PEOPLE,
    IDENTITY,
    change,
    cleared_case,
    document,
    granted_case,
    in_verification,
    key,
    perform,
    receipt,
    refused_case,
    rupiah,
)
from tests.gateway.conftest import PATIENT, Viewer
from tests.gateway.guaranteeing import OF_A_CHILD, guaranteed_case
from tests.gateway.in_process import running_gateway
from tests.gateway.test_mail_subscriptions import with_address
from tests.journeys.test_renewed_bills import renewed_case
from tests.linking import KEYS, linking
from tests.rights import order_erasure, payload_of, withdrawn_case
from tests.scans import png, sent
from tests.webhook_sink import KEY
from tests.world import REPLAYED, today

pytestmark = pytest.mark.anyio

#: What entries of age leave takes years, mail is written by the keeper, a rule that grants takes a
#: decree and hours: `tests/models/test_account_dropped.py` has the keys of the first.
_LATER = "account_drop mail sent_code file_claim grant_rule_stop grant_check withheld_decision"
_OF_A_CASE = "refusal_intention", "intention_answer"  # whose key they have
#: Every table whose primary key is a UUID, with it, and what says in which order rows were made.
KEYED = {
    table.name: column.name
    for table in Base.metadata.tables.values()
    if table.name not in (*_LATER.split(), *_OF_A_CASE, *REPLAYED)
    and (len(key_columns := table.primary_key.columns) == 1 or is_partitioned(table.name))
    and isinstance((column := [*key_columns][-1]).type, Uuid)
}
_FIRST_APPLIED = "(SELECT min(submitted_at) FROM application WHERE applicant_id = {})"
#: When a row was made; people were, when they first applied.
MADE_AT = {
    "applicant": _FIRST_APPLIED.format("applicant.id"),
    "identity": _FIRST_APPLIED.format("identity.applicant_id"),
    "passport_ending": _FIRST_APPLIED.format("passport_ending.applicant_id"),
    "application": "submitted_at",
    "decision": "decided_at",
    **dict.fromkeys(("screening", "requested_item", "document_upload"), "requested_at"),
    "item_answer": "(SELECT requested_at FROM requested_item WHERE id = item_id)",
    **dict.fromkeys(("guarantor", "guardian"), "valid_from"),
    **dict.fromkeys(("correction", "budget_exception", "ban_entry"), "proposed_at"),
    "person_link": "found_at",
    **dict.fromkeys(("person_lookup", "visa_check", "tracking_try", "ban_read"), "occurred_at"),
    "linker_read": "read_at",
    "alert": "raised_at",
    "inquiry": "opened_at",
    "inquiry_person": "opened_at",
    "suspension": "suspended_at",
    "data_request": "lodged_at",
    "erasure": "ordered_at",
    "legal_hold": "held_at",
    "breach": "recorded_at",
    "unmatched_payment": "kept_at",
    "payment_reversal": "reported_at",
    "former_bill": "renewed_at",
    "crossing": "reported_at",
    "movement": "(SELECT reported_at FROM crossing WHERE crossing.id = movement.id)",
    "overstay_confirmation": "confirmed_at",
    "stay": "(SELECT reported_at FROM crossing WHERE crossing.id = stay.id)",
    "mail_subscription": "subscribed_at",
    "saved_view": "saved_at",
    **dict.fromkeys(("month_note", "case_note"), "written_at"),
    "document_content": "(SELECT requested_at FROM document_upload WHERE id = upload_id)",
    "webhook_endpoint": "registered_at",
    "webhook_delivery": "(SELECT registered_at FROM webhook_endpoint WHERE id = endpoint_id)",
    "webhook_notice": "written_at",
    "key_operation": "occurred_at",
    "banned_person": "(SELECT proposed_at FROM ban_entry WHERE id = ban_id)",
    "ban_match": "found_at",
    "reference_change": "proposed_at",
    "access_event": "occurred_at",
    "breach_lookup": "occurred_at",
    "complaint": "lodged_at",
    "complaint_read": "occurred_at",
    "complaint_text": "(SELECT lodged_at FROM complaint WHERE id = complaint_id)",
}


@pytest.fixture(scope="module")
async def app(world: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Starlette]:
    """The gateway with so small a budget for supervisors that a second person is one too many."""
    store = f"file:{tmp_path_factory.mktemp('contents')}"
    given = {"read_budget_supervisor": "1", "document_store": store}
    settings = tokens.settings(world, **PATIENT, **given)
    async with running_gateway(settings) as application, linking(world):
        yield application


async def test_keys_that_a_walk_of_mutations_makes_are_of_version_7_and_in_order(
    who: Mapping[str, Viewer], connection: asyncpg.Connection
) -> None:
    assert MADE_AT.keys() == KEYED.keys()
    before = {table: set(await _keys(connection, table)) for table in KEYED}
    await connection.execute("INSERT INTO webhook_key (public_key) VALUES ($1)", public_half(KEY))
    await write_notices(connection)
    await _walk(who)
    while await write_notices(connection):
        pass
    for _ in range(2):
        await renewed_case(who, connection)
        await guaranteed_case(who, connection, **OF_A_CHILD)
        await sweep(cast(SweepsKeys, KEYS), connection, SWEEP_DAYS)
    for table in KEYED:
        made = [each for each in await _keys(connection, table) if each not in before[table]]
        assert len(made) > 1, f"the walk makes no rows of {table}"
        assert {each.version for each in made} == {7}, table
        assert made == sorted(made), table


async def test_the_database_makes_no_keys_of_its_own(connection: asyncpg.Connection) -> None:
    """The one random UUID that it makes is a version, and no key nor the name of one."""
    defaults = await connection.fetch(
        """
        SELECT columns.table_name, columns.column_name, EXISTS (
            SELECT FROM pg_constraint JOIN pg_attribute
                ON attrelid = conrelid AND attnum = ANY (conkey)
            WHERE conrelid = format('%I.%I', table_schema, table_name)::regclass
                AND attname = column_name AND contype IN ('p', 'f', 'u')
        ) AS is_key
        FROM information_schema.columns AS columns
        WHERE table_schema = 'public' AND data_type = 'uuid' AND column_default IS NOT NULL
        """
    )
    assert [tuple(default) for default in defaults] == [("data_version", "version", False)]


def test_keys_of_one_process_only_grow_and_say_when_they_were_made() -> None:
    keys = [new_key() for _ in range(20_000)]
    assert keys == sorted(set(keys))
    assert {(each.version, each.variant) for each in keys} == {(7, "specified in RFC 4122")}
    assert (keys[-1].int >> 80) - (keys[0].int >> 80) < 60_000


async def _walk(who: Mapping[str, Viewer]) -> None:
    """Ways through the life of applications that together write to every table with such a key."""
    own = {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON}
    await perform(who["applicant"], "submitApplication", **own)
    batch = [{**own, "identity": {**IDENTITY, "passportNumber": f"X000000{n}"}} for n in range(3)]
    asked = await who["agent-au"](
        document("submitApplications", "results { application { id } }"),
        input={"idempotencyKey": key(), "applications": batch},
    )
    assert asked.errors == [], asked.text
    id_ = await granted_case(who, identity=dict(IDENTITY))
    await perform(
        who["supervisor"], "supersedeDecision", id_, outcome="REFUSED", grounds=["INCOMPLETE"]
    )
    await refused_case(who)
    for name in ("supervisor", "supervisor-2"):
        await _read_too_many(who[name])
        await _inquire(who[name])
    for round_ in range(2):
        await _read_identity(who, await cleared_case(who))
        asked_for = await perform(who["officer"], "requestInformation", await in_verification(who))
        corrected = {"identity": {"fullName": "Olive Other"}}
        answered = await in_verification(who)
        where = {"kind": "OCCUPATION", "value": {"text": "Nurse"}}
        await perform(
            who["officer"], "requestInformation", answered, items=[{"kind": "OCCUPATION"}]
        )
        await perform(who["agent-au"], "answerInformation", answered, items=[], answers=[where])
        await perform(who["agent-au"], "proposeCorrection", asked_for, **corrected)
        await sent(who["agent-au"], asked_for, png())
        await perform(who["officer"], "writeNote", asked_for)
        suspended = await who["administrator"](
            document("suspendViewer", "suspension { id }"),
            input={"idempotencyKey": key(), "subject": key(), "reason": "A leak."},
        )
        assert suspended.errors == [], suspended.text
        subscribed = await with_address(who["leadership"]).send({
            "query": document("subscribeToMail", "mailSubscription { id }"),
            "variables": {"input": {
                "idempotencyKey": key(), "language": "EN",
                "occasion": ("MONTHLY", "WEEKLY")[round_],
            }},
        })  # fmt: skip
        assert subscribed.data["subscribeToMail"]["mailSubscription"], subscribed.text
        view = {"name": "Mine", "page": "TODAY", "query": ""}
        await payload_of(who["leadership"], "saveView", "savedView { id }", **view)
        note = {"month": "2026-01-01", "text": "A strike."}
        await payload_of(who["leadership"], "noteMonth", "monthNote { id }", **note)
        told = {"country": "AU", "url": "https://nusa.example/told"}
        named = await payload_of(
            who["service"], "registerWebhook", "webhookEndpoint { id }", **told
        )
        told_at = {"endpointId": named["webhookEndpoint"]["id"]}
        await payload_of(who["manager-au"], "approveWebhook", "webhookEndpoint { id }", **told_at)
        lodged = await payload_of(
            who["applicant"], "lodgeComplaint", "complaint { id }", text="I waited."
        )
        read = "query ($id: ID!) { node(id: $id) { ... on Complaint { text { complaint } } } }"
        asked = await who["applicant"](read, id=lodged["complaint"]["id"])
        assert asked.errors == [], asked.text
        country = {"code": "TL", "iso3": "TLS", "nameEn": "Timor-Leste", "nameId": "Timor Leste",
                   "region": "SOUTHEAST_ASIA"}  # fmt: skip
        await apply_decree(who, "proposeCountry", **country)
        await _ban(who, id_)
        case = await withdrawn_case(who)
        await order_erasure(who, case)
        held = {"applicationId": case, "reason": "Asked for by a court."}
        await payload_of(who["supervisor"], "holdErasure", "legalHold { id }", **held)
        noticed = sample("recordBreach", today())
        await payload_of(who["auditor"], "recordBreach", "breach { id }", **noticed)
        kept = {"billingCode": "1", "paid": rupiah(1), "receiptNumber": receipt()}
        await payload_of(who["treasury"], "keepPayment", "unmatchedPayment { id }", **kept)
        granted = await granted_case(who, identity=dict(IDENTITY))
        await _cross(who, granted)
        await _reverse(who, granted)
        checked = 'visaStatus(visaNumber: "1", passport: {issuingState: "AU", number: "1"})'
        asked = await who["border"](f"{{ {checked} }}")
        assert asked.data == {"visaStatus": "NOT_OK"}, asked.text
        tracked = 'birthDate: "1990-01-01", passport: {issuingState: "AU", number: "1"}'
        asked = await who["anonymous"](f'{{ trackedFile(reference: "1", {tracked}) {{ stage }} }}')
        assert asked.codes == ["NOT_FOUND"], asked.text
        breach = 'peopleRead(from: "2025-01-01T00:00Z", before: "2025-02-01T00:00Z")'
        asked = await who["auditor"](f"{{ {breach} {{ asOf }} }}")
        assert asked.errors == [], asked.text


async def _reverse(who: Mapping[str, Viewer], id_: str) -> None:
    """The payment of a case is gone again."""
    bill = "node(id: $id) { ... on Application { bill { receiptNumber } } }"
    asked = await who["auditor"](f"query ($id: ID!) {{ {bill} }}", id=id_)
    gone = {
        "receiptNumber": asked.data["node"]["bill"]["receiptNumber"],
        "reversalNumber": "1",
        "reason": "By the bank.",
    }
    await payload_of(who["treasury"], "recordReversal", "bill { code }", **gone)


async def _cross(who: Mapping[str, Viewer], id_: str) -> None:
    """An entry by the visa of a case, so long ago that its holder overstays."""
    visa = "node(id: $id) { ... on Application { decision { visa { number } } } }"
    asked = await who["auditor"](f"query ($id: ID!) {{ {visa} }}", id=id_)
    number = asked.data["node"]["decision"]["visa"]["number"]
    crossing = {
        "key": key(),
        "visaNumber": number,
        "passport": {"issuingState": "AU", "number": IDENTITY["passportNumber"]},
        "direction": "ENTRY",
        "crossedAt": (datetime.now(UTC) - timedelta(days=300)).isoformat(),
        "port": "CGK",
    }
    await payload_of(who["border"], "recordCrossings", "recorded", crossings=[crossing])
    await payload_of(who["border"], "confirmOverstays", "recorded", visaNumbers=[number])


async def _ban(who: Mapping[str, Viewer], id_: str) -> None:
    """An entry of the ban list about the applicant of a case: approved, found and read."""
    values = {"ground": "CRIME", "reason": "Why.", "bannedFrom": today().isoformat()}
    passport = {"issuingState": "AU", "number": IDENTITY["passportNumber"]}
    proposal = document("proposeBan", "banEntry { id reference }")
    given = {"idempotencyKey": key(), "passport": passport, **values}
    asked = await who["screening"](proposal, input=given)
    entry = asked.data["proposeBan"]["banEntry"]
    approval = {"idempotencyKey": key(), "banId": entry["id"]}
    await who["screening-2"](document("approveBan", "banEntry { id }"), input=approval)
    matched = (
        "query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {"
        " node(id: $case) { ... on Application { screenings(first: 1) { nodes { banMatches {"
        " ban { id person { passportNumber } } } } } } } }"
    )
    # Somebody whose budget is not spent: an entry is a person, too.
    supervisor = Viewer(who["supervisor"].client, {"role": "SUPERVISOR", "sub": key()})
    async with asyncio.timeout(60):
        while True:
            read = await supervisor(matched, case=id_, **{"for": entry["reference"]})
            [question] = read.data["node"]["screenings"]["nodes"]
            if entry["id"] in [one["ban"]["id"] for one in question["banMatches"]]:
                return
            await asyncio.sleep(0.05)


async def _read_identity(who: Mapping[str, Viewer], id_: str) -> None:
    asked = await who["officer"](
        "query($id: ID!) { application(by: {id: $id}) { reference } }", id=id_
    )
    reference: Any = asked.data["application"]["reference"]
    asked = await who["officer"](
        "query($case: String!) @purpose(code: CASEWORK, reference: $case)"
        " { application(by: {reference: $case}) { applicant { identity { fullName } } }"
        ' people(by: {nameAndBirthDate: {fullName: "A B", birthDate: "1990-01-01"}}) { id } }',
        case=reference,
    )
    assert asked.errors == [], asked.text


async def _read_too_many(supervisor: Viewer) -> None:
    document = (
        "query($case: String!) @purpose(code: SUPERVISION, reference: $case)"
        " { application(by: {reference: $case}) { applicant { identity { fullName } } } }"
    )
    codes = [(await supervisor(document, case=case)).codes for case in ("AUSY-GRAN-0001",
             "AUPO-SECU-0003")]  # fmt: skip
    assert codes == [[], ["READ_BUDGET"]]


async def _inquire(supervisor: Viewer) -> None:
    """An inquiry, in which one person is read; and an exception is proposed."""
    for_whom = f"officer of {supervisor.claims['sub']}"
    await change(supervisor, "proposeBudgetException", **{**FURTHER_PEOPLE, "viewer": for_whom})
    opened = await change(supervisor, "openInquiry", reason="Why.", minutes=9, mostPeople=1)
    asked = await supervisor(
        "query($inquiry: String!) @purpose(code: SUPERVISION, reference: $inquiry)"
        ' { application(by: {reference: "AUSY-GRAN-0001"})'
        " { applicant { identity { fullName } } } }",
        inquiry=opened.payload["inquiry"]["reference"],
    )
    assert asked.errors == [], asked.text


async def _keys(connection: asyncpg.Connection, table: str) -> list[UUID]:
    """The keys of a table in the order in which its rows were made."""
    rows = await connection.fetch(
        f"SELECT {KEYED[table]} AS key FROM {table} ORDER BY {MADE_AT[table]}, 1"
    )
    return [row["key"] for row in rows]

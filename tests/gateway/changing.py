"""Changes things as clients do, by mutations over HTTP, and reads their answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from gateway.mapping.ids import GlobalId, decode
from gateway.schema.allowed import ApplicationStep
from tests.gateway.conftest import Answer, Viewer
from tests.world import REQUIRED, application_id, link_id, today

IDENTITY: Mapping[str, str] = {
    "fullName": "Olive Zephyrine", "passportNumber": "ZX1234567", "birthDate": "1990-02-03",
    "email": "olive.zephyrine@example.net", "phone": "+61 400 123 987",
    "passportExpiresOn": "2041-07-23",
}  # fmt: skip
#: A day on which every visa of the worlds serves to enter.
ENTRY_ON = (today() + timedelta(days=20)).isoformat()
#: Everything that must never be found outside the vault.
PERSONAL = (*IDENTITY.values(), "Zephyrine", "ZX123", "400 123 987")


@dataclass(frozen=True)
class MutationAnswer:
    """What a mutation answered."""

    asked: Answer
    payload: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.payload["errors"]]

    @property
    def is_done(self) -> bool:
        return not self.codes

    @property
    def id(self) -> str:
        """The global id of the application that was changed."""
        return self.payload["application"]["id"]


def key() -> str:
    return str(uuid4())


def global_id(reference: str) -> str:
    """The global id of an application of the small world."""
    return GlobalId("Application", str(application_id(reference))).encode()


async def reference_of(viewer: Viewer, id_: str) -> str:
    """The reference of an application, for which its applicant's identity is read."""
    asked = await viewer("query ($id: ID!) { application(by: {id: $id}) { reference } }", id=id_)
    reference: str = asked.data["application"]["reference"]
    return reference


def row_id(id_: str) -> UUID:
    """The key in the database that a global id names."""
    named = decode(id_)
    assert named is not None
    return UUID(named.key)


#: What a mutation answers with whose caller reads more, or less, than one case.
ANSWERS = {
    "recordPayment": "bill { code }",
    "recordScreening": "screening { id kind }",
    "confirmScreening": "screening { id kind }",
    "relieveOfficer": "relieved",
    "recordCrossings": "recorded",
    "confirmOverstays": "recorded",
    "recordReversal": "bill { code }",
    "renewBill": "bill { code }",
    "closeAlert": "alert { id }",
    "requestClaimCode": "hours",
    "claimFile": "claimed",
    "requestUpload": "upload { id ticket }",
    "registerDocument": "upload { id state }",
    **dict.fromkeys(
        ("lodgeComplaint", "sortComplaint", "entrustComplaint", "answerComplaint"),
        "complaint { id }",
    ),
    **dict.fromkeys(("proposeBudgetException", "approveBudgetException"), "budgetException { id }"),
    **dict.fromkeys(("openInquiry", "approveInquiry", "reviewInquiry"), "inquiry { id reference"
                    " seen endsAt mostPeople approvedBy verdict }"),
    **dict.fromkeys(
        (
            *("registerWebhook", "rotateWebhookSecret", "approveWebhook", "pauseWebhook"),
            *("resumeWebhook", "removeWebhook", "redeliverNotices"),
        ),
        "webhookEndpoint { id }",
    ),
}  # fmt: skip


#: An exception from an officer's budget.
FURTHER_PEOPLE: Mapping[str, Any] = {
    "viewer": "officer", "role": "OFFICER", "mostPeople": 1, "minutes": 30,
    "reason": "A flight of pilgrims leaves tonight.",
}  # fmt: skip
#: Of two people of the small world, by name and birth date: Wei Tan and Tane Moana.
A_LINK = GlobalId("PersonLink", str(link_id(1))).encode()
NOBODYS_FILE: Mapping[str, Any] = {
    "reference": "0000-0000-0000",
    "passport": {"issuingState": "AU", "number": "X"},
}
A_PHOTOGRAPH = {"kind": "PHOTOGRAPH", "format": "PNG", "size": 1_000, "sha256": "0a" * 32}
#: Whoever is not named is somebody else each time: a refusal of one counts for no other.
PASSPORTS = (f"ZX123{number:04}" for number in count(1))
#: What a mutation says where a test says nothing of it.
UNSAID: Mapping[str, dict[str, Any]] = {
    "registerWebhook": {"country": "AU", "url": "https://nusa.example/told"},
    "rotateWebhookSecret": {"endpointId": "nobody's"},
    "approveWebhook": {"endpointId": "nobody's"},
    "pauseWebhook": {"endpointId": "nobody's"},
    "resumeWebhook": {"endpointId": "nobody's"},
    "removeWebhook": {"endpointId": "nobody's"},
    "redeliverNotices": {"endpointId": "nobody's", "fromNumber": 1, "throughNumber": 2},
    "lodgeComplaint": {"text": "I waited."},
    "requestClaimCode": NOBODYS_FILE,
    "claimFile": {**NOBODYS_FILE, "code": "0"},
    "sortComplaint": {"complaintId": "nobody's", "kind": "SERVICE"},
    "entrustComplaint": {"complaintId": "nobody's", "supervisor": "supervisor"},
    "answerComplaint": {"complaintId": "nobody's", "answer": "So."},
    "fetchVisa": {"visaNumber": "ID0000000000000"},
    "submitApplication": {"entryOn": ENTRY_ON},
    "recordDocuments": {"documents": []},
    "requestUpload": A_PHOTOGRAPH,
    "registerDocument": {**A_PHOTOGRAPH, "locator": "01890000-0000-7000-8000-000000000000"},
    "requestInformation": {"items": [{"kind": "RETURN_TICKET"}]},
    "answerInformation": {"items": ["RETURN_TICKET"]},
    "announceRefusal": {"grounds": ["INSUFFICIENT_MEANS"]},
    "answerIntention": {"text": "I was ill."},
    "holdApplication": {"reason": "To be looked into."},
    "releaseApplication": {"reason": "It was looked into."},
    "markUrgent": {"reason": "An operation waits."},
    "endUrgency": {"reason": "It was done."},
    "proposeGrant": {"reason": "The refusal was of another passport."},
    "rejectGrant": {"reason": "Ask the embassy first."},
    "supersedeDecision": {"reason": "The file says otherwise."},
    "revokeVisa": {"reason": "A statement was false."},
    "writeNote": {"text": "Called the hotel: no booking."},
    "confirmLink": {"linkId": A_LINK, "reason": "The same face."},
    "rejectLink": {"linkId": A_LINK, "reason": "Another face."},
    "setAsideRevocation": {"reason": "Somebody else of the same name was meant."},
}


def document(mutation: str, selection: str | None = None) -> str:
    if selection is None:
        answer = ANSWERS.get(mutation, "application { id }")
        selection = f"{answer} errors {{ code message path }}"
    name = mutation[0].upper() + mutation[1:]
    return f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"


async def send(viewer: Viewer, mutation: str, given: Mapping[str, Any]) -> Answer:
    """The bare answer, whatever it is."""
    values = {"idempotencyKey": key(), **UNSAID.get(mutation, {}), **given}
    return await viewer(document(mutation), input=values)


async def change(
    viewer: Viewer, mutation: str, /, id_: str | None = None, **given: Any
) -> MutationAnswer:
    """Call a mutation that the viewer has; ``id_`` is the application's."""
    if id_ is not None:
        given["applicationId"] = id_
    asked = await send(viewer, mutation, given)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return MutationAnswer(asked, asked.data[mutation])


ALLOWED = "allowed { step isAllowed reason { __typename code message path } }"


async def allowed_steps(viewer: Viewer, id_: str) -> dict[str, dict[str, Any]]:
    """What is allowed of a case, by mutation."""
    answer = await viewer(f'{{ node(id: "{id_}") {{ ... on Application {{ {ALLOWED} }} }} }}')
    assert answer.errors == [], answer.text
    found = answer.data["node"]["allowed"]
    assert all(one["isAllowed"] is (one["reason"] is None) for one in found)
    return {ApplicationStep[one["step"]].value: one for one in found}


async def perform(viewer: Viewer, mutation: str, id_: str | None = None, **given: Any) -> str:
    """Call a mutation that must succeed; the global id of the application.

    A grant waits for the LINKER, which takes a moment.
    """
    changed = await change(viewer, mutation, id_, **given)
    async with asyncio.timeout(20):
        while changed.codes == ["NOT_LINKED"]:
            await asyncio.sleep(0.01)
            changed = await change(viewer, mutation, id_, **given)
    assert changed.codes == [], changed.payload
    return id_ if id_ is not None and mutation in ANSWERS else changed.id


def receipt() -> str:
    """A new number of a payment, as the treasury gives it."""
    return uuid4().hex[:16].upper()


async def bill_of(who: Mapping[str, Viewer], id_: str) -> dict[str, Any]:
    """The bill of an application, as an officer reads it."""
    asked = await who["officer"](
        "query ($id: ID!) { node(id: $id) { ... on Application {"
        " bill { code fee { amount currency } paidAt receiptNumber } } } }",
        id=id_,
    )
    return asked.data["node"]["bill"]


def rupiah(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "IDR"}


async def pay(
    who: Mapping[str, Viewer], id_: str, *, by: str = "treasury", **given: Any
) -> MutationAnswer:
    """The treasury reports the bill of an application, by what is on it if nothing else is said."""
    bill = await bill_of(who, id_)
    report = {
        "billingCode": bill["code"], "paid": bill["fee"],
        "receiptNumber": receipt(), "idempotencyKey": key(), **given,
    }  # fmt: skip
    asked = await who[by](document("recordPayment"), input=report)
    assert (asked.status, asked.errors) == (200, []), asked.text
    return MutationAnswer(asked, asked.data["recordPayment"])


async def pay_bill(who: Mapping[str, Viewer], id_: str, **given: Any) -> str:
    """The same, which must succeed; the global id of the application."""
    changed = await pay(who, id_, **given)
    assert changed.codes == [], changed.payload
    return id_


async def submitted_case(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application at the centre in Sydney, billed and unpaid."""
    identity = {**IDENTITY, "passportNumber": next(PASSPORTS)}
    values = {"visaType": "B1", "nationality": "AU", "identity": identity, **given}
    return await wait_until_linked(
        who, await perform(who["agent-au"], "submitApplication", **values)
    )


async def paid_case(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application, paid and handed over."""
    id_ = await pay_bill(who, await submitted_case(who, **given))
    return await hand_over(who["agent-au"], id_, given.get("visaType", "B1"))


async def hand_over(viewer: Viewer, id_: str, visa_type: str) -> str:
    """The complete file of an application to the directorate."""
    if required := REQUIRED.get(visa_type):
        await perform(viewer, "recordDocuments", id_, documents=required)
    return await perform(viewer, "markReceived", id_)


async def wait_until_linked(who: Mapping[str, Viewer], id_: str) -> str:
    """A case that is linked, which takes the LINKER a moment."""
    async with asyncio.timeout(20):
        while True:
            asked = await who["officer"](
                "query ($id: ID!) { node(id: $id) { ... on Application { isLinked } } }", id=id_
            )
            if asked.data["node"]["isLinked"]:
                return id_
            await asyncio.sleep(0.01)


async def assign_to(who: Mapping[str, Viewer], officer: str, id_: str) -> str:
    """A case that a supervisor gives to an officer by name: `takeCase` gives the most urgent."""
    await wait_until_linked(who, id_)
    return await perform(who["supervisor"], "reassignCase", id_, officer=officer, reason="In turn.")


async def in_verification(who: Mapping[str, Viewer], **given: Any) -> str:
    return await assign_to(who, "officer", await paid_case(who, **given))


async def in_screening(who: Mapping[str, Viewer], **given: Any) -> str:
    return await perform(who["officer"], "referToScreening", await in_verification(who, **given))


async def cleared_case(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application of which supervision knows nothing bad."""
    id_ = await in_screening(who, **given)
    return await perform(who["screening"], "recordScreening", id_, kind="ENTRY_BAN", result="CLEAR")


async def granted_case(who: Mapping[str, Viewer], **given: Any) -> str:
    return await perform(
        who["officer"], "recordDecision", await cleared_case(who, **given), outcome="GRANTED"
    )


async def refused_case(who: Mapping[str, Viewer], **given: Any) -> str:
    id_ = await in_verification(who, **given)
    refusal = {"outcome": "REFUSED", "grounds": ["INCOMPLETE"]}
    return await perform(who["officer"], "recordDecision", id_, **refusal)


async def row(connection: asyncpg.Connection, id_: str) -> dict[str, Any]:
    """The application as the database has it."""
    found = await connection.fetchrow("SELECT * FROM application WHERE id = $1", row_id(id_))
    return dict(found) if found else {}


async def events(connection: asyncpg.Connection, id_: str) -> list[tuple[int, str, str | None]]:
    """The events of an application: number, kind, actor."""
    rows = await connection.fetch(
        "SELECT sequence, kind, actor FROM application_event"
        " WHERE application_id = $1 ORDER BY sequence",
        row_id(id_),
    )
    return [tuple(one) for one in rows]


#: Every table that a mutation could write.
WRITTEN = ("application", "application_event", "applicant", "identity", "decision", "screening",
           "requested_item", "case_document", "visa", "assignment", "bill", "correction",
           "identity_version", "idempotency", "volume_outbox",
           "access_event", "person_link", "partner", "partner_country", "centre", "fee",
           "service_target", "visa_type", "entry_rule", "eligibility",
           "required_document", "passport_rule", "extension_rule", "handling_rule",
           "refusal_intention", "intention_answer", "case_note")  # fmt: skip


async def everything(connection: asyncpg.Connection) -> dict[str, Any]:
    """A fingerprint of all that could have been written: not of what the LINKER finds meanwhile."""
    found = {"person_link": "WHERE resolved_at IS NOT NULL"}
    return {
        table: await connection.fetchval(
            "SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM ("
            f"SELECT to_jsonb(row) - 'is_linked' FROM {table} AS row {found.get(table, '')}) AS one"
        )
        for table in WRITTEN
    }

"""Cases of the running demo that a test hands in for itself: it finds none that others used up."""

import hashlib
import itertools
from datetime import timedelta

import httpx2

from dashboard.model.period import today
from tests.running_demo import Demo

SUBMIT = """
    mutation ($input: SubmitApplicationInput!) { submitApplication(input: $input) {
        application { id reference bill { code fee { amount } } } errors { message }
    } }
"""
PAY = """
    mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { errors { message } } }
"""
ANNOUNCE = """
    mutation ($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { ticket } errors { message }
    } }
"""
COMPLETE = """
    mutation ($input: RecordDocumentsInput!) { recordDocuments(input: $input) {
        errors { message }
    } }
"""
HAND_OVER = """
    mutation ($input: MarkReceivedInput!) { markReceived(input: $input) { errors { message } } }
"""
DOCUMENTS = ("PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET")
_numbers = itertools.count(1)


def billed(demo: Demo) -> dict:
    """A case for a B1 that an agent in Australia has handed in, with its bill."""
    number, entry = next(_numbers), today() + timedelta(days=20)
    identity = {
        "fullName": f"Ada Kwan {number}", "birthDate": "1988-04-02", "sex": "F",
        "placeOfBirth": "Perth", "passportNumber": f"PT{number:06}",
        "passportExpiresOn": "2033-01-01", "passportIssuingState": "AU",
        "email": "ada@example.org", "phone": "+61 400 000 000",
    }  # fmt: skip
    form = {
        "visaType": "B1", "nationality": "AU", "tripPurpose": "TOURISM",
        "entryOn": entry.isoformat(), "identity": identity,
    }  # fmt: skip
    return _perform(demo, "agent-au", SUBMIT, form)["application"]


def handed_over(demo: Demo) -> dict:
    """The same, paid and handed over to the directorate: it waits for an officer."""
    case = billed(demo)
    bill, named = case["bill"], {"applicationId": case["id"]}
    paid = {"amount": bill["fee"]["amount"], "currency": "IDR"}
    receipt = {"billingCode": bill["code"], "paid": paid, "receiptNumber": f"N{bill['code']}"}
    _perform(demo, "treasury", PAY, receipt)
    _perform(demo, "agent-au", COMPLETE, {**named, "documents": DOCUMENTS})
    _perform(demo, "agent-au", HAND_OVER, named)
    return case


def hand_in(demo: Demo, user: str, case: str, scan: bytes, kind: str = "PHOTOGRAPH") -> None:
    """A picture that belongs to a case."""
    digest = hashlib.sha256(scan).hexdigest()
    form = {"applicationId": case, "kind": kind, "format": "PNG", "size": len(scan)}
    upload = _perform(demo, user, ANNOUNCE, {**form, "sha256": digest})["upload"]
    url, bearer = (
        f"{demo.api_url}{upload['ticket']}",
        {"Authorization": f"Bearer {demo.token(user)}"},
    )
    httpx2.put(url, content=scan, headers=bearer).raise_for_status()


def _perform(demo: Demo, user: str, mutation: str, given: dict) -> dict:
    key = f"handing-in-{next(_numbers)}"
    [payload] = demo.ask(user, mutation, input={"idempotencyKey": key, **given}).values()
    assert payload["errors"] == [], payload
    return payload

"""Walks one application through its life over HTTP, as the people of the development sign-in.

.venv/bin/python deploy/first_application.py [http://127.0.0.1:8000]
"""

import sys
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2

PATIENCE_SECONDS = 60


def _later(days: int) -> str:
    """The day so many days from today."""
    return str(datetime.now(UTC).date() + timedelta(days=days))


APPLICANT = {
    "fullName": "Ruby First", "passportNumber": "RF1234567", "birthDate": "1990-02-03",
    "email": "ruby.first@example.org", "phone": "+61 400 000 001",
    "passportExpiresOn": _later(1_000),
}  # fmt: skip

#: Who does what: an agent hands in, the treasury reports the payment, the screening
#: authority answers, an officer decides.
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("agent-au", "submitApplication",
     {"visaType": "B1", "nationality": "AU", "centre": "AU-SYD",
      "entryOn": _later(20), "identity": APPLICANT}),
    ("treasury", "recordPayment", {"paid": {"amount": 500_000, "currency": "IDR"}}),
    ("agent-au", "recordDocuments",
     {"documents": ["PASSPORT_SCAN", "PHOTOGRAPH", "RETURN_TICKET"]}),
    ("agent-au", "markReceived", {}),
    ("officer", "takeCase", {"queue": "FREE"}),
    ("officer", "referToScreening", {}),
    ("screening", "recordScreening", {"kind": "ENTRY_BAN", "result": "CLEAR"}),
    ("officer", "recordDecision", {"outcome": "GRANTED"}),
)  # fmt: skip
VOLUMES = """
    query ($from: Date!, $to: Date!) {
        volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
            rows { country { name } intake { value } granted { value } }
        }
    }
"""


def main() -> None:
    gateway = Gateway(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
    application, bill = None, ""
    for user, mutation, given in STEPS:
        if mutation == "recordPayment":
            receipt = gateway.pay(user, bill, given)
            print(f"{mutation} by {user}: {bill}, with the receipt {receipt}")
            continue
        if mutation == "recordScreening":
            gateway.answer(user, {"applicationId": application, **given})
            print(f"{mutation} by {user}: {given['kind']} is {given['result']}")
            continue
        if mutation == "recordDecision":
            gateway.wait_until_linked(user, application)
        is_named = application is not None and mutation != "takeCase"
        target = {"applicationId": application} if is_named else {}
        answered = gateway.change(user, mutation, given | target)
        application = answered["id"]
        bill = answered.get("bill", {}).get("code", bill)
        print(f"{mutation} by {user}: {answered['reference']}, {answered['stage']}")
    print("\n".join(gateway.volume_lines()))


class Gateway:
    """The gateway as its users ask it, each with a token of their own."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, timeout=20)

    def change(self, user: str, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
        """The application as its mutation answers it. Ends the program where it was not done."""
        name = mutation[0].upper() + mutation[1:]
        selected = "bill { code }" if mutation == "submitApplication" else ""
        document = (
            f"mutation($input: {name}Input!) {{ {mutation}(input: $input)"
            f" {{ application {{ id reference stage {selected} }} errors {{ message }} }} }}"
        )
        return self._change(user, mutation, document, given)["application"]

    def pay(self, user: str, billing_code: str, given: dict[str, Any]) -> str:
        """The receipt with which a bill is reported to be paid."""
        document = (
            "mutation($input: RecordPaymentInput!) { recordPayment(input: $input)"
            " { bill { receiptNumber } errors { message } } }"
        )
        receipt = uuid.uuid4().hex[:16].upper()
        report = {"billingCode": billing_code, "receiptNumber": receipt, **given}
        payload = self._change(user, "recordPayment", document, report)
        return payload["bill"]["receiptNumber"]

    def answer(self, user: str, given: dict[str, Any]) -> None:
        """Answer a screening question, which is out of reach once it is answered."""
        document = (
            "mutation($input: RecordScreeningInput!) { recordScreening(input: $input)"
            " { errors { message } } }"
        )
        self._change(user, "recordScreening", document, given)

    def _change(
        self, user: str, mutation: str, document: str, given: dict[str, Any]
    ) -> dict[str, Any]:
        keyed = {"idempotencyKey": str(uuid.uuid4()), **given}
        payload = self._ask(user, document, {"input": keyed})[mutation]
        if payload["errors"]:
            sys.exit(f"{mutation} by {user}: {payload['errors'][0]['message']}")
        return payload

    def wait_until_linked(self, user: str, application: str | None) -> None:
        """Nothing is granted before `gerbang keep` has looked for other files of the person."""
        query = "query ($id: ID!) { node(id: $id) { ... on Application { isLinked } } }"
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._ask(user, query, {"id": application})["node"]["isLinked"]:
            if time.monotonic() > end:
                sys.exit("The person was not looked for: does `gerbang keep` run?")
            time.sleep(0.2)

    def volume_lines(self) -> list[str]:
        """The volumes as leadership reads them, once `gerbang keep` has counted the decision."""
        today: date = datetime.now(UTC).date()
        window = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            rows = self._ask("leadership", VOLUMES, window)["volumes"]["rows"]
            if any(row["granted"]["value"] for row in rows):
                return [
                    f"{row['country']['name']}: {row['intake']['value']} taken in,"
                    f" {row['granted']['value']} granted"
                    for row in rows
                ]
            time.sleep(0.5)
        sys.exit("The decision was not counted: does `gerbang keep` run?")

    def _ask(self, user: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer; a gateway that has just been started is waited for."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                token = self._client.post(f"/development/users/{user}/token")
                answer = self._client.post(
                    "/graphql",
                    json={"query": query, "variables": variables},
                    headers={"Authorization": f"Bearer {token.json()['access_token']}"},
                )
                if answer.status_code < 500:
                    break
                why = f"it answers {answer.status_code}"
            except httpx2.TransportError as error:
                why = type(error).__name__
            if time.monotonic() > end:
                sys.exit(f"The gateway does not serve ({why}): does `gerbang serve` run?")
            time.sleep(0.2)
        body = answer.json()
        if "errors" in body:
            sys.exit(f"{user} was answered: {body['errors'][0]['message']}")
        return body["data"]


if __name__ == "__main__":
    main()

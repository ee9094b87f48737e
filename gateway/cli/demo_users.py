"""What the demo's own users ask and change, as any client does, in `gerbang demo --lively` and
`gerbang day`."""

import asyncio
from secrets import token_hex
from time import monotonic
from typing import Any, Self

import httpx2

from models.documents import Registration, document_hash

_SECONDS_TO_ANSWER = 30.0
_SECONDS_TO_LINK = 10.0


def _mutation(name: str, answer: str) -> str:
    title = name[0].upper() + name[1:]
    return (
        f"mutation {title}($input: {title}Input!) "
        f"{{ {name}(input: $input) {{ {answer} errors {{ code path }} }} }}"
    )


_CHECKLIST = "documents { kind recordedAt }"
#: By the name of the operation.
_DOCUMENTS = {
    "SubmitApplication": _mutation(
        "submitApplication",
        f"application {{ id {_CHECKLIST} bill {{ code fee {{ amount currency }} }} }}",
    ),
    "RenewBill": _mutation("renewBill", "bill { code }"),
    "RecordPayment": _mutation("recordPayment", "bill { receiptNumber }"),
    "RecordScreening": _mutation("recordScreening", "screening { result }"),
    **{
        name[0].upper() + name[1:]: _mutation(name, "application { id }")
        for name in (
            "recordDocuments",
            "markReceived",
            "answerInformation",
            "takeCase",
            "requestInformation",
            "reassignCase",
            "withdrawApplication",
            "referToScreening",
            "recordDecision",
        )
    },
    "RegisterDocument": _mutation("registerDocument", "upload { state }"),
    "File": """query File($id: ID!) { node(id: $id) { ... on Application {
      reference stage decision { outcome } bill { code fee { amount currency } }
    } } }""",
    "Waiting": """query Waiting {
      applications(first: 20, where: {stage: {eq: WAITING_FOR_APPLICANT}}) { nodes {
        id bill { code fee { amount currency } paidAt }
        requestedItems(first: 20) { nodes { kind answeredAt } }
      } }
    }""",
    "Free": "query Free { workList(queue: FREE, first: 1) { totalCount { value } } }",
    "Desk": """query Desk { workList(queue: MINE, first: 20) { nodes {
      id channel status requestedItems(first: 1) { totalCount { value } }
    } } }""",
    "Questions": """query Questions { screenings(first: 20) { nodes {
      kind proposed banMatches { __typename } application { id }
    } } }""",
}
#: Registered like the documents of any front end.
DOCUMENTS = [Registration(text, (name,)) for name, text in _DOCUMENTS.items()]


class AnswerError(Exception):
    """The gateway did not answer in full."""


class DemoUsers:
    """Asks the gateway of a running demo in the name of its users."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.AsyncClient(base_url=url, timeout=_SECONDS_TO_ANSWER)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def change(self, user: str, name: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation. That a step is refused is no failure: somebody else may have
        been there first. Only the search for other files of a person is waited for."""
        end = monotonic() + _SECONDS_TO_LINK
        while True:
            given["idempotencyKey"] = token_hex(16)
            answer = await self.ask(user, name[0].upper() + name[1:], input=given)
            payload: dict[str, Any] = answer[name]
            codes = {error["code"] for error in payload["errors"]}
            if "NOT_LINKED" not in codes or monotonic() > end:
                return payload
            await asyncio.sleep(0.1)

    async def ask(self, user: str, operation: str, **variables: Any) -> dict[str, Any]:
        """Raises AnswerError where there is no complete answer."""
        token = (await self._http.post(f"/development/users/{user}/token")).raise_for_status()
        document = f"sha256:{document_hash(_DOCUMENTS[operation])}"
        answer = await self._http.post(
            "/graphql",
            json={"documentId": document, "variables": variables},
            headers={"Authorization": f"Bearer {token.json()['access_token']}"},
        )
        body = answer.json()
        if "errors" in body:
            raise AnswerError(f"{operation}: {body['errors'][0]['message']}")
        data: dict[str, Any] = body["data"]
        return data

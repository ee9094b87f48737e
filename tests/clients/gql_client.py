"""Python's gql, from end to end: told what it needs in an argument, it tells lines of JSON."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

GIVEN = json.loads(sys.argv[1])
PAGE = "{ applications(first: 2) { nodes { __typename id reference } } }"
IDENTITY = """query Case($id: ID!) @purpose(code: CASEWORK, reference: "T-1") {
    application(by: { id: $id }) { applicant { identity { fullName } } }
}"""
RECEIVE = """mutation Receive($input: MarkReceivedInput!) {
    markReceived(input: $input) { errors { message } application { receivedAt } }
}"""
CHANGES = """subscription Changes($after: String) {
    applicationChanged(after: $after) {
        __typename
        position
        ... on ApplicationChange { application { reference } }
    }
}"""


def tell(kind: str, value: object) -> None:
    print(json.dumps({kind: value}), flush=True)  # noqa: T201  that is how it tells


def authorization(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {Path(GIVEN['tokens'], name).read_text()}"}


async def ask(document: str, who: str = "officer", **variables: Any) -> dict[str, Any]:
    transport = HTTPXAsyncTransport(url=GIVEN["url"], headers=authorization(who))
    async with Client(transport=transport) as session:
        request = gql(document)
        request.variable_values = variables
        return await session.execute(request)


async def follow() -> None:
    """Subscribe again after each end, behind the position of the last payload."""
    after = None
    while True:
        try:
            transport = WebsocketsTransport(
                url=GIVEN["websocketUrl"], init_payload=authorization("officer")
            )
            async with Client(transport=transport) as session:
                request = gql(CHANGES)
                request.variable_values = {"after": after}
                async for told in session.subscribe(request):
                    update = told["applicationChanged"]
                    after = update["position"]
                    if update["__typename"] == "Heartbeat":
                        tell("heartbeat", True)
                    else:
                        tell("change", update["application"]["reference"])
        except (TransportError, OSError):
            await asyncio.sleep(0.02)


async def main() -> None:
    tell("page", len((await ask(PAGE))["applications"]["nodes"]))
    case = await ask(IDENTITY, id=GIVEN["open"])
    tell("name", case["application"]["applicant"]["identity"]["fullName"])
    named = {"applicationId": GIVEN["unreceived"], "idempotencyKey": str(uuid4())}
    outcome = (await ask(RECEIVE, "agent", input=named))["markReceived"]
    tell("received", not outcome["errors"] and outcome["application"]["receivedAt"] is not None)
    await follow()


asyncio.run(main())

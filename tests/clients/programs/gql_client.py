"""Python's gql, from end to end."""

import asyncio
from typing import Any

from gql import Client, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql_following import follow
from telling import GIVEN, inputs, report, token

PAGE = "{ applications(first: 2) { nodes { __typename id reference } } }"
REFER = """mutation Refer($input: ReferToScreeningInput!) {
    referToScreening(input: $input) {
        errors { __typename code ... on CaseError { currentStatus } }
        application { status }
    }
}"""
CASE = """query Case($reference: String!) @purpose(code: CASEWORK, reference: $reference) {
    application(by: { reference: $reference }) { applicant { identity { fullName } } }
}"""
CHANGES = """subscription Changes($after: String) {
    applicationChanged(after: $after) {
        __typename
        position
        ... on ApplicationChange { application { reference } }
    }
}"""


async def ask(document: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token()}"}
    async with Client(transport=HTTPXAsyncTransport(url=GIVEN["url"], headers=headers)) as session:
        request = gql(document)
        request.variable_values = variables
        return await session.execute(request)


async def main() -> None:
    report("page", len((await ask(PAGE))["applications"]["nodes"]))
    for each in inputs():
        outcome = (await ask(REFER, input=each))["referToScreening"]
        for error in outcome["errors"]:
            report("error", [error["__typename"], error["code"], error["currentStatus"]])
        if outcome["application"]:
            report("status", outcome["application"]["status"])
    case = await ask(CASE, reference=GIVEN["reference"])
    report("name", case["application"]["applicant"]["identity"]["fullName"])
    async for update in follow(GIVEN["websocketUrl"], token, CHANGES, wait=0.02):
        if update["__typename"] == "Heartbeat":
            report("heartbeat", True)
        else:
            report("change", update["application"]["reference"])


asyncio.run(main())

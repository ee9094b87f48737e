"""People who are erased in a test: each is new, since the keys of the small world are shared."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.gateway.changing import change, document, key, perform, row_id, submitted_case
from tests.gateway.conftest import Viewer

OF_A_CASE = """
    query ($id: ID!) { node(id: $id) { ... on Application { reference applicant { id } } } }
"""
READ = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""


async def withdrawn_case(who: Mapping[str, Viewer], **given: Any) -> str:
    """A new application that was withdrawn."""
    case = await submitted_case(who, **given)
    return await perform(who["agent-au"], "withdrawApplication", case)


async def applicant_of(who: Mapping[str, Viewer], case: str) -> str:
    """The global id of whoever applies in a case."""
    asked = await who["auditor"](OF_A_CASE, id=case)
    return asked.data["node"]["applicant"]["id"]


async def payload_of(
    viewer: Viewer, mutation: str, selection: str, /, **given: Any
) -> dict[str, Any]:
    """Call a mutation about somebody's rights; its payload."""
    asked = await viewer(
        document(mutation, f"{selection} errors {{ code path }}"),
        input={"idempotencyKey": key(), **given},
    )
    assert (asked.status, asked.errors) == (200, []), asked.text
    return asked.data[mutation]


async def order_erasure(who: Mapping[str, Viewer], case: str) -> UUID:
    """A letter asks that whoever applies in a case be erased, and the auditor grants it."""
    auditor, person = who["auditor"], await applicant_of(who, case)
    lodged = await payload_of(auditor, "registerDataRequest", "dataRequest { id }", kind="ERASURE")
    named = {"dataRequestId": lodged["dataRequest"]["id"]}
    await payload_of(auditor, "nameDataSubject", "dataRequest { id }", **named, applicantId=person)
    granted = await payload_of(
        *(auditor, "answerDataRequest", "dataRequest { state }"),
        **named, outcome="GRANTED", reason="Nothing stands against it.",
    )  # fmt: skip
    assert granted == {"dataRequest": {"state": "GRANTED"}, "errors": []}
    return row_id(person)


__all__ = ["applicant_of", "change", "order_erasure", "payload_of", "withdrawn_case"]

"""Rights of people in tests: who is erased, each of them new, since the keys of the small world are
shared; and how many complain."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from models import Base
from models.instants import wib_day
from tests.gateway.changing import change, document, key, perform, row_id, submitted_case
from tests.gateway.conftest import Viewer
from tests.gateway.guaranteeing import COMPANY, MOTHER, OF_A_CHILD

OF_A_CASE = """
    query ($id: ID!) { node(id: $id) { ... on Application { reference applicant { id } } } }
"""
READ = """
    query ($case: ID!, $for: String!) @purpose(code: CASEWORK, reference: $for) {
        node(id: $case) { ... on Application { applicant { identity { fullName } } } }
    }
"""

#: A child, for whom a company and the mother answer; and in which tables something of it is sealed
#: once its refusal was announced and answered.
BORN = {"birthDate": OF_A_CHILD["identity"]["birthDate"]}
A_CHILD = {"visaType": "C1", "guarantor": dict(COMPANY), "guardian": dict(MOTHER)}
SEALED = {"identity", "guarantor", "guardian", "intention_answer"}
_ANNOUNCED = """
    WITH announced AS (
        INSERT INTO refusal_intention (application_id, grounds, announced_at, announced_by)
        VALUES ($1, '{INCOMPLETE}', now(), 'officer') RETURNING application_id
    )
    INSERT INTO intention_answer (application_id, applicant_id, sealed)
    SELECT id, applicant_id, '{"as_text": "sealed"}'
    FROM announced JOIN application ON id = application_id
"""


async def announce(connection: asyncpg.Connection, case: str) -> None:
    """A refusal was announced in a case, and answered."""
    await connection.execute(_ANNOUNCED, row_id(case))


async def sealed_of(connection: asyncpg.Connection, subject: UUID) -> set[str]:
    """The tables in which something of somebody is sealed: all that name their person."""
    tables = [
        name for name, table in Base.metadata.tables.items()
        if {"applicant_id", "sealed"} <= {*table.columns.keys()}
    ]  # fmt: skip
    return {
        table
        for table in tables
        if await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {table} WHERE applicant_id = $1 AND sealed <> '{{}}')",
            subject,
        )
    }


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


#: How many complaints there are.
COUNTED = """
    query ($from: Date!, $to: Date!) { complaintFigures(from: $from, to: $to) {
        rows { kind lodged { value } }
    } }
"""
A_MONTH = {"from": "2026-01-01", "to": "2026-01-31"}


async def counted(viewer: Viewer) -> dict[str, int]:
    """How many complaints of this month a viewer reads, by kind."""
    first = wib_day(datetime.now(UTC)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    asked = await viewer(COUNTED, **{"from": str(first), "to": str(last)})
    assert asked.errors == [], asked.text
    rows = asked.data["complaintFigures"]["rows"]
    return {row["kind"]: row["lodged"]["value"] for row in rows}


async def count_complaints(connection: asyncpg.Connection, where: str = "true") -> dict[str, int]:
    """The same, of the rows themselves."""
    return dict(
        await connection.fetch(  # type: ignore[arg-type]
            f"SELECT kind, count(*) FROM complaint WHERE {where} AND"
            " wib_day(lodged_at) >= date_trunc('month', wib_day(now())::timestamp) GROUP BY kind"
        )
    )


__all__ = [
    "A_MONTH",
    "COUNTED",
    "applicant_of",
    "change",
    "count_complaints",
    "counted",
    "order_erasure",
    "payload_of",
    "withdrawn_case",
]

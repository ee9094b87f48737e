"""What the key service is told of a database: whoever belongs together now, and nobody else."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import asyncpg
import pytest

from models.jobs.relating import relate_everybody
from models.key_service import Relation, RelationKind
from models.row_keys import new_key
from models.visa_document.content import VisaTerms
from tests.accounts import insert, past_triggers
from tests.walls.undoing import undone
from tests.world import APPLICANTS, applicant_id, application_id

pytestmark = pytest.mark.anyio

CASE, ANOTHER = "AUSY-PAID-0013", "AUPO-SECU-0003"
#: By their states, which have a reason each: two files that are one person's for certain, or as an
#: officer said, and those that are alike, whatever an officer said. A group tells nothing.
LINKS = {
    "CERTAIN": "PASSPORT",
    "CONFIRMED": "NAME_AND_BIRTH_DATE",
    "REJECTED": "NAME_AND_BIRTH_DATE",
    "PROPOSED": "NAME_AND_BIRTH_DATE",
    None: "GROUP",
}
INQUIRIES = (
    {"reference": "INQ-ASKED"},
    {"reference": "INQ-AGREED", "approved_by": "second"},
    {"reference": "INQ-LAPSED", "lapsed_at": "now"},
    {"reference": "INQ-REVIEWED", "approved_by": "second", "reviewed_by": "third"},
)
DESKS = (
    (CASE, "one", "OFFICER", False),
    (CASE, "past", "OFFICER", True),
    (ANOTHER, "chief", "SUPERVISOR", False),
)


class _Heard:
    """A key service that hears what it is told."""

    def __init__(self) -> None:
        self.relations: list[Relation] = []

    async def relate(self, relations: Sequence[Relation]) -> None:
        self.relations += relations

    def of(self, kind: RelationKind) -> list[Any]:
        return sorted(tuple(one[1:]) for one in self.relations if one.kind is kind)


async def _hear(connection: asyncpg.Connection) -> _Heard:
    heard = _Heard()
    number = await relate_everybody(heard, connection)  # type: ignore[arg-type]
    assert number == len(heard.relations)
    return heard


async def test_links_are_told_by_what_they_are(world: str, connection: asyncpg.Connection) -> None:
    pairs = [*combinations(map(applicant_id, list(APPLICANTS)[:4]), 2)]
    by_state = dict(zip(LINKS, pairs, strict=False))
    async with undone(connection), past_triggers(connection):
        await connection.execute("DELETE FROM person_link")
        for state, (one, other) in by_state.items():
            row = {"id": new_key(), "applicant_id": one, "linked_id": other, "state": state}
            row["reason"] = LINKS[state]
            if state in ("CONFIRMED", "REJECTED"):
                row |= {"resolved_by": "one", "resolved_in": application_id(CASE)}
                row |= {"resolution": "So.", "resolved_at": await _now(connection)}
            await insert(connection, "person_link", row)
        heard = await _hear(connection)

    def told(*states: str) -> list[Any]:
        return sorted((one.hex, other) for one, other in (by_state[state] for state in states))

    assert heard.of(RelationKind.LINK) == told("CERTAIN", "CONFIRMED")
    assert heard.of(RelationKind.LIKENESS) == told("CONFIRMED", "REJECTED", "PROPOSED")


async def test_desks_and_inquiries_are_told_while_they_last(
    world: str, connection: asyncpg.Connection
) -> None:
    async with undone(connection), past_triggers(connection):
        await connection.execute("DELETE FROM assignment")
        now = await _now(connection)
        for case, officer, role, is_over in DESKS:
            row = {"application_id": application_id(case), "officer": officer, "role": role}
            row |= {"assigned_at": now, "ended_at": now if is_over else None}
            await insert(connection, "assignment", row)
        for inquiry in INQUIRIES:
            row = {"id": new_key(), "reason": "Why.", "minutes": 10, "most_people": 5}
            row |= {"opened_by": "first", **inquiry}
            if "approved_by" in row:
                row["approved_at"] = now
            if "lapsed_at" in row:
                row["lapsed_at"] = now
            if "reviewed_by" in row:
                row |= {"reviewed_at": now, "verdict": "JUSTIFIED", "review_reason": "Right."}
            await insert(connection, "inquiry", row)
        heard = await _hear(connection)
        person = await connection.fetchval(
            "SELECT applicant_id FROM application WHERE reference = $1", CASE
        )
    assert heard.of(RelationKind.DESK) == [(CASE, "one")]
    assert heard.of(RelationKind.APPLICANT) == [(CASE, person)]
    assert heard.of(RelationKind.INQUIRY) == [("INQ-AGREED", "first"), ("INQ-ASKED", "first")]
    assert heard.of(RelationKind.APPROVAL) == [("INQ-AGREED", "second")]


async def test_visas_are_told_by_their_terms_but_those_that_nobody_granted(
    world: str, connection: asyncpg.Connection
) -> None:
    async with undone(connection), past_triggers(connection):
        visas = await connection.fetch(
            "SELECT visa_number, application_id, applicant_id FROM visa"
            " JOIN application ON application.id = application_id ORDER BY visa_number LIMIT 2"
        )
        await connection.execute("DELETE FROM visa_document")
        for visa, refused_at in zip(visas, (None, await _now(connection)), strict=True):
            row = {"visa_number": visa["visa_number"], "applicant_id": visa["applicant_id"]}
            await insert(connection, "visa_document", {**row, "refused_at": refused_at})
        heard = await _hear(connection)
    [(terms, holder)] = heard.of(RelationKind.VISA)
    assert (VisaTerms.read(terms).number, holder) == (
        visas[0]["visa_number"], visas[0]["applicant_id"],
    )  # fmt: skip


async def test_accounts_cases_and_partners_are_told_of_everybody(
    world: str, connection: asyncpg.Connection
) -> None:
    heard = await _hear(connection)
    files = await connection.fetch("SELECT reference, partner_code, applicant_id FROM application")
    assert heard.of(RelationKind.ACCOUNT) == [("applicant", applicant_id("Ruby Hale"))]
    assert heard.of(RelationKind.CASE) == sorted(
        (file["reference"], file["applicant_id"]) for file in files
    )
    assert heard.of(RelationKind.PARTNER) == sorted(
        {(file["partner_code"], file["applicant_id"]) for file in files if file["partner_code"]}
    )


async def _now(connection: asyncpg.Connection) -> Any:
    return await connection.fetchval("SELECT now()")

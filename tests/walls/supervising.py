"""What supervisors say of alerts and inquiries, and what of it the database lets each viewer do."""

from contextlib import suppress

import asyncpg

from models import Alert, Inquiry
from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import ALERTS, INQUIRIES, complaints_of, viewer
from tests.walls.undoing import undone

#: Which table each mutation writes.
OF = {
    "closeAlert": "alert",
    **dict.fromkeys(("openInquiry", "approveInquiry", "reviewInquiry"), "inquiry"),
}
#: The column that identifies the rows of each.
NAMED = {"alert": Alert.actor, "inquiry": Inquiry.reference}
_CLOSE = "UPDATE alert SET closed_by = viewer.subject(NULL), close_reason = 'Why' RETURNING actor"
_OPEN = """
    INSERT INTO inquiry (id, reference, reason, minutes, most_people, opened_by)
    VALUES (gen_random_uuid(), 'INQ-MINE', 'Why', 60, 50, viewer.subject(NULL))
"""
_ANSWERS = (
    "UPDATE inquiry SET approved_by = viewer.subject(NULL) WHERE reference = $1",
    "UPDATE inquiry SET reviewed_by = viewer.subject(NULL), verdict = 'JUSTIFIED',"
    " review_reason = 'Why' WHERE reference = $1",
)
OPENS = "an inquiry of one's own"


def reached_by_domain(mutation: str, claims: Claims) -> set[str]:
    """What a supervisor may speak of: an alert about another one, or a complaint in reach, any
    inquiry."""
    if mutation == "closeAlert":
        return {actor for actor, _ in ALERTS if actor != claims["sub"]} | complaints_of(claims)
    return {one.reference for one in INQUIRIES}


def allowed_by_domain(claims: Claims) -> set[str]:
    """Whom the alerts are about that a viewer may close, and which inquiries another one answers:
    one that waits, and one that has ended and was not reviewed."""
    if role_of(claims) != "SUPERVISOR":
        return set()
    answered = {
        one.reference
        for one in INQUIRIES
        if one.by != claims["sub"] and one.state in ("WAITS", "OVER")
    }
    return {OPENS, *reached_by_domain("closeAlert", claims), *answered}


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """The same, as the database has it. Everything is rolled back."""
    let = set[str]()
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
            await act_writing(connection, viewer(claims))
            let |= {row["actor"] for row in await connection.fetch(_CLOSE)}
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError):
            await act_writing(connection, viewer(claims))
            await connection.execute(_OPEN)
            let.add(OPENS)
    for inquiry in INQUIRIES:
        for answer in _ANSWERS:
            async with undone(connection):
                with suppress(asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
                    await act_writing(connection, viewer(claims))
                    done = await connection.execute(answer, inquiry.reference)
                    let |= {inquiry.reference} if done == "UPDATE 1" else set()
    return let

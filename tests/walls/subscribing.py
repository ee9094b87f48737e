"""What viewers subscribe to, save and note, where partners' systems are told, and which of it the
database lets each change."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from models import Complaint, MailSubscription, MonthNote, SavedView, WebhookEndpoint
from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import (
    COMPLAINTS,
    ENDPOINTS,
    NOTED,
    SUBSCRIBED,
    complaints_of,
    endpoints_of,
    viewer,
)
from tests.walls.undoing import undone


@dataclass(frozen=True)
class Written:
    """A table of which each row is somebody's own."""

    mutations: tuple[str, ...]
    #: Who writes it, by role.
    writers: str
    #: The column that says whose a row is, and whose rows there are.
    named: Any
    owners: frozenset[str]
    #: Makes a row of one's own; changes the own rows, and returns whose they are.
    make: str
    change: str
    #: Where a row is not its writer's own: whose a viewer reaches. Where not all writers do a
    #: thing: who makes a row, and who calls a mutation.
    reached: Callable[[Claims], set[str]] | None = None
    makers: str | None = None
    callers: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Whose rows the statement above changes, where not all that are reached.
    may_change: Callable[[Claims], set[str]] | None = None
    #: The names by keys, where those who write no row read keys of the rows that are reached.
    keys: Mapping[UUID, str] = field(default_factory=dict[UUID, str])


def complaints_answered_by(claims: Claims) -> set[str]:
    """Auditors answer those of integrity, and complainants none."""
    if role_of(claims) == "APPLICANT":
        return set()
    of_integrity = {one.reference for one in COMPLAINTS if one.kind == "INTEGRITY"}
    reached = complaints_of(claims)
    return reached & of_integrity if role_of(claims) == "AUDITOR" else reached


#: Who reads figures exactly.
_READERS = "LEADERSHIP OFFICER SUPERVISOR PARTNER_MANAGER PARTNER_AGENT AUDITOR"
TABLES: Mapping[str, Written] = {
    "mail_subscription": Written(
        ("subscribeToMail", "renewMailSubscription", "endMailSubscription"),
        _READERS,
        MailSubscription.subject,
        frozenset(SUBSCRIBED),
        "INSERT INTO mail_subscription (id, subject, occasion, language, address) VALUES"
        " (gen_random_uuid(), viewer.subject(NULL), 'WEEKLY', 'EN', 'a@b.example')",
        "UPDATE mail_subscription SET is_ended = true RETURNING subject",
    ),
    "saved_view": Written(
        ("saveView", "renameSavedView", "removeSavedView"),
        _READERS,
        SavedView.subject,
        frozenset(SUBSCRIBED),
        "INSERT INTO saved_view (id, subject, name, page, query) VALUES"
        " (gen_random_uuid(), viewer.subject(NULL), 'Mine', 'VOLUMES', 'by=visa')",
        "UPDATE saved_view SET name = 'Other' WHERE removed_at IS NULL RETURNING subject",
    ),
    "month_note": Written(
        ("noteMonth", "removeMonthNote"),
        "LEADERSHIP PARTNER_MANAGER",
        MonthNote.author,
        frozenset(NOTED),
        "INSERT INTO month_note (id, author, month, partner_code, country_code, text) VALUES"
        " (gen_random_uuid(), viewer.subject(NULL), '2026-01-01', viewer.partner(NULL),"
        " (viewer.countries(NULL))[1], 'A strike.')",
        "UPDATE month_note SET text = NULL, removed_at = now() WHERE removed_at IS NULL"
        " RETURNING author",
    ),
    "webhook_endpoint": Written(
        ("registerWebhook", "rotateWebhookSecret", "approveWebhook", "pauseWebhook",
         "resumeWebhook", "removeWebhook", "redeliverNotices"),
        "PARTNER_MANAGER PARTNER_SERVICE",
        WebhookEndpoint.url,
        frozenset(ENDPOINTS),
        "INSERT INTO webhook_endpoint (id, partner_code, country_code, url, secret, registered_by)"
        " VALUES (gen_random_uuid(), viewer.partner(NULL), (viewer.countries(NULL))[1],"
        " 'https://new.example', '\\x00', viewer.subject(NULL))",
        "UPDATE webhook_endpoint SET paused_by = viewer.subject(NULL) RETURNING url",
        endpoints_of,
        "PARTNER_SERVICE",
        {**dict.fromkeys(("registerWebhook", "rotateWebhookSecret"), "PARTNER_SERVICE"),
         "approveWebhook": "PARTNER_MANAGER"},
    ),
    "complaint": Written(
        ("lodgeComplaint", "sortComplaint", "entrustComplaint", "answerComplaint"),
        "SUPERVISOR PARTNER_MANAGER AUDITOR APPLICANT",
        Complaint.reference,
        frozenset(one.reference for one in COMPLAINTS),
        "INSERT INTO complaint (id, reference, applicant_id, account) SELECT gen_random_uuid(),"
        " 'CMPL-NEWS-0000', id, account FROM applicant WHERE account = viewer.subject(NULL)",
        "UPDATE complaint SET answered_by = viewer.subject(NULL), answered_role = viewer.role()"
        " WHERE kind = CASE viewer.role() WHEN 'AUDITOR' THEN 'INTEGRITY' ELSE kind END"
        " RETURNING reference",
        complaints_of,
        "APPLICANT",
        {"lodgeComplaint": "APPLICANT", "sortComplaint": "AUDITOR", "entrustComplaint": "AUDITOR",
         "answerComplaint": "SUPERVISOR PARTNER_MANAGER AUDITOR"},
        may_change=complaints_answered_by,
        keys={one.id: one.reference for one in COMPLAINTS},
    ),
}  # fmt: skip
#: Which table each mutation writes.
OF = {mutation: table for table, one in TABLES.items() for mutation in one.mutations}
MADE = "one of the own"


def writers(mutation: str) -> str:
    """The roles that write the table of a mutation."""
    table = TABLES[OF[mutation]]
    return table.callers.get(mutation, table.writers)


def reached_by_domain(mutation: str, claims: Claims) -> set[str]:
    """Whose rows a viewer may speak of: the own."""
    is_caller = role_of(claims) in writers(mutation).split()
    return _reached(TABLES[OF[mutation]], claims) if is_caller else set()


def _reached(one: Written, claims: Claims) -> set[str]:
    is_writer = role_of(claims) in one.writers.split()
    if one.reached:
        return one.reached(claims)
    return {claims["sub"]} & one.owners if is_writer else set()


def allowed_by_domain(claims: Claims) -> set[tuple[str, str]]:
    """Whose rows of which table a viewer changes, and of which one is made."""
    return {
        (table, whose)
        for table, one in TABLES.items()
        for whose in (
            *(one.may_change(claims) if one.may_change else _reached(one, claims)),
            *([MADE] if role_of(claims) in (one.makers or one.writers).split() else []),
        )
    } | {
        (f"key of {table}", whose)
        for table, one in TABLES.items()
        if one.keys
        for whose in _reached(one, claims)
    }


async def allowed_by_database(
    connection: asyncpg.Connection, claims: Claims
) -> set[tuple[str, str]]:
    """The same, as the database lets it be done. Everything is rolled back."""
    let = set[tuple[str, str]]()
    for table, one in TABLES.items():
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                let |= {(table, row[0]) for row in await connection.fetch(one.change)}
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                await connection.execute(one.make)
                let.add((table, MADE))
        async with undone(connection):
            with suppress(asyncpg.InsufficientPrivilegeError):
                await act_writing(connection, viewer(claims))
                found = await connection.fetch(f"SELECT id FROM {table}") if one.keys else []
                let |= {(f"key of {table}", one.keys[row[0]]) for row in found}
    return let

"""What viewers subscribe to by mail, and which subscriptions the database lets each change."""

from contextlib import suppress

import asyncpg

from models import MailSubscription
from tests.acting import act_writing
from tests.gateway.oracle import Claims, role_of
from tests.walls.reach import SUBSCRIBED, viewer
from tests.walls.undoing import undone

#: Which table each mutation writes, and the column that says whose a row is.
OF = dict.fromkeys(
    ("subscribeToMail", "renewMailSubscription", "endMailSubscription"), "mail_subscription"
)
NAMED = MailSubscription.subject
#: Who reads figures exactly.
SUBSCRIBERS = "LEADERSHIP OFFICER SUPERVISOR PARTNER_MANAGER PARTNER_AGENT AUDITOR"
MADE = "a subscription of one's own"
_SUBSCRIBE = (
    "INSERT INTO mail_subscription (id, subject, occasion, language, address) VALUES"
    " (gen_random_uuid(), viewer.subject(NULL), 'WEEKLY', 'EN', 'a@b.example')"
)
_END = "UPDATE mail_subscription SET is_ended = true RETURNING subject"


def reached_by_domain(claims: Claims) -> set[str]:
    """Whose subscriptions a viewer may speak of: the own."""
    is_subscriber = role_of(claims) in SUBSCRIBERS.split()
    return {claims["sub"]} & {*SUBSCRIBED} if is_subscriber else set()


def allowed_by_domain(claims: Claims) -> set[str]:
    made = {MADE} if role_of(claims) in SUBSCRIBERS.split() else set[str]()
    return made | reached_by_domain(claims)


async def allowed_by_database(connection: asyncpg.Connection, claims: Claims) -> set[str]:
    """Whose subscriptions a viewer ends, and whether it makes one. Everything is rolled back."""
    let = set[str]()
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError):
            await act_writing(connection, viewer(claims))
            let |= {row["subject"] for row in await connection.fetch(_END)}
    async with undone(connection):
        with suppress(asyncpg.InsufficientPrivilegeError):
            await act_writing(connection, viewer(claims))
            await connection.execute(_SUBSCRIBE)
            let.add(MADE)
    return let

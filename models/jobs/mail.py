"""Delivers what lies in the outbox of mail: at least once, and to each address in order.

A message is locked while it is sent, and the next one to the same address waits until its delivery
is recorded. A keeper that is killed in between sends it again, under the same Message-ID. Any
number of these may run concurrently.
"""

import asyncio
import logging

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.logs import facts
from models.mail.message import Sender
from models.mail.transport import MailTransport, NotSentError

_EVERY_SECONDS = 5.0
#: After each failure the wait doubles, from this on.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 30, 6 * 3600
#: How long an address is tried (RFC 5321, 4.5.4.1: at least 4 to 5 days).
MOST_DAYS = 5

log = logging.getLogger(__name__)

_NEXT = """
    SELECT mail.*, posted_at <= clock_timestamp() - $1 * interval '1 day' AS is_old,
        EXISTS (
            SELECT FROM suspension AS it
            WHERE it.lifted_by IS NULL AND (it.ends_at IS NULL OR it.ends_at > clock_timestamp())
                AND (it.subject = mail.subject OR it.partner_code = mail.partner_code)
        ) AS is_suspended
    FROM mail
    WHERE address IS NOT NULL AND due_at <= clock_timestamp() AND NOT EXISTS (
        SELECT FROM mail AS earlier
        WHERE earlier.address = mail.address
            AND (earlier.posted_at, earlier.id) < (mail.posted_at, mail.id)
    )
    ORDER BY due_at, id LIMIT 1
    FOR NO KEY UPDATE OF mail SKIP LOCKED
"""
_DONE = """
    UPDATE mail SET {column} = clock_timestamp(), address = NULL, attempts = attempts + $2,
        failure = $3
    WHERE id = $1
"""
#: Replies that say that there is no such mailbox: whoever has left has none.
_GONE = ("550", "551", "553")
_END = "UPDATE mail_subscription SET is_ended = true, address = NULL WHERE address = $1"
_AGAIN = """
    UPDATE mail SET attempts = attempts + 1, failure = $2,
        due_at = clock_timestamp() + least($3 * 2 ^ attempts, $4) * interval '1 second'
    WHERE id = $1
"""


async def deliver(transport: MailTransport, sender: Sender, connection: asyncpg.Connection) -> int:
    """Send the message that waits longest; 1 if it was delivered, 0 where there is none, or where
    the server did not take it."""
    async with connection.transaction():
        mail = await connection.fetchrow(_NEXT, MOST_DAYS)
        if mail is None:
            return 0
        if mail["is_suspended"]:
            await connection.execute(_DONE.format(column="withheld_at"), mail["id"], 0, None)
            return 1
        try:
            await transport(sender.message(mail))
        except NotSentError as error:
            is_final = error.is_final or mail["is_old"]
            if is_final:
                done = _DONE.format(column="failed_at")
                await connection.execute(done, mail["id"], 1, error.failure)
                if error.failure in _GONE:
                    await connection.execute(_END, mail["address"])
            else:
                waits = _FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS
                await connection.execute(_AGAIN, mail["id"], error.failure, *waits)
            log.warning(
                "mail is not sent",
                extra=facts(mail=str(mail["id"]), failure=error.failure, final=is_final),
            )
            return 0
        await connection.execute(_DONE.format(column="delivered_at"), mail["id"], 1, None)
    return 1


async def keep_mail(
    transport: MailTransport,
    sender: Sender,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Run the job until ``stop`` is set."""

    async def deliver_mail(connection: asyncpg.Connection) -> int:
        return await deliver(transport, sender, connection)

    await run_repeatedly(deliver_mail, url, stop, every, jobs)

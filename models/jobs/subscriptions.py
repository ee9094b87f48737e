"""What is due to subscribers by the clock: reports, reminders, and the end of a subscription.

A message is posted in the transaction that records it, under a cause of its own, so a keeper that
is killed has posted all or nothing. Any number of these may run concurrently.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import asyncpg

from models.jobs.scheduler import Jobs, run_repeatedly
from models.mail.message import SUBSCRIPTIONS_PATH
from models.mail.outbox import Letter, post
from models.mail.subscription import AWAY_DAYS, REMINDED_DAYS, SCHEDULES
from models.vocabulary import MailKind, MailOccasion

_EVERY_SECONDS = 30.0
_BATCH = 100
#: At what hour in WIB a report of a period that is over is posted, and an alert looked for.
POSTED_HOUR = 7

# The latest instant at which a report of each schedule was due: the seventh hour of a Monday, or of
# the first day of a month. The week and the month before it are what it is of.
_DUE = """
    SELECT it.*, due.at AS due_at,
        to_char(due.at AT TIME ZONE interval '7 hours' - interval '1 day', 'YYYY-MM') AS month
    FROM mail_subscription AS it
    CROSS JOIN LATERAL (
        SELECT (
            date_trunc(
                CASE it.occasion WHEN 'WEEKLY' THEN 'week' ELSE 'month' END,
                clock_timestamp() AT TIME ZONE interval '7 hours' - $1 * interval '1 hour'
            ) + $1 * interval '1 hour'
        ) AT TIME ZONE interval '7 hours' AS at
    ) AS due
    WHERE it.occasion = ANY ($2) AND NOT it.is_ended AND it.ends_at > clock_timestamp()
        AND it.seen_at > clock_timestamp() - $4 * interval '1 day'
        AND coalesce(it.mailed_at, it.subscribed_at) < due.at
    ORDER BY it.id LIMIT $3
    FOR NO KEY UPDATE OF it SKIP LOCKED
"""
_MAILED = "UPDATE mail_subscription SET mailed_at = $2 WHERE id = $1"
_ENDING = """
    SELECT * FROM mail_subscription AS it
    WHERE NOT is_ended AND ends_at > clock_timestamp()
        AND seen_at > clock_timestamp() - $3 * interval '1 day'
        AND ends_at <= clock_timestamp() + $1 * interval '1 day' AND NOT EXISTS (
            SELECT FROM mail WHERE cause = 'renewal ' || it.id || ' ' || it.renewals
        )
    ORDER BY ends_at, id LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
"""
_END = """
    UPDATE mail_subscription SET is_ended = true, address = NULL
    WHERE id IN (
        SELECT id FROM mail_subscription WHERE NOT is_ended AND ends_at <= clock_timestamp()
        ORDER BY ends_at, id LIMIT $1
        FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id
"""


async def post_reports(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Post that a report waits, for a batch of subscriptions whose day has come; return how many.
    Of days that passed meanwhile, the last alone; whoever is away is told once they are back."""
    async with connection.transaction():
        due = await connection.fetch(_DUE, POSTED_HOUR, [*SCHEDULES], limit, AWAY_DAYS)
        for each in due:
            period = (
                {"period": "this-month"}
                if each["occasion"] == MailOccasion.WEEKLY
                else {"period": "custom", "first": each["month"], "last": each["month"]}
            )
            path = page_of(each, period)
            cause = f"report {each['id']} {each['due_at'].isoformat()}"
            await post(connection, letter_to(each, MailKind.REPORT, cause, path))
            await connection.execute(_MAILED, each["id"], each["due_at"])
    return len(due)


async def post_reminders(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """Remind the viewers of a batch of subscriptions that are about to end; return how many."""
    async with connection.transaction():
        ending = await connection.fetch(_ENDING, REMINDED_DAYS, limit, AWAY_DAYS)
        for each in ending:
            cause = f"renewal {each['id']} {each['renewals']}"
            await post(connection, letter_to(each, MailKind.RENEWAL, cause, SUBSCRIPTIONS_PATH))
    return len(ending)


async def end_subscriptions(connection: asyncpg.Connection, limit: int = _BATCH) -> int:
    """End a batch that nobody renewed, and forget their addresses; return how many."""
    return len(await connection.fetch(_END, limit))


def page_of(subscription: Mapping[str, Any], period: Mapping[str, str]) -> str:
    """The page of what it is about, where its report is: whoever has to sign in first is led back
    to a page, and to no file."""
    named = place_of(subscription)
    query = {"language": subscription["language"].lower(), **named, **period}
    return f"{'/place' if named else '/'}?{urlencode(query)}"


def place_of(subscription: Mapping[str, Any]) -> dict[str, str]:
    """The code of the country, partner or centre that it is about, by that word; nothing where it
    is about all of the reach."""
    return {
        key: code
        for key in ("country", "partner", "centre")
        if (code := subscription[f"{key}_code"])
    }


def letter_to(subscription: Mapping[str, Any], kind: MailKind, cause: str, path: str) -> Letter:
    """A letter to the viewer who subscribed."""
    return Letter(
        kind=kind,
        cause=cause,
        language=subscription["language"],
        path=path,
        subject=subscription["subject"],
        partner_code=subscription["own_partner"],
        address=subscription["address"],
    )


async def keep_subscriptions(
    url: str, stop: asyncio.Event, every: float = _EVERY_SECONDS, jobs: Jobs | None = None
) -> None:
    """Run the jobs until ``stop`` is set."""
    batches = (post_reports, post_reminders, end_subscriptions)
    await asyncio.gather(*(run_repeatedly(batch, url, stop, every, jobs) for batch in batches))

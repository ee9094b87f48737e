"""Delivers what lies in the outbox of mail: at least once, and to each address, or of each case, in
order.

A message is locked while it is sent, and the next one to the same address waits until its delivery
is recorded. A keeper that is killed in between sends it again, under the same Message-ID. Any
number of these may run concurrently.

Where an applicant is written to is sealed. The MAILER opens it when a message is sent, in a
database role of its own, which reads nothing else of anybody; that is recorded, and the address is
kept in memory alone.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import asyncpg

from models.jobs.linking import record_reads
from models.jobs.scheduler import Jobs, run_repeatedly
from models.key_service import Cause, KeyService, KeyServiceError, KeyUse, MakesCodes
from models.key_service.codes import MailedCode, claim_of
from models.logs import facts
from models.mail.message import Sender
from models.mail.outbox import ADDRESS, WITH_CODES
from models.mail.transport import MailTransport, NotSentError
from models.person.matching import contact_message
from models.person.vault import Cell, UnreadableError, Vault, VaultError
from models.row_security import MAILER
from models.supervision.alert import raise_tampering
from models.vocabulary import IdentityReader, MailKind

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
    WHERE (address IS NOT NULL OR application_id IS NOT NULL AND $2)
        AND due_at <= clock_timestamp()
        AND NOT EXISTS (
            SELECT FROM mail AS earlier
            WHERE earlier.address = mail.address
                AND (earlier.posted_at, earlier.id) < (mail.posted_at, mail.id)
        ) AND NOT EXISTS (
            SELECT FROM mail AS earlier
            WHERE earlier.application_id = mail.application_id
                AND (earlier.posted_at, earlier.id) < (mail.posted_at, mail.id)
        )
    ORDER BY due_at, id LIMIT 1
    FOR NO KEY UPDATE OF mail SKIP LOCKED
"""
_DONE = """
    UPDATE mail SET {column} = clock_timestamp(), address = NULL, application_id = NULL,
        attempts = attempts + $2, failure = $3
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


_CONTACT = "SELECT * FROM viewer.contact_of($1)"
_NOTE_CODE = """
    INSERT INTO sent_code (application_id, kind, digest) VALUES ($1, $2, $3)
    ON CONFLICT (application_id, kind) DO UPDATE
    SET digest = $3, mailed_at = clock_timestamp()
"""
#: The first of the digests writes; all of them are looked for.
_NOTE_CONTACT = """
    INSERT INTO contact_digest (digest, application_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
_MAY_CLAIM = "SELECT viewer.may_claim_by($1, $2, $3)"


async def deliver(
    transport: MailTransport,
    sender: Sender,
    connection: asyncpg.Connection,
    keys: MakesCodes | None = None,
) -> int:
    """Send the message that waits longest; 1 if it was delivered, 0 where there is none, or where
    the server did not take it. Without ``keys`` mail to applicants waits."""
    async with connection.transaction():
        mail = await connection.fetchrow(_NEXT, MOST_DAYS, keys is not None)
        if mail is None:
            return 0
        try:
            message, code = await _message(sender, connection, mail, keys)
            if message is None or mail["is_suspended"]:
                await connection.execute(_DONE.format(column="withheld_at"), mail["id"], 0, None)
                return 1
            await transport(message)
            if code is not None:
                await _as_mailer(
                    connection, _NOTE_CODE, mail["application_id"], mail["kind"], code.digest
                )
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


async def _message(
    sender: Sender, connection: asyncpg.Connection, mail: Mapping[str, Any], keys: MakesCodes | None
) -> tuple[EmailMessage | None, MailedCode | None]:
    """What is sent, and the code in it; None where an applicant has no address any more, as who was
    erased. Raises NotSentError where it cannot be opened now."""
    if keys is None or mail["application_id"] is None:
        return sender.message(mail), None
    contact = await _contact(connection, mail["application_id"])
    if contact is None or contact["email"] is None:
        return None, None
    person, reference, code = contact["applicant_id"], contact["reference"], None
    try:
        [address] = await Vault(keys, Cause.MAIL).open([Cell(person, "email", contact["email"])])
        if not re.fullmatch(ADDRESS, address):
            return None, None
        if not await _may_be_told(connection, keys, mail, address):
            return None, None
        if mail["kind"] in WITH_CODES:
            is_claim = mail["kind"] == MailKind.CLAIM
            named = claim_of(reference) if is_claim else reference
            code = await keys.make_code(person, named, mail["id"])
    except (KeyServiceError, UnreadableError) as error:
        if isinstance(error, VaultError):
            await raise_tampering(connection, error.tampered)
        raise NotSentError(type(error).__name__) from None
    return sender.message_to_applicant(mail, address, reference, code and code.text), code


async def _contact(connection: asyncpg.Connection, case: UUID) -> asyncpg.Record | None:
    """Where mail about a case goes, sealed. That it is read is recorded before it is opened."""
    await connection.execute(f"SET LOCAL ROLE {MAILER}")
    contact = await connection.fetchrow(_CONTACT, case)
    if contact is not None:
        person, version = [contact["applicant_id"]], [contact["version"]]
        await record_reads(connection, person, version, IdentityReader.MAILER, ["email"])
    await connection.execute("RESET ROLE")
    return contact


async def _may_be_told(
    connection: asyncpg.Connection, keys: KeyService, mail: Mapping[str, Any], address: str
) -> bool:
    """Note which files the contact serves, as a digest; whether it is sent this. A code to claim a
    file goes to no agency, and to none of a partner's people."""
    case, message = mail["application_id"], contact_message(address)
    [digests] = await keys.digests(KeyUse.PERSON_INDEX, [message], Cause.MAIL)
    known = [one.value for one in digests]
    await _as_mailer(connection, _NOTE_CONTACT, known[0], case)
    return mail["kind"] != MailKind.CLAIM or bool(
        await _as_mailer(connection, _MAY_CLAIM, case, known, address)
    )


async def _as_mailer(connection: asyncpg.Connection, statement: str, *values: Any) -> Any:
    await connection.execute(f"SET LOCAL ROLE {MAILER}")
    told = await connection.fetchval(statement, *values)
    await connection.execute("RESET ROLE")
    return told


async def keep_mail(
    transport: MailTransport,
    sender: Sender,
    keys: MakesCodes | None,
    url: str,
    stop: asyncio.Event,
    every: float = _EVERY_SECONDS,
    jobs: Jobs | None = None,
) -> None:
    """Run the job until ``stop`` is set. ``keys`` are the MAILER's."""

    async def deliver_mail(connection: asyncpg.Connection) -> int:
        return await deliver(transport, sender, connection, keys)

    await run_repeatedly(deliver_mail, url, stop, every, jobs)

"""Reconciles the receipts of the key service with the log of reads, both ways.

A receipt says that somebody was opened for a viewer: the log must have that read. An entry of the
log says that somebody was read: there must be a receipt. A receipt comes first, and its entry when
the operation ends, within `APART_SECONDS`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg

from models.account.findings import Report, Tampering
from models.key_service.counts import ReceiptVerb
from models.key_service.interface import Cause, Principal
from models.key_service.receipts import ListsReceipts, Receipt, Reconciled

#: How long an operation takes at most, and how much clocks may differ: receipts and entries that
#: are younger are not compared yet.
APART_SECONDS = 330
_LOOK_UP = ReceiptVerb.LOOK_UP
_APART = timedelta(seconds=APART_SECONDS)
#: Later than any receipt, in milliseconds since 1970.
_ALWAYS = 1 << 62
#: Values that everybody on file has: an entry with one of these has a receipt.
_ALWAYS_SEALED = ["fullName", "passportNumber", "birthDate", "visa.code", "visa.pdf"]
#: What is believed of names, as in `models.account.verifying`.
_AS_NAMED = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL row_security = off"
_RECEIPTS = """
    unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::uuid[])
        AS receipt (number, at, account, role, reference, subject)
"""
_OF_THE_VIEWER = """
    entry.actor = receipt.account AND entry.actor_role = receipt.role
    AND entry.occurred_at BETWEEN receipt.at - $7::interval AND receipt.at + $7::interval
"""
_REPORTED = """
    entry.reported_by = receipt.account
    AND entry.reported_at BETWEEN receipt.at - $7::interval AND receipt.at + $7::interval
"""
#: Of a try there are two receipts: of the file, and of the source.
_TRIED = """
    receipt.role = 'tracker'
    AND receipt.account IN (encode(entry.file, 'hex'), encode(entry.source, 'hex'))
    AND entry.occurred_at BETWEEN receipt.at - $7::interval AND receipt.at + $7::interval
"""
_SAME_VIEWER = f"""
    (receipt.reference IS NULL OR entry.case_reference = receipt.reference) AND {_OF_THE_VIEWER}
"""
#: Whoever was opened, and is not in the log. An applicant, an entry of the ban list and a complaint
#: never have the same key.
_UNLOGGED_READS = f"""
    SELECT receipt.number, receipt.account, receipt.role, count(*) AS people
    FROM {_RECEIPTS}
    WHERE NOT EXISTS (
        SELECT FROM public.access_event AS entry
        WHERE entry.applicant_id = receipt.subject AND {_SAME_VIEWER}
    ) AND NOT EXISTS (
        SELECT FROM public.ban_read AS entry
        WHERE entry.ban_id = receipt.subject AND {_SAME_VIEWER}
    ) AND NOT EXISTS (
        SELECT FROM public.complaint_read AS entry
        WHERE entry.complaint_id = receipt.subject AND {_SAME_VIEWER}
    )
    GROUP BY receipt.number, receipt.account, receipt.role ORDER BY receipt.number
"""  # noqa: S608
_UNLOGGED_LOOKUPS = f"""
    SELECT receipt.number, receipt.account, receipt.role, 0 AS people
    FROM {_RECEIPTS}
    WHERE NOT EXISTS (
        SELECT FROM public.person_lookup AS entry WHERE {_SAME_VIEWER}
    ) AND NOT EXISTS (
        SELECT FROM public.visa_check AS entry WHERE receipt.reference IS NULL AND {_OF_THE_VIEWER}
    ) AND NOT EXISTS (
        SELECT FROM public.crossing AS entry WHERE receipt.role = 'BORDER' AND {_REPORTED}
    ) AND NOT EXISTS (
        SELECT FROM public.tracking_try AS entry WHERE {_TRIED}
    )
    ORDER BY receipt.number
"""  # noqa: S608
#: Each job reads again whom it could not link, compare, grant, write to or scan.
_UNLOGGED_LINKER = f"""
    SELECT receipt.number, receipt.account, receipt.role, count(*) AS people
    FROM {_RECEIPTS}
    WHERE NOT EXISTS (
        SELECT FROM public.linker_read AS entry
        WHERE entry.applicant_id = receipt.subject AND entry.read_at >= receipt.at - $7::interval
            AND entry.reader = CASE
                WHEN receipt.role IN ('screener', 'granter', 'mailer', 'scanner')
                    THEN upper(receipt.role)
                ELSE 'LINKER' END
    )
    GROUP BY receipt.number, receipt.account, receipt.role ORDER BY receipt.number
"""  # noqa: S608
_IN_THE_WINDOW = "entry.occurred_at >= $8 AND entry.occurred_at < $9"
_UNOPENED_READS = f"""
    SELECT entry.id, entry.actor AS account, entry.actor_role AS role
    FROM public.access_event AS entry
    WHERE {_IN_THE_WINDOW} AND entry.fields && $10::text[] AND NOT EXISTS (
        SELECT FROM {_RECEIPTS} WHERE receipt.subject = entry.applicant_id AND {_SAME_VIEWER}
    )
    ORDER BY entry.id
"""  # noqa: S608
_UNOPENED_LOOKUPS = f"""
    SELECT entry.id, entry.actor AS account, entry.actor_role AS role
    FROM public.person_lookup AS entry
    WHERE {_IN_THE_WINDOW} AND NOT EXISTS (SELECT FROM {_RECEIPTS} WHERE {_SAME_VIEWER})
    ORDER BY entry.id
"""  # noqa: S608
#: A check names no case.
_UNOPENED_CHECKS = f"""
    SELECT entry.id, entry.actor AS account, entry.actor_role AS role
    FROM public.visa_check AS entry
    WHERE {_IN_THE_WINDOW} AND NOT EXISTS (SELECT FROM {_RECEIPTS} WHERE {_OF_THE_VIEWER})
    ORDER BY entry.id
"""  # noqa: S608
_UNOPENED_CROSSINGS = f"""
    SELECT entry.id, entry.reported_by AS account, 'BORDER' AS role
    FROM public.crossing AS entry
    WHERE entry.reported_at >= $8 AND entry.reported_at < $9
        AND NOT EXISTS (SELECT FROM {_RECEIPTS} WHERE {_REPORTED})
    ORDER BY entry.id
"""  # noqa: S608
_UNOPENED_TRIES = f"""
    SELECT entry.id, '' AS account, 'ANONYMOUS' AS role
    FROM public.tracking_try AS entry
    WHERE {_IN_THE_WINDOW} AND NOT EXISTS (SELECT FROM {_RECEIPTS} WHERE {_TRIED})
    ORDER BY entry.id
"""  # noqa: S608


class Unmatched(NamedTuple):
    """Something that one side says and the other does not, without personal data; and by whom."""

    what: str
    #: The viewer; empty for a job of the keeper.
    account: str
    role: str


@dataclass(slots=True)
class Comparison:
    """What one pass compared, and what differs."""

    receipts: int = 0
    #: Somebody was opened of whom the log says nothing.
    unlogged: list[Unmatched] = field(default_factory=list)
    #: The log says something for which nobody was opened.
    unopened: list[Unmatched] = field(default_factory=list)
    #: Receipts that are missing or were changed.
    tampered: list[str] = field(default_factory=list)


async def reconcile_all(
    keys: ListsReceipts,
    connection: asyncpg.Connection,
    report: Report,
    now: float | None = None,
) -> None:
    """Compare all receipts with the log, but for entries that were dropped because of their age.

    ``now`` is in seconds since 1970, without it the clock's.
    Raises KeyServiceError.
    """
    done, is_over = Reconciled(), False
    unlogged, unopened, tampered = list[Unmatched](), list[Unmatched](), list[str]()
    while not is_over:
        before = done.number
        found, done = await reconcile(keys, connection, done, now, report.dropped_before)
        is_over = done.number == before
        report.receipts += found.receipts
        unlogged += found.unlogged
        unopened += found.unopened
        tampered += found.tampered
    report.add_some(Tampering.UNLOGGED, [one.what for one in unlogged])
    report.add_some(Tampering.UNOPENED, [one.what for one in unopened])
    report.add_some(Tampering.REMOVED, tampered)


async def reconcile(
    keys: ListsReceipts,
    connection: asyncpg.Connection,
    done: Reconciled,
    now: float | None = None,
    kept_since: datetime | None = None,
) -> tuple[Comparison, Reconciled]:
    """Compare a page of receipts, and the entries of the same time; return how far that went.

    Receipts from before ``kept_since`` are left out. Raises KeyServiceError.
    """
    apart = APART_SECONDS * 1000
    settled = round((time.time() if now is None else now) * 1000) - apart
    page = await keys.list_receipts(done.number, settled)
    found = Comparison(len(page.receipts), tampered=list(page.tampered))
    # An entry that is compared now may have a receipt that was compared before, or has it here.
    both = [*await _compared_before(keys, done), *page.receipts]
    until = (settled if page.is_last else page.receipts[-1].at) - apart
    since = done.until or (both[0].at if both else until)
    if kept_since:  # receipts of older entries are forgotten, also where these are held
        since = max(since, int(kept_since.timestamp() * 1000) + apart)
    window = (_instant(since), _instant(until))
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_AS_NAMED)
        compared = [
            one for one in page.receipts if not kept_since or _instant(one.at) >= kept_since
        ]
        for forward, rows in (
            (_UNLOGGED_READS, _columns(compared, ReceiptVerb.OPEN)),
            (_UNLOGGED_LOOKUPS, _columns(compared, _LOOK_UP)),
            (_UNLOGGED_LINKER, _columns(compared, ReceiptVerb.OPEN, of_viewers=False)),
        ):
            for one in await connection.fetch(forward, *rows, _APART):
                found.unlogged.append(_unlogged(*one))
        if since < until:
            opened, looked_up = (_columns(both, one) for one in (ReceiptVerb.OPEN, _LOOK_UP))
            for table, back, given in (
                ("access_event", _UNOPENED_READS, (*opened, _APART, *window, _ALWAYS_SEALED)),
                ("person_lookup", _UNOPENED_LOOKUPS, (*looked_up, _APART, *window)),
                ("visa_check", _UNOPENED_CHECKS, (*looked_up, _APART, *window)),
                ("crossing", _UNOPENED_CROSSINGS, (*looked_up, _APART, *window)),
                ("tracking_try", _UNOPENED_TRIES, (*looked_up, _APART, *window)),
            ):
                for entry, account, role in await connection.fetch(back, *given):
                    what = f"{table} {entry} has no receipt of the key service"
                    found.unopened.append(Unmatched(what, account, role))
    return found, Reconciled(
        page.receipts[-1].number if page.receipts else done.number,
        max(since, until),
        max([done.again_after, *(one.number for one in both if one.at < until - apart)]),
    )


async def _compared_before(keys: ListsReceipts, done: Reconciled) -> list[Receipt]:
    """The receipts to which later entries may belong."""
    receipts, after = list[Receipt](), done.again_after
    while after < done.number:
        page = await keys.list_receipts(after, _ALWAYS)
        receipts += [one for one in page.receipts if one.number <= done.number]
        if not page.receipts:
            break
        after = page.receipts[-1].number
    return receipts


def _columns(
    receipts: Sequence[Receipt], verb: ReceiptVerb, *, of_viewers: bool = True
) -> list[list[Any]]:
    """Receipts by one verb, a row for each person; those of look-ups name nobody.

    Of other principals than viewers, only those who read people of the log of the LINKER's reads.
    """
    rows = [
        (one.number, _instant(one.at), one.account, one.role, one.reference, subject)
        for one in receipts
        if one.verb == verb and bool(one.account) is of_viewers and one.reference != Cause.BANS
        for subject in (one.subjects or ([None] if verb is _LOOK_UP else []))
    ]
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 6


def _unlogged(number: int, account: str, role: str, people: int) -> Unmatched:
    whom = (
        f"opened {people}, whom the log of reads lacks" if people else "is of an unlogged look-up"
    )
    # A try is nobody's: its receipt has digests.
    is_nobodys = role == Principal.TRACKER
    return Unmatched(f"the receipt {number} {whom}", "" if is_nobodys else account, role)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)

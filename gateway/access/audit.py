"""Writes the access log: reads of identity are committed before the answer is sent."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from psycopg import Error
from sqlalchemy.exc import SQLAlchemyError

from gateway.access.inquiry_room import InquiryRoom
from gateway.access.log_entries import Room, write_entries
from gateway.access.purpose import StatedPurpose
from gateway.access.read_budget import ReadBudget
from gateway.access.transactions.begin import TransactionStart
from gateway.access.transactions.one_write import commit_in_one_write
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.policy import NAMES_NO_CASE
from gateway.viewer import Viewer
from models import AccessEvent, BanRead, Base, BreachLookup, PersonLookup
from models.account import seal_entries
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.key_service import KeyService, KeyServiceError
from models.row_keys import new_key
from models.vocabulary import BreachList, IndexKind


async def record_reads(
    pool: ConnectionPool,
    keys: KeyService | None,
    start: TransactionStart,
    viewer: Viewer,
    purpose: StatedPurpose,
    applicants: Collection[UUID],
    fields: Sequence[str],
    trace_id: str,
    most: int | None,
) -> None:
    """Log one access event for each applicant, all or none, as the viewer.

    ``most`` is how many people the viewer reads in an hour; None where that has no limit. In
    an inquiry, to which people were admitted before, no read is refused; it still counts.

    Raises ReadBudgetError beyond it, and RequestError with UNAVAILABLE if that fails; the answer
    must then be withheld.
    """
    country = viewer.countries[0] if len(viewer.countries) == 1 else None
    now = datetime.now(UTC)
    events = [
        {
            "id": new_key(),
            "occurred_at": now,
            "applicant_id": applicant,
            "actor": viewer.subject,
            "actor_role": viewer.role.value,
            "actor_partner_code": viewer.partner,
            "actor_country_code": country,
            "purpose": purpose.code.value,
            "case_reference": purpose.case_reference or NAMES_NO_CASE[viewer.role],
            "fields": list(fields),
            "trace_id": trace_id,
        }
        for applicant in sorted(applicants)
    ]
    budget = ReadBudget(viewer, most, applicants) if most and not purpose.is_inquiry else None
    await _log(pool, keys, start, AccessEvent, events, budget)


async def record_lookup(
    pool: ConnectionPool,
    keys: KeyService | None,
    start: TransactionStart,
    viewer: Viewer,
    purpose: StatedPurpose,
    kind: IndexKind,
    found: int,
    trace_id: str,
    most: int | None,
) -> None:
    """Log a look-up of people as the viewer, whether anybody was found or not; never who was looked
    for. It counts as one person.

    Raises ReadBudgetError beyond the budget, InquiryLimitError beyond an inquiry, and RequestError
    with UNAVAILABLE if that fails; the answer must then be withheld.
    """
    id_ = new_key()
    lookup = {
        "id": id_,
        "actor": viewer.subject,
        "actor_role": viewer.role.value,
        "purpose": purpose.code.value,
        "case_reference": purpose.case_reference,
        "by": kind.value,
        "found": found,
        "trace_id": trace_id,
    }
    room = InquiryRoom.of(viewer, purpose, look_ups=1)
    room = room or (ReadBudget(viewer, most, [id_]) if most else None)
    await _log(pool, keys, start, PersonLookup, [lookup], room)


async def record_breach_lookup(
    pool: ConnectionPool,
    keys: KeyService | None,
    start: TransactionStart,
    viewer: Viewer,
    list_: BreachList,
    about: str | None,
    since: datetime,
    before: datetime,
    trace_id: str,
) -> None:
    """Log a question about who was affected by a breach, by one account or in a window.

    Raises RequestError with UNAVAILABLE if that fails; the answer must then be withheld.
    """
    lookup = {
        "id": new_key(),
        "actor": viewer.subject,
        "actor_role": viewer.role.value,
        "list": list_.value,
        "viewer": about,
        "window_from": since,
        "window_before": before,
        "trace_id": trace_id,
    }
    await _log(pool, keys, start, BreachLookup, [lookup], None)


async def admit_people(
    pool: ConnectionPool,
    start: TransactionStart,
    viewer: Viewer,
    purpose: StatedPurpose,
    people: Collection[UUID],
) -> None:
    """Admit people to the inquiry that the purpose names, before any of them is read.

    Raises InquiryLimitError where it does not admit all of them, and RequestError with UNAVAILABLE
    if that fails.
    """
    if room := InquiryRoom.of(viewer, purpose, people):
        await _log(pool, None, start, AccessEvent, [], room)


async def require_room(
    pool: ConnectionPool, start: TransactionStart, viewer: Viewer, most: int | None
) -> None:
    """Raises ReadBudgetError where the viewer may read nobody else. Checked before a change is
    made, since its answer would have to be withheld."""
    if most is not None:
        await _log(pool, None, start, AccessEvent, [], ReadBudget(viewer, most, [new_key()]))


async def record_ban_reads(
    pool: ConnectionPool,
    keys: KeyService | None,
    start: TransactionStart,
    viewer: Viewer,
    purpose: StatedPurpose,
    bans: Collection[UUID],
    fields: Sequence[str],
    trace_id: str,
    most: int | None,
) -> None:
    """Log, as the viewer, the reads of the people that entries of the ban list are about. Each
    entry counts as a person, like the people of ``record_reads``.

    Raises ReadBudgetError beyond the budget, and RequestError with UNAVAILABLE if that fails; the
    answer must then be withheld.
    """
    reads = [
        {
            "id": new_key(),
            "ban_id": ban,
            "actor": viewer.subject,
            "actor_role": viewer.role.value,
            "purpose": purpose.code.value,
            "case_reference": purpose.case_reference,
            "fields": list(fields),
            "trace_id": trace_id,
        }
        for ban in sorted(bans)
    ]
    budget = ReadBudget(viewer, most, bans) if most else None
    await _log(pool, keys, start, BanRead, reads, budget)


async def _log(
    pool: ConnectionPool,
    keys: KeyService | None,
    start: TransactionStart,
    noun: type[Base],
    rows: list[dict[str, Any]],
    room: Room | None,
) -> None:
    """Seal and write the entries: somebody who writes them without a gateway has no key for
    that."""
    try:
        sealed = await seal_entries(keys, noun, rows) if rows else []
        why = await _write(pool, start, write_entries(noun, sealed, room))
    except (FieldError, KeyServiceError, SQLAlchemyError, Error, OSError) as error:
        raise RequestError(
            ErrorCode.UNAVAILABLE,
            "The read could not be logged, so it was not answered. Try again.",
            HTTPStatus.SERVICE_UNAVAILABLE,
        ) from error
    if room and why is not None:
        raise room.refusal(why)


async def _write(pool: ConnectionPool, start: TransactionStart, command: Command) -> str | None:
    """Commit the entries, and return null; or commit the alert, and return why there is no room."""
    [result] = await commit_in_one_write(pool, start, [command])
    why: bytes | None = result.get_value(0, 0) if result.ntuples else None
    return why.decode() if why is not None else None

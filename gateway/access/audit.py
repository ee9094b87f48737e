"""Writes the access log: reads of identity are committed before the answer is sent."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

import orjson
from psycopg import Error

from gateway.access.purpose import StatedPurpose
from gateway.access.read_budget import (
    CheckBudget,
    InquiryRoom,
    LookupBudget,
    ReadBudget,
    ReadBudgetError,
    TryBudget,
    ceiling_refusal,
)
from gateway.access.transactions.begin import TransactionStarts, commit_in_one_write
from gateway.errors import ErrorCode, FieldError, RequestError
from gateway.logs import current_record
from gateway.policy import LOGGED_APART, NAMES_NO_CASE
from gateway.viewer import Viewer
from models import AccessEvent, Base, BreachLookup, PersonLookup, TrackingTry, VisaCheck
from models.account import seal_entries
from models.case.tracking import TryKind
from models.database.command_pipeline import Command
from models.database.pool import ConnectionPool
from models.key_service import Digest, KeyService, KeyServiceError, Try
from models.logs import facts
from models.row_keys import new_key
from models.vocabulary import BreachList, IndexKind, Role


class Room(Protocol):
    """What limits how many people a viewer reads: a budget, or an inquiry."""

    def question(self) -> Command:
        """A call of a database function that admits these people and returns null where there is
        room, and otherwise returns why there is none."""
        ...

    def refusal(self, why: str) -> RequestError:
        """The error that the viewer gets for such an answer."""
        ...


def write_entries(
    noun: type[Base], rows: Sequence[Mapping[str, Any]], room: Room | None
) -> Command:
    """Write the rows if there is room; otherwise write none, and return why.

    Also returns how many were written: a trigger of whoever administers the database can swallow
    them.
    """
    question = room.question() if room else Command("NULL")
    if not rows:
        text = f"SELECT ({question.text})::text AS why, 0::bigint AS written"
        return Command(text, question.arguments)
    columns = ", ".join(f'"{name}"' for name in rows[0])
    table, entries = noun.__tablename__, f"${len(question.arguments) + 1}"
    text = f"""
        WITH room AS MATERIALIZED (SELECT ({question.text})::text AS why), written AS (
            INSERT INTO {table} ({columns})
            SELECT {columns} FROM room, json_populate_recordset(NULL::{table}, {entries}::json)
            WHERE why IS NULL RETURNING 1
        )
        SELECT why, (SELECT count(*) FROM written) AS written FROM room
    """  # noqa: S608 - the names are those of our models
    return Command(text, (*question.arguments, orjson.dumps(rows, default=_as_json).decode()))


def _as_json(value: object) -> str:
    """Values that JSON cannot express, as PostgreSQL reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no entry holds {type(value).__name__}")


log = logging.getLogger(__name__)
#: How names of fields of notes on a case begin in the log.
NOTES = "notes."


class AccessLog:
    """The access log, as the gateway writes it in the name of its viewers."""

    def __init__(
        self,
        pool: ConnectionPool,
        starts: TransactionStarts,
        keys: KeyService | None,
        read_budgets: Mapping[Role, int],
    ) -> None:
        """``read_budgets`` says how many people each role reads in an hour, and how many look-ups
        it makes; a role without one has no limit."""
        self._pool = pool
        self._starts = starts
        self._keys = keys
        self._read_budgets = read_budgets

    def limit(self, role: Role) -> int | None:
        """How many people the role reads in an hour; None where there is no limit."""
        return self._read_budgets.get(role)

    def budget(self, viewer: Viewer, people: Collection[UUID]) -> ReadBudget | None:
        """The viewer's budget, to read these people within it; None where that has no limit."""
        most = self.limit(viewer.role)
        return None if most is None else ReadBudget(viewer, most, people)

    def lookup_budget(self, viewer: Viewer) -> LookupBudget | None:
        """The viewer's budget for a look-up; None where that has no limit."""
        most = self.limit(viewer.role)
        return None if most is None else LookupBudget(viewer, most)

    async def write(
        self,
        viewer: Viewer,
        noun: type[Base],
        entries: Sequence[Mapping[str, Any]],
        room: Room | None = None,
    ) -> None:
        """Commit all entries if there is room; otherwise write none.

        Raises what ``room`` refuses with, and RequestError with UNAVAILABLE if the log cannot be
        written, or was not. The answer must then be withheld.
        """
        try:
            # Somebody who writes entries without a gateway has no key to seal them with.
            sealed = await seal_entries(self._keys, noun, entries) if entries else []
            command = write_entries(noun, sealed, room)
            start = self._starts.for_reading(viewer)
            [result] = await commit_in_one_write(self._pool, start, [command])
        except (FieldError, KeyServiceError, Error, OSError) as error:
            raise _unlogged_read() from error
        why, written = result.get_value(0, 0), result.get_value(0, 1) or b""
        if room and why is not None:
            raise room.refusal(why.decode())
        if int.from_bytes(written) != len(entries):
            log.error(
                "the log of reads did not take an entry", extra=facts(table=noun.__tablename__)
            )
            raise _unlogged_read()


def _unlogged_read() -> RequestError:
    current_record().has_unlogged_reads = True
    return RequestError(
        ErrorCode.UNAVAILABLE,
        "The read could not be logged, so it was not answered. Try again.",
        HTTPStatus.SERVICE_UNAVAILABLE,
    )


@dataclass(frozen=True, slots=True)
class OperationAudit:
    """Accounts for the people whom one operation reads.

    Each method raises RequestError with UNAVAILABLE if the log cannot be written. The answer must
    then be withheld.
    """

    log: AccessLog
    viewer: Viewer
    trace_id: str
    #: Why identity is read, and which of its fields; None where the operation reads none.
    purpose: StatedPurpose | None
    fields: Sequence[str]
    #: Whether look-ups are logged; in an inquiry they were, when people were admitted to it.
    logs_lookups: bool = True

    @property
    def stated_purpose(self) -> StatedPurpose:
        """Raises PermissionError where no purpose was stated."""
        if self.purpose is None:
            raise PermissionError("no purpose was stated")
        return self.purpose

    @property
    def _actor(self) -> dict[str, str]:
        """What every entry says of who read, and in which request."""
        viewer = self.viewer
        return {
            "actor": viewer.subject,
            "actor_role": viewer.role.value,
            "trace_id": self.trace_id,
        }

    async def require_room(self) -> None:
        """Raises ReadBudgetError where the viewer may read nobody else. Checked before a change is
        made, since its answer would have to be withheld."""
        if budget := self.log.budget(self.viewer, [new_key()]):
            await self.log.write(self.viewer, AccessEvent, [], budget)

    async def refuse_beyond_ceiling(self, seconds: int) -> None:
        """Raise an alert and the refusal for a viewer who has reached a ceiling of the key
        service."""
        try:
            await self.log.write(
                self.viewer, AccessEvent, [], ReadBudget(self.viewer, 0, [new_key()])
            )
        except ReadBudgetError:
            raise ceiling_refusal(seconds, self.viewer.role) from None

    async def admit_people(self, people: Collection[UUID]) -> None:
        """Admit people to the inquiry that the purpose names, before any of them is read.

        Raises InquiryLimitError where it does not admit all of them.
        """
        if room := InquiryRoom.from_purpose(self.viewer, self.stated_purpose, people):
            await self.log.write(self.viewer, AccessEvent, [], room)

    async def record_reads(self, applicants: Collection[UUID]) -> None:
        """Log one access event for each applicant, all or none.

        Raises ReadBudgetError beyond the viewer's budget. In an inquiry, to which people were
        admitted before, no read is refused; it still counts.
        """
        viewer, purpose = self.viewer, self.stated_purpose
        country = viewer.countries[0] if len(viewer.countries) == 1 else None
        events = [
            {
                "id": new_key(),
                "applicant_id": applicant,
                **self._actor,
                "actor_partner_code": viewer.partner,
                "actor_country_code": country,
                "purpose": purpose.code.value,
                "case_reference": purpose.case_reference or NAMES_NO_CASE[viewer.role],
                "fields": list(self.fields),
            }
            for applicant in sorted(applicants)
        ]
        budget = None if purpose.is_inquiry else self.log.budget(viewer, applicants)
        await self.log.write(viewer, AccessEvent, events, budget)

    async def record_reads_apart(self, noun: str, keys: Collection[UUID]) -> None:
        """Log the reads of rows of a noun that has a log of its own. Each counts as a person.

        Raises ReadBudgetError beyond the viewer's budget.
        """
        viewer, purpose = self.viewer, self.stated_purpose
        table, column = LOGGED_APART[noun]
        reads = [
            {
                "id": new_key(),
                column: key,
                **self._actor,
                "purpose": purpose.code.value,
                "case_reference": purpose.case_reference or NAMES_NO_CASE[viewer.role],
                "fields": list(self.fields),
            }
            for key in sorted(keys)
        ]
        await self.log.write(viewer, table, reads, self.log.budget(viewer, keys))

    async def record_lookup(
        self, kind: IndexKind, found: int, sought: Digest, *, found_applicant: bool
    ) -> None:
        """Log a look-up of people, whether anybody was found or not; who was looked for is a
        digest.

        Raises ReadBudgetError beyond the viewer's budget of look-ups, InquiryLimitError beyond an
        inquiry, in which it counts as one person.
        """
        if not self.logs_lookups:
            return
        viewer, purpose = self.viewer, self.stated_purpose
        lookup = {
            "id": new_key(),
            **self._actor,
            "purpose": purpose.code.value,
            "case_reference": purpose.case_reference,
            "by": kind.value,
            "found": found,
            "sought_key": sought.key_id,
            "sought": sought.value,
            "found_applicant": found_applicant,
        }
        room = InquiryRoom.from_purpose(viewer, purpose, look_ups=1) or self.log.lookup_budget(
            viewer
        )
        await self.log.write(viewer, PersonLookup, [lookup], room)

    async def record_visa_check(
        self,
        passengers: Sequence[bytes],
        flight: str | None,
        departs_on: date | None,
        *,
        is_usable: bool,
    ) -> None:
        """Log that a visa was checked; never whose. The first digest of the passenger is written.

        Raises ReadBudgetError beyond the viewer's budget.
        """
        check = {
            "id": new_key(),
            **self._actor,
            "passenger": passengers[0],
            "flight_number": flight,
            "departs_on": departs_on,
            "is_usable": is_usable,
        }
        most = self.log.limit(self.viewer.role)
        listed = [one.hex() for one in passengers]
        room = None if most is None else CheckBudget(self.viewer, most, listed, flight, departs_on)
        await self.log.write(self.viewer, VisaCheck, [check], room)

    async def record_try(self, tried: Try, kind: TryKind, *, is_found: bool) -> None:
        """Log that somebody without an account tried to track a file, or to open what was decided;
        never which, nor who.

        Raises TriesSpentError beyond the tries for the file, or from the source.
        """
        entry = {
            "id": new_key(),
            "file": tried.file,
            "source": tried.source,
            "kind": kind.value,
            "is_found": is_found,
            "trace_id": self.trace_id,
        }
        await self.log.write(self.viewer, TrackingTry, [entry], TryBudget(tried.file, tried.source))

    async def record_breach_lookup(
        self, list_: BreachList, about: str | None, since: datetime, before: datetime
    ) -> None:
        """Log a question about who was affected by a breach, by one account or in a window."""
        lookup = {
            "id": new_key(),
            **self._actor,
            "list": list_.value,
            "viewer": about,
            "window_from": since,
            "window_before": before,
        }
        await self.log.write(self.viewer, BreachLookup, [lookup])

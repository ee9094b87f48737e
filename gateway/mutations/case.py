"""An application locked for a change, with its state as read after the lock was acquired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, func, select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from models import Application, ApplicationEvent, Assignment, Decision, EntryRule, Screening
from models.keys import new_key
from models.life import CaseState, Proposal
from models.vocabulary import (
    CLOSED,
    Clock,
    Entry,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A locked application and its state."""

    id: UUID
    state: CaseState
    visa_type: str
    decision: UUID | None
    #: The latest question of each kind.
    questions: Mapping[ScreeningKind, UUID]
    clock: Clock
    #: The number of its latest event.
    sequence: int
    #: Now, by the database's clock, and the date in WIB.
    at: datetime
    on: date


async def lock_case(
    transaction: WriteTransaction, mutation: str, application: UUID | None
) -> Case | None:
    """Lock an application and read its state.

    None for an id that is missing, out of reach or malformed: the three look the same.
    """
    id_ = application or new_key()  # a malformed id acts like a missing one
    if not await transaction.lock(mutation, id_):
        return None
    # Check the policy again: the row may have changed while we waited for the lock.
    rows = await transaction.rows(
        _select_state(id_).where(changeable(mutation, transaction.viewer))
    )
    if not rows:
        return None
    screenings = await transaction.rows(_questions(id_))
    desk = await transaction.rows(
        select(Assignment.officer, Assignment.role).where(
            Assignment.application_id == id_, Assignment.ended_at.is_(None)
        )
    )
    return _case(rows[0], screenings, desk)


def today() -> ColumnElement[date]:
    """Today's date in WIB, by the database's clock."""
    return cast(func.timezone("Asia/Jakarta", func.clock_timestamp()), Date)


def entry_in_force(nationality: Any) -> Any:
    """The entry rule in force today for nationals of a country."""
    return (
        select(EntryRule.entry)
        .where(EntryRule.country_code == nationality, EntryRule.valid_from <= today())
        .order_by(EntryRule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def _select_state(application: UUID) -> Any:
    events = select(func.max(ApplicationEvent.sequence)).where(
        ApplicationEvent.application_id == Application.id
    )
    entered = select(func.max(ApplicationEvent.occurred_at)).where(
        ApplicationEvent.application_id == Application.id,
        ApplicationEvent.kind == Application.status,
    )
    return (
        select(
            Application.id,
            Application.status,
            Application.is_held,
            Application.partner_code,
            Application.paid_at,
            Application.received_at,
            Application.visa_type_code,
            Application.current_decision_id,
            Decision.officer,
            Decision.outcome,
            Decision.ground,
            events.scalar_subquery().label("sequence"),
            entered.scalar_subquery().label("since"),
            _paused_time(application).label("paused"),
            entry_in_force(Application.nationality_code).label("entry"),
            func.clock_timestamp().label("at"),
            today().label("on"),
        )
        .outerjoin(Decision, Decision.id == Application.current_decision_id)
        .where(Application.id == application)
    )


def _paused_time(application: UUID) -> Any:
    """How long the application has waited for the applicant, without a wait that is still open."""
    entered = (
        select(
            ApplicationEvent.kind,
            ApplicationEvent.occurred_at.label("at"),
            func.lead(ApplicationEvent.occurred_at)
            .over(order_by=ApplicationEvent.sequence)
            .label("left_at"),
        )
        .where(ApplicationEvent.application_id == application)
        .where(ApplicationEvent.kind.in_([status.value for status in Status]))
        .subquery()
    )
    waits = select(func.sum(entered.c.left_at - entered.c.at)).where(
        entered.c.kind == Status.INFO_REQUESTED
    )
    return waits.scalar_subquery()


def _questions(application: UUID) -> Any:
    return (
        select(*Screening.__table__.columns)
        .where(Screening.application_id == application)
        .order_by(Screening.requested_at, Screening.id)
    )


def _case(row: Any, screenings: Sequence[Any], desk: Sequence[Any]) -> Case:
    status, is_calling = Status(row.status), row.entry == Entry.CALLING_VISA
    latest = {ScreeningKind(one.kind): one for one in screenings}
    found_by = {
        ScreeningKind(one.kind): one.answered_by
        for one in screenings
        if one.result == ScreeningResult.HIT
    }
    on_desk = {Role(one.role): one.officer for one in desk}
    questions = (ScreeningKind.ENTRY_BAN, *((ScreeningKind.CLEARANCE,) if is_calling else ()))
    return Case(
        id=row.id,
        state=CaseState(
            status=status,
            is_paid=row.paid_at is not None,
            is_held=row.is_held,
            is_partnered=row.partner_code is not None,
            is_received=row.received_at is not None,
            is_closed=status in CLOSED,
            since=row.since,
            paused=row.paused or timedelta(),
            decided_by=row.officer,
            decided=(row.outcome, row.ground) if row.outcome else None,
            questions=questions,
            answers={kind: ScreeningResult(one.result) for kind, one in latest.items()},
            proposals={
                kind: Proposal(ScreeningResult(one.proposed), one.proposed_by, found_by.get(kind))
                for kind, one in latest.items()
                if one.result == ScreeningResult.PENDING and one.proposed
            },
            hits=frozenset(
                kind for kind in found_by if latest[kind].result != ScreeningResult.NO_MATCH
            ),
            officer=on_desk.get(Role.OFFICER),
            supervisor=on_desk.get(Role.SUPERVISOR),
        ),
        visa_type=row.visa_type_code,
        decision=row.current_decision_id,
        questions={kind: one.id for kind, one in latest.items()},
        clock=Clock.CALLING_VISA if is_calling else Clock.STANDARD,
        sequence=row.sequence or 0,
        at=row.at,
        on=row.on,
    )

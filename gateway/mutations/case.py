"""An application locked for a change, with its state as read after the lock was acquired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, all_, exists, false, func, null, select

from gateway.access.fields import is_readable
from gateway.access.rows import changeable, reachable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.checklist import (
    documents_of,
    missing_documents,
    required_documents,
)
from gateway.viewer import Viewer
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    Correction,
    Decision,
    EntryRule,
    RequestedItem,
    Screening,
    Visa,
)
from models.keys import new_key
from models.life import CaseState, Proposal
from models.vocabulary import (
    CLOSED,
    OPEN_CORRECTIONS,
    Clock,
    CorrectionState,
    Entry,
    EventKind,
    RequestedItemKind,
    Role,
    ScreeningKind,
    ScreeningResult,
    Status,
)

#: Whoever is never told of it takes no step that depends on it.
_OF_THE_DECISION = (
    Application.current_decision_id,
    Decision.officer,
    Decision.outcome,
    Decision.ground,
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
    #: Whether it may be changed by the mutation; one on another desk is only judged.
    is_locked: bool
    #: Now, by the database's clock, and the date in WIB.
    at: datetime
    on: date


async def lock_case(
    transaction: WriteTransaction, mutation: str, application: UUID | None
) -> Case | None:
    """Lock an application and read its state.

    None for an id that is missing, out of reach or malformed: the three look the same. One that
    the viewer reads and may not change is not locked, and read to say why.
    """
    id_, viewer = application or new_key(), transaction.viewer  # a malformed id acts like a missing
    is_locked = await transaction.lock(mutation, id_)
    # Check the policy again: the row may have changed while we waited for the lock.
    reach = changeable(mutation, viewer) if is_locked else reachable("Application", viewer)
    return await read_case(transaction, id_, reach, is_locked=is_locked)


async def read_case(
    transaction: WriteTransaction,
    id_: UUID,
    *conditions: ColumnElement[bool],
    is_locked: bool = False,
) -> Case | None:
    """The state of an application in reach that meets some conditions."""
    role = transaction.viewer.role
    rows = await transaction.rows(_select_state(id_, role).where(*conditions))
    if not rows:
        return None
    screenings: Sequence[Any] = ()
    if is_readable("Screening", "result", role):
        screenings = await transaction.rows(_questions(id_, transaction.viewer))
    elif is_readable("Application", "isReferred", role):
        screenings = _as_told((await transaction.rows(_clearance(id_)))[0])
    desk: Sequence[Any] = ()
    if is_readable("Assignment", "officer", role):
        desk = await transaction.rows(
            select(Assignment.officer, Assignment.role).where(
                Assignment.application_id == id_, Assignment.ended_at.is_(None)
            )
        )
    corrections: Sequence[Any] = ()
    if is_readable("Correction", "state", role):
        is_told = is_readable("Correction", "approvedBy", role)
        approved_by = Correction.approved_by if is_told else null()
        corrections = await transaction.rows(
            select(Correction.state, approved_by.label("approved_by")).where(
                Correction.application_id == id_, Correction.state.in_(OPEN_CORRECTIONS)
            )
        )
    return _case(rows[0], screenings, desk, corrections, is_locked=is_locked)


def today() -> ColumnElement[date]:
    """Today's date in WIB, by the database's clock."""
    return func.wib_day(func.clock_timestamp(), type_=Date)


def entry_in_force(nationality: Any) -> Any:
    """The entry rule in force today for nationals of a country."""
    return (
        select(EntryRule.entry)
        .where(EntryRule.country_code == nationality, EntryRule.valid_from <= today())
        .order_by(EntryRule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def _clearance(application: UUID) -> Any:
    """Whether a case is cleared, to a role that does not read the answers."""
    cleared, to_ask = func.viewer.is_cleared, func.viewer.questions_to_ask
    return select(cleared(application).label("cleared"), to_ask(application).label("to_ask"))


def _as_told(told: Any) -> list[Any]:
    """The answers as far as the role is told of them: cleared or not, and what may be asked."""

    def answer(kind: ScreeningKind) -> ScreeningResult:
        if told.cleared:
            return ScreeningResult.CLEAR
        may_ask = kind in told.to_ask
        return ScreeningResult.UNAVAILABLE if may_ask else ScreeningResult.PENDING

    return [
        SimpleNamespace(id=None, kind=kind, result=answer(kind), proposed=None)
        for kind in ScreeningKind
    ]


def _select_state(application: UUID, role: Role) -> Any:
    events = select(func.max(ApplicationEvent.sequence)).where(
        ApplicationEvent.application_id == Application.id
    )
    entered = select(func.max(ApplicationEvent.occurred_at)).where(
        ApplicationEvent.application_id == Application.id,
        ApplicationEvent.kind == Application.status,
    )
    is_told = is_readable("Decision", "officer", role)
    state = (
        select(
            Application.id,
            Application.status,
            (Application.is_held if is_readable("Application", "isHeld", role) else false()).label(
                "is_held"
            ),
            (
                Application.is_linked if is_readable("Application", "isLinked", role) else false()
            ).label("is_linked"),
            Application.partner_code,
            Application.paid_at,
            Application.received_at,
            Application.visa_type_code,
            *(column.label(column.key) if is_told else null().label(column.key)
              for column in _OF_THE_DECISION),
            events.scalar_subquery().label("sequence"),
            entered.scalar_subquery().label("since"),
            _paused_time(application).label("paused"),
            (
                _revoked_by(application)
                if is_readable("ApplicationEvent", "actor", role)
                else null()
            ).label("revoked_by"),
            (
                _unanswered_kinds(application)
                if is_readable("RequestedItem", "kind", role)
                else null()
            ).label("outstanding"),
            *(
                column if is_readable("CaseDocument", "kind", role) else null().label(column.key)
                for column in (required_documents(), missing_documents())
            ),
            (
                has_live_visa(today())
                if is_readable("Application", "isVisaHeld", role)
                else false()
            ).label("has_live_visa"),
            entry_in_force(Application.nationality_code).label("entry"),
            func.clock_timestamp().label("at"),
            today().label("on"),
        )
        .where(Application.id == application)
    )  # fmt: skip
    if is_told:
        state = state.outerjoin(Decision, Decision.id == Application.current_decision_id)
    return state


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


def _revoked_by(application: UUID) -> Any:
    """Who revoked the visa last."""
    return (
        select(ApplicationEvent.actor)
        .where(
            ApplicationEvent.application_id == application,
            ApplicationEvent.kind == EventKind.REVOKED,
        )
        .order_by(ApplicationEvent.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )


def has_live_visa(on: Any) -> ColumnElement[bool]:
    """Whether the visa of an application still serves to enter on a day."""
    return exists(
        select(Visa.visa_number).where(
            Visa.decision_id == Application.current_decision_id,
            Visa.revoked_at.is_(None),
            Visa.use_by >= on,
        )
    )


def _unanswered_kinds(application: UUID) -> Any:
    """The kinds of what was asked for and is not answered, with commas between."""
    return (
        select(func.string_agg(RequestedItem.kind, ","))
        .where(RequestedItem.application_id == application, RequestedItem.answered_at.is_(None))
        .scalar_subquery()
    )


def _questions(application: UUID, viewer: Viewer) -> Any:
    """Those that count. A hit is kept from whoever proposed the entry of the ban list."""
    questions = select(*Screening.__table__.columns).where(
        Screening.application_id == application, Screening.voided_at.is_(None)
    )
    if viewer.role is Role.SCREENING:
        questions = questions.where(viewer.subject != all_(Screening.kept_from))
    return questions.order_by(Screening.requested_at, Screening.id)


def _case(
    row: Any,
    screenings: Sequence[Any],
    desk: Sequence[Any],
    corrections: Sequence[Any],
    *,
    is_locked: bool,
) -> Case:
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
            is_linked=row.is_linked,
            since=row.since,
            paused=row.paused or timedelta(),
            decided_by=row.officer,
            revoked_by=row.revoked_by,
            has_live_visa=row.has_live_visa,
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
            outstanding=frozenset(
                map(RequestedItemKind, row.outstanding.split(",") if row.outstanding else ())
            ),
            required_documents=documents_of(row.required_documents),
            missing_documents=documents_of(row.missing_documents),
            officer=on_desk.get(Role.OFFICER),
            supervisor=on_desk.get(Role.SUPERVISOR),
            correction=CorrectionState(corrections[0].state) if corrections else None,
            correction_approved_by=corrections[0].approved_by if corrections else None,
        ),
        visa_type=row.visa_type_code,
        decision=row.current_decision_id,
        questions={kind: one.id for kind, one in latest.items()},
        clock=Clock.CALLING_VISA if is_calling else Clock.STANDARD,
        sequence=row.sequence or 0,
        is_locked=is_locked,
        at=row.at,
        on=row.on,
    )

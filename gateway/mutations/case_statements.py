"""The statements by which a case, its checklist and its corrections are locked and read, for a
role.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    all_,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    null,
    select,
    true,
)
from sqlalchemy.orm import aliased

from gateway.access.fields import is_readable
from gateway.access.rows import meets_in_role
from gateway.rules import Rule, Scope
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    CaseDocument,
    Correction,
    Decision,
    HandlingRule,
    RefusalIntention,
    RequestedItem,
    Screening,
)
from models.case.application import NO_COMPANY
from models.case.file import OWES_FEE
from models.life import STEPS, Verb
from models.reference.dated_rules import entry_in_force, today
from models.vocabulary import (
    OPEN_CORRECTIONS,
    PAUSED,
    DocumentKind,
    EventKind,
    GuardianKind,
    Role,
    Status,
)

#: Columns of the decision; a role that may not read them takes no step that depends on it.
_OF_THE_DECISION = (
    Application.current_decision_id,
    Decision.officer,
    Decision.outcome,
    Decision.grounds,
    Decision.conditions,
)


#: Read by the role itself: `viewer.owes_fee` would answer it for a case out of its reach.
_OWES_FEE = literal_column(f"({OWES_FEE})", Boolean)
#: The roles whose decision may be the first of two.
_DECIDING_FIRST = {role for step in STEPS if step.verb is Verb.GRANT_FIRST for role in step.by}
#: The application to lock or read.
_ID = bindparam("id", None, Uuid)


def select_to_lock(rule: Rule | None) -> Any:
    """Lock an application if it meets a rule.

    A row out of reach is neither locked nor waited for, just like one that does not exist.
    """
    row = select(Application.id).where(Application.id == _ID, meets_in_role(rule))
    return row.with_for_update(of=Application, key_share=True)


def select_state(role: Role, rule: Rule | None) -> Any:
    """The state of an application; of what the role does not read, nothing."""

    def if_read(type_name: str, field: str, column: Any, otherwise: Any) -> Any:
        return column if is_readable(type_name, field, role) else otherwise

    events = select(func.max(ApplicationEvent.sequence)).where(
        ApplicationEvent.application_id == Application.id
    )
    entered = select(func.max(ApplicationEvent.occurred_at)).where(
        ApplicationEvent.application_id == Application.id,
        ApplicationEvent.kind == Application.status,
    )
    reads_decision = is_readable("Decision", "officer", role)
    state = (
        select(
            Application.id,
            if_read("Application", "applicant", Application.applicant_id, null()).label(
                "applicant_id"
            ),
            if_read("Application", "reference", Application.reference, null()).label("reference"),
            Application.status,
            if_read("Application", "isHeld", Application.is_held, false()).label("is_held"),
            if_read("Application", "isUrgent", Application.is_urgent, false()).label("is_urgent"),
            if_read("Bill", "reversedAt", _OWES_FEE, false()).label("owes_fee"),
            if_read("Application", "isLinked", Application.is_linked, false()).label("is_linked"),
            Application.partner_code,
            Application.paid_at,
            Application.received_at,
            Application.visa_type_code,
            *(column.label(column.key) if reads_decision else null().label(column.key)
              for column in _OF_THE_DECISION),
            events.scalar_subquery().label("sequence"),
            entered.scalar_subquery().label("since"),
            _paused_time().label("paused"),
            if_read("ApplicationEvent", "actor", _revoked_by(), null()).label("revoked_by"),
            if_read("RequestedItem", "kind", _unanswered_kinds(), null()).label("outstanding"),
            *(if_read("VisaType", "handlingRules", handled(how), false()).label(label)
              for how, label in (
                  (HandlingRule.is_announced, "needs_intention"),
                  (HandlingRule.is_corrected, "may_be_corrected"),
              )),
            if_read("RefusalIntention", "announcedAt", was_announced(), false()).label(
                "was_announced"
            ),
            if_read("RefusalIntention", "announcedAt", has_open_intention(), false()).label(
                "has_open_intention"
            ),
            *(
                if_read("CaseDocument", "kind", column, null().label(column.key))
                for column in (required_documents(), missing_documents())
            ),
            if_read("Application", "isVisaHeld", has_live_visa(), false()).label("has_live_visa"),
            if_read("Visa", "document", has_unused_visa(), false()).label("has_unused_visa"),
            if_read("Visa", "document", extendability(), null()).label("extendability"),
            if_read("Application", "extends", is_extension(), false()).label("is_extension"),
            if_read("Application", "extends", has_appeared(), false()).label("has_appeared"),
            if_read("Application", "isReferred", grant_stop(), null()).label("grant_stop"),
            if_read("Assignment", "officer", lacks_company(), false()).label("lacks_company"),
            if_read("Screening", "result", _extends_stopped_visa(), false()).label(
                "is_extended_visa_stopped"
            ),
            *_of_two_decisions(role),
            entry_in_force(Application.nationality_code).label("entry"),
            func.clock_timestamp().label("at"),
            today().label("on"),
        )
        .where(Application.id == _ID, meets_in_role(rule))
    )  # fmt: skip
    if reads_decision:
        state = state.outerjoin(Decision, Decision.id == Application.current_decision_id)
    return state


def _of_two_decisions(role: Role) -> Iterator[Any]:
    """Whether a decision of the viewer would be the first of two, or was: as the role decides."""
    for name, asked in (
        ("awaits_first_decision", func.viewer.awaits_first_decision),
        ("was_decided_first_by_oneself", func.viewer.decided_first),
    ):
        of_it = asked(Application.id, type_=Boolean) if role in _DECIDING_FIRST else false()
        yield of_it.label(name)


def _paused_time() -> Any:
    """How long the application has waited for the applicant, without a wait that is still open."""
    entered = (
        select(
            ApplicationEvent.kind,
            ApplicationEvent.occurred_at.label("at"),
            func.lead(ApplicationEvent.occurred_at)
            .over(order_by=ApplicationEvent.sequence)
            .label("left_at"),
        )
        .where(ApplicationEvent.application_id == _ID)
        .where(ApplicationEvent.kind.in_([status.value for status in Status]))
        .subquery()
    )
    waits = select(func.sum(entered.c.left_at - entered.c.at)).where(
        entered.c.kind.in_([status.value for status in PAUSED])
    )
    return waits.scalar_subquery()


def _revoked_by() -> Any:
    """Who revoked the visa last."""
    return (
        select(ApplicationEvent.actor)
        .where(
            ApplicationEvent.application_id == _ID,
            ApplicationEvent.kind == EventKind.REVOKED,
        )
        .order_by(ApplicationEvent.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )


def has_live_visa() -> ColumnElement[bool]:
    """Whether the visa of an application is live."""
    return func.viewer.has_live_visa(Application.id, type_=Boolean)


def has_unused_visa() -> ColumnElement[bool]:
    """Whether the visa of an application serves to enter, and nobody has."""
    return func.viewer.has_unused_visa(Application.id, type_=Boolean)


def extendability() -> ColumnElement[str]:
    """Whether the stay on the visa of an application may be extended."""
    return func.viewer.extendability(Application.id, type_=Text)


def grant_stop() -> ColumnElement[str]:
    """What `CaseState.grant_stop` says."""
    return func.viewer.grant_stop(Application.id, type_=Text)


def is_extension() -> ColumnElement[bool]:
    return Application.extends_visa_number.is_not(None)


def lacks_company() -> ColumnElement[bool]:
    """Whether an adult of the group is to accompany a minor, and none is left there."""
    adult = aliased(Application, name="adult")
    left = (
        select(true())
        .where(
            adult.group_reference == Application.group_reference,
            adult.id != Application.id,
            adult.guardian_kind.is_(None),
            adult.status.not_in(NO_COMPANY),
        )
        .limit(1)
        .scalar_subquery()
    )
    is_for_group = Application.guardian_kind.is_not_distinct_from(GuardianKind.IN_GROUP)
    return and_(is_for_group, not_(func.coalesce(left, false())))


def has_appeared() -> ColumnElement[bool]:
    """Whether the applicant of an extension has appeared."""
    appeared = (
        select(true())
        .where(
            ApplicationEvent.application_id == Application.id,
            ApplicationEvent.kind == EventKind.APPEARED,
        )
        .limit(1)
        .scalar_subquery()
    )
    # Of a page of files, EXISTS would be answered from all events that there are.
    return func.coalesce(appeared, false())


def handled(how: Any) -> ColumnElement[bool]:
    """A word of the rule by which files of a visa type are handled, as of today."""
    rule = (
        select(how)
        .where(
            HandlingRule.visa_type_code == Application.visa_type_code,
            HandlingRule.valid_from <= today(),
        )
        .order_by(HandlingRule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(rule, false())


def was_announced() -> ColumnElement[bool]:
    """Whether somebody announced that an application is to be refused."""
    of_case = select(true()).where(RefusalIntention.application_id == Application.id)
    return func.coalesce(of_case.scalar_subquery(), false())


def has_open_intention() -> ColumnElement[bool]:
    """Whether that waits for its answer still."""
    is_open = select(RefusalIntention.ended_at.is_(None)).where(
        RefusalIntention.application_id == Application.id
    )
    return func.coalesce(is_open.scalar_subquery(), false())


def _extends_stopped_visa() -> ColumnElement[bool]:
    return func.viewer.extends_stopped_visa(Application.id, type_=Boolean)


def _unanswered_kinds() -> Any:
    """The kinds of requested items that are not answered, joined by commas."""
    return (
        select(func.string_agg(RequestedItem.kind, ","))
        .where(RequestedItem.application_id == _ID, RequestedItem.answered_at.is_(None))
        .scalar_subquery()
    )


def select_answers(role: Role) -> Any:
    """The answers that count. A hit is hidden from those who proposed the entry of the ban list."""
    questions = select(*Screening.__table__.columns).where(
        Screening.application_id == _ID, Screening.voided_at.is_(None)
    )
    if role is Role.SCREENING:
        subject = bindparam(Scope.SUBJECT.value, None, Text)
        questions = questions.where(subject != all_(Screening.kept_from))
    return questions.order_by(Screening.requested_at, Screening.id)


def select_desk() -> Any:
    return select(Assignment.officer, Assignment.role).where(
        Assignment.application_id == _ID, Assignment.ended_at.is_(None)
    )


def select_corrections(role: Role) -> Any:
    reads_approver = is_readable("Correction", "approvedBy", role)
    approved_by = Correction.approved_by if reads_approver else null()
    return select(Correction.state, approved_by.label("approved_by")).where(
        Correction.application_id == _ID, Correction.state.in_(OPEN_CORRECTIONS)
    )


def select_clearance() -> Any:
    """Whether a case is cleared, to a role that does not read the answers."""
    cleared, to_ask = func.viewer.is_cleared, func.viewer.questions_to_ask
    return select(cleared(_ID).label("cleared"), to_ask(_ID).label("to_ask"))


def required_documents() -> Any:
    """The kinds of the documents of its checklist, joined by commas."""
    return _documents().label("required_documents")


def missing_documents() -> Any:
    """The kinds of the documents that are missing, joined by commas."""
    return _documents(CaseDocument.recorded_at.is_(None)).label("missing_documents")


def documents_of(kinds: str | None) -> frozenset[DocumentKind]:
    """The kinds in a text of kinds joined by commas."""
    return frozenset(map(DocumentKind, kinds.split(",") if kinds else ()))


def _documents(*conditions: ColumnElement[bool]) -> Any:
    kinds = select(func.aggregate_strings(CaseDocument.kind, ","))
    return kinds.where(CaseDocument.application_id == Application.id, *conditions).scalar_subquery()

"""What the preconditions of steps mean to the database, and what shows that one was taken: an SQL
condition for each.

Where a guard asks them, ``it`` is the application before the step, ``viewer_subject`` who takes it;
``question`` is the kind of question that is answered, ``new_outcome``, ``new_grounds`` and
``new_conditions`` the decision made.
"""

from collections.abc import Mapping

from models.case.application import NO_COMPANY
from models.life import Verb
from models.life import preconditions as life
from models.life.preconditions import Precondition
from models.vocabulary import UNANNOUNCED_GROUNDS, ScreeningKind

_OF_THE_CASE = "application_id = it.id"
_ON_A_DESK = f"EXISTS (SELECT FROM assignment WHERE {_OF_THE_CASE} AND ended_at IS NULL AND {{}})"
IS_ON_A_DESK = _ON_A_DESK.format("true")
_APPEARED = "(viewer.latest_event(it.id, '{APPEARED}') IS NOT NULL)"
_DECIDED = "FROM decision AS decided WHERE decided.id = it.current_decision_id"
_A_HIT = (
    f"EXISTS (SELECT FROM screening WHERE {_OF_THE_CASE} AND kind = question"
    " AND voided_at IS NULL AND {})"
)
_IS_A_MATCH = "'MATCH' IN ({})".format(
    ", ".join(f"viewer.latest_answer(it.id, '{kind}')" for kind in ScreeningKind)
)
_AN_INTENTION = f"EXISTS (SELECT FROM refusal_intention WHERE {_OF_THE_CASE} AND {{}})"
_HANDLED = "coalesce((viewer.handling_of(it.id)).{}, false)"
_IS_ANNOUNCED = _HANDLED.format("is_announced")
_A_CORRECTION = f"EXISTS (SELECT FROM correction WHERE {_OF_THE_CASE} AND {{}})"


def is_now(column: str) -> str:
    """The condition that an instant is that of this transaction: nothing is dated back or ahead."""
    return f"{column} BETWEEN transaction_timestamp() AND clock_timestamp()"


#: What was kept pays the bill that another person recommended for it, and no other; what was
#: reversed pays none, whether it paid one before or was kept.
IS_RECOMMENDED = (
    "NOT EXISTS (SELECT FROM unmatched_payment AS kept"
    " WHERE kept.receipt_number = NEW.receipt_number AND (kept.amount_idr ="
    " coalesce(NEW.family_fee_idr, NEW.amount_idr)"
    " AND kept.recommended_bill = coalesce(NEW.family_code, NEW.billing_code)"
    " AND kept.recommended_by <> viewer_subject"
    " AND kept.reversed_at IS NULL) IS NOT TRUE) AND NOT EXISTS (SELECT FROM former_bill AS former"
    " WHERE former.receipt_number = NEW.receipt_number)"
)

_ACCOMPANIED = (
    "EXISTS (SELECT FROM application AS adult WHERE adult.group_reference = it.group_reference"
    " AND adult.id <> it.id AND adult.guardian_kind IS NULL"
    f" AND adult.status NOT IN ({', '.join(map(repr, NO_COMPANY))}))"
)
#: The guard of ``screening`` sees the question itself, before and after: preconditions about the
#: question alone are checked there, in ``step_writes.py``.
HOLDS_IF: Mapping[Precondition, str] = {
    life.IS_READY_FOR_WORK: "(it.received_at IS NOT NULL OR it.partner_code IS NULL)",
    life.IS_NOT_RECEIVED: "it.received_at IS NULL",
    life.IS_PARTNERED: "it.partner_code IS NOT NULL",
    life.HAS_ALL_DOCUMENTS: "NOT EXISTS (SELECT FROM case_document"
        f" WHERE {_OF_THE_CASE} AND recorded_at IS NULL)",
    # The checklist has a row for each of them, and for nothing else.
    life.ARE_REQUIRED: "true",
    life.IS_HELD: "it.is_held",
    life.IS_NOT_HELD: "NOT it.is_held",
    life.IS_URGENT: "it.is_urgent",
    life.IS_NOT_URGENT: "NOT it.is_urgent",
    life.OWES_FEE: "viewer.owes_fee(it.id)",
    life.IS_LINKED: "it.is_linked",
    life.IS_CLEARED: "viewer.is_cleared(it.id)",
    life.IS_ON_THE_OWN_DESK: _ON_A_DESK.format("role = 'OFFICER' AND officer = viewer_subject"),
    life.IS_ON_THE_OWN_DESK_OF_A_SUPERVISOR: _ON_A_DESK.format(
        "role = 'SUPERVISOR' AND officer = viewer_subject"
    ),
    life.IS_ON_NO_DESK: f"NOT {IS_ON_A_DESK}",
    # The assignment says to whom it is given.
    life.IS_GIVEN_TO_ANOTHER: "true",
    life.IS_NO_MATCH_OR_STAYS_WITH_SUPERVISORS: "true",
    life.NO_LINK_COUNTS: "viewer.grant_stop(it.id) IS NULL",
    life.LINK_COUNTS: "viewer.grant_stop(it.id) IS NOT NULL",
    life.HAS_NO_PROPOSED_GRANT: "coalesce(viewer.grant_stop(it.id), '') = ''",
    life.HAS_A_PROPOSED_GRANT: "viewer.grant_stop(it.id) <> ''",
    life.GRANT_WAS_PROPOSED_BY_ANOTHER: "viewer.grant_stop(it.id) <> viewer_subject",
    life.WAS_DECIDED_BY_ANOTHER:
        f"(SELECT decided.officer {_DECIDED}) IS DISTINCT FROM viewer_subject",
    life.IS_THE_FIRST_OF_TWO: "viewer.awaits_first_decision(it.id)",
    life.IS_NOT_THE_FIRST_OF_TWO:
        "NOT (viewer.awaits_first_decision(it.id) OR viewer.decided_first(it.id))",
    life.WAS_REVOKED_BY_ANOTHER:
        "(SELECT revoked.actor FROM application_event AS revoked"
        " WHERE revoked.application_id = it.id AND revoked.kind = 'REVOKED'"
        " ORDER BY revoked.sequence DESC LIMIT 1) IS DISTINCT FROM viewer_subject",
    life.CHANGES_THE_DECISION:
        f"NOT EXISTS (SELECT {_DECIDED} AND decided.outcome = new_outcome"
        " AND decided.grounds = new_grounds AND decided.conditions = new_conditions)",
    life.CONDITIONS_ARE_OF_A_VISA:
        "(it.extends_visa_number IS NULL OR coalesce(new_conditions, '{}') = '{}')",
    life.IS_ANNOUNCED_FIRST: _IS_ANNOUNCED,
    life.WAS_NOT_ANNOUNCED: f"NOT {_AN_INTENTION.format('true')}",
    life.WAS_ANNOUNCED:
        f"(NOT {_IS_ANNOUNCED} OR {_AN_INTENTION.format('ended_at IS NOT NULL')}"
        f" OR {_IS_A_MATCH}"
        f" OR new_grounds && '{{{','.join(UNANNOUNCED_GROUNDS)}}}')",
    life.HAS_AN_OPEN_INTENTION: _AN_INTENTION.format("ended_at IS NULL"),
    # Whatever is asked for waits in another status.
    life.HAS_NO_OPEN_INTENTION: "true",
    # The row of each requested item shows that it was asked for.
    life.IS_ASKED_FOR: "true",
    life.HAS_A_QUESTION_TO_ASK: "cardinality(viewer.questions_to_ask(it.id)) > 0",
    # Once a question is asked again, ``annul_previous_screenings`` has voided earlier answers.
    life.CAN_BE_ASKED_AGAIN: "cardinality(viewer.questions_to_ask(it.id)) > 0",
    life.HAS_A_LIVE_VISA: "viewer.has_live_visa(it.id)",
    life.HAS_AN_UNUSED_VISA: "viewer.has_unused_visa(it.id)",
    life.CAN_BE_EXTENDED: "viewer.extendability(it.id) <> 'NO_RULE'",
    life.IS_NOT_USED_UP: "viewer.extendability(it.id) <> 'USED'",
    life.IS_NOT_OVER: "viewer.extendability(it.id) <> 'ENDED'",
    life.IS_AN_EXTENSION: "it.extends_visa_number IS NOT NULL",
    life.HAS_NOT_APPEARED: f"NOT {_APPEARED}",
    life.HAS_APPEARED: f"(it.extends_visa_number IS NULL OR {_APPEARED})",
    life.HAS_COMPANY: f"(it.guardian_kind IS DISTINCT FROM 'IN_GROUP' OR {_ACCOMPANIED})",
    life.WAITS_FOR_ANSWER: "viewer.latest_answer(it.id, question) = 'PENDING'",
    life.WAITS_FOR_SECOND_PERSON: "viewer.latest_answer(it.id, question) = 'PENDING'",
    life.WAS_PROPOSED_BY_ANOTHER: "NOT " + _A_HIT.format("result = 'HIT'"
        " AND answered_by = viewer_subject"),
    life.HAS_A_HIT: f"({_A_HIT.format('result = ' + repr('HIT'))}"
        " AND viewer.latest_answer(it.id, question) <> 'NO_MATCH')",
    life.HAS_NO_OPEN_CORRECTION: "NOT " + _A_CORRECTION.format("state IN ('PROPOSED', 'APPROVED')"),
    life.HAS_A_PROPOSED_CORRECTION: _A_CORRECTION.format("state = 'PROPOSED'"),
    life.HAS_AN_APPROVED_CORRECTION: _A_CORRECTION.format("state = 'APPROVED'"),
    life.HAS_AN_OPEN_CORRECTION: _A_CORRECTION.format("state IN ('PROPOSED', 'APPROVED')"),
    life.WAS_APPROVED_BY_ANOTHER: "NOT " + _A_CORRECTION.format(
        "state = 'APPROVED' AND approved_by = viewer_subject"),
    life.HOLDS_A_VISA: "it.status = 'GRANTED'",
    life.MAY_BE_CORRECTED: _HANDLED.format("is_corrected"),
}  # fmt: skip

_ASKED_NOW = "EXISTS (SELECT FROM screening AS asked WHERE asked.application_id = it.id AND {})"
_CORRECTED_NOW = "EXISTS (SELECT FROM correction AS made WHERE made.application_id = it.id AND {})"
_CLOSED_NOW = "made.closed_at = NEW.occurred_at AND made.closed_by = viewer_subject"
_PROPOSED_NOW = _ASKED_NOW.format("asked.result = 'PENDING' AND asked.proposed_by = viewer_subject")
_LAST_OF_URGENCY = "viewer.latest_event(it.id, '{MARKED_URGENT,URGENCY_ENDED}')"
_LAST_OF_HOLDS = "viewer.latest_event(it.id, '{HELD,RELEASED}')"
_OF_A_GRANT = (
    f"(viewer_role = 'SUPERVISOR' OR {HOLDS_IF[life.IS_ON_THE_OWN_DESK]})"
    " AND NEW.reason IS NOT NULL"
)
#: For steps that leave the status as it was: the condition that shows, when the event is written,
#: that the step was taken.
SHOWN_BY: Mapping[Verb, str] = {
    Verb.MARK_RECEIVED: "it.received_at = NEW.occurred_at",
    Verb.HOLD: f"it.is_held AND {_LAST_OF_HOLDS} IS DISTINCT FROM 'HELD'",
    Verb.RELEASE: f"NOT it.is_held AND {_LAST_OF_HOLDS} IS DISTINCT FROM 'RELEASED'",
    Verb.MARK_URGENT: f"it.is_urgent AND {_LAST_OF_URGENCY} IS DISTINCT FROM 'MARKED_URGENT'",
    Verb.END_URGENCY: f"NOT it.is_urgent AND {_LAST_OF_URGENCY} = 'MARKED_URGENT'",
    # Nothing else changes with these: what they need has to be true before the event.
    Verb.PROPOSE_GRANT: f"{_OF_A_GRANT} AND viewer.grant_stop(it.id) = ''",
    Verb.REJECT_GRANT: f"{_OF_A_GRANT} AND {HOLDS_IF[life.HAS_A_PROPOSED_GRANT]}",
    Verb.APPROVE_GRANT: f"{HOLDS_IF[life.HAS_A_PROPOSED_GRANT]}"
    f" AND {HOLDS_IF[life.GRANT_WAS_PROPOSED_BY_ANOTHER]}",
    Verb.REFER_TO_SCREENING: _ASKED_NOW.format("asked.requested_at = NEW.occurred_at"),
    Verb.RECORD_SCREENING: _ASKED_NOW.format(
        "asked.answered_at = NEW.occurred_at AND asked.answered_by = viewer_subject"
    ),
    Verb.CONFIRM_SCREENING: _ASKED_NOW.format(
        "asked.answered_at = NEW.occurred_at AND asked.confirmed_by = viewer_subject"
    ),
    Verb.PROPOSE_ANSWER: _PROPOSED_NOW,
    Verb.RESOLVE_HIT: _PROPOSED_NOW,
    Verb.PROPOSE_CORRECTION: _CORRECTED_NOW.format(
        "made.proposed_at = NEW.occurred_at AND made.proposed_by = viewer_subject"
    ),
    Verb.APPROVE_CORRECTION: _CORRECTED_NOW.format(f"made.state = 'IN_EFFECT' AND {_CLOSED_NOW}"),
    Verb.CONFIRM_CORRECTION: _CORRECTED_NOW.format(f"made.state = 'IN_EFFECT' AND {_CLOSED_NOW}"),
    Verb.REJECT_CORRECTION: _CORRECTED_NOW.format(f"made.state = 'REJECTED' AND {_CLOSED_NOW}"),
    Verb.RETURN_VISA: "EXISTS (SELECT FROM visa AS held"
    " WHERE held.decision_id = it.current_decision_id AND held.returned_at = NEW.occurred_at)",
    # Nothing else changes with it: the officer whose desk it is on says so once, of somebody whose
    # entry is known by then.
    Verb.RECORD_APPEARANCE: " AND ".join((
        *(HOLDS_IF[need] for need in (
            life.IS_ON_THE_OWN_DESK, life.IS_AN_EXTENSION, life.HAS_NOT_APPEARED
        )),
        "EXISTS (SELECT FROM stay WHERE stay.visa_number = it.extends_visa_number)",
    )),
}  # fmt: skip

"""What each step writes, table by table: the columns, and what they may say.

From this and from ``STEPS`` come the grants of each role's writing role (``writes.py``) and the
guards of the tables (``guards.py``). The columns that every step changes, such as the status,
follow from ``columns_after_step``; the table below has the further ones.

What is asked of an applicant, and answered, is in ``asking_writes.py``.
"""

from collections.abc import Mapping
from dataclasses import replace

from gateway.row_security import asking_writes
from gateway.row_security.step_needs import HOLDS_IF, IS_ON_A_DESK, IS_RECOMMENDED, is_now
from gateway.row_security.step_write import StepWrite
from gateway.row_security.step_write import columns_of as _columns
from models import (
    Application,
    Assignment,
    Bill,
    CaseDocument,
    CaseNote,
    Decision,
    PersonLink,
    Screening,
    Visa,
    WithheldDecision,
)
from models.life import Verb
from models.life.preconditions import IS_ON_THE_OWN_DESK
from models.vocabulary import ScreeningKind

_ASKED = _columns(
    Screening,
    *("answered_at", "answered_by", "confirmed_by", "proposed", "proposed_by", "reason"),
    *("voided_at", "ban_id", "kept_from"),
    *("list_version", "rule_version", "number", "written_in"),  # the system's alone
)
_PROPOSED = frozenset({"proposed", "proposed_by", "reason"})
_ANSWERED = frozenset({"result", "answered_at", "answered_by"})
_HIT_FLAGS = frozenset({"is_referred", "has_open_hit"})
_A_QUESTION = "NEW.result = 'PENDING' AND NEW.answered_at IS NULL"
_A_RESOLUTION = "NEW.proposed IN ('NO_MATCH', 'MATCH') AND NEW.proposed_by = viewer_subject"
_IS_OPEN = "OLD.result = 'PENDING' AND OLD.voided_at IS NULL"
_WAITS = f"{_IS_OPEN} AND coalesce(OLD.proposed, '') NOT IN ('NO_MATCH', 'MATCH')"
#: A hit shows until it is known to be none; nothing else makes one.
_FLAGS_ARE_TRUE = (
    "(NEW.has_open_hit OR NOT viewer.has_open_hit(it.id))"
    " AND (NOT NEW.has_open_hit OR OLD.has_open_hit OR viewer.has_open_hit(it.id))"
    " AND (NEW.is_referred OR NOT OLD.is_referred)"
)
_IS_THE_DECISION = (
    "EXISTS (SELECT FROM decision AS made WHERE made.id = NEW.current_decision_id"
    " AND made.application_id = it.id AND made.officer = viewer_subject"
    f" AND made.outcome = NEW.status AND {is_now('made.decided_at')}"
    " AND made.supersedes_id IS NOT DISTINCT FROM OLD.current_decision_id)"
)
_A_MATCH = (
    "EXISTS (SELECT FROM screening AS hit WHERE hit.application_id = it.id"
    " AND hit.result = 'MATCH' AND hit.confirmed_by = viewer_subject"
    f" AND {is_now('hit.answered_at')}{{}})"
)
_PUT_ON_A_DESK = _columns(Assignment, "id", "ended_at", "ended_by", "reason")
_ENDS_NOW = f"OLD.ended_at IS NULL AND {is_now('NEW.ended_at')} AND NEW.ended_by = viewer_subject"
_BEGINS_NOW = f"{is_now('NEW.assigned_at')} AND NEW.assigned_by = viewer_subject"
_LEAVES_THE_DESK = StepWrite(
    Assignment, "UPDATE", frozenset({"ended_at", "ended_by"}), _ENDS_NOW, needs=False,
    is_entered=True,
)  # fmt: skip
#: Given back, or to somebody else: with a reason.
_MOVES = StepWrite(
    Assignment, "UPDATE", frozenset({"ended_at", "ended_by", "reason"}),
    f"{_ENDS_NOW} AND NEW.reason IS NOT NULL",
)  # fmt: skip
_TO_TAKE = (
    "(viewer.is_in_own_pools(it)"
    " OR viewer.is_of_family_just_taken(it.group_reference, viewer_subject))"
)
_NO_MATCH = " AND ".join(
    f"viewer.latest_answer(it.id, '{kind}') IS DISTINCT FROM 'MATCH'" for kind in ScreeningKind
)
#: What others read in place of the grounds, by a trigger; and what rules write.
_WRITTEN_BY_OTHERS = ("is_incomplete", "public_reasons", "grant_rule_code")
_DECIDES = StepWrite(
    Decision, "INSERT", _columns(Decision, *_WRITTEN_BY_OTHERS),
    f"NEW.outcome = '{{target}}' AND {is_now('NEW.decided_at')} AND NEW.officer = viewer_subject"
    " AND NEW.supersedes_id IS NOT DISTINCT FROM it.current_decision_id",
)  # fmt: skip
#: What was revoked in error is granted on the same conditions.
_DECIDES_AGAIN = replace(
    _DECIDES,
    only_if=f"{_DECIDES.only_if} AND NEW.conditions = (SELECT granted.conditions"
    " FROM decision AS granted WHERE granted.id = it.current_decision_id)",
)
_MADE = StepWrite(Application, "UPDATE", frozenset({"current_decision_id"}), _IS_THE_DECISION)
_CORRECTION = (_DECIDES, _MADE)
_DECISION = (*_CORRECTION, _LEAVES_THE_DESK)


def _is_withheld(outcome: str) -> tuple[StepWrite, ...]:
    """The first of two decisions, and that the case leaves the desk with it."""
    return (
        StepWrite(
            WithheldDecision, "INSERT", _columns(WithheldDecision),
            f"NEW.outcome = '{outcome}' AND {is_now('NEW.decided_at')}"
            " AND NEW.officer = viewer_subject",
        ),
        StepWrite(
            Assignment, "UPDATE", frozenset({"ended_at", "ended_by"}),
            f"{_ENDS_NOW} AND EXISTS (SELECT FROM withheld_decision AS made"
            " WHERE made.application_id = it.id AND made.officer = viewer_subject"
            " AND made.decided_at = NEW.ended_at)",
            needs=False,
        ),
    )  # fmt: skip


#: With the terms of its type, the validity that was asked for, and of the grant that was made with
#: it.
_VISA = StepWrite(
    Visa, "INSERT", _columns(Visa, "revoked_at", "superseded_at", "returned_at", "extended_days"),
    f"{is_now('NEW.issued_at')} AND it.extends_visa_number IS NULL"
    " AND EXISTS (SELECT FROM decision AS made"
    " WHERE made.id = NEW.decision_id AND made.application_id = it.id"
    " AND made.outcome = 'GRANTED' AND made.officer = viewer_subject"
    " AND made.decided_at = NEW.issued_at) AND EXISTS (SELECT FROM visa_type AS type"
    " WHERE type.code = it.visa_type_code AND type.stay_days = NEW.stay_days)"
    " AND wib_day(NEW.issued_at) + it.use_within_days::integer = NEW.use_by",
)  # fmt: skip
_STANDS = "OLD.revoked_at IS NULL AND OLD.superseded_at IS NULL"


def _visa_ends(column: str) -> StepWrite:
    return StepWrite(
        Visa, "UPDATE", frozenset({column}), f"{_STANDS} AND {is_now(f'NEW.{column}')}"
    )


#: Where the person was corrected, supervision is asked again.
_ASKED_ANEW = StepWrite(
    Screening, "INSERT", _ASKED,
    f"{_A_QUESTION} AND NEW.proposed IS NULL AND {is_now('NEW.requested_at')}"
    " AND NEW.kind = ANY (viewer.questions_to_ask(it.id)) AND EXISTS (SELECT FROM correction"
    " WHERE correction.applicant_id = it.applicant_id AND correction.state = 'IN_EFFECT'"
    f" AND {is_now('correction.closed_at')})",
    needs=False,
)  # fmt: skip


def _link_is(state: str) -> tuple[StepWrite, ...]:
    """An officer's verdict on a link that was found by name, in the case of either person."""
    return (
        StepWrite(
            PersonLink, "UPDATE",
            frozenset({"state", "resolved_at", "resolved_by", "resolved_in", "resolution"}),
            f"OLD.reason = 'NAME_AND_BIRTH_DATE' AND NEW.state = '{state}'"
            " AND it.applicant_id IN (NEW.applicant_id, NEW.linked_id)"
            f" AND NEW.resolved_by = viewer_subject AND {is_now('NEW.resolved_at')}",
        ),
    )  # fmt: skip


_BILL_IS_PAID = StepWrite(
    Bill, "UPDATE", frozenset({"paid_at", "receipt_number"}),
    f"OLD.paid_at IS NULL AND {is_now('NEW.paid_at')} AND {IS_RECOMMENDED}",
)  # fmt: skip
_ITS_BILL = "bill WHERE bill.application_id = it.id AND bill.amount_idr = NEW.fee_idr"
#: By verb; a verb that is not here writes the application and its event alone.
WRITES: Mapping[Verb, tuple[StepWrite, ...]] = {
    Verb.RECORD_PAYMENT: (
        _BILL_IS_PAID,
        StepWrite(
            Application, "UPDATE", frozenset({"paid_at", "fee_idr", "target_due_at"}),
            "OLD.paid_at IS NULL AND NEW.target_due_at >= NEW.paid_at"
            f" AND EXISTS (SELECT FROM {_ITS_BILL} AND bill.paid_at = NEW.paid_at)",
        ),
    ),
    Verb.RECORD_PAYMENT_ANEW: (
        _BILL_IS_PAID,
        StepWrite(
            Application, "UPDATE", frozenset({"fee_idr"}),
            f"OLD.fee_idr = 0 AND EXISTS (SELECT FROM {_ITS_BILL} AND {is_now('bill.paid_at')})",
            needs=False,
        ),
    ),
    Verb.RECORD_DOCUMENTS: (
        StepWrite(
            CaseDocument, "UPDATE", frozenset({"recorded_at", "recorded_by"}),
            "(NEW.recorded_at IS NULL OR OLD.recorded_at IS NULL"
            f" AND NEW.recorded_by = viewer_subject AND {is_now('NEW.recorded_at')})",
        ),
    ),
    Verb.TAKE: (
        StepWrite(
            Assignment, "INSERT", _PUT_ON_A_DESK,
            f"NEW.officer = viewer_subject AND NEW.role = 'OFFICER' AND {_BEGINS_NOW}"
            f" AND {_TO_TAKE}",
        ),
        # By then it is on the desk.
        StepWrite(
            Application, "UPDATE", frozenset(),
            HOLDS_IF[IS_ON_THE_OWN_DESK] +
            " AND (it.received_at IS NOT NULL OR it.partner_code IS NULL)",
            needs=False,
        ),
    ),
    Verb.GIVE_BACK: (_MOVES,),
    Verb.REASSIGN: (
        _MOVES,
        StepWrite(
            Assignment, "INSERT", _PUT_ON_A_DESK,
            f"{_BEGINS_NOW} AND (NEW.role = 'SUPERVISOR' AND NEW.officer = viewer_subject"
            f" OR NEW.role = 'OFFICER' AND {_NO_MATCH})",
        ),
        # By then it is on the desk of the officer who was named.
        StepWrite(Application, "UPDATE", frozenset(), IS_ON_A_DESK),
    ),
    Verb.REQUEST_INFORMATION: asking_writes.REQUESTED,
    Verb.ANSWER_INFORMATION: asking_writes.ANSWERED_ALL,
    Verb.ANSWER_ITEMS: asking_writes.ANSWERED_SOME,
    Verb.ANNOUNCE_REFUSAL: asking_writes.ANNOUNCED,
    Verb.ANSWER_INTENTION: asking_writes.ANSWERED_INTENTION,
    Verb.REFER_TO_SCREENING: (
        StepWrite(
            Screening, "INSERT", _ASKED,
            f"{_A_QUESTION} AND NEW.proposed IS NULL AND {is_now('NEW.requested_at')}"
            " AND NEW.kind = ANY (viewer.questions_to_ask(it.id))",
        ),
        StepWrite(
            Application, "UPDATE", frozenset({"is_referred"}),
            "(NEW.is_referred OR NOT OLD.is_referred) AND EXISTS (SELECT FROM screening AS asked"
            f" WHERE asked.application_id = it.id AND {is_now('asked.requested_at')})",
            needs=False,
        ),
    ),
    Verb.RECORD_SCREENING: (
        StepWrite(
            Screening, "UPDATE", _ANSWERED,
            f"{_WAITS} AND NEW.answered_by = viewer_subject AND {is_now('NEW.answered_at')}"
            " AND NEW.result IN ('CLEAR', 'HIT', 'UNAVAILABLE')"
            " AND (NEW.kind <> 'CLEARANCE' OR NEW.result = 'UNAVAILABLE')",
        ),
        StepWrite(Application, "UPDATE", _HIT_FLAGS, _FLAGS_ARE_TRUE, needs=False),
    ),
    Verb.PROPOSE_ANSWER: (
        StepWrite(
            Screening, "UPDATE", _PROPOSED,
            f"{_WAITS} AND NEW.proposed IN ('CLEAR', 'HIT') AND NEW.proposed_by = viewer_subject",
        ),
    ),
    Verb.RESOLVE_HIT: (
        StepWrite(
            Screening, "INSERT", _ASKED - {"referral_reason", "referral_note"} | _PROPOSED,
            f"{_A_QUESTION} AND {_A_RESOLUTION} AND {is_now('NEW.requested_at')}",
        ),
        StepWrite(
            Screening, "UPDATE", _PROPOSED,
            f"{_IS_OPEN} AND OLD.proposed IN ('NO_MATCH', 'MATCH') AND {_A_RESOLUTION}",
        ),
    ),
    Verb.CONFIRM_SCREENING: (
        StepWrite(
            Screening, "UPDATE", _ANSWERED | {"confirmed_by"},
            f"{_IS_OPEN} AND NEW.confirmed_by = viewer_subject"
            " AND OLD.proposed_by <> viewer_subject AND NEW.answered_by = OLD.proposed_by"
            f" AND NEW.result = OLD.proposed AND {is_now('NEW.answered_at')}",
        ),
        StepWrite(Application, "UPDATE", _HIT_FLAGS, _FLAGS_ARE_TRUE, needs=False),
        # A confirmed hit moves the case from the officer's desk to that of the supervisor who
        # resolved it.
        StepWrite(
            Assignment, "UPDATE", frozenset({"ended_at", "ended_by"}),
            f"{_ENDS_NOW} AND {_A_MATCH.format('')}",
            needs=False,
        ),
        StepWrite(
            Assignment, "INSERT", _PUT_ON_A_DESK,
            f"NEW.role = 'SUPERVISOR' AND {_BEGINS_NOW}"
            f" AND {_A_MATCH.format(' AND hit.answered_by = NEW.officer')}",
            needs=False,
        ),
    ),
    # A correction's own columns have a guard of their own; no role writes an identity.
    Verb.PROPOSE_CORRECTION: (), Verb.REJECT_CORRECTION: (),
    Verb.APPROVE_CORRECTION: (_ASKED_ANEW,), Verb.CONFIRM_CORRECTION: (_ASKED_ANEW,),
    Verb.PROPOSE_GRANT: (), Verb.APPROVE_GRANT: (), Verb.REJECT_GRANT: (),
    Verb.GRANT: (*_DECISION, _VISA), Verb.REFUSE: _DECISION,
    Verb.GRANT_FIRST: _is_withheld("GRANTED"), Verb.REFUSE_FIRST: _is_withheld("REFUSED"),
    Verb.CORRECT_TO_GRANTED: (*_CORRECTION, _visa_ends("superseded_at"), _VISA),
    Verb.CORRECT_TO_REFUSED: (*_CORRECTION, _visa_ends("superseded_at")),
    Verb.SET_ASIDE: (_DECIDES_AGAIN, _MADE, _VISA),
    Verb.REVOKE: (_visa_ends("revoked_at"),), Verb.RETURN_VISA: (_visa_ends("returned_at"),),
    # What an extension writes is guarded as what is handed in.
    Verb.APPLY_FOR_EXTENSION: (), Verb.RECORD_APPEARANCE: (),
    # Of two officers, each of whom decides, what the first notes is kept from the second.
    Verb.WRITE_NOTE: (
        StepWrite(
            CaseNote, "INSERT", _columns(CaseNote, "as_text"),
            "NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}'"
            f" AND NEW.author = viewer_subject AND {is_now('NEW.written_at')}"
            " AND NEW.first_of_two IS NOT DISTINCT FROM"
            " CASE WHEN viewer.awaits_first_decision(it.id) THEN viewer_subject END",
        ),
    ),
    Verb.CONFIRM_LINK: _link_is("CONFIRMED"), Verb.REJECT_LINK: _link_is("REJECTED"),
    Verb.WITHDRAW: (_LEAVES_THE_DESK,),
}  # fmt: skip

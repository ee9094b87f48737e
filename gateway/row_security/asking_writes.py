"""What steps write by which an applicant is asked or told something, and answers."""

from gateway.row_security.step_needs import is_now
from gateway.row_security.step_write import StepWrite, columns_of
from models import Application, IntentionAnswer, ItemAnswer, RefusalIntention, RequestedItem
from models.person.vault import ANSWERED
from models.vocabulary import ANSWERED_WITH

_HANDED_IN = frozenset({"answered_at", "answered_by"})
_ITEMS = StepWrite(
    RequestedItem, "UPDATE", _HANDED_IN,
    "OLD.answered_at IS NULL AND NEW.answered_by = viewer_subject"
    f" AND {is_now('NEW.answered_at')}"
    f" AND (OLD.kind NOT IN ({', '.join(repr(str(kind)) for kind in ANSWERED_WITH)})"
    " OR EXISTS (SELECT FROM item_answer WHERE item_id = OLD.id))",
)  # fmt: skip
#: For an item that waits, before it is noted as answered: so it is written once.
_ANSWER = StepWrite(
    ItemAnswer, "INSERT", columns_of(ItemAnswer, *ANSWERED),
    "NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}' AND EXISTS ("
    "SELECT FROM requested_item AS asked WHERE asked.id = NEW.item_id"
    " AND asked.application_id = it.id AND asked.answered_at IS NULL)",
)  # fmt: skip

#: Filled in once what was announced is answered.
_INTENTION_ANSWERED = frozenset({"ended_at", "answered_at", "answered_by", "documents"})
_AN_INTENTION = (
    "EXISTS (SELECT FROM refusal_intention AS announced WHERE announced.application_id = it.id"
    " AND {})"
)


def _to_be_answered_within(days: str) -> str:
    """That the deadline is that of today, if there is one."""
    return (
        "(NEW.answer_by IS NOT DISTINCT FROM OLD.answer_by OR"
        f" {is_now(f'NEW.answer_by - viewer.{days}()')})"
    )


REQUESTED = (
    StepWrite(RequestedItem, "INSERT",
              columns_of(RequestedItem, *_HANDED_IN), is_now("NEW.requested_at")),
    StepWrite(
        Application, "UPDATE", frozenset({"answer_by"}),
        _to_be_answered_within("time_to_answer"),
    ),
)  # fmt: skip
ANSWERED_ALL = (
    _ANSWER,
    _ITEMS,
    # Something that is still missing would keep it where it is.
    StepWrite(
        Application, "UPDATE", frozenset(),
        "NOT EXISTS (SELECT FROM requested_item WHERE application_id = it.id"
        " AND answered_at IS NULL)",
    ),
)  # fmt: skip
ANSWERED_SOME = (_ANSWER, _ITEMS)
ANNOUNCED = (
    StepWrite(
        RefusalIntention, "INSERT", columns_of(RefusalIntention, *_INTENTION_ANSWERED),
        f"{is_now('NEW.announced_at')} AND NEW.announced_by = viewer_subject",
    ),
    # By then it is announced.
    StepWrite(
        Application, "UPDATE", frozenset({"answer_by"}),
        _AN_INTENTION.format(
            f"{is_now('announced.announced_at')} AND announced.announced_by = viewer_subject"
        ) + f" AND {_to_be_answered_within('time_to_answer_intention')}",
        needs=False,
    ),
)  # fmt: skip
ANSWERED_INTENTION = (
    # Before the intention is noted as answered: so it is written once.
    StepWrite(
        IntentionAnswer, "INSERT", columns_of(IntentionAnswer, "as_text"),
        "NEW.applicant_id = it.applicant_id AND NEW.sealed <> '{}'",
    ),
    StepWrite(
        RefusalIntention, "UPDATE", _INTENTION_ANSWERED,
        "NEW.answered_by = viewer_subject AND NEW.ended_at = NEW.answered_at"
        f" AND {is_now('NEW.answered_at')} AND EXISTS (SELECT FROM intention_answer AS said"
        " WHERE said.application_id = it.id)",
    ),
    StepWrite(
        Application, "UPDATE", frozenset(),
        _AN_INTENTION.format(
            f"{is_now('announced.answered_at')} AND announced.answered_by = viewer_subject"
        ),
        needs=False,
    ),
)  # fmt: skip

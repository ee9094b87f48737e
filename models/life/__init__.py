"""The life cycle of an application: the complete state machine, without a database.

``STEPS`` is the whole state machine; `docs/life.md` is drawn from it.
"""

from models.life.case_state import Attempt, CaseState, Proposal, columns_after_step
from models.life.judging import refusal_of, statuses_alike, visible_refusal
from models.life.refusals import Refusal
from models.life.steps import REASONED, STEPS, Step, Verb, refusal, step_for, verb_taken

__all__ = [
    "REASONED",
    "STEPS",
    "Attempt",
    "CaseState",
    "Proposal",
    "Refusal",
    "Step",
    "Verb",
    "columns_after_step",
    "refusal",
    "refusal_of",
    "statuses_alike",
    "step_for",
    "verb_taken",
    "visible_refusal",
]

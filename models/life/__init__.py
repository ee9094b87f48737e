"""The life cycle of an application: the complete state machine, without a database.

``STEPS`` is the whole state machine; `docs/life.md` is drawn from it.
"""

from models.life.case_state import CaseState, columns_after_step
from models.life.preconditions import Attempt
from models.life.refusals import MEANINGS, Refusal
from models.life.steps import STEPS, Step, Verb, refusal, step_for

__all__ = [
    "MEANINGS",
    "STEPS",
    "Attempt",
    "CaseState",
    "Refusal",
    "Step",
    "Verb",
    "columns_after_step",
    "refusal",
    "step_for",
]

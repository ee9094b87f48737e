"""The generated rows of decisions, and about rules that grant."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.vocabulary import GrantVerdict, Ground, Outcome, VisaCondition


class GrantCheckRow(NamedTuple):
    """A row of ``grant_check``."""

    application_id: UUID
    rule_code: str
    verdict: GrantVerdict
    unmet: list[str]
    is_decided_twice: bool
    #: The version of the identity that was opened: of whom nothing is corrected, the first.
    version: int
    checked_at: datetime


class DecisionRow(NamedTuple):
    """A row of ``decision``."""

    id: UUID
    application_id: UUID
    outcome: Outcome
    grounds: list[Ground]
    is_incomplete: bool
    public_reasons: list[str]
    conditions: list[VisaCondition]
    decided_at: datetime
    officer: str
    grant_rule_code: str | None
    internal_note: str | None
    supersedes_id: UUID | None


class WithheldDecisionRow(NamedTuple):
    """A row of ``withheld_decision``."""

    id: UUID
    application_id: UUID
    outcome: Outcome
    grounds: list[Ground]
    conditions: list[VisaCondition]
    decided_at: datetime
    officer: str
    internal_note: str | None

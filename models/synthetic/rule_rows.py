"""The generated rows of decisions, of what is announced before, and about rules that grant."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.vocabulary import DocumentKind, GrantVerdict, Ground, Outcome, VisaCondition


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


class RefusalIntentionRow(NamedTuple):
    """A row of ``refusal_intention``."""

    application_id: UUID
    grounds: list[Ground]
    note: str
    announced_at: datetime
    announced_by: str | None
    ended_at: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    documents: list[DocumentKind]


class IntentionAnswerRow(NamedTuple):
    """A row of ``intention_answer``, before it is sealed."""

    application_id: UUID
    applicant_id: UUID
    as_text: str


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

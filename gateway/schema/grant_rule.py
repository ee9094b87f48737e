"""By which rules applications are granted without an officer."""

from datetime import datetime

from gateway.mapping.declare import column, link, noun
from models import GrantCheck as CheckRow
from models import GrantRule as Row
from models import GrantRuleStop as StopRow
from models import WithheldDecision as WithheldRow
from models.vocabulary import GrantVerdict, Ground, Outcome, VisaCondition


@noun(key=StopRow.rule_code)
class GrantRuleStop:
    """That a supervisor stopped a rule: it grants nothing any more."""

    stopped_at: datetime = column(StopRow.stopped_at, "When.")
    stopped_by: str = column(StopRow.stopped_by, "Subject who stopped it.")
    reason: str = column(StopRow.reason, "Why.")


@noun(key=Row.code)
class GrantRule:
    """By which rule applications are granted without an officer, where every condition is certain.

    The newest version of a visa type is in force, unless it was stopped; none before a decree.
    """

    code: str = column(Row.code, "Visa type and version, such as `B1-1`.")
    version: int = column(Row.version, "1, 2, 3 … of the visa type.")
    nationalities: list[str] = column(
        Row.nationalities, "ISO 3166 alpha-2 codes of whom it is for, in order."
    )
    sample_percent: int = column(
        Row.sample_percent, "Of how many in a hundred an officer decides all the same."
    )
    hours_after_payment: int = column(
        Row.hours_after_payment, "How many hours after the payment at the earliest."
    )
    official: str = column(Row.official, "Subject of the official whose name it bears.")
    decree: str = column(Row.decree, "Number of its decree.")
    stop: GrantRuleStop | None = link(
        Row.code, StopRow.rule_code, "That it was stopped; null where it was not."
    )


@noun(key=CheckRow.application_id)
class GrantCheck:
    """What the rule of its visa type last found of an open case."""

    rule: GrantRule | None = link(CheckRow.rule_code, Row.code, "Which rule.")
    verdict: GrantVerdict = column(CheckRow.verdict, "What came of it.")
    unmet: list[str] = column(
        CheckRow.unmet, "Which conditions of docs/grants-by-rule.md are not met, in their order."
    )
    is_decided_twice: bool = column(
        CheckRow.is_decided_twice,
        "Whether it was drawn to be decided by two officers, each for themselves.",
    )
    checked_at: datetime = column(CheckRow.checked_at, "Since when that is so.")


@noun(key=WithheldRow.application_id)
class WithheldDecision:
    """What the first of two officers decided, each for themselves; what the second decided is in
    force."""

    outcome: Outcome = column(WithheldRow.outcome, "Granted or refused.")
    grounds: list[Ground] = column(
        WithheldRow.grounds, "Why it would have been refused, the main ground first."
    )
    conditions: list[VisaCondition] = column(
        WithheldRow.conditions, "On what it would have been granted."
    )
    decided_at: datetime = column(WithheldRow.decided_at, "When.")
    officer: str = column(WithheldRow.officer, "Subject of who decided.")
    internal_note: str | None = column(WithheldRow.internal_note, "Note within the directorate.")

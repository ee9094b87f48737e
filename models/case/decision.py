"""What officers decided, and the visas that grants yield. A correction is a new decision that
supersedes the old one.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import reduce
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, each_once, one_of
from models.vocabulary import CONFIDENTIAL_GROUNDS, Ground, Outcome, VisaCondition

#: Shown to the public where nobody outside may know any of the grounds.
NOT_DISCLOSED = "NOT_DISCLOSED"
_IS_INCOMPLETE = f"('{Ground.INCOMPLETE}' = ANY (grounds))"
_MAY_BE_TOLD = reduce(
    lambda left, ground: f"array_remove({left}, '{ground}')", CONFIDENTIAL_GROUNDS, "grounds"
)
_PUBLIC_REASONS = (
    f"CASE WHEN outcome = 'REFUSED' AND {_MAY_BE_TOLD} = '{{}}'"
    f" THEN '{{{NOT_DISCLOSED}}}' ELSE {_MAY_BE_TOLD} END"
)
_NONE = text("'{}'")


class Decision(Base):
    """A visa granted or refused by an officer, or granted by rule; never changed or removed."""

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    outcome: Mapped[str]
    #: Of a refusal: the main ground, by which it is counted, and others beside it.
    grounds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    #: What agents and applicants read in place of the grounds: kept by a trigger.
    is_incomplete: Mapped[bool] = mapped_column(server_default=text("false"))
    public_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    #: Of the visa that it grants.
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    decided_at: Mapped[datetime]
    #: Whoever decided, or the official in whose name a rule did.
    officer: Mapped[str]
    grant_rule_code: Mapped[str | None] = mapped_column(ForeignKey("grant_rule.code"))
    internal_note: Mapped[str | None]
    #: The decision that this one corrects: one of the same application, corrected once.
    supersedes_id: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        UniqueConstraint("id", "application_id"),
        Index(None, "application_id", "decided_at", "id"),
        Index(None, "decided_at", "id"),
        Index(
            "uq_decision_first",
            "application_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        ForeignKeyConstraint(
            ["supersedes_id", "application_id"], ["decision.id", "decision.application_id"]
        ),
        one_of("outcome", Outcome),
        each_once("grounds", Ground),
        CheckConstraint("(outcome = 'REFUSED') = (grounds <> '{}')", name="ground_when_refused"),
        each_once("conditions", VisaCondition),
        CheckConstraint("outcome = 'GRANTED' OR conditions = '{}'", name="conditions_of_a_grant"),
        # The machine may grant, without conditions, and never refuses.
        CheckConstraint(
            "grant_rule_code IS NULL"
            " OR outcome = 'GRANTED' AND conditions = '{}' AND supersedes_id IS NULL",
            name="rules_grant",
        ),
        CheckConstraint(f"is_incomplete = {_IS_INCOMPLETE}", name="is_incomplete_as_decided"),
        CheckConstraint(f"public_reasons = {_PUBLIC_REASONS}", name="public_reasons_as_decided"),
    )


class WithheldDecision(Base):
    """What the first of two officers decided of a case, each of whom decides for themselves: it is
    withheld from everybody who works on the case, and never changed."""

    __tablename__ = "withheld_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    outcome: Mapped[str]
    #: The main ground first, as of a decision.
    grounds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_NONE)
    decided_at: Mapped[datetime]
    officer: Mapped[str]
    internal_note: Mapped[str | None]

    __table_args__ = (
        one_of("outcome", Outcome),
        each_once("grounds", Ground),
        CheckConstraint("(outcome = 'REFUSED') = (grounds <> '{}')", name="ground_when_refused"),
        each_once("conditions", VisaCondition),
        CheckConstraint("outcome = 'GRANTED' OR conditions = '{}'", name="conditions_of_a_grant"),
    )


def public_reasons(grounds: Sequence[Ground]) -> list[str]:
    """What the applicant reads in place of the grounds of a refusal; nothing of a grant. Where some
    are told, it does not tell whether others are withheld, nor how many."""
    told = [ground.value for ground in grounds if ground not in CONFIDENTIAL_GROUNDS]
    return told or ([NOT_DISCLOSED] if grounds else [])


#: Whether a visa is live today: its holder is in the country, or may still enter. An entry on the
#: last day is known when its report is due; of visas that were issued before crossings were
#: reported completely it may never be, so that these are live until such a stay would end.
IS_LIVE = """(
    EXISTS (
        SELECT FROM stay
        WHERE stay.visa_number = visa.visa_number AND stay.presence = 'IN_COUNTRY'
    ) OR (
        num_nonnulls(visa.revoked_at, visa.superseded_at, visa.returned_at) = 0
        AND NOT EXISTS (
            SELECT FROM stay WHERE stay.visa_number = visa.visa_number AND stay.is_used
        )
        AND visa.use_by + coalesce((
            SELECT deadline.days FROM deadline
            WHERE deadline.wait = 'CROSSING' AND deadline.valid_from <= wib_day(visa.issued_at)
            ORDER BY deadline.valid_from DESC LIMIT 1
        ), visa.stay_days)::integer >= wib_day(clock_timestamp())
    )
)"""


class Visa(Base):
    """The visa of one granting decision; its terms are those of the day on which it was granted."""

    __tablename__ = "visa"

    #: Random, so that nobody can guess one number from another.
    visa_number: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    decision_id: Mapped[UUID] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    #: The last day on which it serves to enter.
    use_by: Mapped[date]
    stay_days: Mapped[int]
    #: By how many days the stay was extended: a trigger keeps it.
    extended_days: Mapped[int] = mapped_column(server_default=text("0"))
    revoked_at: Mapped[datetime | None]
    #: When the decision that granted it was corrected, which voids the visa.
    superseded_at: Mapped[datetime | None]
    #: When its holder gave it back, before anybody entered by it.
    returned_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "application_id"),
        ForeignKeyConstraint(
            ["decision_id", "application_id"], ["decision.id", "decision.application_id"]
        ),
        CheckConstraint("visa_number ~ '^ID[0-9A-HJKMNP-TV-Z]{12}$'", name="visa_number_is_formed"),
        CheckConstraint("stay_days > 0", name="stay_is_positive"),
        CheckConstraint("extended_days >= 0", name="extension_is_not_negative"),
        CheckConstraint("revoked_at >= issued_at", name="revoked_after_issue"),
        CheckConstraint("superseded_at >= issued_at", name="superseded_after_issue"),
        CheckConstraint("returned_at >= issued_at", name="returned_after_issue"),
    )

"""Rules by which applications are granted where everything is certain, and who stopped one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import GrantVerdict

#: Of a hundred applications that a rule would grant, how many officers decide all the same.
LEAST_SAMPLED = 2
#: Which share of these two officers decide, each for themselves.
DECIDED_TWICE = 0.2
#: How many hours after the payment a rule grants at the earliest.
LEAST_WAIT_HOURS, MOST_WAIT_HOURS = 2, 240


class GrantRule(Base):
    """A version of the rule of a visa type: never changed, only followed by another.

    The newest version of a visa type is in force unless somebody has stopped it.
    """

    __tablename__ = "grant_rule"

    #: The visa type and the version.
    code: Mapped[str] = mapped_column(primary_key=True)
    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"))
    #: 1, 2, 3 … of one visa type.
    version: Mapped[int]
    nationalities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sample_percent: Mapped[int]
    hours_after_payment: Mapped[int]
    #: The subject in whose name it decides, who reviews none of it.
    official: Mapped[str]
    decree: Mapped[str]

    __table_args__ = (
        UniqueConstraint("visa_type_code", "version"),
        CheckConstraint("code = visa_type_code || '-' || version", name="code_says_which"),
        CheckConstraint("version > 0", name="version_is_positive"),
        CheckConstraint("cardinality(nationalities) > 0", name="is_for_somebody"),
        CheckConstraint(
            f"sample_percent BETWEEN {LEAST_SAMPLED} AND 100", name="sample_is_a_percentage"
        ),
        CheckConstraint(
            f"hours_after_payment BETWEEN {LEAST_WAIT_HOURS} AND {MOST_WAIT_HOURS}",
            name="hours_are_bounded",
        ),
    )


def rule_code(visa_type: str, version: int) -> str:
    """The code of a version of the rule of a visa type."""
    return f"{visa_type}-{version}"


class GrantRuleStop(Base):
    """That a supervisor stopped a version of a rule, at once and for good."""

    __tablename__ = "grant_rule_stop"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_code: Mapped[str] = mapped_column(ForeignKey("grant_rule.code"), unique=True)
    stopped_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    stopped_by: Mapped[str]
    reason: Mapped[str]


class GrantCheck(Base):
    """What the GRANTER last found of a case: what is missing, or that it is sampled or granted."""

    __tablename__ = "grant_check"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    rule_code: Mapped[str] = mapped_column(ForeignKey("grant_rule.code"))
    verdict: Mapped[str]
    #: The conditions that are not met, in their order.
    unmet: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: Whether two officers decide it, each for themselves.
    is_decided_twice: Mapped[bool] = mapped_column(server_default=text("false"))
    #: The version of the identity that was opened; none where nobody was.
    version: Mapped[int | None]
    checked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    __table_args__ = (
        one_of("verdict", GrantVerdict),
        CheckConstraint(
            "(verdict = 'WAITS') = (cardinality(unmet) > 0)", name="waits_for_something"
        ),
        CheckConstraint("verdict = 'SAMPLED' OR NOT is_decided_twice", name="twice_of_the_sample"),
    )

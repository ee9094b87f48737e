"""Who answers for an applicant in a case: the guarantor, where its visa type needs one, or the
guardian of a minor.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import GuarantorKind, GuardianKind


class Guarantor(Base):
    """A person or company that answers for an applicant in one case.

    Each row stays: the one as handed in, and one for each correction that names another. A trigger
    of corrections says which is in force.
    """

    __tablename__ = "guarantor"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    #: The version of the identity with which it was proposed; none as it was handed in.
    version: Mapped[int | None]
    kind: Mapped[str]
    #: The sealed values by column (`models.person.vault`), for the applicant: emptied as the
    #: applicant is erased.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: the values are sealed.
    name: Mapped[str | None]
    registration_number: Mapped[str | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    province: Mapped[str | None]
    postal_code: Mapped[str | None]
    #: From when until when it was in force; null if it never was.
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]

    __table_args__ = (
        one_of("kind", GuarantorKind),
        ForeignKeyConstraint(
            ("applicant_id", "version"),
            ("identity_version.applicant_id", "identity_version.number"),
        ),
        UniqueConstraint("application_id", "version", postgresql_nulls_not_distinct=True),
        Index(None, "applicant_id"),
        CheckConstraint(
            "num_nonnulls(name, registration_number, street, city, province, postal_code) = 0",
            name="values_are_sealed",
        ),
        CheckConstraint("version IS NOT NULL OR valid_from IS NOT NULL", name="handed_in_holds"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("valid_until IS NULL OR valid_from IS NOT NULL", name="ends_if_it_began"),
    )


class Guardian(Base):
    """How a minor is accompanied in one case, and that the guardian consents.

    Each row stays, as those of guarantors do. A correction by which somebody is no minor has one,
    too, of no kind.
    """

    __tablename__ = "guardian"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("applicant.id"))
    #: The version of the identity with which it was proposed; none as it was handed in.
    version: Mapped[int | None]
    #: Null where a correction says that there is none any more.
    kind: Mapped[str | None]
    #: The sealed values of somebody who is named, for the applicant.
    sealed: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    #: Always null: the values are sealed.
    name: Mapped[str | None]
    relation: Mapped[str | None]
    phone: Mapped[str | None]
    #: When whoever handed it in said that the guardian consents.
    consented_at: Mapped[datetime | None]
    #: From when until when it was in force; null if it never was.
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]

    __table_args__ = (
        one_of("kind", GuardianKind),
        ForeignKeyConstraint(
            ("applicant_id", "version"),
            ("identity_version.applicant_id", "identity_version.number"),
        ),
        UniqueConstraint("application_id", "version", postgresql_nulls_not_distinct=True),
        Index(None, "applicant_id"),
        CheckConstraint("num_nonnulls(name, relation, phone) = 0", name="values_are_sealed"),
        CheckConstraint("(kind IS NULL) = (consented_at IS NULL)", name="consents"),
        CheckConstraint("version IS NOT NULL OR valid_from IS NOT NULL", name="handed_in_holds"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_begins"),
        CheckConstraint("valid_until IS NULL OR valid_from IS NOT NULL", name="ends_if_it_began"),
    )

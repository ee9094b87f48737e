"""What carriers and border control asked of visas, and what they were answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of, partitioned_by
from models.vocabulary import Role

#: How long before its departure a flight is asked about, and how long after it.
CHECKED_HOURS_BEFORE = 48
CHECKED_HOURS_AFTER = 24
#: How many checks the holder of a visa is told of.
MOST_CHECKS_TOLD = 100


class VisaCheck(Base):
    """One question whether a visa can be used; never changed, never removed."""

    __tablename__ = "visa_check"

    id: Mapped[UUID]
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str]
    actor_role: Mapped[str]
    #: Whom it was about, as a digest of the visa number and of the keyed digest of the passport:
    #: whoever has both files of a person finds their checks by it, and nobody else does.
    passenger: Mapped[bytes] = mapped_column(LargeBinary)
    #: Null where border control named none.
    flight_number: Mapped[str | None]
    #: The day of its departure in WIB.
    departs_on: Mapped[date | None]
    is_usable: Mapped[bool]
    trace_id: Mapped[str]
    #: The seal of the gateway that wrote it, and the key of that (`models.account`).
    mac_key: Mapped[str | None]
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        PrimaryKeyConstraint("occurred_at", "id"),
        Index(None, "actor", "occurred_at", "id"),
        Index(None, "passenger", "occurred_at"),
        one_of("actor_role", Role),
        CheckConstraint("length(passenger) = 32", name="passenger_is_whole"),
        CheckConstraint("num_nulls(flight_number, departs_on) IN (0, 2)", name="flight_has_a_day"),
        CheckConstraint(
            f"actor_role <> '{Role.CARRIER}' OR flight_number IS NOT NULL",
            name="carriers_name_a_flight",
        ),
        CheckConstraint("flight_number ~ '^[A-Z0-9]{3,8}$'", name="flight_number_is_formed"),
        partitioned_by("occurred_at"),
    )

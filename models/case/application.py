"""An application for a visa, and what happened to it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.vocabulary import (
    CLOSED,
    STAGE_OF,
    Channel,
    EventKind,
    GuardianKind,
    Role,
    Stage,
    Status,
    TripPurpose,
)

_STAGE = "CASE status {} END".format(
    " ".join(f"WHEN '{status}' THEN '{stage}'" for status, stage in STAGE_OF.items())
)
_IS_CLOSED = "status IN ({})".format(", ".join(f"'{status}'" for status in CLOSED))
_NEEDS_PAYMENT = "status IN ('PAID', 'IN_VERIFICATION', 'INFO_REQUESTED', 'REFUSAL_INTENDED', 'SCREENING', 'GRANTED', 'REFUSED', 'REVOKED')"  # noqa: E501

_IS_OPEN_AT_MIDNIGHT = (
    "paid_at IS NOT NULL AND (closed_at IS NULL OR wib_day(closed_at) > wib_day(paid_at))"
)

#: These words, since what is filtered by a stage then is known to be of that index.
_IS_OPEN = f"stage <> '{Stage.CLOSED}'"

#: The key of an index's `info` under which it says which questions it serves.
SERVES = "serves"


def _index(*columns: str, serves: str, name: str | None = None, where: str | None = None) -> Index:
    return Index(
        name and f"ix_application_{name}",
        *columns,
        info={SERVES: serves},
        postgresql_where=None if where is None else text(where),
    )


#: Where an adult of the group has come to who accompanies nobody.
NO_COMPANY = tuple(status.value for status in CLOSED if status is not Status.GRANTED)


class Application(Base):
    """One request for one visa, or for more days of a stay on one, as it stands now; its events are
    its history.

    The clock runs from ``paid_at`` to ``closed_at``. Fee and target are those in force at payment.
    """

    __tablename__ = "application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: Random, so that nobody can guess one reference from another.
    reference: Mapped[str] = mapped_column(unique=True)
    applicant_id: Mapped[UUID]
    #: That of the applicant: a correction of the person changes it in every file.
    nationality_code: Mapped[str]
    visa_type_code: Mapped[str] = mapped_column(ForeignKey("visa_type.code"))
    #: What the applicant travels for; none where nobody asked, as before this was stated.
    trip_purpose: Mapped[str | None]
    #: The day on which the applicant means to enter; none where nobody asked, as before.
    entry_on: Mapped[date | None]
    #: For how many days from the grant on the visa serves to enter, as chosen and paid for; none
    #: where no visa is asked for, but more days on one.
    use_within_days: Mapped[int | None]
    channel: Mapped[str]
    partner_code: Mapped[str | None]
    #: Where the partner took the application; none where it was lodged directly.
    country_code: Mapped[str | None]
    centre_code: Mapped[str | None]
    #: Where its place has closed, ``models/jobs/transfers.py`` says who has the file now: a centre,
    #: its country and its partner; or when it left the partner for the directorate.
    successor_centre_code: Mapped[str | None]
    successor_country_code: Mapped[str | None]
    successor_partner_code: Mapped[str | None]
    left_partner_at: Mapped[datetime | None]
    #: Where the file is now: with a partner, in a country, and there at a centre or the country's
    #: portal.
    holder_partner_code: Mapped[str | None] = mapped_column(
        Computed("coalesce(successor_partner_code, partner_code)", persisted=True)
    )
    holder_country_code: Mapped[str | None] = mapped_column(
        Computed("coalesce(successor_country_code, country_code)", persisted=True)
    )
    holder_place: Mapped[str | None] = mapped_column(
        Computed("coalesce(successor_centre_code, centre_code, country_code)", persisted=True)
    )
    #: Of what asks for more days of a stay, and for no visa: the visa on which its holder stays.
    extends_visa_number: Mapped[str | None]
    #: Random; the same for all that travel together, as a family or a tour.
    group_reference: Mapped[str | None]
    #: Of a minor: how it is accompanied, as the guardian in force says (`Guardian`).
    guardian_kind: Mapped[str | None]
    status: Mapped[str]
    stage: Mapped[str] = mapped_column(Computed(_STAGE, persisted=True))
    submitted_at: Mapped[datetime]
    #: When the partner had handed over the complete file: its part of the clock ends here.
    received_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    target_due_at: Mapped[datetime | None]
    #: Until when it can be paid, and until when the latest request is to be answered; null for what
    #: waited for neither any more when these were first written.
    pay_by: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    fee_idr: Mapped[int | None]
    #: How long the case waited for the applicant; the adjusted turnaround leaves this out.
    paused_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    was_info_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    is_referred: Mapped[bool] = mapped_column(server_default=text("false"))
    is_held: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Whether a hit waits for a supervisor to say what it is.
    has_open_hit: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Of a file that leaves its partner, as its place closes: the last day, in WIB, on which the
    #: partner can hand in here what is in a store of its own. None where nothing has to be.
    #: Triggers keep it, and `models/jobs/transfers.py` where places change.
    hand_in_by: Mapped[date | None]
    #: Whether a supervisor said that it is taken before all others.
    is_urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    #: A granted visa whose holder was corrected, or about whom something was found, until screening
    #: is clear again.
    is_visa_held: Mapped[bool] = mapped_column(server_default=text("false"))
    #: Whether the LINKER has looked for other files of this person since it was handed in, and
    #: since the person was corrected; nothing is granted before.
    is_linked: Mapped[bool] = mapped_column(server_default=text("false"))
    current_decision_id: Mapped[UUID | None]
    #: On whose desk it is: a copy from `Assignment`, kept by its trigger.
    officer: Mapped[str | None]
    supervisor: Mapped[str | None]
    is_assigned: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        ForeignKeyConstraint(
            ["applicant_id", "nationality_code"], ["applicant.id", "applicant.nationality_code"]
        ),
        ForeignKeyConstraint(
            ["partner_code", "country_code"],
            ["partner_country.partner_code", "partner_country.country_code"],
        ),
        ForeignKeyConstraint(
            ["centre_code", "partner_code", "country_code"],
            ["centre.code", "centre.partner_code", "centre.country_code"],
        ),
        ForeignKeyConstraint(
            ["successor_centre_code", "successor_partner_code", "successor_country_code"],
            ["centre.code", "centre.partner_code", "centre.country_code"],
            name="fk_application_successor",
        ),
        ForeignKeyConstraint(
            ["current_decision_id", "id"],
            ["decision.id", "decision.application_id"],
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        ForeignKeyConstraint(["extends_visa_number"], ["visa.visa_number"], use_alter=True),
        one_of("channel", Channel),
        one_of("trip_purpose", TripPurpose),
        one_of("status", Status),
        one_of("stage", Stage),
        CheckConstraint("reference ~ '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'", name="reference_is_formed"),
        CheckConstraint(
            "group_reference ~ '^G(-[0-9A-Z]{4}){3}$'", name="group_reference_is_formed"
        ),
        CheckConstraint(
            "group_reference IS NULL OR channel <> 'DIRECT'", name="group_through_a_partner"
        ),
        CheckConstraint(
            "extends_visa_number IS NULL OR channel = 'DIRECT'", name="extended_by_its_holder"
        ),
        CheckConstraint(
            "(extends_visa_number IS NULL) = (use_within_days IS NOT NULL)",
            name="validity_of_a_visa",
        ),
        CheckConstraint("use_within_days > 0", name="use_is_positive"),
        CheckConstraint(
            "(channel = 'DIRECT') = (partner_code IS NULL)", name="partner_unless_direct"
        ),
        CheckConstraint(
            "(partner_code IS NULL) = (country_code IS NULL)", name="country_with_partner"
        ),
        CheckConstraint(
            "(channel = 'PARTNER_CENTRE') = (centre_code IS NOT NULL)", name="centre_where_taken"
        ),
        CheckConstraint(
            "num_nulls(successor_centre_code, successor_country_code, successor_partner_code)"
            " IN (0, 3)",
            name="successor_in_a_country",
        ),
        CheckConstraint(
            "partner_code IS NOT NULL AND successor_centre_code IS NULL OR left_partner_at IS NULL",
            name="left_its_partner",
        ),
        CheckConstraint(f"({_IS_CLOSED}) = (closed_at IS NOT NULL)", name="closed_when_closed"),
        CheckConstraint(f"NOT ({_NEEDS_PAYMENT}) OR paid_at IS NOT NULL", name="paid_before_work"),
        CheckConstraint(
            "num_nulls(paid_at, fee_idr, target_due_at) IN (0, 3)", name="paid_with_fee_and_target"
        ),
        one_of("guardian_kind", GuardianKind),
        CheckConstraint(
            "guardian_kind <> 'IN_GROUP' OR group_reference IS NOT NULL", name="company_is_a_group"
        ),
        CheckConstraint(
            "(status IN ('GRANTED', 'REFUSED', 'REVOKED')) = (current_decision_id IS NOT NULL)",
            name="decided_with_decision",
        ),
        CheckConstraint("status <> 'PAYMENT_EXPIRED' OR paid_at IS NULL", name="expired_unpaid"),
        CheckConstraint("paid_at >= submitted_at", name="paid_after_submission"),
        CheckConstraint("received_at >= submitted_at", name="received_after_submission"),
        CheckConstraint("closed_at >= coalesce(paid_at, submitted_at)", name="closed_last"),
        CheckConstraint("fee_idr >= 0", name="fee_is_not_negative"),
        CheckConstraint("paused_seconds >= 0", name="pause_is_not_negative"),
        # One order of lists each, and the spans of its instant.
        _index("submitted_at", "id", serves="lists, latest first; submittedAt"),
        _index("target_due_at", "id", serves="lists, most urgent first; targetDueAt"),
        _index("paid_at", "id", serves="lists by payment; paidAt"),
        _index("closed_at", "id", serves="lists by their end; closedAt; closed in a window"),
        # One filter of lists each. Channel, partner and stage have too few values for one.
        _index("status", serves="status; what waits for a deadline"),
        _index("nationality_code", serves="nationality"),
        _index("country_code", serves="country"),
        _index("centre_code", serves="centre"),
        _index("visa_type_code", serves="visaType"),
        _index(
            "group_reference",
            serves="groupReference; who travels together",
            where="group_reference IS NOT NULL",
        ),
        _index(
            "extends_visa_number",
            serves="the extensions of a stay",
            where="extends_visa_number IS NOT NULL",
        ),
        # The reach of those who see a part.
        _index("applicant_id", "submitted_at", "id", serves="an applicant's files; linked files"),
        _index("holder_place", "submitted_at", "id", serves="an agent's reach"),
        _index("holder_country_code", serves="a manager's reach"),
        # What work is taken from: few cases at any time.
        _index(
            "target_due_at",
            "id",
            name="open",
            serves="open stages; the queue OVERDUE; ages of open cases",
            where=_IS_OPEN,
        ),
        _index(
            "target_due_at",
            "id",
            name="free",
            serves="the queue FREE, past all that is on desks; the next case to take",
            where=f"NOT is_assigned AND stage = '{Stage.IN_PROCESS}'",
        ),
        _index(
            "target_due_at",
            "id",
            name="urgent",
            serves="what is taken before all others",
            where=f"is_urgent AND {_IS_OPEN}",
        ),
        *(
            _index(
                on_desk_of,
                "target_due_at",
                "id",
                name=f"of_{on_desk_of}",
                serves=f"the desk of its {on_desk_of}",
                where=f"{on_desk_of} IS NOT NULL",
            )
            for on_desk_of in ("officer", "supervisor")
        ),
        _index(
            "target_due_at",
            "id",
            name="supervised",
            serves="the queues HELD and HITS; hasOpenHit",
            where="is_held OR is_visa_held OR has_open_hit",
        ),
        _index(
            "hand_in_by",
            name="to_hand_in",
            serves="handInBy; what a partner whose place closes has yet to hand in",
            where="hand_in_by IS NOT NULL",
        ),
        _index(
            "id", name="unlinked", serves="what the LINKER has yet to do", where="NOT is_linked"
        ),
        _index(
            "successor_centre_code",
            name="successor",
            serves="files to take from a centre that has closed in its turn",
            where="successor_centre_code IS NOT NULL",
        ),
        Index(
            "ix_application_open_at_midnight",
            text("tstzrange(paid_at, closed_at, '(]')"),
            postgresql_using="gist",
            postgresql_where=text(_IS_OPEN_AT_MIDNIGHT),
            info={SERVES: "the cases that were open at the end of a day"},
        ),
    )


class ApplicationEvent(Base):
    """Something that happened to an application; never changed, never removed."""

    __tablename__ = "application_event"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    #: 1, 2, 3 … within one application.
    sequence: Mapped[int]
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    #: The subject who did it; null for the keeper.
    actor: Mapped[str | None]
    actor_role: Mapped[str | None]
    #: Why, where somebody has to say so: of a hold, its end, a correction, a revocation.
    reason: Mapped[str | None]

    __table_args__ = (
        Index(None, "application_id", "sequence", unique=True),
        one_of("kind", EventKind),
        one_of("actor_role", Role),
        CheckConstraint("sequence > 0", name="sequence_is_positive"),
        CheckConstraint("length(reason) BETWEEN 1 AND 2000", name="reason_is_bounded"),
    )

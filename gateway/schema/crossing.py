"""Entries and exits: reports that fit no visa, movements of people on file, and who overstays."""

from datetime import UTC, date, datetime
from typing import Any

from gateway.mapping.connections import connection_field
from gateway.mapping.declare import Node, column, noun
from gateway.mapping.filters import Condition, Relation
from models import Crossing as CrossingRow
from models import Movement as MovementRow
from models import Stay as StayRow
from models.case.crossing import IMMIGRATION_OFFICE
from models.vocabulary import CrossingDirection, Presence


@noun(key=CrossingRow.id)
class Crossing(Node):
    """An entry or exit that fits no visa of such a passport: kept as it was reported.

    Border control knows who it was, by the key of its report.
    """

    report_key: str = column(CrossingRow.report_key, "How border control names it.", filters=True)
    visa_number: str = column(
        CrossingRow.visa_number, "The visa number that was reported.", filters=True
    )
    direction: CrossingDirection = column(
        CrossingRow.direction, "Into the country, or out of it.", filters=True
    )
    crossed_at: datetime = column(CrossingRow.crossed_at, "When.", filters=True, orders=True)
    port: str = column(CrossingRow.port, "The port, by its code.", filters=True)
    reported_at: datetime = column(CrossingRow.reported_at, "When that was reported.")
    reported_by: str = column(CrossingRow.reported_by, "Subject who reported it.")


@noun(key=MovementRow.applicant_id, is_logged=True)
class Movement:
    """An entry or exit of one person, as border control reported it, or an entry that an
    immigration office recorded: read like `Identity`, with a purpose, and logged."""

    direction: CrossingDirection = column(MovementRow.direction, "Into the country, or out of it.")
    crossed_at: datetime = column(MovementRow.crossed_at, "When.")
    port: str = column(
        MovementRow.port,
        f"The port, by its code; `{IMMIGRATION_OFFICE}` where an office recorded it.",
    )
    visa_number: str = column(MovementRow.visa_number, "The visa that was shown.")


@noun(key=StayRow.id)
class Stay(Node):
    """Where the holder of a visa is who entered by it, by what border control reported last.

    Exits are reported late: whoever is past `until` is presumed to overstay, until border control
    confirms it.
    """

    visa_number: str = column(StayRow.visa_number, "The visa.", filters=True)
    presence: Presence = column(StayRow.presence, "In the country, or departed.")
    entered_on: date | None = column(
        StayRow.entered_on,
        "The day of the last entry, in WIB; null where only an exit was reported, and once the"
        " person is erased.",
    )
    departed_on: date | None = column(StayRow.departed_on, "The day of the last exit, in WIB.")
    until: date | None = column(
        StayRow.stay_until,
        "The last day of the stay: the day of entry, plus the days of stay and of its extensions.",
    )
    overstays_at: datetime | None = column(
        StayRow.overstays_at,
        "When that day ends; null once the holder departed.",
        filters=True,
        orders=True,
    )
    confirmed_at: datetime | None = column(
        StayRow.confirmed_at,
        "When border control confirmed that the holder overstays; null while it is presumed.",
        filters=True,
    )


def unmatched_crossings_field() -> Any:
    return connection_field(
        Crossing, "Entries and exits that fit no visa, the oldest first.", order="crossed_at"
    )


def _is_over(*_: object) -> list[Condition]:
    return [Condition(StayRow.overstays_at, Relation.IS_BEFORE, datetime.now(UTC))]


def overstays_field() -> Any:
    return connection_field(
        Stay,
        "Whoever is past the last day of the stay and not known to have left: the longest first.",
        order="overstays_at",
        standing=_is_over,
    )

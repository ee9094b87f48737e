"""What some days are read with: named events, and days on which the directorate does not work."""

from datetime import date

from gateway.mapping.declare import Node, column, link, noun
from gateway.mapping.enums import translated_column
from gateway.schema.country import Country
from models import Country as CountryRow
from models import DayOff as DayOffRow
from models import NamedEvent as Row
from models.vocabulary import NamedEventKind


@noun(key=Row.code)
class NamedEvent(Node):
    """An event that explains figures and excuses nobody: of everybody, or of one country.

    An administrator records it soon after it began, and an auditor approves it. Figures are always
    shown with its days first, and without them beside.
    """

    code: str = column(Row.code, "Its kind, its first day, and its country where it is of one.")
    kind: NamedEventKind = column(Row.kind, "What happened.")
    began_on: date = column(Row.began_on, "Its first day, in WIB.", filters=True, orders=True)
    ended_on: date = column(
        Row.ended_on, "Its last day: when what had waited was done.", filters=True
    )
    country: Country | None = link(
        Row.country_code, CountryRow.code, "The country it is of; null where it is everybody's."
    )
    was_screening_out: bool = column(
        Row.was_screening_out, "Whether it was screening that was out."
    )


@noun(key=DayOffRow.day)
class DayOff:
    """A day on which the directorate does not work, as decreed, or does although it is a weekend.

    Of days that are not named, Saturdays and Sundays are days off.
    """

    day: date = column(DayOffRow.day, "The day, in WIB.", filters=True, orders=True)
    name: str = translated_column("What it is.", en=DayOffRow.name_en, id=DayOffRow.name_id)
    is_off: bool = column(DayOffRow.is_off, "False on a day that is worked after all.")

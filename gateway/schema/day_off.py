"""Days on which the directorate does not work."""

from datetime import date

from gateway.mapping.declare import column, noun
from gateway.mapping.enums import translated_column
from models import DayOff as DayOffRow


@noun(key=DayOffRow.day)
class DayOff:
    """A day on which the directorate does not work, as decreed, or does although it is a weekend.

    Of days that are not named, Saturdays and Sundays are days off.
    """

    day: date = column(DayOffRow.day, "The day, in WIB.", filters=True, orders=True)
    name: str = translated_column("What it is.", en=DayOffRow.name_en, id=DayOffRow.name_id)
    is_off: bool = column(DayOffRow.is_off, "False on a day that is worked after all.")

"""Named events: what happened, with which the figures of some days are read."""

from datetime import date

from gateway.mapping.declare import Node, column, link, noun
from gateway.schema.country import Country
from models import Country as CountryRow
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

"""What readers of figures write: views that they name, and notes on a month."""

from datetime import date, datetime

from gateway.mapping.declare import Node, column, link, noun
from gateway.schema.country import Country
from gateway.schema.partner import Partner
from models import Country as CountryRow
from models import MonthNote as NoteRow
from models import Partner as PartnerRow
from models import SavedView as ViewRow
from models.vocabulary import SavedPage


@noun(key=ViewRow.id)
class SavedView(Node):
    """A page of figures as you like to see it, under your name for it. It holds no figure: whoever
    opens it asks in their own scope."""

    name: str = column(ViewRow.name, "What you call it.")
    page: SavedPage = column(ViewRow.page, "The page.", filters=True)
    query: str = column(ViewRow.query, "What the page asks: the query of its address.")
    saved_at: datetime = column(ViewRow.saved_at, "When you saved it.", orders=True)


@noun(key=NoteRow.id)
class MonthNote(Node):
    """A note on a month. Those read it in whose scope it lies: of a partner and a country its
    managers, and all of them the directorate."""

    month: date = column(
        NoteRow.month, "The first day of the month that it is on.", filters=True, orders=True
    )
    partner: Partner | None = link(
        NoteRow.partner_code, PartnerRow.code, "The partner; null where it is the directorate's."
    )
    country: Country | None = link(
        NoteRow.country_code, CountryRow.code, "The country; null where it is on all of them."
    )
    text: str = column(NoteRow.text, "What is noted.")
    author: str = column(NoteRow.author, "Who noted it: the subject of their token.")
    written_at: datetime = column(NoteRow.written_at, "When it was noted.")

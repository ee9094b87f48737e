"""Countries and what their nationals need to enter."""

from datetime import date

from gateway.mapping.declare import Node, column, links, noun
from gateway.mapping.enums import translated_column
from gateway.mapping.scalars import CountryCode
from models import Country as CountryRow
from models import EntryRule as EntryRuleRow
from models.vocabulary import Entry, Region


@noun(key=EntryRuleRow.valid_from)
class EntryRule:
    """What nationals of a country need to enter, in force until the next rule begins."""

    entry: Entry = column(EntryRuleRow.entry, "What they need.")
    valid_from: date = column(EntryRuleRow.valid_from, "First day in force.")


@noun(key=CountryRow.code)
class Country(Node):
    """A country or territory of ISO 3166: a nationality, or a place where partners work."""

    code: CountryCode = column(CountryRow.code, "ISO 3166 alpha-2 code.", filters=True, orders=True)
    iso3: str = column(
        CountryRow.iso3, "ISO 3166 alpha-3 code, such as `AUS`.", filters=True, orders=True
    )
    name: str = translated_column(
        "Name in Unicode CLDR.", en=CountryRow.name_en, id=CountryRow.name_id
    )
    region: Region = column(CountryRow.region, "Region, of a fixed list.")
    entry_rules: list[EntryRule] = links(
        CountryRow.code,
        EntryRuleRow.country_code,
        "What its nationals need to enter, latest first: at most 20, one for each decree.",
        order=(EntryRuleRow.valid_from.desc(),),
    )

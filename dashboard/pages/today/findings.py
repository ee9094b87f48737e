"""What a sentence of the page Today is: a claim, what it rests on, and where to look further."""

from dataclasses import dataclass, replace

from babel.numbers import format_decimal

from dashboard.model.filters import FILTER
from dashboard.model.page_state import Address
from dashboard.pages.today.answers import NOWHERE, Today
from dashboard.texts import Texts
from dashboard.texts.wording import MINUS, count_text

VOLUMES = "/volumes"


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that is true of the figures below it."""

    title: str
    #: What it rests on: numbers, intervals, and what it is compared with.
    notes: tuple[str, ...] = ()
    #: The page Volumes with the same figures.
    href: str = ""
    #: Whether it asks for attention, which colour only repeats.
    is_concern: bool = False


def group_name(today: Today, dimension: str, code: str, say: Texts) -> str:
    """What a group is called: a country, partner, visa type …; of none, in words."""
    if code == NOWHERE:
        return say(f"today.nowhere_{dimension}")
    if FILTER[dimension].words:
        return say(f"words.{dimension}.{code}")
    if dimension == "visa":
        return code
    return today.names[dimension].get(code, code)


def all_text(count: int, place: str, say: Texts) -> str:
    """All of so many countries, centres or visa types; two are both, and one is one."""
    values = {"count": count_text(count, say)}
    places = say(f"today.places_{place}", **values)
    if count == 1:
        return f"{values['count']} {places}"
    return say("today.both" if count == 2 else "today.all", places=places, **values)


def volumes_link(address: Address, **changes: str) -> str:
    """The page Volumes with the same period and filters, on what a sentence is about."""
    return VOLUMES + replace(address, why=Address("").why, **changes).link()


def signed_count(count: int, say: Texts) -> str:
    """A difference of counts, with its sign."""
    sign = "+" if count > 0 else MINUS if count < 0 else ""
    return f"{sign}{count_text(abs(count), say)}"


def signed_points(share: float, say: Texts, digits: int = 1) -> str:
    """A difference of rates in percentage points, with its sign."""
    amount = format_decimal(abs(share) * 100, locale=say.locale, format=f"#,##0.{'0' * digits}")
    sign = "" if round(share * 100, digits) == 0 else "+" if share > 0 else MINUS
    return say("today.points", points=f"{sign}{amount}")

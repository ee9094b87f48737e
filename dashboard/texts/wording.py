"""Numbers, dates and changes as people read them, by the rules of CLDR."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, wraps
from typing import Concatenate, Literal, ParamSpec

from babel import Locale
from babel.dates import format_datetime, format_interval, format_skeleton
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, format_percent, parse_pattern
from babel.units import format_unit

from dashboard.model.events import Event, Note
from dashboard.model.measures import Better, Measure, MeasureKind
from dashboard.model.period import WIB, Period
from dashboard.model.rows import Reading
from dashboard.texts import Texts

HOURS_AS_DAYS = 72
#: Below this a count has no change in per cent.
SMALL_BASE = 20
#: The short Indonesian units, "j" and "hr", are not read at a glance.
SHORT_UNITS: dict[str, Literal["long", "short"]] = {"id": "long", "en": "short"}
#: Read once: Babel parses a pattern again for each number.
SHARE, WHOLE_SHARE, AMOUNT = map(parse_pattern, ("#,##0.0%", "#,##0%", "#,##0.0"))
NO_VALUE = "–"
MINUS = "\N{MINUS SIGN}"
#: The plural categories of CLDR, in its order.
CATEGORIES = ("zero", "one", "two", "few", "many", "other")

How = ParamSpec("How")
Write = Callable[Concatenate[float, Texts, How], str]


@dataclass(frozen=True, slots=True)
class ChangeText:
    """How a reading moved: by how much, with a sign and without, and whether that is good."""

    text: str
    size: str
    direction: str
    verdict: str = ""
    #: Whether it is the same to the last one, not only when rounded.
    is_exact: bool = False


def _once(write: Write[How]) -> Write[How]:
    """Formatting by CLDR is slow, so a number that an answer repeats is formatted once."""

    @wraps(write)
    def write_first(value: float, say: Texts, *args: How.args, **how: How.kwargs) -> str:
        key = (write, value, *how.items())
        if key not in say.number_texts:
            say.number_texts[key] = write(value, say, *args, **how)
        return say.number_texts[key]

    return write_first


def value_text(measure: Measure, reading: Reading, say: Texts, *, is_short: bool = False) -> str:
    """The value with what belongs to it (%, hours, Rp); counts carry no unit."""
    value = reading.value
    if value is None:
        return NO_VALUE
    match measure.kind:
        case MeasureKind.COUNT:
            return count_text(value, say)
        case MeasureKind.RATE:
            return percent_text(value, say)
        case MeasureKind.DURATION:
            return duration_text(value, say, is_short=is_short)
        case MeasureKind.MONEY:
            space = "" if say.language == "id" else "\N{NO-BREAK SPACE}"  # EYD: Rp45,4 miliar
            return f"Rp{space}{_compact(value, say, is_short=is_short)}"


class Counted(str):
    """A whole number as text, which knows the forms that words take beside it.

    The text ``{count} {count:day|days}`` says 1 day, 2 days: a form for each plural category of
    its language, in the order of CLDR. Any other text in its place is refused.
    """

    __slots__ = ("form", "forms")

    def __new__(cls, number: int, locale: Locale) -> "Counted":
        counted = super().__new__(cls, format_decimal(number, locale=locale))
        categories = [*locale.plural_form.tags, "other"]
        ordered = [each for each in CATEGORIES if each in categories]
        counted.form = ordered.index(locale.plural_form(number))
        counted.forms = len(ordered)
        return counted

    def __format__(self, words: str) -> str:
        if not words:
            return str(self)
        forms = words.split("|")
        if len(forms) != self.forms:
            raise ValueError(f"{self.forms} forms are needed, not {len(forms)}: {words}")
        return forms[self.form]


@_once
def count_text(value: float, say: Texts) -> Counted:
    """A number of something; its text knows the form of a word beside it."""
    return Counted(round(value), say.locale)


@_once
def percent_text(share: float, say: Texts, *, digits: int = 1) -> str:
    """A share from 0 to 1 as a percentage, with one digit after the point, or with none
    (``digits=0``)."""
    return (SHARE if digits else WHOLE_SHARE).apply(share, say.locale)


@_once
def duration_text(hours: float, say: Texts, *, is_short: bool = False) -> str:
    """Hours in words; as days once they are long."""
    amount, unit = (hours / 24, "day") if abs(hours) >= HOURS_AS_DAYS else (hours, "hour")
    length = SHORT_UNITS[say.language] if is_short else "long"
    number = AMOUNT.apply(amount, say.locale)
    return _unit_pattern(say.locale, unit, length, say.locale.plural_form(amount)).format(number)


@cache
def _unit_pattern(locale: Locale, unit: str, length: Literal["long", "short"], form: str) -> str:
    """``{} hours``: an amount with its unit takes Babel six times as long as the amount alone."""
    amounts = (amount for amount in (1.0, 2.0) if locale.plural_form(amount) == form)
    amount = next(amounts)
    text = format_unit(amount, unit, length=length, locale=locale, format="#,##0.0")
    return text.replace(AMOUNT.apply(amount, locale), "{}")


def signed_count(count: int, say: Texts) -> str:
    """A difference of counts, with its sign."""
    sign = "+" if count > 0 else MINUS if count < 0 else ""
    return f"{sign}{count_text(abs(count), say)}"


def signed_points(share: float, say: Texts, digits: int = 1) -> str:
    """A difference of rates in percentage points, with its sign."""
    amount = format_decimal(abs(share) * 100, locale=say.locale, format=f"#,##0.{'0' * digits}")
    sign = "" if round(share * 100, digits) == 0 else "+" if share > 0 else MINUS
    return say("today.points", points=f"{sign}{amount}")


def height_text(measure: Measure, height: float, highest: float, say: Texts) -> str:
    """A height of an axis: all in the unit of the highest, without idle decimals."""
    if measure.kind is MeasureKind.RATE:
        return format_percent(height, locale=say.locale, format="#,##0.#%")
    if measure.kind is not MeasureKind.DURATION:
        return value_text(measure, Reading(height), say, is_short=True)
    amount, unit = (height / 24, "day") if highest >= HOURS_AS_DAYS else (height, "hour")
    length = SHORT_UNITS[say.language]
    return format_unit(amount, unit, length=length, locale=say.locale, format="#,##0.##")


def change_of(measure: Measure, now: Reading, before: Reading, say: Texts) -> ChangeText | None:
    """Against an earlier period: points for rates, time for durations, per cent for the rest.

    Per cent of a few misleads, so a count that was small is compared by its difference.
    """
    if now.value is None or before.value is None:
        return None
    difference = now.value - before.value
    if not difference:
        return ChangeText(say("measures.unchanged"), "", "same", is_exact=True)
    sizes = abs(difference), 0.0
    match measure.kind:
        case MeasureKind.RATE:
            size, nothing = (_points_text(each * 100, say) for each in sizes)
        case MeasureKind.DURATION:
            size, nothing = (duration_text(each, say, is_short=True) for each in sizes)
        case MeasureKind.COUNT if before.value < SMALL_BASE:
            size, nothing = (count_text(each, say) for each in sizes)
        case _ if before.value:
            size, nothing = (percent_text(each / before.value, say) for each in sizes)
        case _:
            return None
    if size == nothing:  # as it is written: no sign stands before a nought
        return ChangeText(say("measures.unchanged"), "", "same")
    direction = "up" if difference > 0 else "down"
    text = f"{'+' if difference > 0 else MINUS}{size}"
    return ChangeText(text, size, direction, _verdict(measure, direction))


def change_number(now: Reading, before: Reading) -> float | None:
    """The change of a count for a file: a share of the earlier one."""
    if now.value is None or not before.value:
        return None
    return round((now.value - before.value) / before.value, 4)


def period_text(period: Period, say: Texts) -> str:
    """The first and last month of a period, or its days where it cuts a month."""
    skeleton = "yMMM" if period.has_whole_months else "yMMMd"
    return format_interval(period.from_on, period.to_on, skeleton, locale=say.locale)


def event_text(event: Event, say: Texts) -> str:
    """Its days and what it was, and where unless it was everywhere."""
    days = period_text(Period(event.began_on, event.ended_on), say)
    where = f", {event.country_name}" if event.country else ""
    return f"{days}: {say(f'events.{event.kind}')}{where}"


def note_text(note: Note, say: Texts) -> str:
    """Its month and place, what it says, who wrote it and when."""
    about = " · ".join((month_text(note.month, say), *([note.place] if note.place else [])))
    day = day_text(datetime.fromisoformat(note.written_at).astimezone(WIB).date(), say)
    return f"{about}: {note.text} ({note.author}, {day})"


def day_text(day: date, say: Texts) -> str:
    """A day with its month and year, the month shortened."""
    return format_skeleton("yMMMd", day, locale=say.locale)


def month_text(day: date, say: Texts, *, is_short: bool = False) -> str:
    """The month of a day, with its year."""
    return format_skeleton("yMMM" if is_short else "yMMMM", day, locale=say.locale)


def instant_text(instant: datetime, say: Texts) -> str:
    """An instant to the minute, in WIB, which is named."""
    zoned = instant.astimezone(WIB)
    pattern = "d MMM y, HH.mm" if say.language == "id" else "d MMM y, HH:mm"
    return f"{format_datetime(zoned, pattern, locale=say.locale)} WIB"


def written_day(day: str, say: Texts) -> str:
    """A day as the gateway writes it, in words."""
    return day_text(date.fromisoformat(day), say)


def written_instant(instant: str, say: Texts) -> str:
    """An instant as the gateway writes it, in words."""
    return instant_text(datetime.fromisoformat(instant), say)


def list_text(names: list[str], say: Texts) -> str:
    """Names in a row, with an "and" before the last."""
    return format_list(names, locale=say.locale)


@cache
def country_name(code: str, language: str) -> str:
    """For codes that stand in a scope; rows of volumes bring their own names."""
    return str(Locale(language).territories.get(code, code))


@_once
def _compact(value: float, say: Texts, *, is_short: bool) -> str:
    length = "short" if is_short else "long"
    return format_compact_decimal(
        value, format_type=length, locale=say.locale, fraction_digits=1
    ).replace(" ", "\N{NO-BREAK SPACE}")


def _points_text(points: float, say: Texts) -> str:
    amount = format_decimal(points, locale=say.locale, format="#,##0.0")
    return say("measures.points", points=amount)


def _verdict(measure: Measure, direction: str) -> str:
    if measure.better is Better.NEITHER:
        return ""
    improves = "up" if measure.better is Better.HIGHER else "down"
    return "better" if direction == improves else "worse"

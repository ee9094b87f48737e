"""How a claim is written: numbers and dates as people read them in each language, by CLDR."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Concatenate, Literal, ParamSpec

from babel import Locale
from babel.dates import format_interval, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, parse_pattern
from babel.units import format_unit

from gateway.texts.language import Language
from models.volumes import Dimension

_LOCALES = {Language.ID: Locale.parse("id_ID"), Language.EN: Locale.parse("en_GB")}
_SHARE, _WHOLE_SHARE = map(parse_pattern, ("#,##0.0%", "#,##0%"))
MINUS = "\N{MINUS SIGN}"
_HOURS_AS_DAYS = 72
#: The short Indonesian units, "j" and "hr", are not read at a glance.
_UNITS: Mapping[Language, Literal["long", "short"]] = {Language.ID: "long", Language.EN: "short"}
#: The plural categories of CLDR, in its order.
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")

#: What a group is called in a language.
NameOf = Callable[[Dimension, str, Language], str]
_How = ParamSpec("_How")


class Counted(str):
    """A whole number as text, which knows the forms that words take beside it.

    The text ``{count} {count:day|days}`` says 1 day, 2 days: a form for each plural category of
    its language, in the order of CLDR.
    """

    __slots__ = ("form",)

    def __new__(cls, number: int, locale: Locale) -> "Counted":
        counted = super().__new__(cls, format_decimal(number, locale=locale))
        categories = [*locale.plural_form.tags, "other"]
        ordered = [each for each in _CATEGORIES if each in categories]
        counted.form = ordered.index(locale.plural_form(abs(number)))
        return counted

    def __format__(self, words: str) -> str:
        return words.split("|")[self.form] if words else str(self)


@dataclass(frozen=True)
class Writer:
    """Writes in one language; names of groups come from who reads."""

    language: Language
    name_of: NameOf

    @property
    def locale(self) -> Locale:
        return _LOCALES[self.language]

    def text(self, key: str, **values: "Says") -> str:
        written = {name: says(self) for name, says in values.items()}
        return _texts(self.language)[key].format(**written)

    def count(self, number: float) -> str:
        return Counted(round(number), self.locale)

    def percent(self, share: float, digits: int = 1) -> str:
        return (_SHARE if digits else _WHOLE_SHARE).apply(share, self.locale)

    def signed_count(self, number: int) -> str:
        sign = "+" if number > 0 else MINUS if number < 0 else ""
        return f"{sign}{format_decimal(abs(number), locale=self.locale)}"

    def points(self, share: float, digits: int = 1) -> str:
        """A difference of rates, without its sign."""
        pattern = f"#,##0.{'0' * digits}"
        amount = format_decimal(abs(share) * 100, locale=self.locale, format=pattern)
        return _texts(self.language)["points"].format(points=amount)

    def signed_points(self, share: float, digits: int = 1) -> str:
        sign = "" if round(share * 100, digits) == 0 else "+" if share > 0 else MINUS
        return f"{sign}{self.points(share, digits)}"

    def hours(self, hours: float) -> str:
        is_long = abs(hours) >= _HOURS_AS_DAYS
        amount, unit = (hours / 24, "day") if is_long else (hours, "hour")
        length = _UNITS[self.language]
        return format_unit(amount, unit, length=length, locale=self.locale, format="#,##0.0")

    def days(self, days: float) -> str:
        return format_unit(round(days), "day", length="long", locale=self.locale)

    def month(self, day: date) -> str:
        return format_skeleton("yMMMM", day, locale=self.locale)

    def day(self, day: date) -> str:
        return format_skeleton("MMMMd", day, locale=self.locale)

    def date_of(self, day: date) -> str:
        return format_skeleton("yMMMMd", day, locale=self.locale)

    def period(self, first: date, last: date) -> str:
        is_whole = first.day == 1 and (last + timedelta(days=1)).day == 1
        return format_interval(first, last, "yMMM" if is_whole else "yMMMd", locale=self.locale)

    def listed(self, parts: Iterable["Says"]) -> str:
        return format_list([part(self) for part in parts], locale=self.locale)

    def name(self, dimension: Dimension, code: str | None) -> str:
        if code is None:
            return _texts(self.language)[f"nowhere.{dimension.name}"]
        word = _texts(self.language).get(f"words.{dimension.name}.{code}")
        return word or self.name_of(dimension, code, self.language)


#: Writes a part of a sentence.
Says = Callable[[Writer], str]


def _later(write: Callable[Concatenate[Writer, _How], str]) -> Callable[_How, Says]:
    """The same, once a writer is known."""

    def says(*args: _How.args, **how: _How.kwargs) -> Says:
        return lambda writer: write(writer, *args, **how)

    return says


text = _later(Writer.text)
count = _later(Writer.count)
percent = _later(Writer.percent)
signed_count = _later(Writer.signed_count)
points = _later(Writer.points)
signed_points = _later(Writer.signed_points)
hours = _later(Writer.hours)
days = _later(Writer.days)
month = _later(Writer.month)
day = _later(Writer.day)
date_of = _later(Writer.date_of)
period = _later(Writer.period)
name = _later(Writer.name)


def listed(parts: Iterable[Says]) -> Says:
    """Parts with commas and a word between the last two."""
    known = tuple(parts)
    return lambda writer: writer.listed(known)


def all_of(number: int, dimension: Dimension) -> Says:
    """All of so many countries, centres or visa types; two are both, and one is one."""
    places = text(f"places.{dimension.name}", count=count(number))
    key = "one" if number == 1 else "both" if number == 2 else "all"
    return text(key, count=count(number), places=places)


def named_first(parts: Sequence[Says], most: int) -> Says:
    """The first of a list, and how many more there are."""
    if len(parts) <= most + 1:
        return listed(parts)
    return listed([*parts[:most], text("more_places", count=count(len(parts) - most))])


@cache
def _texts(language: Language) -> Mapping[str, str]:
    """Every text of a language by its key."""
    source = resources.files("gateway.findings") / f"{language.lower()}.toml"
    return dict(_flat(tomllib.loads(source.read_text("utf-8"))))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)

"""Every word of the dashboard, in Indonesian and English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from babel import Locale

from dashboard.model.page_state import LANGUAGES

#: The files of one language, by what comes before it in their names.
FILES = (
    "",
    "access.",
    "administration.",
    "backlog.",
    "case.",
    "changes.",
    "complaints.",
    "definitions.",
    "endpoints.",
    "installation.",
    "place.",
    "screening.",
    "subscriptions.",
    "supervision.",
    "today.",
    "views.",
)
_LOCALES = {"id": "id_ID", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, for one answer: ``say("period.this-month")``."""

    language: str
    by_key: Mapping[str, str]
    #: Numbers as texts, which a page repeats; the cache belongs to this answer alone.
    number_texts: dict[Any, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def __call__(self, key: str, **values: str) -> str:
        return self.by_key[key].format(**values)


def texts(language: str) -> Texts:
    """The texts of a language, ``id`` or ``en``."""
    return Texts(language, words(language))


@cache
def words(language: str) -> Mapping[str, str]:
    """Every text of a language by its key."""
    folder = resources.files("dashboard.texts")
    sources = [folder / f"{name}{language}.toml" for name in FILES]
    tables = (tomllib.loads(source.read_text("utf-8")) for source in sources)
    return MappingProxyType({key: text for table in tables for key, text in _flat(table)})


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


def preferred_language(accept_language: str) -> str:
    """The language that a browser asks for, which is Indonesian unless it prefers English."""
    wanted = (part.split(";")[0].strip()[:2].lower() for part in accept_language.split(","))
    return next((language for language in wanted if language in LANGUAGES), "id")


def _flat(table: Mapping[str, Any], prefix: str = "") -> Any:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value

"""Every word of the dashboard, in Indonesian and English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

LANGUAGES = ("id", "en")
LOCALES = MappingProxyType({"id": "id_ID", "en": "en_GB"})


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The texts of one language, of which there is one: ``say("period.this-month")``."""

    language: str
    by_key: Mapping[str, str]

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def __call__(self, key: str, **values: str) -> str:
        return self.by_key[key].format(**values)


@cache
def texts(language: str) -> Texts:
    folder = resources.files("dashboard.texts")
    sources = (folder / f"{language}.toml", folder / f"definitions.{language}.toml")
    tables = (tomllib.loads(source.read_text("utf-8")) for source in sources)
    by_key = {key: text for table in tables for key, text in _flat(table)}
    return Texts(language, MappingProxyType(by_key))


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

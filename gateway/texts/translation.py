"""Translates the messages of request errors into the language of their reader.

They are raised in English, with their values in the sentence. `indonesian.toml` has each of these
sentences under its code, with `{}` where a value stands; `python -m checks` finds those that it
lacks, and those under another code than they are raised with. It also has what is said of faults.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from gateway.texts.language import Language

_VALUE = "{}"


class Sentence(NamedTuple):
    """A sentence with values in it, and what it says in the other language."""

    pattern: re.Pattern[str]
    translated: str


class Sentences:
    """Sentences of one kind, by what they say in English."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        self._fixed = {
            english: translated
            for english, translated in translations.items()
            if _VALUE not in english
        }
        self._with_values = [
            Sentence(_pattern(english), translated)
            for english, translated in translations.items()
            if _VALUE in english
        ]

    def find(self, english: str) -> tuple[str, Iterable[str]] | None:
        """The first sentence that fits, in the other language, and the values to fill in."""
        if english in self._fixed:
            return self._fixed[english], ()
        for pattern, translated in self._with_values:
            if match := pattern.fullmatch(english):
                return translated, match.groups()
        return None


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, english.split(_VALUE))), re.DOTALL)


def translate(english: str, language: Language) -> str:
    """What an error says, in a language. What others wrote, such as graphql-core, stays English."""
    if language is Language.EN:
        return english
    messages, _ = _indonesian()
    found = messages.find(english)
    return english if found is None else _fill(*found)


def _fill(sentence: str, values: Iterable[str]) -> str:
    return sentence.format(*map(_translate_value, values)) if values else sentence


def _translate_value(english: str) -> str:
    """A value that is itself words, or a sentence; codes and numbers stay as they are."""
    messages, values = _indonesian()
    found = messages.find(english) or values.find(english)
    return english if found is None else _fill(*found)


@cache
def _indonesian() -> tuple[Sentences, Sentences]:
    """Messages, and what may stand in them as a value."""
    messages = {
        english: translated
        for translations in messages_by_code().values()
        for english, translated in translations.items()
    }
    return Sentences(messages), Sentences(_tables()["values"])


def messages_by_code() -> Mapping[str, Mapping[str, str]]:
    """What each code says in Indonesian, by what it says in English.

    `CLOSED` has the reasons for which a socket is closed.
    """
    return _tables()["messages"]


def fault_texts() -> Mapping[str, Mapping[str, str]]:
    """Why each fault matters and how it is mended, in Indonesian."""
    return _tables()["faults"]


@cache
def _tables() -> Mapping[str, Any]:
    source = resources.files("gateway.texts") / "indonesian.toml"
    return tomllib.loads(source.read_text("utf-8"))

"""Indonesian and English say the same, completely."""

import re
from pathlib import Path
from string import Formatter

import pytest

import dashboard
from dashboard.model.languages import LANGUAGES
from dashboard.model.measures import AUDIENCES, MEASURES
from dashboard.model.page_state import PERIODS
from dashboard.texts import preferred_language, texts

SOURCES = Path(dashboard.__file__).parent.rglob("*.py")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    indonesian, english = (texts(language).by_key for language in LANGUAGES)
    assert set(indonesian) == set(english)
    for key, text in indonesian.items():
        assert placeholders(text) == placeholders(english[key]), key
        assert text.strip(), key


def test_every_text_that_the_code_names_exists() -> None:
    named = {key for file in SOURCES for key in re.findall(r'say\("([\w.-]+)"', file.read_text())}
    assert len(named) > 40
    assert named <= set(texts("id").by_key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_role_and_period_has_its_words(language: str) -> None:
    keys = texts(language).by_key
    for measure in MEASURES:
        assert {f"measures.{measure.id}.{part}" for part in ("label", "short", "unit")} <= set(keys)
        assert len(keys[f"measures.{measure.id}.definition"]) > 40
    assert {f"roles.{role}" for role in AUDIENCES} <= set(keys)
    assert {f"period.{name}" for name in PERIODS} <= set(keys)


def test_a_browser_that_prefers_english_gets_english_and_others_indonesian() -> None:
    assert preferred_language("en-GB,en;q=0.9,id;q=0.5") == "en"
    assert preferred_language("fr-FR,en;q=0.8") == "en"
    assert preferred_language("id-ID,en;q=0.8") == "id"
    assert preferred_language("fr") == preferred_language("") == "id"

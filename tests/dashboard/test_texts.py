"""Indonesian and English say the same, completely."""

import re
from pathlib import Path
from string import Formatter

import pytest

import dashboard
from dashboard.model.measures import AUDIENCES, MEASURES
from dashboard.model.page_state import LANGUAGES, PERIODS
from dashboard.texts import preferred_language, texts
from dashboard.texts.wording import count_text

SOURCES = Path(dashboard.__file__).parent.rglob("*.py")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    indonesian, english = (texts(language).by_key for language in LANGUAGES)
    assert set(indonesian) == set(english)
    for key, text in indonesian.items():
        assert placeholders(text) == placeholders(english[key]), key
        assert text.strip(), key


#: A noun in the plural or a verb of several after a 1; a verb of one ends like a plural.
SEVERAL = re.compile(
    r"\b1 (?!(?:is|was|has|keeps|stands)\b)(?:(?:partner|trip|visa|such|more) )?[a-z]+s\b"
    r"|\b1 [a-rt-z]+ (?:are|were|have|keep)\b"
)
#: Limits, and differences with a decimal.
NEVER_ONE = {"enough": "30", "fewest": "100", "threshold": "10", "points": "1.0"}


def test_no_text_says_one_of_something_in_the_plural() -> None:
    """Whatever stands in a text, a 1 in its place reads right."""
    say = texts("en")
    wrong = {}
    for key, text in say.by_key.items():
        values = dict.fromkeys(placeholders(text), count_text(1, say)) | NEVER_ONE
        if "{" in text and (found := SEVERAL.search(say(key, **values))):
            wrong[key] = found[0]
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [0, 1, 2, 5, 1_000])
def test_each_text_has_the_forms_of_words_that_its_language_needs(
    language: str, number: int
) -> None:
    say = texts(language)
    for key, text in say.by_key.items():
        assert say(key, **dict.fromkeys(placeholders(text), count_text(number, say)))


def test_a_word_beside_a_number_takes_its_form_and_nothing_else_than_a_number_gives_it() -> None:
    say = texts("en")
    written = [say("ranking.climbed", count=count_text(number, say)) for number in (0, 1, 2, 1_001)]
    assert written == ["0 ranks up", "1 rank up", "2 ranks up", "1,001 ranks up"]
    with pytest.raises(ValueError, match="format specifier"):
        say("ranking.climbed", count="1")


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

"""Every sentence has both languages, with the same values, and a word for each dimension."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest

from gateway.findings.wording import Writer, all_of, count, listed, named_first, period, text
from gateway.texts.language import Language
from models.vocabulary import Channel, Region, TripPurpose
from models.volumes import Dimension

WORDS = {
    Dimension.REGION: Region,
    Dimension.TRIP_PURPOSE: TripPurpose,
    Dimension.CHANNEL: Channel,
}
ENGLISH, INDONESIAN = (
    Writer(language, lambda _, code, __: code) for language in (Language.EN, Language.ID)
)


def texts_of(language: str) -> dict[str, str]:
    def flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", value

    source = resources.files("gateway.findings") / f"{language}.toml"
    return dict(flat(tomllib.loads(source.read_text("utf-8"))))


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    english, indonesian = texts_of("en"), texts_of("id")
    assert english.keys() == indonesian.keys()
    for key, words in english.items():
        values = ({*re.findall(r"{(\w+)", each)} for each in (words, indonesian[key]))
        in_english, in_indonesian = values
        # A count that only chooses the form of an English word may be missing in Indonesian.
        assert in_indonesian <= in_english, key
        only = in_english - in_indonesian
        assert all(f"{{{each}}}" not in words for each in only), key


def test_each_dimension_and_each_of_its_words_is_named() -> None:
    for language in ("en", "id"):
        texts = texts_of(language)
        for dimension in Dimension:
            assert texts[f"by.{dimension.name}"]
            assert texts[f"nowhere.{dimension.name}"]
            for word in WORDS.get(dimension, ()):
                assert texts[f"words.{dimension.name}.{word}"]


@pytest.mark.parametrize(
    ("number", "english", "indonesian"),
    [
        (1, "1 country or territory", "1 negara/wilayah"),
        (2, "both countries and territories", "kedua negara/wilayah"),
        (1_234, "all 1,234 countries and territories", "seluruh 1.234 negara/wilayah"),
    ],
)
def test_one_two_and_many(number: int, english: str, indonesian: str) -> None:
    says = all_of(number, Dimension.COUNTRY)
    assert (says(ENGLISH), says(INDONESIAN)) == (english, indonesian)


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert [INDONESIAN.percent(0.0561), ENGLISH.percent(0.0561)] == ["5,6%", "5.6%"]
    assert [INDONESIAN.signed_points(-0.0123, 2), ENGLISH.signed_points(0.0)] == [
        "−1,23 poin", "0.0 points",
    ]  # fmt: skip
    assert [ENGLISH.signed_count(-1_200), ENGLISH.signed_count(0)] == ["−1,200", "0"]
    assert [ENGLISH.hours(71), ENGLISH.hours(72), INDONESIAN.hours(3)] == [
        "71.0 hrs", "3.0 days", "3,0 jam",
    ]  # fmt: skip
    thin = str.maketrans({"\N{THIN SPACE}": None})
    days = date(2026, 1, 1), date(2026, 3, 31)
    assert {period(*days)(each).translate(thin) for each in (ENGLISH, INDONESIAN)} == {
        "Jan–Mar 2026"
    }
    assert period(date(2026, 1, 1), date(2026, 1, 15))(ENGLISH).translate(thin) == "1–15 Jan 2026"


def test_lists_name_the_first_and_count_the_others() -> None:
    parts = [text("with_size", name=count(each), size=count(each)) for each in range(6)]
    assert listed(iter(parts[:2]))(ENGLISH) == "0 (0) and 1 (1)"
    assert named_first(parts[:4], 3)(ENGLISH) == "0 (0), 1 (1), 2 (2) and 3 (3)"
    assert named_first(parts, 3)(ENGLISH) == "0 (0), 1 (1), 2 (2) and 3 more"


def test_a_list_is_the_same_however_often_it_is_written() -> None:
    says = listed(count(each) for each in range(3))
    assert says(ENGLISH) == says(ENGLISH) == "0, 1 and 2"
    assert says(INDONESIAN) == "0, 1, dan 2"

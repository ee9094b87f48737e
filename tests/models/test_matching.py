"""By what two files are of one person: names in any spelling, passports as they are printed."""

import unicodedata
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.person.matching import comparable_name, name_message, passport_message
from tests.premises import always, holds, premise

BORN = date(1984, 5, 6)
_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
NAMES = st.lists(
    _WORDS | st.sampled_from(["Ana", "María", "O'Neil", "Weiß", "王伟"]), max_size=4
).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shándra Opper", "OPPER, Shandra"),
        ("Ana María López", "lopez ana-maria"),
        ("D'Angelo Rossi", "ROSSI DANGELO"),
        ("Søren Kjær", "SOEREN KJAER"),
        ("Łukasz Żak", "Zak Lukasz"),
        ("Weiß, Jürgen", "JURGEN WEISS"),
        ("Nguyễn Văn An", "NGUYEN VAN AN"),
        ("J. R. Smith", "Smith J R"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}ya Mori", "AYA MORI"),
        ("Al\N{NON-BREAKING HYPHEN}Said  Omar", "omar al said"),
        ("O<<BRIEN<PAT", "pat o brien"),
    ],
)
def test_a_name_is_the_same_in_each_way_of_writing_it(one: str, other: str) -> None:
    assert comparable_name(one) == comparable_name(other)
    assert name_message(one, BORN) == name_message(other, BORN)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann Lee", "Anne Lee"), ("Ann Lee", "Ann"), ("王伟", "王芳"), ("Ann Lee", "Annlee")],
)
def test_another_name_is_another(one: str, other: str) -> None:
    assert comparable_name(one) != comparable_name(other)


def test_another_birth_date_is_another_person() -> None:
    assert name_message("Ann Lee", BORN) != name_message("Ann Lee", date(1984, 6, 5))


def test_a_name_without_a_letter_finds_nobody() -> None:
    assert name_message(" -'. ", BORN) is None


@given(NAMES)
@premise(letters=0.3)
def test_comparing_a_name_twice_changes_nothing_more(name: str) -> None:
    holds("letters", comparable_name(name))
    assert comparable_name(comparable_name(name)) == comparable_name(name)


@given(NAMES, st.randoms())
@premise(several_words=0.1)
def test_order_case_and_form_do_not_matter(name: str, chance: Random) -> None:
    parts = comparable_name(name).split()
    holds("several_words", len(parts) > 1)
    chance.shuffle(parts)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        written = unicodedata.normalize(form, "  ".join(parts).swapcase())
        assert comparable_name(written) == comparable_name(name)


@given(st.sampled_from(("AU", "GB")), st.from_regex(r"[A-Z0-9]{5,12}", fullmatch=True))
@always
def test_a_passport_is_its_state_and_its_number(state: str, number: str) -> None:
    message = passport_message(state, number)
    assert message == passport_message(state.lower(), f" {number[:3]} {number[3:].lower()}")
    assert message != passport_message("NZ", number)
    assert message != passport_message(state, f"{number}0")


def test_nothing_of_one_kind_is_something_of_another() -> None:
    """A message says what it is of: no name looks like a passport."""
    assert name_message("AU X1234567", BORN) != passport_message("AU", "X1234567")
    assert passport_message("AUX", "1234567") != passport_message("AU", "X1234567")

"""The comparison with the ban list: names in other spellings and scripts, dates, passports."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from models.ban_list.comparison import BanList, Particulars
from models.vocabulary import IndexKind

BAN, OTHER = UUID(int=1), UUID(int=2)
BORN = date(1980, 5, 7)
_NAMES = Path(__file__).with_name("names")
_SCRIPTS = ["Arabic", "Chinese", "Cyrillic", "Indonesian", "Spanish", "Vietnamese"]


def is_candidate(listed: Particulars, *versions: Particulars) -> bool:
    return BAN in BanList({BAN: listed}).candidates(versions)


def by_name(name: str, born: date = BORN) -> Particulars:
    return Particulars(name, born)


def by_passport(state: str, number: str) -> Particulars:
    return Particulars(issuing_state=state, passport_number=number)


@pytest.mark.parametrize("file", ["variants.csv", "held_out.csv"])
def test_of_a_hundred_spellings_of_each_script_one_is_missed_at_most(file: str) -> None:
    all_of_them, found = Counter[str](), Counter[str]()
    with (_NAMES / file).open(encoding="utf-8") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            listed = by_name(row["name"], date.fromisoformat(row["birth_date"]))
            filed = by_name(row["variant"], date.fromisoformat(row["variant_birth_date"]))
            all_of_them[row["script"]] += 1
            found[row["script"]] += is_candidate(listed, filed)
    assert sorted(all_of_them) == _SCRIPTS
    for script, number in sorted(all_of_them.items()):
        assert found[script] >= 0.99 * number, f"{script}: {found[script]} of {number}"


@pytest.mark.parametrize(
    ("filed", "is_found"),
    [
        (BORN, True),
        (date(1980, 7, 5), True),  # swapped
        (date(1980, 1, 1), True),  # of which the year is known
        (date(1980, 5, 1), True),  # and the month
        (date(1980, 5, 8), False),
        (date(1981, 5, 7), False),
        (date(1980, 6, 1), False),
    ],
)
def test_a_birth_date_fits_swapped_or_in_part(filed: date, is_found: bool) -> None:
    for one, other in ((BORN, filed), (filed, BORN)):
        assert is_candidate(by_name("Khalid Mansour", one), by_name("Khaled Mansur", other)) is (
            is_found
        )


@pytest.mark.parametrize(
    "name", ["Khalid Haddad", "Omar Mansour", "Maria Santos", "Wei Chen", "12", "–"]
)
def test_whoever_shares_a_part_of_a_name_is_no_candidate(name: str) -> None:
    assert not is_candidate(by_name("Khalid Mansour"), by_name(name))


def test_an_initial_is_no_part_of_its_neighbour() -> None:
    assert is_candidate(by_name("Al Ina"), by_name("Alina"))
    assert not is_candidate(by_name("A Lina"), by_name("Alina"))


@pytest.mark.parametrize(
    ("listed", "filed", "is_found"),
    [
        (("ID", "B0112358"), ("ID", "BO1I2358"), True),  # as it is misread
        (("ID", "b 0112358"), ("id", "Ｂ0112358"), True),
        (("ID", "B0112358"), ("SG", "B0112358"), False),
        (("ID", "B0112358"), ("ID", "B0112357"), False),
    ],
)
def test_a_passport_is_its_state_and_number(listed, filed, is_found: bool) -> None:
    assert is_candidate(by_passport(*listed), by_passport(*filed)) is is_found


def test_any_alias_and_any_version_makes_a_candidate() -> None:
    listed = by_name("John Doe alias Abu Hasan; Suharto")
    for name in ("Jon Doe", "ABOU HASSAN", "Soeharto"):
        assert is_candidate(listed, by_name("Somebody Else"), by_name(name))
    assert not is_candidate(listed, by_name("Somebody Else"))


def test_a_list_says_by_what_and_changes_with_its_entries() -> None:
    entries = BanList({BAN: Particulars("Khalid Mansour", BORN, "ID", "B0112358")})
    filed = [by_passport("ID", "B0112358"), by_name("Khaled Mansur")]
    before = entries.version
    assert entries.candidates(filed) == {BAN: IndexKind.PASSPORT}
    assert entries.candidates(filed[1:]) == {BAN: IndexKind.NAME_AND_BIRTH_DATE}
    entries.add(OTHER, by_name("Mansour Khalid"))
    assert entries.candidates(filed).keys() == {BAN, OTHER}
    assert entries.version != before
    entries.discard(OTHER)
    assert (entries.version, entries.candidates(filed).keys()) == (before, {BAN})
    entries.discard(BAN)
    assert entries.candidates(filed) == {}

"""The entry-ban list in memory, and who on it a person may be.

A person is a candidate of an entry by passport, or by a name that is alike and a birth date that
fits: the same, with day and month swapped, or with a day or month that is not known, which
documents write as the first.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from models.ban_list.names import Name, likeness, names_of
from models.vocabulary import IndexKind

#: From this likeness on, names are those of a candidate; of more people a part of the date fits.
ALIKE, ALIKE_BY_PART_OF_DATE = 0.66, 0.75
#: What readers of passports take for each other.
_AS_READ = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"})


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is compared of a person, or stands in an entry."""

    name: str | None = None
    birth_date: date | None = None
    issuing_state: str | None = None
    passport_number: str | None = None


class BanList:
    """Entries that are in force, each about a passport, a name and birth date, or both."""

    def __init__(self, entries: Mapping[UUID, Particulars] | None = None) -> None:
        self.entries: dict[UUID, Particulars] = {}
        self._names: dict[UUID, list[Name]] = {}
        self._by_passport: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)
        self._by_date: defaultdict[date, set[UUID]] = defaultdict(set)
        self._by_month: defaultdict[tuple[int, int], set[UUID]] = defaultdict(set)
        self._by_year: defaultdict[int, set[UUID]] = defaultdict(set)
        for ban, entry in (entries or {}).items():
            self.add(ban, entry)

    def add(self, ban: UUID, entry: Particulars) -> None:
        """Put an entry on the list."""
        self.entries[ban] = entry
        if entry.name:
            self._names[ban] = names_of(entry.name)
        for found in self._places_of(entry):
            found.add(ban)

    def discard(self, ban: UUID) -> None:
        """Take an entry off the list."""
        for found in self._places_of(self.entries.pop(ban)):
            found.discard(ban)
        self._names.pop(ban, None)

    def _places_of(self, entry: Particulars) -> Iterator[set[UUID]]:
        """By what an entry is found."""
        if entry.passport_number and entry.issuing_state:
            yield self._by_passport[_passport(entry.issuing_state, entry.passport_number)]
        if entry.name and (born := entry.birth_date):
            yield self._by_date[born]
            yield self._by_month[born.year, born.month]
            yield self._by_year[born.year]

    @property
    def version(self) -> str:
        """The same for the same entries, of which the ledger says when each was in force."""
        digest = sha256()
        for ban in sorted(self.entries):
            digest.update(ban.bytes)
        return digest.hexdigest()[:16]

    def candidates(self, versions: Collection[Particulars]) -> dict[UUID, IndexKind]:
        """The entries that a person may be, by any version of their identity, and by what."""
        found: dict[UUID, IndexKind] = {}
        for one in versions:
            if one.name and one.birth_date:
                names, born = names_of(one.name), one.birth_date
                same = self._of_the_date(born)
                partly = self._of_a_part_of_the_date(born) - same
                for fitting, alike in ((same, ALIKE), (partly, ALIKE_BY_PART_OF_DATE)):
                    found |= {
                        ban: IndexKind.NAME_AND_BIRTH_DATE
                        for ban in fitting
                        if is_alike(names, self._names[ban], alike)
                    }
        for one in versions:
            if one.passport_number and one.issuing_state:
                passport = _passport(one.issuing_state, one.passport_number)
                found |= dict.fromkeys(self._by_passport.get(passport, ()), IndexKind.PASSPORT)
        return found

    def _of_the_date(self, born: date) -> set[UUID]:
        """With that birth date, or with its day and month swapped."""
        same = set(self._by_date.get(born, ()))
        if born.day <= 12:
            same |= self._by_date.get(date(born.year, born.day, born.month), set())
        return same

    def _of_a_part_of_the_date(self, born: date) -> set[UUID]:
        """Where the list, or the file, may know the year alone, or year and month."""
        partly = set(self._by_date.get(date(born.year, 1, 1), ()))
        partly |= self._by_date.get(born.replace(day=1), set())
        if born.day == 1:
            partly |= self._by_month.get((born.year, born.month), set())
        if (born.day, born.month) == (1, 1):
            partly |= self._by_year.get(born.year, set())
        return partly


def is_alike(names: Collection[Name], listed: Collection[Name], alike: float) -> bool:
    """Whether one of some names is alike enough to one of others."""
    return any(likeness(name, other) >= alike for name in names for other in listed)


def _passport(state: str, number: str) -> tuple[str, str]:
    plain = "".join(one for one in unicodedata.normalize("NFKC", number).upper() if one.isalnum())
    return state.strip().upper(), plain.translate(_AS_READ)

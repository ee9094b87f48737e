"""Cases that are granted by rule together, or not at all, and what is missing of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import asyncpg

from models.life.grant_conditions import OF_A_PERSON, Traveller
from models.reference.dated_rules import needed_until
from models.vocabulary import GrantCondition, GrantVerdict

#: What stays known of a person who is the same since, whatever the rows say meanwhile.
_OPENED_FOR = (*(one.name for one in OF_A_PERSON), GrantCondition.FAMILY)


@dataclass(eq=False, slots=True)
class Member:
    """A case that is looked at, and what is missing of it."""

    row: asyncpg.Record
    unmet: list[str]

    @property
    def id(self) -> UUID:
        return self.row["id"]

    @property
    def is_as_known(self) -> bool:
        """Whether the person was opened before, under this rule, and is the same since."""
        row = self.row
        return (row["known_version"], row["known_rule"]) == (row["version"], row["rule"])


class Party:
    """What is granted together, or not at all: a family, or one case."""

    def __init__(self, cases: list[Member]) -> None:
        self.cases = cases
        self.is_opened = all(one.is_as_known for one in cases)
        if self.is_opened:
            for one in cases:
                one.unmet += [name for name in one.row["known_unmet"] if name in _OPENED_FOR]
        #: Whether the rows say nothing against any of them.
        is_possible = not any(one.unmet or one.row["rule"] is None for one in cases)
        self.is_to_be_opened = is_possible and not self.is_opened
        if not is_possible:
            self._wait_together()

    @property
    def is_certain(self) -> bool:
        return self.is_opened and not any(one.unmet for one in self.cases)

    @property
    def is_sampled(self) -> bool:
        """Whether one of them is of the sample: whoever joins later goes to officers, too."""
        return any(one.row["known_verdict"] == GrantVerdict.SAMPLED for one in self.cases)

    @property
    def sample_percent(self) -> int:
        return max(one.row["sample_percent"] for one in self.cases)

    def judge(self, opened: Mapping[tuple[UUID, str], date]) -> None:
        """Judge the people by what was opened of them."""
        self.is_opened = True
        travellers = [(one, _traveller(one.row, opened)) for one in self.cases]
        has_adult = any(traveller.is_adult for _, traveller in travellers)
        for case, traveller in travellers:
            of_party = replace(traveller, has_company=has_adult)
            case.unmet += [one.name for one in OF_A_PERSON if one.holds and not one.holds(of_party)]
        if any(one.unmet for one in self.cases):
            self._wait_together()

    def _wait_together(self) -> None:
        for one in self.cases:
            if not one.unmet:
                one.unmet.append(GrantCondition.FAMILY)


def _traveller(row: asyncpg.Record, opened: Mapping[tuple[UUID, str], date]) -> Traveller:
    person = row["applicant_id"]
    return Traveller(
        birth_date=opened.get((person, "birth_date"), row["today"]),
        passport_expires_on=opened.get((person, "passport_expires_on")),
        passport_needed_until=needed_until(row["entry_on"], row["months"]),
        on=row["today"],
        has_company=False,
    )

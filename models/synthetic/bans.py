"""The entry-ban list of the world: a few entries of its last day, about some who have applied.

They are in the state in which two people leave an entry: not yet compared with anybody. The LINKER
does that, so a world has its hits as soon as its keeper runs.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import NamedTuple

from models.ban_list.comparison import BanList as ComparedList
from models.case.reference_numbers import new_reference
from models.instants import wib_day
from models.synthetic.calendar import HOUR, instant
from models.synthetic.numbers import new_id
from models.synthetic.rows import (
    ApplicationRow,
    BanEntryRow,
    BannedPersonRow,
    Batch,
    IdentityRow,
)
from models.vocabulary import BanGround, ScreeningKind, ScreeningResult, Status


class _Entry(NamedTuple):
    """An entry about one who has a visa, or whose question is with screening."""

    status: Status
    ground: BanGround
    reason: str
    by_passport: bool = True
    by_name: bool = False
    is_approved: bool = True


_ENTRIES = (
    _Entry(Status.GRANTED, BanGround.OVERSTAY, "Stayed 214 days over on a visa on arrival."),
    _Entry(
        Status.GRANTED, BanGround.FORGED_DOCUMENT, "A forged sponsor letter, found at the border.",
        by_passport=False, by_name=True,
    ),
    _Entry(
        Status.GRANTED, BanGround.UNLAWFUL_ACTIVITY, "Worked as a guide on a tourist visa.",
        by_name=True,
    ),
    _Entry(
        Status.SCREENING, BanGround.REQUEST_OF_AN_AUTHORITY, "Asked for by the police of Bali.",
    ),
    # One that waits for the second person.
    _Entry(
        Status.GRANTED, BanGround.FALSE_STATEMENT, "Named a hotel that does not exist.",
        is_approved=False,
    ),
)  # fmt: skip
#: After such an answer, or none yet, an entry makes a question that meets it; a hit stays a hit.
_ASKED_ANEW = (ScreeningResult.CLEAR, ScreeningResult.NO_MATCH, ScreeningResult.PENDING)
_PROPOSED = 5 * HOUR
#: Before that the list is empty, and so the same whatever a world becomes.
LISTED_BEFORE_END = 60
LIST_VERSION = ComparedList().version
_YEARS = 2


@dataclass
class BanList:
    """Looks at each batch for the newest of those whom entries can be about."""

    until: int
    seed: int
    _found: dict[Status, list[tuple[ApplicationRow, IdentityRow]]] = field(
        default_factory=dict[Status, list[tuple[ApplicationRow, IdentityRow]]]
    )

    def look_at(self, batch: Batch) -> None:
        """Of people who came with this batch, the last ones of each status that entries name."""
        people = {row.applicant_id: row for row in batch.identity}
        demo = {row.id for row in batch.applicant if row.account}
        # Of those in screening, an entry opens the question anew where it was answered by none.
        answers = {
            row.application_id: row.result
            for row in batch.screening
            if row.kind is ScreeningKind.ENTRY_BAN
        }
        needed = [entry.status for entry in _ENTRIES]
        for status in set(needed):
            newest = (
                (row, people[row.applicant_id])
                for row in reversed(batch.application)
                if row.status is status
                and (status is not Status.SCREENING or answers.get(row.id) in _ASKED_ANEW)
                and row.applicant_id in people
                and row.applicant_id not in demo
            )
            found = [one for _, one in zip(range(needed.count(status)), newest, strict=False)]
            self._found[status] = (found + self._found.get(status, []))[: needed.count(status)]

    def write(self, batch: Batch) -> None:
        """Write the entries, about as many people as there are."""
        rng = Random(self.seed)
        left = {status: iter(found) for status, found in self._found.items()}
        for entry in _ENTRIES:
            if found := next(left.get(entry.status, iter(())), None):
                ban = self._ban(entry, rng)
                batch.ban_entry.append(ban)
                batch.banned_person.append(_person(entry, ban, found[1]))

    def _ban(self, entry: _Entry, rng: Random) -> BanEntryRow:
        proposed, approved = (instant(self.until - ago) for ago in (_PROPOSED, LISTED_BEFORE_END))
        banned_from = wib_day(approved)
        return BanEntryRow(
            id=new_id(self.until - _PROPOSED, rng),
            reference=new_reference(rng),
            ground=entry.ground,
            reason=entry.reason,
            banned_from=banned_from,
            banned_until=banned_from + timedelta(days=365 * _YEARS),
            proposed_by="screening",
            proposed_at=proposed,
            approved_by="screening-2" if entry.is_approved else None,
            approved_at=approved if entry.is_approved else None,
        )


def _person(entry: _Entry, ban: BanEntryRow, of: IdentityRow) -> BannedPersonRow:
    return BannedPersonRow(
        ban_id=ban.id,
        issuing_state=of.passport_issuing_state if entry.by_passport else None,
        passport_number=of.passport_number if entry.by_passport else None,
        full_name=of.full_name.upper() if entry.by_name else None,
        birth_date=of.birth_date if entry.by_name else None,
    )

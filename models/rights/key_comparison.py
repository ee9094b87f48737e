"""Compares the data keys with the people on file: copies of both may be of different instants."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.key_service.key_ages import ListsSubjects
from models.rights.orphan_keys import ORPHANS, most_orphans

_AT_ONCE = 1000
#: Everybody whose values are sealed, in the order of their keys: applicants, entries of the ban
#: list, and complaints.
_ON_FILE = """
    SELECT subject FROM (
        SELECT applicant_id AS subject FROM identity WHERE sealed IS NOT NULL
        UNION SELECT ban_id FROM banned_person WHERE sealed IS NOT NULL
        UNION SELECT complaint_id FROM complaint_text WHERE erased_at IS NULL
    ) AS on_file
    WHERE subject > $1 ORDER BY subject LIMIT $2
"""


class RelativeAge(StrEnum):
    """How old the keys are, compared with the database."""

    SAME = "both are of the same instant"
    OLDER_KEYS = "the keys are older than the database"
    OLDER_DATABASE = "the database is older than the keys"
    APART = "neither is a copy of the other's instant"


class KeyComparison(NamedTuple):
    """What the keys and the database lack of each other."""

    people: int
    keys: int
    #: People on file without a key: nobody can read them.
    lost: Sequence[UUID]
    #: How many keys belong to nobody on file.
    orphans: int

    @property
    def verdict(self) -> RelativeAge:
        """A few keys belong to nobody in any installation: a write that was killed leaves one."""
        is_database_older = self.orphans > most_orphans(self.keys)
        if self.lost:
            return RelativeAge.APART if is_database_older else RelativeAge.OLDER_KEYS
        return RelativeAge.OLDER_DATABASE if is_database_older else RelativeAge.SAME


async def compare_keys(keys: ListsSubjects, connection: asyncpg.Connection) -> KeyComparison:
    """Compare everybody, a thousand at a time. Nothing is changed. Raises KeyServiceError."""
    people, number, orphans = 0, 0, 0
    lost, after = list[UUID](), UUID(int=0)
    while some := [row[0] for row in await connection.fetch(_ON_FILE, after, _AT_ONCE)]:
        lost += await keys.lacking_subjects(some)
        people, after = people + len(some), some[-1]
    after = UUID(int=0)
    while subjects := await keys.list_subjects(after):
        orphans += len(await connection.fetch(ORPHANS, list(subjects)))
        number, after = number + len(subjects), subjects[-1]
    return KeyComparison(people, number, lost, orphans)

"""Relations: which account, case, partner and desk belong to whom, as the key service knows them.

Each is noted in the call in which a writer presents a token, or by a principal that has a socket of
its own. The store holds keyed digests of accounts and references, so its files tell nobody of them.
A database that says something else opens nobody.
"""

import hmac
import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

#: What is looked for comes first. Subjects are UUIDv7, so what is noted of a new one lies together.
SCHEMAS = (
    """
    CREATE TABLE IF NOT EXISTS {copy}.relation (
        first BLOB NOT NULL, second BLOB NOT NULL, kind TEXT NOT NULL, noted_at INTEGER NOT NULL,
        PRIMARY KEY (first, second)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS {copy}.judged (
        one INTEGER PRIMARY KEY CHECK (one = 1), everybody INTEGER NOT NULL
    )
    """,
)
#: The subject under which the service keeps its own key: nobody's, since theirs are UUIDv7.
OWN_KEY = UUID(int=(1 << 128) - 1)
_DIGEST_BYTES = 16


class RelationKind(StrEnum):
    """What a relation joins: its name is the first, the other the second."""

    #: The account of an applicant's own sign-in, and the applicant.
    ACCOUNT = "account"
    #: The reference of a case, and its applicant.
    CASE = "case"
    #: The code of the partner that takes a person's file in, and the applicant.
    PARTNER = "partner"
    #: No name, and an entry of the ban list.
    BAN = "ban"
    #: Two files of one person: by passport, or as an officer confirmed.
    LINK = "link"
    #: Two files that are alike, which an officer may confirm.
    LIKENESS = "likeness"
    #: The reference of a case that is on a desk, and its applicant: to find links of theirs.
    APPLICANT = "applicant"
    #: The reference of a case, and the account of the officer on whose desk it is.
    DESK = "desk"
    #: The reference of an inquiry, and the account of the supervisor who opened it.
    INQUIRY = "inquiry"
    #: The reference of an inquiry, and the account of the second supervisor.
    APPROVAL = "approval"


#: The kinds that come with a key: a subject of none of them was stored before relations were kept.
_WITH_A_KEY = (RelationKind.ACCOUNT, RelationKind.PARTNER, RelationKind.BAN)
#: The kinds whose other side is an account, and no subject of a data key.
OF_ACCOUNTS = frozenset((RelationKind.DESK, RelationKind.INQUIRY, RelationKind.APPROVAL))


#: Both sides, and the kind.
Row = tuple[bytes, bytes, str]


class Relation(NamedTuple):
    """That two belong together."""

    kind: RelationKind
    name: str
    #: A subject, or an account.
    other: UUID | str


class Relations:
    """The relations in a store, under the digests of a key."""

    def __init__(self, connection: sqlite3.Connection, key: bytes) -> None:
        self._connection = connection
        self._mac = hmac.new(hmac.digest(key, b"gerbang relation 1", "sha256"), digestmod="sha256")

    def rows(self, relations: Iterable[Relation]) -> list[Row]:
        """Relations as they are stored."""
        return [(*self._sides(*relation), relation.kind.value) for relation in relations]

    def holds(self, kind: RelationKind, name: str, other: UUID | str) -> bool:
        return self.noted_at(kind, name, other) is not None

    def noted_at(self, kind: RelationKind, name: str, other: UUID | str) -> int | None:
        """When a relation was noted, in seconds since 1970; None for one that was not."""
        row = self._connection.execute(
            "SELECT noted_at FROM main.relation WHERE first = ? AND second = ?",
            self._sides(kind, name, other),
        ).fetchone()
        return row and row[0]

    def applicants_on_the_desk(self, reference: str) -> set[UUID]:
        """The applicant of a case that is on a desk."""
        rows = self._connection.execute(
            "SELECT second FROM main.relation WHERE first = ?",
            (self._digest(f"{RelationKind.APPLICANT}\0{reference}"),),
        )
        return {UUID(bytes=row[0]) for row in rows}

    def approval_at(self, reference: str) -> int | None:
        """When somebody approved an inquiry; None where nobody has."""
        row = self._connection.execute(
            "SELECT max(noted_at) FROM main.relation WHERE first = ?",
            (self._digest(f"{RelationKind.APPROVAL}\0{reference}"),),
        ).fetchone()
        return row[0]

    def among(self, kind: RelationKind, name: str, subjects: Collection[UUID]) -> set[UUID]:
        """Which of some subjects are related to a name."""
        return self._find("second = ?", subjects, self._digest(f"{kind}\0{name}"))

    def related(self, subjects: Collection[UUID]) -> set[UUID]:
        """Which of some subjects are somebody's."""
        kinds = ", ".join(f"'{kind}'" for kind in _WITH_A_KEY)
        return self._find(f"kind IN ({kinds})", subjects)

    def _find(self, where: str, subjects: Collection[UUID], *values: bytes) -> set[UUID]:
        rows = self._connection.execute(
            f"SELECT DISTINCT first FROM main.relation WHERE {where}"  # noqa: S608
            f" AND first IN ({_places(subjects)})",
            (*values, *(one.bytes for one in subjects)),
        )
        found = {row[0] for row in rows}
        return {one for one in subjects if one.bytes in found}

    def _sides(self, kind: RelationKind, name: str, other: UUID | str) -> tuple[bytes, bytes]:
        named = self._digest(f"{kind}\0{name}")
        if kind is RelationKind.APPLICANT and isinstance(other, UUID):
            return named, other.bytes
        if isinstance(other, UUID):
            return other.bytes, named
        return named, self._digest(f"\0{other}")

    def _digest(self, text: str) -> bytes:
        mac = self._mac.copy()
        mac.update(text.encode())
        return mac.digest()[:_DIGEST_BYTES]


def _places(subjects: Collection[UUID]) -> str:
    return ", ".join("?" * len(subjects))


def note(connection: sqlite3.Connection, copies: Sequence[str], rows: Collection[Row]) -> None:
    """Note relations, in the transaction of the connection; those that are there stay as they
    are."""
    now = int(time.time())
    for copy in copies:
        connection.executemany(
            f"INSERT OR IGNORE INTO {copy}.relation VALUES (?, ?, ?, ?)",  # noqa: S608
            [(*row, now) for row in rows],
        )


def judges_everybody(connection: sqlite3.Connection) -> bool:
    """Whether nobody opens without a relation. Until then, those do who have none at all: they were
    stored before relations were kept."""
    return bool(connection.execute("SELECT everybody FROM main.judged").fetchone())


def judge_everybody(connection: sqlite3.Connection, copies: Sequence[str]) -> None:
    for copy in copies:
        connection.execute(f"INSERT OR IGNORE INTO {copy}.judged VALUES (1, 1)")  # noqa: S608

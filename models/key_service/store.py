"""The store of the wrapped data keys: two SQLite files, which every change writes together.

If both are lost, every identity is lost, so the second belongs on another disk. A change is
committed in both or in neither: SQLite's own journal spans attached files.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from models.key_service import erasures, key_ages, operations, relations
from models.key_service.erasures import ErasedSubject
from models.key_service.interface import KeyServiceError
from models.key_service.key_ages import SweepState
from models.key_service.operations import AcceptedKeys, KeyOperationNote
from models.key_service.relations import Relations, Row

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS {copy}.data_key (
        subject BLOB PRIMARY KEY, key_id TEXT NOT NULL, wrapped BLOB NOT NULL
    ) WITHOUT ROWID
"""
_SCHEMAS = (
    _SCHEMA, erasures.SCHEMA, *key_ages.SCHEMAS, *operations.SCHEMAS, *relations.SCHEMAS
)  # fmt: skip
_COPIES = ("main", "second")
#: SQLite takes this many values in a statement, and more.
_AT_ONCE = 500
#: How long a change waits for another process, in seconds.
_WAIT_SECONDS = 5.0


class WrappedKey(NamedTuple):
    """A data key as it is stored: wrapped by the key of an id."""

    key_id: str
    value: bytes


class KeyStore:
    """The wrapped data keys by their subjects."""

    def __init__(self, file: Path, second: Path) -> None:
        """Open both files, or make both where neither exists.

        Raises KeyServiceError where one is missing or they differ: see docs/vault.md.
        """
        self._open(file, second)

    @classmethod
    def beside(cls, file: Path, second: Path | None = None) -> "KeyStore":
        """The store of a file of keys: beside it, with the second copy at ``second``."""
        return cls(file.with_suffix(".db"), second or file.with_suffix(".copy.db"))

    def _open(self, file: Path, second: Path) -> None:
        if file.exists() is not second.exists():
            there, missing = (file, second) if file.exists() else (second, file)
            raise KeyServiceError(
                f"{missing} is missing, the second copy of the data keys: stop every key service,"
                f" copy {there} to it, and start again"
            )
        try:
            for each in (file, second):
                each.parent.mkdir(parents=True, exist_ok=True)
                each.touch(mode=0o600)
            self._connection = sqlite3.connect(
                file, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("ATTACH DATABASE ? AS second", (str(second),))
            for copy in _COPIES:
                # What is deleted is written over, and so leaves no trace in the file.
                self._connection.execute(f"PRAGMA {copy}.secure_delete = ON")
                for schema in _SCHEMAS:
                    self._connection.execute(schema.format(copy=copy))
            if not self._is_in_use():
                relations.judge_everybody(self._connection, _COPIES)
            # Both copies at one instant: another process may write.
            self._connection.execute("BEGIN")
            counts = [self._count(copy, "data_key") for copy in _COPIES]
            erased = [self._count(copy, "erased_subject") for copy in _COPIES]
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise _unusable(error) from None
        if erased[0] != erased[1]:
            newer = (file, second)[erased[1] > erased[0]]
            raise KeyServiceError(
                f"{newer} knows of more people who were erased: stop every key service, copy it"
                " over the other, and start again"
            )
        if counts[0] != counts[1]:
            raise KeyServiceError(
                f"{file} has {counts[0]} data keys and {second} has {counts[1]}: stop every key"
                " service, copy the one that has more over the other, and start again"
            )

    def _is_in_use(self) -> bool:
        """Whether it holds keys, or held some: a new store judges everybody from the first on."""
        tables = ("data_key", "erased_subject", "relation")
        return any(self._count("main", table) for table in tables)

    def _count(self, copy: str, table: str) -> int:
        return self._connection.execute(f"SELECT count(*) FROM {copy}.{table}").fetchone()[0]  # noqa: S608

    def find(self, subjects: Sequence[UUID]) -> Mapping[UUID, WrappedKey]:
        """The wrapped keys of those that have one. Raises KeyServiceError."""
        found: dict[UUID, WrappedKey] = {}
        for start in range(0, len(subjects), _AT_ONCE):
            some = [subject.bytes for subject in subjects[start : start + _AT_ONCE]]
            places = ", ".join("?" * len(some))
            try:
                rows = self._connection.execute(
                    f"SELECT * FROM main.data_key WHERE subject IN ({places})",  # noqa: S608
                    some,
                ).fetchall()
            except sqlite3.Error as error:
                raise _unusable(error) from None
            found.update((UUID(bytes=row[0]), WrappedKey(*row[1:])) for row in rows)
        return found

    def add(
        self,
        wrap: Callable[[], Mapping[UUID, WrappedKey]],
        related: Sequence[Row] = (),
    ) -> bool:
        """Write keys in both copies, and whom they are for; an existing one stays, and an erased
        subject gets none.

        They are wrapped while no other process can write, so that no key is stored under a wrapping
        key that a rotation has just removed. Returns whether all were written. Raises
        KeyServiceError.
        """
        with self._change():
            new = wrap()
            rows = sorted((subject.bytes, *key, subject.bytes) for subject, key in new.items())
            written = [
                self._connection.executemany(
                    f"INSERT OR IGNORE INTO {copy}.data_key SELECT ?, ?, ? WHERE NOT EXISTS"  # noqa: S608
                    f" (SELECT * FROM {copy}.erased_subject WHERE subject = ?)",
                    rows,
                ).rowcount
                for copy in _COPIES
            ]
            key_ages.note_made(self._connection, _COPIES, list(new))
            relations.note(self._connection, _COPIES, related)
        return written[0] == len(rows)

    def rewrap(
        self, key_id: str, after: UUID, limit: int, rewrap: Callable[[UUID, WrappedKey], WrappedKey]
    ) -> UUID | None:
        """Wrap a batch of keys again that come after a subject and are not wrapped by the key of an
        id.

        Returns the last subject, to go on after; None if there was none. Raises KeyServiceError.
        """
        with self._change():
            found = self._connection.execute(
                "SELECT * FROM main.data_key WHERE subject > ? AND key_id <> ?"
                " ORDER BY subject LIMIT ?",
                (after.bytes, key_id, limit),
            ).fetchall()
            rows = [
                (*rewrap(UUID(bytes=subject), WrappedKey(*key)), subject) for subject, *key in found
            ]
            for copy in _COPIES:
                self._connection.executemany(
                    f"UPDATE {copy}.data_key SET key_id = ?, wrapped = ? WHERE subject = ?",  # noqa: S608
                    rows,
                )
        return UUID(bytes=found[-1][0]) if found else None

    def list_lacking(self, subjects: Sequence[UUID]) -> list[UUID]:
        """Those that have no key, and were not erased. Raises KeyServiceError."""
        known = self.find(subjects)
        try:
            erased = {one.subject for one in erasures.find_erased(self._connection, subjects)}
        except sqlite3.Error as error:
            raise _unusable(error) from None
        return [one for one in subjects if one not in known and one not in erased]

    def list_subjects(self, after: UUID) -> list[UUID]:
        """The subjects of keys after a given one, in order. Raises KeyServiceError."""
        try:
            return key_ages.list_subjects(self._connection, after)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def count(self) -> int:
        """How many keys there are. Raises KeyServiceError."""
        try:
            return self._count("main", "data_key")
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def retire(self, key_id: str, retire: Callable[[], None]) -> bool:
        """Call ``retire``, which takes a wrapping key away, if no data key needs it, while no
        process can write one."""
        with self._change():
            needed = self._connection.execute(
                "SELECT EXISTS (SELECT * FROM main.data_key WHERE key_id = ?)"
                " OR EXISTS (SELECT * FROM second.data_key WHERE key_id = ?)",
                (key_id, key_id),
            ).fetchone()[0]
            if not needed:
                retire()
        return not needed

    def erase(self, subjects: Sequence[UUID]) -> list[ErasedSubject]:
        """Delete keys in both copies, for ever. Raises KeyServiceError."""
        with self._change():
            if deleted := erasures.delete_keys(self._connection, _COPIES, subjects):
                operations.note_erased(self._connection, _COPIES, deleted)
        return erasures.find_erased(self._connection, subjects)

    def list_erased(self, after: UUID) -> list[ErasedSubject]:
        """The erased subjects after a given one. Raises KeyServiceError."""
        try:
            return erasures.list_erased(self._connection, after)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def note_accepted(self, accepted: AcceptedKeys, operator: str | None) -> None:
        """Note which keys are accepted now, where that has changed. Raises KeyServiceError."""
        try:
            if operations.read_accepted(self._connection) == accepted:
                return
        except sqlite3.Error as error:
            raise _unusable(error) from None
        with self._change():
            operations.note_accepted(self._connection, _COPIES, accepted, operator)

    def relations(self, key: bytes) -> Relations:
        """The relations that are noted, under the digests of a key."""
        return Relations(self._connection, key)

    def relate(self, related: Sequence[Row]) -> None:
        """Note relations. Raises KeyServiceError."""
        with self._change():
            relations.note(self._connection, _COPIES, related)

    def judges_everybody(self) -> bool:
        """Whether nobody is opened without a relation."""
        return relations.judges_everybody(self._connection)

    def judge_everybody(self) -> None:
        """Open nobody without a relation from now on, for ever. Raises KeyServiceError."""
        with self._change():
            relations.judge_everybody(self._connection, _COPIES)

    def list_operations(self, before: int | None) -> list[KeyOperationNote]:
        """The operations on keys, the newest first. Raises KeyServiceError."""
        try:
            return operations.list_operations(self._connection, before)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def sweep_state(self) -> SweepState:
        """The last sweep, and how many keys there are. Raises KeyServiceError."""
        try:
            return key_ages.read_sweep_state(self._connection)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def note_ages(self) -> int:
        """Note now as the time of some keys that have none. Raises KeyServiceError."""
        with self._change():
            return key_ages.note_ages(self._connection, _COPIES)

    def list_aged(self, after: UUID, days: int) -> list[UUID]:
        """The subjects after a given one whose keys are so many days old. Raises
        KeyServiceError."""
        try:
            return key_ages.list_aged(self._connection, after, days)
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def begin_ages(self, token: UUID) -> None:
        """Count the age of every key from now on. Raises KeyServiceError."""
        with self._change():
            key_ages.begin_ages(self._connection, _COPIES, token)

    def sweep(self, subjects: Sequence[UUID], days: int, token: UUID) -> int:
        """Delete keys in both copies that are so many days old. Raises KeyServiceError."""
        with self._change():
            return key_ages.sweep_keys(self._connection, _COPIES, subjects, days, token)

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        """A transaction over both copies."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise _unusable(error) from None

    def close(self) -> None:
        self._connection.close()


def _unusable(error: Exception) -> KeyServiceError:
    return KeyServiceError(f"the store of data keys cannot be used ({error})")

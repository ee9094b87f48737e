"""The folder outside the database: signed checkpoints, and the hashes of the leaves they cover.

Files are made and never touched again, so it can be one that lets nothing be changed or removed:
`<day>/<size>-<time>.checkpoint`, with `-<key>` behind the time where it was signed once more, and
`<day>/<size before>-<size>-<time>.leaves`, whose hashes have 32 bytes each.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from models.account.errors import AccountError
from models.account.merkle import HASH_BYTES
from models.account.notes import Checkpoint, read_note

_CHECKPOINT, _LEAVES = ".checkpoint", ".leaves"
#: Of a day, so many files are read to find its last checkpoint: one for each key of its rotations.
_TRIED = 8


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """A folder of checkpoints, which one keeper at a time writes."""

    path: Path

    def newest(self, public_keys: Mapping[str, bytes]) -> Checkpoint | None:
        """The newest checkpoint that our key signed; what is no such thing is passed over."""
        for file in self.newest_first():
            try:
                return self.read(file, public_keys)
            except AccountError:
                continue
        return None

    def newest_first(self) -> Iterator[Path]:
        for day in sorted(self._days(), reverse=True):
            yield from sorted(day.glob(f"*{_CHECKPOINT}"), reverse=True)

    def newest_by(self, instant: datetime, public_keys: Mapping[str, bytes]) -> Checkpoint | None:
        """The newest that was signed by an instant: what it covers is older than that."""
        last_day = f"{instant.astimezone(UTC):%Y-%m-%d}"
        for file in self.newest_first():
            if file.parent.name > last_day:
                continue
            try:
                found = self.read(file, public_keys)
            except AccountError:
                continue
            if found.signed_at <= instant:
                return found
        return None

    def last_of_days(
        self, public_keys: Mapping[str, bytes], before: datetime | None = None
    ) -> Iterator[Checkpoint]:
        """The last of each day, the newest first: how old the leaves are that it covers.

        What no accepted key signed is passed over.
        """
        for day in sorted(self._days(), reverse=True):
            if before is not None and day.name >= f"{before.astimezone(UTC):%Y-%m-%d}":
                continue
            for file in sorted(day.glob(f"*{_CHECKPOINT}"), reverse=True)[:_TRIED]:
                with contextlib.suppress(AccountError):
                    yield self.read(file, public_keys)
                    break

    def write_again(self, checkpoint: Checkpoint, note: str) -> None:
        """Write a checkpoint of before beside itself, signed by a newer key.

        Raises AccountError if the folder cannot be written.
        """
        at = checkpoint.signed_at.astimezone(UTC)
        of_key = sha256(note.encode()).hexdigest()[:8]
        name = f"{checkpoint.size:012}-{at:%H%M%S}-{of_key}{_CHECKPOINT}"
        try:
            _create(self.path / f"{at:%Y-%m-%d}" / name, note.encode())
        except OSError as error:
            raise AccountError(
                f"the checkpoint cannot be written below {self.path} ({type(error).__name__})"
            ) from None

    @staticmethod
    def read(file: Path, public_keys: Mapping[str, bytes]) -> Checkpoint:
        """Raises AccountError if it cannot be read, or our key did not sign it."""
        try:
            note = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AccountError(f"{file} cannot be read ({type(error).__name__})") from None
        try:
            return read_note(note, public_keys)
        except AccountError as error:
            raise AccountError(f"{file} is not believed: {error}") from None

    def leaves(self) -> bytes:
        """The hashes of all leaves, one after another, as far as no file is missing.

        Where a keeper died before it signed, the next one wrote the same hashes once more.
        """
        known = bytearray()
        for _, first, file in sorted(self._leaf_files()):
            if first * HASH_BYTES > len(known):
                break
            hashes = file.read_bytes()
            known += hashes[len(known) - first * HASH_BYTES :]
        return bytes(known)

    def write(self, checkpoint: Checkpoint, note: str, before: int, leaves: bytes) -> None:
        """Write the hashes since ``before``, and then the checkpoint that covers them.

        Raises AccountError if the folder cannot be written.
        """
        at = checkpoint.signed_at.astimezone(UTC)
        day, time = self.path / f"{at:%Y-%m-%d}", f"{at:%H%M%S}"
        try:
            day.mkdir(parents=True, exist_ok=True)
            if leaves:
                name = f"{before:012}-{checkpoint.size:012}-{time}{_LEAVES}"
                _create(day / name, leaves)
            _create(day / f"{checkpoint.size:012}-{time}{_CHECKPOINT}", note.encode())
        except OSError as error:
            raise AccountError(
                f"the checkpoint cannot be written below {self.path} ({type(error).__name__})"
            ) from None

    def _days(self) -> Iterator[Path]:
        return (day for day in self.path.glob("????-??-??") if day.is_dir())

    def _leaf_files(self) -> Iterator[tuple[int, int, Path]]:
        for day in self._days():
            for file in day.glob(f"*{_LEAVES}"):
                first, size, _ = file.name.split("-")
                yield int(size), int(first), file


def _create(file: Path, content: bytes) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        if file.read_bytes() == content:  # the same was signed within the second
            return
        raise
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())

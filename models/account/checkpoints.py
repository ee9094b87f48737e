"""The folder outside the database: signed checkpoints, and the hashes of the leaves they cover.

Files are written once and never touched again, so the folder can be append-only:
`<day>/<size>-<time>.checkpoint`, with `-<key>` behind the time where it was signed once more, and
`<day>/<size before>-<size>-<time>.leaves`, whose hashes have 32 bytes each. There are thousands of
a day. Once it is over, one file beside its folder has all hashes of that day, and another its last
checkpoint: `<day>_…`, named alike. Then nobody has to look into the folder again.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from models.account.merkle import LeafFile, LeafFiles
from models.account.notes import AccountError, Checkpoint, read_note

_CHECKPOINT, _LEAVES = ".checkpoint", ".leaves"
#: How many files of a day are read to find its last checkpoint: one for each key of its rotations.
_TRIED = 8
#: How long after a day its folder gets no further file.
_WRITTEN_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """A folder of checkpoints, which one keeper at a time writes."""

    path: Path

    def newest(self, public_keys: Mapping[str, bytes]) -> Checkpoint | None:
        """The newest checkpoint that our key signed; other files are skipped."""
        file = self.newest_file(public_keys)
        return self.from_file(file, public_keys) if file else None

    def newest_file(self, public_keys: Mapping[str, bytes]) -> Path | None:
        """That of the newest checkpoint that our key signed."""
        for file in self.newest_first():
            with contextlib.suppress(AccountError):
                self.from_file(file, public_keys)
                return file
        return None

    def newest_first(self) -> Iterator[Path]:
        for day in sorted(self._days(), reverse=True):
            yield from _newest_of(day)

    def newest_by(self, instant: datetime, public_keys: Mapping[str, bytes]) -> Checkpoint | None:
        """The newest that was signed by an instant: what it covers is older than that."""
        last_day = f"{instant.astimezone(UTC):%Y-%m-%d}"
        days = sorted((day for day in self._days() if day.name <= last_day), reverse=True)
        for file in (file for day in days for file in _newest_of(day)):
            with contextlib.suppress(AccountError):
                found = self.from_file(file, public_keys)
                if found.signed_at <= instant:
                    return found
        return None

    def last_of_days(
        self, public_keys: Mapping[str, bytes], before: datetime | None = None
    ) -> Iterator[Checkpoint]:
        """The last of each day, the newest first: how old the leaves are that it covers.

        What no accepted key signed is passed over.
        """
        kept = self._kept_of_days(_CHECKPOINT)
        for day in sorted(self._days(), reverse=True):
            if before is not None and day.name >= f"{before.astimezone(UTC):%Y-%m-%d}":
                continue
            known = sorted(kept.get(day.name, ()), reverse=True)
            for file in chain(known, islice(_newest_of(day), _TRIED)):
                with contextlib.suppress(AccountError):
                    yield self.from_file(file, public_keys)
                    break

    def write_again(self, checkpoint: Checkpoint, note: str) -> None:
        """Write a checkpoint of before beside itself, signed by a newer key.

        Raises AccountError if the folder cannot be written.
        """
        at = checkpoint.signed_at.astimezone(UTC)
        of_key = sha256(note.encode()).hexdigest()[:8]
        name = f"{checkpoint.size:012}-{at:%H%M%S}-{of_key}{_CHECKPOINT}"
        day = self.path / f"{at:%Y-%m-%d}"
        try:
            _create(day / name, note.encode())
            if day.name in self._kept_of_days(_CHECKPOINT):
                _create(_beside(day, name), note.encode())
        except OSError as error:
            raise AccountError(
                f"the checkpoint cannot be written below {self.path} ({type(error).__name__})"
            ) from None

    @staticmethod
    def from_file(file: Path, public_keys: Mapping[str, bytes]) -> Checkpoint:
        """Raises AccountError if it cannot be read, or our key did not sign it."""
        try:
            note = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AccountError(f"{file} cannot be read ({type(error).__name__})") from None
        try:
            return read_note(note, public_keys)
        except AccountError as error:
            raise AccountError(f"{file} is not believed: {error}") from None

    def leaves(self, *, in_full: bool = False) -> LeafFiles:
        """The hashes of all leaves, as far as no file is missing; ``in_full``, from the folders of
        all days."""
        kept = {} if in_full else self._kept_of_days(_LEAVES)
        over = {} if in_full else self._kept_of_days(_CHECKPOINT)
        files = [file for name in over for file in kept.get(name, ())]
        days = (day for day in self._days() if day.name not in over)
        files += [file for day in days for file in day.glob(f"*{_LEAVES}")]
        return LeafFiles(map(_leaf_file, files))

    def keep_days(self, now: datetime | None = None) -> int:
        """Write the files of each day that is over and has none; return for how many days.

        A day with missing hashes gets none. A killed run starts again. Raises AccountError if the
        folder cannot be written.
        """
        kept = self._kept_of_days(_CHECKPOINT)
        today = f"{(now or datetime.now(UTC)) - _WRITTEN_WITHIN:%Y-%m-%d}"
        over = [day for day in self._days() if day.name < today and day.name not in kept]
        try:
            return sum(_keep_day(day) for day in over)
        except OSError as error:
            raise AccountError(
                f"the files of a day cannot be written below {self.path} ({type(error).__name__})"
            ) from None

    def write_leaves(self, checkpoint: Checkpoint, before: int, leaves: bytes) -> None:
        """Write the hashes since ``before``, which the checkpoint covers that is to follow.

        Raises AccountError if the folder cannot be written.
        """
        if leaves:
            self._write(checkpoint, f"{before:012}-", _LEAVES, leaves)

    def write(self, checkpoint: Checkpoint, note: str) -> None:
        """Raises AccountError if the folder cannot be written."""
        self._write(checkpoint, "", _CHECKPOINT, note.encode())

    def _write(self, checkpoint: Checkpoint, prefix: str, ending: str, content: bytes) -> None:
        at = checkpoint.signed_at.astimezone(UTC)
        day = self.path / f"{at:%Y-%m-%d}"
        try:
            day.mkdir(parents=True, exist_ok=True)
            _create(day / f"{prefix}{checkpoint.size:012}-{at:%H%M%S}{ending}", content)
        except OSError as error:
            raise AccountError(
                f"the checkpoint cannot be written below {self.path} ({type(error).__name__})"
            ) from None

    def _days(self) -> Iterator[Path]:
        return (day for day in self.path.glob("????-??-??") if day.is_dir())

    def _kept_of_days(self, ending: str) -> dict[str, list[Path]]:
        """The files beside the folders of days, by day."""
        kept: dict[str, list[Path]] = {}
        for file in self.path.glob(f"????-??-??_*{ending}"):
            kept.setdefault(file.name.partition("_")[0], []).append(file)
        return kept


def _newest_of(day: Path) -> Iterator[Path]:
    yield from sorted(day.glob(f"*{_CHECKPOINT}"), reverse=True)


def _beside(day: Path, name: str) -> Path:
    return day.with_name(f"{day.name}_{name}")


def _leaf_file(file: Path) -> LeafFile:
    first, size, _ = file.name.rpartition("_")[2].split("-")
    return LeafFile(int(size), int(first), file)


def _keep_day(day: Path) -> bool:
    """The hashes first: with the last checkpoint, the day is done."""
    newest = next(_newest_of(day), None)
    files = [_leaf_file(file) for file in day.glob(f"*{_LEAVES}")]
    if newest is None:
        return False
    if files:
        leaves = LeafFiles(files, first=min(file.first for file in files))
        if leaves.end < max(file.size for file in files):
            return False
        now = f"{datetime.now(UTC):%H%M%S}"
        name = f"{leaves.first:012}-{leaves.end:012}-{now}{_LEAVES}"
        _create(_beside(day, name), b"".join(leaves.parts()))
    for file in day.glob(f"{newest.stem}*{_CHECKPOINT}"):  # once more for each key that signed it
        _create(_beside(day, file.name), file.read_bytes())
    return True


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

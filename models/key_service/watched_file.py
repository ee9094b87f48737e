"""A file of keys that is read again whenever it was replaced: a rotation needs no restart."""

import contextlib
from pathlib import Path

from models.key_service.interface import KeyServiceError
from models.key_service.local_file import LocalKeys


class WatchedKeys:
    """The keys of a file as they are now; an incomplete or foreign file is not taken over."""

    def __init__(self, file: Path) -> None:
        """Raises KeyServiceError if the file cannot be used."""
        self._file = file
        self._keys = LocalKeys.read(file)
        self._stamp: tuple[int, int] | None = None

    def read(self) -> LocalKeys:
        with contextlib.suppress(OSError, KeyServiceError):
            found = self._file.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                self._keys, self._stamp = LocalKeys.read(self._file), stamp
        return self._keys

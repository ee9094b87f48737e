"""PostgreSQL and other programs whose clock is ahead of the machine's, where libfaketime is."""

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.postgres import Server
from models.postgres.binaries import find_binaries
from models.postgres.server import running_postgres
from models.postgres.temporary import FORGETFUL

#: Where `make proof` unpacks Debian's, and where its package puts it.
_FOLDERS = (
    Path(__file__).resolve().parents[2] / ".tools" / "clock",
    *Path("/usr/lib").glob("*/faketime"),
)
LIBRARY = next(
    (folder / "libfaketimeMT.so.1" for folder in _FOLDERS if folder.is_dir()),
    None,
)
ABSENT = "libfaketime is not installed here (Debian: apt-get install faketime)"


def ahead(seconds: float, library: Path | None = LIBRARY) -> dict[str, str]:
    """The environment of a program whose clock is so far ahead; waiting takes as long as ever."""
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{seconds:+.3f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@contextmanager
def postgres_ahead(seconds: float) -> Iterator[Server]:
    """A server that lives by such a clock, on a folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gerbang-"))
    folder.chmod(0o711)  # when we are root, the server's account passes through
    try:
        shutil.copy(str(LIBRARY), folder)
        programs = find_binaries().copied_to(folder)
        program = programs.folder / "postgres"
        program.rename(program.with_name("postgres.real"))
        given = ahead(seconds, folder / Path(str(LIBRARY)).name)
        program.write_text(
            "#!/bin/sh\n"
            + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in given.items())
            + f'exec {shlex.quote(str(program))}.real "$@"\n'
        )
        program.chmod(0o755)
        with running_postgres(
            folder / "data" / "postgres", binaries=programs.folder, settings=FORGETFUL
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder)

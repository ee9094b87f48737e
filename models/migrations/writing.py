"""Writes the next revisions into the folder of those that stand, and tries them."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from models.migrations import (
    downgrade,
    draft_revisions,
    migrate,
    newest_revision,
    rehearse,
)
from models.migrations.drafting import Draft, DraftError, literal, render
from models.migrations.lock_rules import NAMES, Hazard, hazards, strongest_locks
from models.migrations.rehearsal import ACCESS_EXCLUSIVE, Statement
from models.postgres import Server

_VERSIONS = Path(__file__).with_name("versions")
_NOT_YET = "say which, in the terms of PostgreSQL"


@dataclass(frozen=True)
class WrittenRevisions:
    """The revisions that were written, and what the lint refuses in them."""

    files: list[Path]
    hazards: list[Hazard]


def write_empty_revision(title: str) -> Path:
    """Write a revision that somebody fills in."""
    [file] = _write([Draft()], title.rstrip("."), newest_revision())
    return file


async def write_revisions(server: Server, title: str) -> WrittenRevisions:
    """Write what is missing to be at the models, run it up, down and up, and note its locks.

    Raises DraftError if nothing differs, or if a difference needs another way.
    """
    newest = newest_revision()
    url = server.url("gerbang_draft")
    await migrate(url, str(newest))
    drafts = await draft_revisions(url)
    if not drafts:
        raise DraftError(
            "the revisions bring a database to the models already; with --empty there is one to"
            " fill in"
        )
    files = _write(drafts, title.rstrip("."), newest)
    statements = await rehearse(server.url("gerbang_rehearsal"))
    for file in files:
        _note_locks(file, [each for each in statements if each.place.file == file])
    await migrate(url, _number(files[-1]))
    await downgrade(url, str(newest))
    await migrate(url, _number(files[-1]))
    return WrittenRevisions(files, hazards(statements, since=_number(files[0])))


def _write(drafts: list[Draft], title: str, before: str | None) -> list[Path]:
    files: list[Path] = []
    for one in drafts:
        if not one.up:
            one.up = one.down = ['raise NotImplementedError("fill this in")']
        # Behind every other: the newest of the chain need not have the highest number.
        revision = f"{max(int(_number(file)) for file in _VERSIONS.glob('0*.py')) + 1:04}"
        words = re.sub(r"\W+", "_", title.lower()).strip("_")[:40].rstrip("_")
        name = f"{words}_{one.name}" if one.name else words
        file = _VERSIONS / f"{revision}_{name}.py"
        heading = title[0].upper() + title[1:] + one.title
        file.write_text(render(heading, revision, before, _NOT_YET, one), encoding="utf-8")
        files.append(file)
        before = revision
    subprocess.run(  # noqa: S603 - our own formatter, which a checkout has
        [sys.executable, "-m", "ruff", "format", "--quiet", *files], check=True
    )
    return files


def _note_locks(file: Path, statements: list[Statement]) -> None:
    """Write what was measured into the revision."""
    locks = _locks(statements)
    written = f"({literal(locks, inner=4)})" if len(locks) >= 75 else f'"{locks}"'
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'"{_NOT_YET}"', written), encoding="utf-8")


def _locks(statements: list[Statement]) -> str:
    """The locks of a revision, in the terms of PostgreSQL."""
    if any(each.helper == "create_index" for each in statements):
        tables = sorted({_table_of_index(each.sql) for each in statements} - {""})
        return f"SHARE UPDATE EXCLUSIVE on {', '.join(tables)} while indexes are built: all goes on"
    by_mode: dict[str, list[str]] = {}
    for table, mode in sorted(strongest_locks(statements).items()):
        by_mode.setdefault(mode, []).append(table)
    parts = [f"{NAMES[mode]} on {', '.join(tables)}" for mode, tables in by_mode.items()]
    if ACCESS_EXCLUSIVE in by_mode and not any(each.rewritten for each in statements):
        parts.append("for an instant: nothing is rewritten")
    elif by_mode.keys() == {"ShareUpdateExclusiveLock"}:
        parts.append("while rows are read: reads and writes go on")
    return ", ".join(parts) or "no table that was there before"


def _table_of_index(sql: str) -> str:
    found = re.search(r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY \w+ ON (\w+)", sql)
    return found[1] if found else ""


def _number(file: Path) -> str:
    return file.name.split("_")[0]

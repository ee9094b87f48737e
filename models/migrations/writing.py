"""Writes the next revisions into the folder of those that stand, and tries them."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from models.migrations import (
    compare_with_models,
    downgrade,
    draft_revisions,
    find_undrafted,
    migrate,
    newest_revision,
    rehearse,
)
from models.migrations.drafting import Draft, DraftError, literal
from models.migrations.lock_rules import NAMES, Hazard, hazards, strongest_locks
from models.migrations.rehearsal import ACCESS_EXCLUSIVE, Statement
from models.migrations.schema_objects import statements_of_models
from models.postgres import Server

_VERSIONS = Path(__file__).with_name("versions")
_ONLINE = "from models.migrations.online import"
_SCRIPTS = "from models.migrations.scripts import run_script"
_NOT_YET = "say which, in the terms of PostgreSQL"


#: Until the first release, all later revisions are squashed into this one.
_FIRST = "0001_first_release"
_FIRST_REVISION = '''"""The first release."""

from models.migrations.scripts import drop_everything, run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
locks = "no table that was there before"


def upgrade() -> None:
    run_script("0001_first_release")


def downgrade() -> None:
    drop_everything()
'''


@dataclass(frozen=True)
class WrittenRevisions:
    """The revisions that were written, and what the lint refuses in them."""

    files: list[Path]
    hazards: list[Hazard]
    #: What differs from the models, and is drafted for nobody.
    undrafted: list[str] = field(default_factory=list[str])


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
    drafts = await draft_revisions(url, server.url("gerbang_models"))
    undrafted = await find_undrafted(url)
    if not drafts and undrafted:
        raise DraftError("\n".join(undrafted))
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
    lint = hazards(statements, since=_number(files[0]))
    return WrittenRevisions(files, lint, undrafted)


async def squash_revisions(server: Server) -> list[Path]:
    """Write the first revision again from the models, and delete all others; return those.

    Raises DraftError if the revisions do not bring a database to the models, but for what is
    drafted for nobody.
    """
    url = server.url("gerbang_squash")
    await migrate(url, str(newest_revision()))
    found = await compare_with_models(url, server.url("gerbang_models"))
    if missing := [each.sentence for each in found if each.is_drafted]:
        raise DraftError("\n".join(missing))
    later = [file for file in sorted(_VERSIONS.glob("0*")) if file.stem != _FIRST]
    for file in later:
        file.unlink()
    (_VERSIONS / f"{_FIRST}.py").write_text(_FIRST_REVISION, encoding="utf-8")
    _write_script(_FIRST, statements_of_models())
    return later


def _write(drafts: list[Draft], title: str, before: str | None) -> list[Path]:
    files: list[Path] = []
    for one in drafts:
        if one.is_empty:
            one.up = one.down = ['raise NotImplementedError("fill this in")']
        # Behind every other: the newest of the chain need not have the highest number.
        revision = f"{max(int(_number(file)) for file in _VERSIONS.glob('0*.py')) + 1:04}"
        words = re.sub(r"\W+", "_", title.lower()).strip("_")[:40].rstrip("_")
        name = f"{words}_{one.name}" if one.name else words
        stem = f"{revision}_{name}"
        file = _VERSIONS / f"{stem}.py"
        heading = title[0].upper() + title[1:] + one.title
        file.write_text(_render(heading, stem, before, _NOT_YET, one), encoding="utf-8")
        _write_script(stem, one.script)
        _write_script(f"{stem}_undo", one.undo)
        files.append(file)
        before = revision
    subprocess.run(  # noqa: S603 - our own formatter, which a checkout has
        [sys.executable, "-m", "ruff", "format", "--quiet", *files], check=True
    )
    return files


def _render(title: str, stem: str, before: str | None, locks: str, one: Draft) -> str:
    """The text of a revision, in the form of those that stand."""
    up = [*one.up, *([f'run_script("{stem}")'] if one.script else [])]
    down = [*([f'run_script("{stem}_undo")'] if one.undo else []), *one.down]
    needs_sa = any("sa." in line for line in (*up, *down))
    needs_op = any(re.search(r"\bop\.", line) for line in (*up, *down))
    needs_dialect = any("postgresql." in line for line in (*up, *down))
    libraries = (
        "import sqlalchemy as sa" if needs_sa else "",
        "from alembic import op" if needs_op else "",
        "from sqlalchemy.dialects import postgresql" if needs_dialect else "",
    )
    own = (
        f"{_ONLINE} {', '.join(sorted(one.helpers))}" if one.helpers else "",
        _SCRIPTS if one.script else "",
    )
    imports = "\n\n".join(
        "\n".join(filter(None, lines)) for lines in (libraries, own) if any(lines)
    )
    return f'''"""{title}."""

{imports}

revision = "{stem.split("_")[0]}"
down_revision = "{before}"
branch_labels = None
depends_on = None
locks = "{locks}"


def upgrade() -> None:
{_indent(up)}


def downgrade() -> None:
{_indent(down) if down else '    """Nothing: it stays proven until it is dropped."""'}
'''


def _indent(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _write_script(stem: str, statements: list[str]) -> None:
    if statements:
        text = "\n\n".join(f"{each};" for each in statements)
        (_VERSIONS / f"{stem}.sql").write_text(f"{text}\n", encoding="utf-8")


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

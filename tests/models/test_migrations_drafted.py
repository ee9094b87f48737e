"""`gerbang migration new` writes revisions that are safe and undone again; nothing differs then."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from models.migrations import newest_revision
from tests.recipes import copy_tree, run

GERBANG = f"{sys.executable} -c 'from gateway.cli import main; main()'"
VERSIONS = "models/migrations/versions"
#: A change of each kind, on tables in use.
CHANGES = (
    ("models/case/application.py", "    closed_at: Mapped[datetime | None]\n",
     "    closed_at: Mapped[datetime | None]\n    withdrawn_at: Mapped[datetime | None]\n"),
    ("models/case/application.py", '        Index(None, "paid_at", "id"),\n',
     '        Index(None, "paid_at", "id"),\n        Index(None, "withdrawn_at", "id"),\n'
     '        CheckConstraint("withdrawn_at >= submitted_at", name="withdrawn_later"),\n'),
    ("models/vocabulary/case.py", '    PENDING = "PENDING"\n',
     '    PENDING = "PENDING"\n    LOST = "LOST"\n'),
    ("models/reference/decrees.py", '    __tablename__ = "fee"\n',
     '    __tablename__ = "fee"\n    note: Mapped[str | None]\n'),
)  # fmt: skip
ASKED = f"""
import asyncio, sys
from models.migrations import compare_with_models, downgrade, migrate, newest_revision
from models.postgres import temporary_postgres
with temporary_postgres() as server:
    url = server.url("drafted")
    for direction in ("up", "down", "up"):
        if direction == "up":
            asyncio.run(migrate(url, newest_revision()))
        else:
            asyncio.run(downgrade(url, {newest_revision()!r}))
    print(asyncio.run(compare_with_models(url)))
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy with changed models, and what the command printed about them."""
    tree = copy_tree(tmp_path_factory.mktemp("drafted"))
    for name, before, after in CHANGES:
        _replace(tree / name, before, after)
    _replace(
        tree / "gateway/mapping/enums/case.py", '        "PENDING": "No answer yet.",\n',
        '        "PENDING": "No answer yet.",\n        "LOST": "It was lost.",\n',
    )  # fmt: skip
    code, text = run(tree, f'{GERBANG} migration new "Withdrawn and lost"')
    assert code == 0, text
    return tree, text


def test_each_kind_of_change_is_a_revision_of_its_own(drafted: tuple[Path, str]) -> None:
    tree, text = drafted
    made = [line.split("_", 1)[1] for line in text.splitlines() if line.startswith(VERSIONS)]
    assert made == [
        "withdrawn_and_lost.py",
        "withdrawn_and_lost_application.py",
        "withdrawn_and_lost_screening.py",
        "withdrawn_and_lost_indexes.py",
        "withdrawn_and_lost_validated.py",
    ]
    assert 'op.add_column("fee", sa.Column("note"' in _text(tree, "withdrawn_and_lost.py")
    indexes = _text(tree, "withdrawn_and_lost_indexes.py")
    assert 'create_index("ix_application_withdrawn_at_id", "application (withdrawn_' in indexes
    assert "CONCURRENTLY" not in indexes
    screening = _text(tree, "withdrawn_and_lost_screening.py")
    joined = re.sub(r'"\n +"', "", screening.split("def downgrade")[0])
    words = "'CLEAR', 'HIT', 'PENDING', 'LOST', 'UNAVAILABLE', 'NO_MATCH', 'MATCH'"
    for column in ("proposed", "result"):  # both are held to the same vocabulary
        name = f"ck_screening_{column}_is_known"
        dropped = joined.index(f"DROP CONSTRAINT {name}")
        added = joined.index(f"ADD CONSTRAINT {name} CHECK ({column} IN ({words})) NOT VALID")
        assert dropped < added
    assert joined.count(" CONSTRAINT ") == 4


def test_the_locks_of_a_revision_are_measured(drafted: tuple[Path, str]) -> None:
    tree, _ = drafted
    locks = {
        "application": '"ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"',
        "indexes": '"SHARE UPDATE EXCLUSIVE on application while indexes are built: all goes on"',
    }
    for name, text in locks.items():
        assert f"locks = {text}" in _text(tree, f"withdrawn_and_lost_{name}.py")


def test_nothing_differs_after_up_down_and_up(drafted: tuple[Path, str]) -> None:
    tree, _ = drafted
    (tree / "asked.py").write_text(ASKED, encoding="utf-8")
    code, text = run(tree, f"{sys.executable} -W ignore asked.py")
    assert (code, text.splitlines()[-1]) == (0, "[]"), text


@pytest.mark.proof
def test_a_value_that_rows_lack_is_refused_in_a_sentence(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path)
    name, before, after = CHANGES[0]
    required = after.replace(
        "withdrawn_at: Mapped[datetime | None]", "withdrawn_at: Mapped[datetime]"
    )
    _replace(tree / name, before, required)
    code, text = run(tree, f'{GERBANG} migration new "Withdrawn"')
    assert code == 1
    assert (
        "application.withdrawn_at must have a value, and the rows of application have none" in text
    )
    shutil.copy(Path(__file__).parents[2] / name, tree / name)
    code, text = run(tree, f'{GERBANG} migration new "Nothing"')
    assert code == 1
    assert "the revisions bring a database to the models already" in text


def _replace(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, file
    file.write_text(text.replace(before, after), encoding="utf-8")


def _text(tree: Path, ending: str) -> str:
    [file] = [each for each in (tree / VERSIONS).iterdir() if each.name[5:] == ending]
    return file.read_text(encoding="utf-8")

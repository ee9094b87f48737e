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
    ("models/case/application.py", "        # The reach of those who see a part.\n",
     '        _index("withdrawn_at", "id", serves="lists by withdrawal"),\n'
     '        Index("ix_application_once", "reference", "id", unique=True),\n'
     '        CheckConstraint("withdrawn_at >= submitted_at", name="withdrawn_later"),\n'),
    ("models/mail/outbox.py", 'address IS NULL OR subject IS NOT NULL)",',
     'address IS NULL OR subject IS NOT NULL) AND attempts >= 0",'),
    ("models/vocabulary/case.py", '    HIT = "HIT"\n    PENDING = "PENDING"\n',
     '    HIT = "HIT"\n    PENDING = "PENDING"\n    LOST = "LOST"\n'),
    ("models/reference/decrees.py", '    __tablename__ = "fee"\n',
     '    __tablename__ = "fee"\n    note: Mapped[str | None]\n'),
    # A table that goes, with its triggers, one that comes, and a column that a key names.
    ("models/volumes/grains.py", '"monthly_centre", "month", *BY_CENTRE',
     '"monthly_channel", "month", Dimension.CHANNEL'),
    ("models/volumes/grains.py", "Dimension.NATIONALITY, *BY_CENTRE",
     "Dimension.NATIONALITY, *BY_PLACE"),
    ("models/schema/notifications.sql", "volume_monthly_centre,", "volume_monthly_channel,"),
    ("models/schema/notifications.sql", "volume_monthly_centre_duration,",
     "volume_monthly_channel_duration,"),
    # A function that tables could use, one that becomes another, a trigger that does, and one that
    # goes.
    ("models/schema/calendar.sql", "-- The instant at which a day ends.\n",
     "-- The month of a day.\nCREATE FUNCTION month_of(day date) RETURNS date\n"
     "    LANGUAGE sql IMMUTABLE PARALLEL SAFE\n    RETURN date_trunc('month', day)::date;\n\n"
     "-- The instant at which a day ends.\n"),
    ("models/schema/case.sql", "WHERE rule.is_required;\n",
     "WHERE rule.is_required AND rule.kind <> 'LOST';\n"),
    ("models/schema/notifications.sql", "AFTER UPDATE OF approved_by, withdrawn_by ON ban_entry",
     "AFTER UPDATE OF approved_by, rejected_by, withdrawn_by ON ban_entry"),
    ("models/schema/read_budgets.sql", "CREATE TRIGGER count_reads AFTER INSERT ON ban_read\n"
     "    REFERENCING NEW TABLE AS logged EXECUTE FUNCTION count_reads_by('ban_id');\n", ""),
)  # fmt: skip
CHECKED = """
import sys
from pathlib import Path
from checks.finding import show
from checks.migrations import check_migrations
from checks.sources import Sources
for finding in check_migrations(Sources(Path())):
    print(show(finding, Path()))
"""
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
    print(asyncio.run(compare_with_models(url, server.url("models"))))
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A copy with changed models, what was found of them, and what the command printed."""
    tree = copy_tree(tmp_path_factory.mktemp("drafted"))
    for name, before, after in CHANGES:
        _replace(tree / name, before, after)
    _replace(
        tree / "gateway/mapping/enums/case.py", '        "PENDING": "No answer yet.",\n',
        '        "PENDING": "No answer yet.",\n        "LOST": "It was lost.",\n',
    )  # fmt: skip
    (tree / "checked.py").write_text(CHECKED, encoding="utf-8")
    found = run(tree, f"{sys.executable} checked.py", must_succeed=True)[1]
    code, text = run(tree, f'{GERBANG} migration new "Withdrawn and lost"')
    # What goes has to be accepted, table by table.
    assert (code, text.count("takes away from volume_")) == (1, 4), text
    return tree, found, text


def test_each_kind_of_change_is_a_revision_of_its_own(drafted: tuple[Path, str, str]) -> None:
    tree, _, text = drafted
    lines = [line for line in text.splitlines() if line.startswith(VERSIONS) and ": " not in line]
    made = [line.split("_", 1)[1] for line in lines]
    assert made == [
        "withdrawn_and_lost.py",
        "withdrawn_and_lost_figures.py",
        "withdrawn_and_lost_application.py",
        "withdrawn_and_lost_mail.py",
        "withdrawn_and_lost_screening.py",
        "withdrawn_and_lost_functions.py",
        "withdrawn_and_lost_ban_read_triggers.py",
        "withdrawn_and_lost_indexes.py",
        "withdrawn_and_lost_figures_unique.py",
        "withdrawn_and_lost_validated.py",
    ]
    assert 'op.add_column("fee", sa.Column("note"' in _text(tree, "withdrawn_and_lost.py")
    indexes = _text(tree, "withdrawn_and_lost_indexes.py")
    assert 'create_index("ix_application_withdrawn_at_id", "application (withdrawn_' in indexes
    once = 'create_index("ix_application_once", "application (reference, id)", is_unique=True)'
    assert once in indexes
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


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("calendar.sql", "the function month_of, the revisions do not make it"),
        ("case.sql", "the function write_checklist otherwise than the revisions make it"),
        (
            "notifications.sql",
            "the trigger notify_linker of ban_entry otherwise than the revisions",
        ),
        ("0001_first_release.sql", "the trigger count_reads of ban_read, which models/schema"),
    ],
)
def test_a_function_or_trigger_that_differs_is_named_with_its_line(
    drafted: tuple[Path, str, str], place: str, sentence: str
) -> None:
    tree, found, _ = drafted
    [line] = [line for line in found.splitlines() if sentence in line]
    file, number, _ = line.split(":", 2)
    assert file.endswith(f"/{place}")
    _, kind, name, *_ = re.split(r"[ ,]", sentence)
    statement = (tree / file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert statement.startswith(f"CREATE {kind.upper()} {name}")
    if "ban_read" in sentence:
        assert statement.endswith(" ON ban_read")


def test_functions_and_triggers_are_replaced_and_undone_with_their_old_text(
    drafted: tuple[Path, str, str],
) -> None:
    tree, _, _ = drafted
    assert "CREATE OR REPLACE FUNCTION month_of" in _text(tree, "withdrawn_and_lost.py")
    script = _text(tree, "withdrawn_and_lost_functions.sql")
    assert re.findall(r"^CREATE OR REPLACE (\w+ \w+)", script, re.MULTILINE) == [
        "FUNCTION write_checklist", "TRIGGER notify_linker", *2 * ["TRIGGER renew_version"],
    ]  # fmt: skip
    assert "rule.kind <> 'LOST'" in script
    undo = _text(tree, "withdrawn_and_lost_functions_undo.sql")
    assert "UPDATE OF approved_by, withdrawn_by ON" in undo
    assert "rule.is_required;" in undo
    removal = _text(tree, "withdrawn_and_lost_ban_read_triggers.sql")
    assert removal == "DROP TRIGGER count_reads ON ban_read;\n"


def test_the_locks_of_a_revision_are_measured(drafted: tuple[Path, str, str]) -> None:
    tree, _, _ = drafted
    locks = {
        "application": '"ACCESS EXCLUSIVE on application, for an instant: nothing is rewritten"',
        "functions": '(\n    "SHARE ROW EXCLUSIVE on ban_entry, volume_monthly_channel, "',
        "ban_read_triggers": '"ACCESS EXCLUSIVE on ban_read, for an instant: nothing is',
        "indexes": '(\n    "SHARE UPDATE EXCLUSIVE on application, volume_monthly_nationality_',
    }
    for name, text in locks.items():
        assert f"locks = {text}" in _text(tree, f"withdrawn_and_lost_{name}.py")


def test_nothing_differs_after_up_down_and_up(drafted: tuple[Path, str, str]) -> None:
    tree, _, _ = drafted
    (tree / "asked.py").write_text(ASKED, encoding="utf-8")
    code, text = run(tree, f"{sys.executable} -W ignore asked.py")
    assert (code, text.splitlines()[-1]) == (0, "[]"), text


@pytest.mark.proof
def test_revisions_are_squashed_into_the_first_once_they_make_what_the_models_say(
    drafted: tuple[Path, str, str], tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(drafted[0], tree)
    changed = tree / "models/schema/case.sql"
    text = changed.read_text(encoding="utf-8")
    assert text.count("'LOST';") == 1
    changed.write_text(text.replace("'LOST';", "'LOST' AND true;"), encoding="utf-8")
    versions = sorted(file.name for file in (tree / VERSIONS).glob("0*"))
    code, refused = run(tree, f"{GERBANG} migration squash")
    assert code == 1
    assert "models/schema has the function write_checklist otherwise than" in refused
    assert sorted(file.name for file in (tree / VERSIONS).glob("0*")) == versions

    changed.write_text(text, encoding="utf-8")
    changelog = tree / "CHANGELOG.md"
    before = changelog.read_text(encoding="utf-8")
    changelog.write_text(f"{before}\n## 1.0.0, 2026-12-31\n", encoding="utf-8")
    code, refused = run(tree, f"{GERBANG} migration squash")
    assert (code, "There is a release" in refused) == (1, True)
    changelog.write_text(f"{before}\n## 1.0.0rc1, 2026-12-01\n", encoding="utf-8")
    run(tree, f"{GERBANG} migration squash", must_succeed=True)
    assert sorted(file.name for file in (tree / VERSIONS).glob("0*")) == [
        "0001_first_release.py", "0001_first_release.sql",
    ]  # fmt: skip
    assert run(tree, f"{sys.executable} checked.py", must_succeed=True)[1] == ""


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
    _replace(tree / "models/person/person_link.py", '        partitioned_by("read_at"),\n', "")
    code, text = run(tree, f'{GERBANG} migration new "In one table"')
    assert code == 1
    assert "linker_read is partitioned by nothing in the models and by RANGE (read_at)" in text


def _replace(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, file
    file.write_text(text.replace(before, after), encoding="utf-8")


def _text(tree: Path, ending: str) -> str:
    [file] = (each for each in (tree / VERSIONS).iterdir() if each.name[5:] == ending)
    return file.read_text(encoding="utf-8")

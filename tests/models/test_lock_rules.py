"""What a revision does to a table in use is refused with file, line and a better way."""

from pathlib import Path

import pytest
from sqlalchemy import text

from models.database.connections import engine
from models.migrations import migrate, newest_revision
from models.migrations.lock_rules import hazards, undeclared_locks
from models.migrations.rehearsal import Statement, record_statements
from models.postgres import Server

pytestmark = pytest.mark.anyio

#: A revision of one statement, as those beside it are.
REVISION = '''"""A revision that should not be."""

from alembic import op

locks = "SHARE on fee"


def upgrade(op):
    op({statements})
'''
REFUSED = [
    ("ALTER TABLE application ALTER COLUMN paused_seconds TYPE numeric",
     "writes every row of application again, and nobody reads it meanwhile: add a column"),
    ("ALTER TABLE application ADD COLUMN lost_at timestamptz DEFAULT clock_timestamp()",
     "writes every row of application again"),
    ("CREATE INDEX lost ON application (reference)",
     "builds an index of application, and nobody writes meanwhile: use create_index"),
    ("DROP INDEX ix_application_paid_at_id", "locks application to drop an index: use drop_index"),
    ("ALTER TABLE decision ADD CONSTRAINT c CHECK (officer <> '')",
     "reads every row of decision while it is locked: add the constraint NOT VALID"),
    ("ALTER TABLE decision ADD FOREIGN KEY (application_id) REFERENCES application (id)",
     "reads every row of decision while it is locked: add the constraint NOT VALID"),
    ("ALTER TABLE decision ADD CONSTRAINT c UNIQUE (id, officer)",
     "builds an index of decision while it is locked: make a unique index with create_index"),
    ("ALTER TABLE application ALTER COLUMN paid_at SET NOT NULL",
     "reads every row of application while it is locked: first CHECK (paid_at IS NOT NULL)"),
    ("ALTER TABLE application ADD COLUMN lost text NOT NULL",
     "fails where application has rows, which have no lost: let it be null"),
    ("ALTER TABLE application ADD COLUMN lost text REFERENCES country (code)",
     "reads every row of application while it is locked: add the column alone"),
    ("UPDATE application SET is_held = false", "goes through application in one transaction"),
    ("DELETE FROM screening WHERE kind = ''", "goes through screening in one transaction"),
    ("INSERT INTO fee SELECT visa_type_code, 9, current_date, 1, true FROM application WHERE false",
     "goes through application in one transaction"),
    ("LOCK TABLE application", "takes application away from everybody until it is done"),
    ("ALTER TABLE fee DROP COLUMN amount_idr",
     "takes away from fee what gateways of the release before may use"),
    ("DROP TABLE screening", "takes away from screening what gateways of the release before"),
    ("ALTER TABLE decision RENAME COLUMN officer TO officer_name",
     "takes away from decision what gateways of the release before may use"),
    ("ALTER TABLE application ADD COLUMN lost text; ALTER TABLE decision ADD COLUMN lost text",
     "locks decision while application is locked: one table a revision"),
    ("ALTER TABLE decision ADD CONSTRAINT c CHECK (officer <> '') NOT VALID;"
     " ALTER TABLE decision VALIDATE CONSTRAINT c",
     "reads every row of decision while decision is locked: validate in a revision of its own"),
]  # fmt: skip
ALLOWED = [
    "ALTER TABLE application ADD COLUMN lost_at timestamptz",
    "ALTER TABLE application ADD COLUMN lost text NOT NULL DEFAULT ''",
    "ALTER TABLE decision ADD CONSTRAINT c CHECK (officer <> '') NOT VALID",
    "ALTER TABLE application VALIDATE CONSTRAINT ck_application_fee_is_not_negative",
    "CREATE TABLE letter (id uuid PRIMARY KEY); CREATE INDEX letters ON letter (id)",
    "CREATE INDEX small ON fee (amount_idr)",
    "UPDATE fee SET amount_idr = amount_idr",
    "ALTER TABLE volume_daily ADD COLUMN lost text; ALTER TABLE volume_outbox ADD COLUMN lost text",
    "-- accepted: nobody has used it for a year\nDROP TABLE screening",
]


@pytest.fixture(scope="module")
async def migrated(server: Server) -> str:
    url = server.url("test_lock_rules")
    await migrate(url, newest_revision())
    return url


@pytest.mark.parametrize(("statements", "said"), REFUSED)
async def test_statements_that_would_block_a_table_in_use_are_refused(
    migrated: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statements: str, said: str
) -> None:
    found = hazards(await _rehearse(migrated, monkeypatch, tmp_path, statements))
    assert found, "nothing was refused"
    assert said in found[-1].sentence, found
    assert (found[-1].place.file.name, found[-1].place.line) == ("0999_bad.py", 9)


@pytest.mark.parametrize("statements", ALLOWED)
async def test_harmless_statements_are_allowed(
    migrated: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statements: str
) -> None:
    assert hazards(await _rehearse(migrated, monkeypatch, tmp_path, statements)) == []


@pytest.mark.parametrize(
    ("before", "statement"),
    [
        ("ALTER TABLE application ADD CONSTRAINT proof CHECK (paid_at IS NOT NULL)",
         "ALTER TABLE application ALTER COLUMN paid_at SET NOT NULL"),
        ("CREATE UNIQUE INDEX once ON decision (id, officer)",
         "ALTER TABLE decision ADD CONSTRAINT once UNIQUE USING INDEX once"),
    ],
)  # fmt: skip
async def test_what_an_earlier_revision_prepared_is_allowed(
    migrated: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str, statement: str
) -> None:
    assert hazards(await _rehearse(migrated, monkeypatch, tmp_path, statement, before)) == []


async def test_a_table_is_written_again_by_the_statement_that_does_it(
    migrated: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    both = "ALTER TABLE fee ALTER COLUMN amount_idr TYPE numeric; UPDATE fee SET amount_idr = 1"
    noted = await _rehearse(migrated, monkeypatch, tmp_path, both)
    assert [one.rewritten for one in noted] == [{"fee"}, frozenset()]


async def test_a_lock_that_is_not_declared_is_named(
    migrated: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    adding = "ALTER TABLE application ADD COLUMN lost_at timestamptz"
    noted = await _rehearse(migrated, monkeypatch, tmp_path, adding)
    [found] = undeclared_locks(noted)
    assert found.sentence.startswith("takes ACCESS EXCLUSIVE on application: say so in `locks`")
    assert found.place.line == 5


async def _rehearse(
    url: str, monkeypatch: pytest.MonkeyPatch, folder: Path, statements: str, before: str = ""
) -> list[Statement]:
    """What a revision of these statements does; rolled back."""
    file = folder / "0999_bad.py"
    parts = [part.strip() for part in statements.split(";")]
    file.write_text(REVISION.format(statements=", ".join(map(repr, parts))), encoding="utf-8")
    monkeypatch.setattr("models.migrations.rehearsal._VERSIONS", folder)
    names: dict[str, object] = {}
    source = file.read_text(encoding="utf-8").replace("from alembic import op\n", "\n")
    exec(compile(source, str(file), "exec"), names)  # as Alembic loads it
    async with engine(url).connect() as connection:
        if before:
            await connection.execute(text(before))

        def run(synchronous) -> list[Statement]:
            with record_statements(synchronous) as recorder:
                names["upgrade"](lambda *each: [synchronous.exec_driver_sql(one) for one in each])
            return recorder.statements

        noted = await connection.run_sync(run)
        await connection.rollback()
    return noted

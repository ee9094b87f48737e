"""What a revision must not do to a table that is in use, and how it is done instead."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from models.migrations.rehearsal import ACCESS_EXCLUSIVE, MODES, CodePlace, Statement

#: Tables with so few rows that nobody notices when they are read as a whole.
SMALL = frozenset({
    "centre", "country", "day_off", "deadline", "eligibility", "entry_rule", "fee", "named_event",
    "partner", "partner_country", "pool", "required_document", "service_target", "visa_type",
    "volume_aged_until",
})  # fmt: skip
#: The tables of the figures, which only the keeper writes, and all of them at once.
FIGURES = "volume_"
#: What PostgreSQL's documentation calls the locks.
NAMES: Mapping[str, str] = {
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
#: Such a comment, at the statement or on the line above, accepts what a rule would refuse.
ACCEPTANCE = re.compile(r"(?:--|#) accepted: \S.*")
_ALTER = re.compile(r"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(?P<table>\w+) (?P<what>.*)", re.I)
_INDEX = re.compile(
    r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON (?:ONLY )?(?P<table>\w+)", re.I
)
_DROP_INDEX = re.compile(r"DROP INDEX (?!CONCURRENTLY)(?:IF EXISTS )?(?P<index>\w+)", re.I)
_CHANGE = re.compile(r"(?:UPDATE|DELETE FROM|MERGE INTO) (?:ONLY )?(?P<table>\w+)", re.I)
_COPY = re.compile(r"INSERT INTO \w+.*? SELECT .*? FROM (?P<table>\w+)", re.I)
_WHOLE = re.compile(
    r"(?:TRUNCATE|LOCK|CLUSTER|REINDEX|VACUUM FULL)(?: TABLE)?(?: ONLY)? (?P<table>\w+)", re.I
)
_COLUMN = re.compile(r"ADD COLUMN (?:IF NOT EXISTS )?(?P<name>\w+) (?P<rest>[^,]*)", re.I)
_DROP_TABLE = re.compile(r"DROP TABLE (?:IF EXISTS )?(?P<table>\w+)", re.I)


class Hazard(NamedTuple):
    """A line of a revision that would hurt, and what to do instead."""

    place: CodePlace
    sentence: str


class _Trouble(NamedTuple):
    table: str
    sentence: str
    #: Whether it hurts on small tables too.
    always: bool = False


Rule = Callable[[Statement, str], Iterator[_Trouble]]


def hazards(statements: Sequence[Statement], since: str = "") -> list[Hazard]:
    """What the rules refuse in revisions from one on, in order."""
    found: list[Hazard] = []
    for revision, of_revision in groupby(statements, key=lambda each: each.revision):
        if revision >= since:
            found += _of_revision(list(of_revision))
    return list(dict.fromkeys(found))


def strongest_locks(statements: Sequence[Statement]) -> dict[str, str]:
    """The strongest lock of a revision on each table that was there before."""
    return {table: mode for each in statements for table, mode in each.locks.items()}


def undeclared_locks(statements: Sequence[Statement], since: str = "") -> Iterator[Hazard]:
    """Locks that revisions take on tables in use, and their `locks` do not say."""
    for revision, of_revision in groupby(statements, key=lambda each: each.revision):
        if revision < since:
            continue
        of_one = list(of_revision)
        file = of_one[0].place.file
        text = file.read_text(encoding="utf-8")
        line, declared = _declared_locks(text)
        place = CodePlace(file, line)
        for table, mode in strongest_locks(of_one).items():
            is_declared = re.search(rf"\b{table}\b", declared) and NAMES[mode] in declared
            if mode != MODES[0] and not is_declared:
                yield Hazard(
                    place, f"takes {NAMES[mode]} on {table}: say so in `locks`, which those who"
                    " migrate read first",
                )  # fmt: skip


def _declared_locks(text: str) -> tuple[int, str]:
    """The line and the text of `locks` in a revision."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="locks")], value=ast.Constant(value=str(locks))):
                return node.lineno, locks
            case _:
                pass
    return 1, ""


def _of_revision(statements: list[Statement]) -> Iterator[Hazard]:
    locked_before: frozenset[str] = frozenset()
    for statement in statements:
        sql = _plain(statement.sql)
        locked = frozenset(
            table for table, mode in statement.locks.items()
            if mode == ACCESS_EXCLUSIVE and table not in SMALL
        )  # fmt: skip
        troubles = [] if statement.helper else [
            *(trouble for rule in RULES for trouble in rule(statement, sql)),
            *_while_locked(statement, sql, locked_before, locked),
        ]  # fmt: skip
        for trouble in troubles:
            matters = trouble.always or trouble.table not in SMALL
            if matters and trouble.table in statement.standing and not _is_accepted(statement):
                yield Hazard(_script(statement) or statement.place, trouble.sentence)
        locked_before = locked


def _check_rewrite(statement: Statement, _: str) -> Iterator[_Trouble]:
    for table in statement.rewritten:
        yield _Trouble(
            table,
            f"writes every row of {table} again, and nobody reads it meanwhile: add a column, fill"
            " it with back_fill, and drop the old one in a later release",
        )


def _check_index(statement: Statement, sql: str) -> Iterator[_Trouble]:
    if found := _INDEX.match(sql):
        yield _Trouble(
            found["table"],
            f"builds an index of {found['table']}, and nobody writes meanwhile: use create_index of"
            " models/migrations/online.py, in a revision of its own",
        )
    if found := _DROP_INDEX.match(sql):
        table = statement.before.indexes.get(found["index"], "")
        yield _Trouble(
            table,
            f"locks {table} to drop an index: use drop_index of models/migrations/online.py",
        )


def _check_constraint(_: Statement, sql: str) -> Iterator[_Trouble]:
    found = _ALTER.match(sql)
    if not found or not (what := re.search(r"ADD (?!COLUMN)", found["what"], re.I)):
        return
    table, added = found["table"], found["what"][what.start() :]
    is_valid = not re.search(r"\bNOT VALID\b", added, re.I)
    if is_valid and re.search(r"\b(CHECK|FOREIGN KEY)\b", added, re.I):
        yield _Trouble(
            table,
            f"reads every row of {table} while it is locked: add the constraint NOT VALID, and"
            " validate it in a revision of its own",
        )
    if re.search(r"\b(UNIQUE|PRIMARY KEY|EXCLUDE)\b(?! USING INDEX)", added, re.I):
        yield _Trouble(
            table,
            f"builds an index of {table} while it is locked: make a unique index with create_index,"
            " and in a later revision ADD CONSTRAINT … USING INDEX",
        )


def _check_not_null(statement: Statement, sql: str) -> Iterator[_Trouble]:
    if not (found := _ALTER.match(sql)):
        return
    table = found["table"]
    proven = statement.before.proven.get(table, ())
    for column in re.findall(r"ALTER COLUMN (\w+) SET NOT NULL", found["what"], re.I):
        if f"CHECK (({column} IS NOT NULL))" not in proven:
            yield _Trouble(
                table,
                f"reads every row of {table} while it is locked: first CHECK ({column} IS NOT NULL)"
                " NOT VALID, then validate it in a revision of its own, then SET NOT NULL, which"
                " finds it proven",
            )
    for column, rest in _COLUMN.findall(found["what"]):
        if re.search(r"NOT NULL", rest, re.I) and not re.search(r"DEFAULT|GENERATED", rest, re.I):
            yield _Trouble(
                table,
                f"fails where {table} has rows, which have no {column}: let it be null, or give it"
                " a constant default",
                always=True,
            )
        if re.search(r"REFERENCES|CHECK", rest, re.I):
            yield _Trouble(
                table,
                f"reads every row of {table} while it is locked: add the column alone, then its"
                " constraint NOT VALID, and validate that in a revision of its own",
            )


def _check_update(_: Statement, sql: str) -> Iterator[_Trouble]:
    if found := _CHANGE.match(sql) or _COPY.match(sql):
        yield _Trouble(
            found["table"],
            f"goes through {found['table']} in one transaction: use back_fill of"
            " models/migrations/online.py, which goes a range of keys at a time",
        )
    if found := _WHOLE.match(sql):
        yield _Trouble(
            found["table"],
            f"takes {found['table']} away from everybody until it is done: nothing of the kind"
            " while people work",
        )


def _check_removal(statement: Statement, sql: str) -> Iterator[_Trouble]:
    """What gateways of the release before still read, which run during an upgrade."""
    found = _ALTER.match(sql)
    removed = _DROP_TABLE.match(sql)
    table = (removed or found or {"table": ""})["table"]
    is_removal = removed or (found and re.search(r"\b(DROP COLUMN|RENAME)\b", found["what"], re.I))
    if is_removal:
        yield _Trouble(
            table,
            f"takes away from {table} what gateways of the release before may use: stop using it"
            " in one release, remove it in the next, and say so (`accepted: unused since …`)",
            always=True,
        )


def _while_locked(
    statement: Statement, sql: str, before: frozenset[str], now: frozenset[str]
) -> Iterator[_Trouble]:
    """Long work, or a second lock, while a table is locked by an earlier statement."""
    locked = ", ".join(sorted(before))
    if before and (found := re.match(r"ALTER TABLE (\w+) VALIDATE CONSTRAINT", sql, re.I)):
        yield _Trouble(
            found[1],
            f"reads every row of {found[1]} while {locked} is locked: validate in a revision of"
            " its own",
        )
    for table in now - before if before else ():
        if not all(each.startswith(FIGURES) for each in before | {table}):
            yield _Trouble(table, f"locks {table} while {locked} is locked: one table a revision")


RULES: tuple[Rule, ...] = (
    _check_rewrite,
    _check_index,
    _check_constraint,
    _check_not_null,
    _check_update,
    _check_removal,
)


def _script(statement: Statement) -> CodePlace | None:
    """The line of the script beside a revision that holds a statement, if one does."""
    begins = statement.sql[:200]
    for file in statement.place.file.parent.glob(f"{statement.revision}_*.sql"):
        text = file.read_text(encoding="utf-8")
        if (at := text.find(begins)) >= 0:
            return CodePlace(file, text.count("\n", 0, at) + 1)
    return None


def _plain(sql: str) -> str:
    """A statement on one line, without comments and quotes of names."""
    without = re.sub(r"--[^\n]*", " ", sql).replace('"', "").replace("public.", "")
    return re.sub(r"\s+", " ", without).strip()


def _is_accepted(statement: Statement) -> bool:
    """Whether a comment accepts it: in the SQL, on the line of the call, or on that above."""
    file, line = statement.place
    lines = file.read_text(encoding="utf-8").splitlines()
    near = "\n".join(lines[max(line - 2, 0) : line])
    return bool(ACCEPTANCE.search(statement.sql) or ACCEPTANCE.search(near))

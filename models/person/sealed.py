"""How the cells of sealed values are selected, and what each holds once it is opened."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from models.case.file import CaseNote, IntentionAnswer, ItemAnswer
from models.person.guarantor import Guarantor, Guardian
from models.person.identity import IdentityVersion
from models.person.vault import PLAIN_MARK, Cell, Vault, bound_name


class Sealed(Text):
    """The cell of a value of a column that is sealed."""

    def __init__(self, column: str, *, is_date: bool) -> None:
        super().__init__()
        self.column = column
        self.is_date = is_date

    def value(self, text: str) -> Any:
        """The Python value of what was sealed."""
        return date.fromisoformat(text) if self.is_date else text


def sealed_cell(of: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The cell of a value: sealed with its version, or what is plain still."""
    noun: Any = of.class_
    name, table = of.key, noun.__tablename__
    column = literal_column(f"'{name}'")
    named_by: dict[Any, Any] = {
        IdentityVersion: IdentityVersion.number,
        ItemAnswer: ItemAnswer.item_id,
        Guarantor: Guarantor.id,
        IntentionAnswer: IntentionAnswer.application_id,
        Guardian: Guardian.id,
        CaseNote: CaseNote.id,
    }
    first: Any = cast(named_by[noun], Text) if noun in named_by else literal_column("'1'", Text)
    has_versions = hasattr(noun, "versions")
    version = func.coalesce(noun.versions[column].astext, first) if has_versions else first
    cell = version.concat(literal_column("':'", Text)).concat(noun.sealed[column].astext)
    plain = literal_column(f"'{PLAIN_MARK}'", Text).concat(cast(of, Text))
    type_ = Sealed(bound_name(table, name), is_date=of.type.python_type is date)
    return type_coerce(func.coalesce(cell, plain), type_)


def cells_sql(*columns: InstrumentedAttribute[Any]) -> str:
    """The cells of columns, each under its name, for a statement that is written in SQL."""
    dialect = postgresql.dialect()
    return ", ".join(
        f"{sealed_cell(each).compile(dialect=dialect)} AS {each.key}" for each in columns
    )


async def open_rows(vault: Vault, types: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Rows of a noun with what their sealed cells hold; the first column is the subject.

    Raises KeyServiceError, MissingKeyError and VaultError.
    """
    places = [(place, type_) for place, type_ in enumerate(types) if isinstance(type_, Sealed)]
    named = [
        (number, place, type_)
        for number, row in enumerate(rows)
        for place, type_ in places
        if row[place] is not None
    ]
    cells = [Cell(rows[number][0], type_.column, rows[number][place])
             for number, place, type_ in named]  # fmt: skip
    opened = [list(row) for row in rows]
    for (number, place, type_), text in zip(named, await vault.open(cells), strict=True):
        opened[number][place] = type_.value(text)
    return opened

"""A sheet as a CSV or an XLSX file, in which nothing that somebody wrote runs as a formula."""

import csv
import io
from datetime import date, datetime, time

import xlsxwriter

from dashboard.export.sheet import Cell, Sheet, SheetTable
from dashboard.model.measures import MeasureKind

#: What makes a spreadsheet calculate a text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER_FORMATS = {
    MeasureKind.COUNT: "#,##0",
    MeasureKind.MONEY: "#,##0",
    MeasureKind.RATE: "0.0%",
    MeasureKind.DURATION: "#,##0.0",
}
DATE_FORMAT = "yyyy-mm-dd"
NAME_WIDTH, COLUMN_WIDTH, HEADING_HEIGHT = 28, 15, 48


def as_csv(sheet: Sheet) -> bytes:
    """The table alone, for machines: a line of ids, then numbers with a point and ISO dates."""
    return _lines(sheet.table)


def as_months_csv(sheet: Sheet) -> bytes:
    """The months behind the trend, in the same manner."""
    return _lines(sheet.months)


def as_xlsx(sheet: Sheet) -> bytes:
    """For people: the table, the months, and what they cover and mean, each on its own page."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        _write_table(book, sheet.table)
        _write_table(book, sheet.months)
        _write_notes(book, sheet)
    return file.getvalue()


def _lines(table: SheetTable) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.id for column in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode()


def _plain(cell: Cell) -> str | float | None:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _write_table(book: xlsxwriter.Workbook, table: SheetTable) -> None:
    page = book.add_worksheet(table.title)
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": DATE_FORMAT})
    formats = [
        book.add_format({"num_format": NUMBER_FORMATS[column.kind]} if column.kind else {})
        for column in table.columns
    ]
    names = next(n for n, column in enumerate(table.columns) if column.id == "name")
    page.set_row(0, HEADING_HEIGHT)
    page.set_column(0, len(table.columns) - 1, COLUMN_WIDTH)
    page.set_column(names, names, NAME_WIDTH)
    page.freeze_panes(1, names + 1)
    for number, column in enumerate(table.columns):
        page.write_string(0, number, column.title, heading)
    for line, row in enumerate(table.rows, 1):
        for number, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(line, number, cell)
            elif isinstance(cell, date):
                page.write_datetime(line, number, datetime.combine(cell, time()), day)
            elif cell is not None:
                page.write_number(line, number, cell, formats[number])


def _write_notes(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.notes_title)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, NAME_WIDTH)
    page.set_column(1, 1, 4 * NAME_WIDTH)
    for line, (name, text) in enumerate(sheet.notes):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, text, wrapped)

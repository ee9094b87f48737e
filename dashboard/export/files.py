"""A sheet as a CSV or an XLSX file, in which nothing that somebody wrote runs as a formula."""

import csv
import io

import xlsxwriter

from dashboard.export.sheet import Cell, Sheet
from dashboard.model.measures import Kind

#: What makes a spreadsheet calculate a text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.MONEY: "#,##0",
    Kind.RATE: "0.0%",
    Kind.DURATION: "#,##0.0",
}
NAME_WIDTH, COLUMN_WIDTH, HEADING_HEIGHT = 28, 15, 48


def as_csv(sheet: Sheet) -> bytes:
    """What it covers, the table, the definitions; numbers plain, with a point."""
    text = io.StringIO()
    writer = csv.writer(text)
    lines: list[tuple[Cell, ...]] = [
        (sheet.title,),
        *sheet.about,
        (),
        tuple(column.title for column in sheet.columns),
        *sheet.rows,
        (),
        (sheet.definitions_title,),
        *sheet.definitions,
    ]
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")  # by its mark a spreadsheet knows the encoding


def as_xlsx(sheet: Sheet) -> bytes:
    """The table on one page, what it covers and what it means on another."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        _write_table(book, sheet)
        _write_about(book, sheet)
    return file.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _write_table(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.title)
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = [
        book.add_format({"num_format": NUMBER_FORMATS[column.kind]} if column.kind else {})
        for column in sheet.columns
    ]
    page.set_row(0, HEADING_HEIGHT)
    page.set_column(0, len(sheet.columns) - 1, COLUMN_WIDTH)
    page.set_column(2, 2, NAME_WIDTH)
    page.freeze_panes(1, 3)
    for number, column in enumerate(sheet.columns):
        page.write_string(0, number, column.title, heading)
    for line, row in enumerate(sheet.rows, 1):
        for number, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(line, number, cell)
            elif cell is not None:
                page.write_number(line, number, cell, formats[number])


def _write_about(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.definitions_title)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, NAME_WIDTH)
    page.set_column(1, 1, 4 * NAME_WIDTH)
    for line, (name, text) in enumerate((*sheet.about, *sheet.definitions)):
        page.write_string(line, 0, name, bold)
        page.write_string(line, 1, text, wrapped)

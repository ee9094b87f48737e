"""The exports hold what the gateway answers to their viewer, and nothing that calculates."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from xml.etree import ElementTree

import httpx2
import pytest

from dashboard.export.files import as_csv, as_xlsx
from dashboard.export.sheet import Sheet, sheet_of
from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS, Address
from dashboard.model.period import today
from tests.dashboard.conftest import Running
from tests.dashboard.some_volumes import LEADER, some_view
from tests.running_demo import Demo

PER_COUNTRY = """
query PerCountry($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
    rows { country { code } intake { value } refusalRate { value } turnaroundP50 { hours } }
  }
}
"""
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@contextmanager
def signed_in(demo: Demo, user: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=demo.dashboard_url, timeout=30) as client:
        asked = client.get("/sign-in")
        given = httpx2.post(asked.headers["location"], data={"user": user})
        client.get(given.headers["location"])
        yield client


def a_sheet() -> Sheet:
    return sheet_of(some_view(Address("en", measures="all")))


def table_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV below its headings, which begin with the rank."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    start = next(n for n, line in enumerate(lines) if line and line[0] in ("Rank", "Peringkat"))
    end = lines.index([], start)
    return [dict(zip(lines[start], line, strict=True)) for line in lines[start + 1 : end]]


def cells_of(content: bytes) -> dict[str, str | float]:
    """The cells of the first page of a workbook: numbers as numbers, words as words."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        words = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        page = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    shared = [word.findtext(f"{NAMESPACE}t") or "" for word in words]
    assert page.find(f".//{NAMESPACE}f") is None
    return {
        cell.attrib["r"]: shared[int(value)] if cell.get("t") == "s" else float(value)
        for cell in page.iter(f"{NAMESPACE}c")
        if (value := cell.findtext(f"{NAMESPACE}v"))
    }


def test_a_leaders_files_hold_what_the_gateway_answers(demo: Demo) -> None:
    period = PERIODS[DEFAULT_PERIOD](today())
    window = {"from": str(period.from_on), "to": str(period.to_on)}
    rows = demo.ask("leadership", PER_COUNTRY, **window)["volumes"]["rows"]
    expected = {
        row["country"]["code"]: (
            row["intake"]["value"], row["refusalRate"]["value"], row["turnaroundP50"]["hours"]
        )
        for row in rows
        if row["country"]
    }  # fmt: skip
    with signed_in(demo, "leadership") as client:
        told = client.get("/export.csv?language=en&sort=name")
        book = client.get("/export.xlsx?language=en&sort=name")
    table = table_of(told.content)
    assert expected == {
        line["Code"]: (
            int(line["Applications received (number)"]),
            _number(line["Refusal rate (share of 1)"]),
            _number(line["Median turnaround (hours)"]),
        )
        for line in table
        if line["Code"]
    }
    names = [line["Partner country"] for line in table if line["Code"]]
    assert names == sorted(names)
    assert int(table[-1]["Applications received (number)"]) == sum(
        row["intake"]["value"] for row in rows
    )
    cells = cells_of(book.content)
    assert {cells[f"B{n}"]: cells[f"D{n}"] for n in range(2, len(expected) + 2)} == {
        code: intake for code, (intake, _, _) in expected.items()
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_managers_file_has_no_other_country_and_no_outcome(demo: Demo, kind: str) -> None:
    with signed_in(demo, "manager-au") as client:
        told = client.get(f"/export.{kind}?language=en&sort=refusal_rate&rows=all")
    assert told.status_code == 200
    if kind == "csv":
        assert {line["Code"] for line in table_of(told.content)} == {"AU", ""}
        assert "Australia · NUSA" in told.text
        assert not re.search("refus|decision|turnaround", told.text, re.IGNORECASE)
    else:
        cells = cells_of(told.content)
        assert [cells.get(f"C{n}") for n in range(2, 5)] == ["Australia", "All applications", None]
        assert not re.search("refus|decision|turnaround", str(cells), re.IGNORECASE)


def test_whoever_has_no_figures_gets_no_file(demo: Demo) -> None:
    with signed_in(demo, "agent-au") as client:
        told = client.get("/export.csv?language=en")
    assert told.status_code == 403
    assert "has no figures here" in told.text


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/export.csv", "/export.xlsx"])
async def test_without_a_session_there_is_no_file(running: Running, path: str) -> None:
    async with running.browser() as browser:
        told = await browser.get(f"{path}?language=en", headers={"Accept": "*/*"})
        assert told.status_code == 401
        sent = await browser.get(f"{path}?language=en")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?language=en")


def test_a_file_says_what_it_holds() -> None:
    told = as_csv(a_sheet()).decode("utf-8-sig").replace("\u2009", " ")
    for text in (
        "Period,Jan – Feb 2026",
        "Scope,All partner countries",
        "Figures as of 1 Mar 2026, 08:30 WIB",
        "Exact figures, for internal use",
        'Sorted by,"Applications received, largest or last name on top"',
        "Refusal rate,Refusals divided by all decisions of the period.",
    ):
        assert text in told
    assert LEADER.name
    assert LEADER.name not in told


def test_changes_in_a_file_follow_the_rule_of_the_page() -> None:
    australia, *_ = table_of(as_csv(a_sheet()))
    assert australia["Received, period before"] == "100"
    assert australia["Change"] == "▼ −20.0%"
    assert australia["Received, year before"] == "64"
    assert australia["Change against the year before"] == "▲ +25.0%"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_runs_as_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("x")'
    sheet = replace(a_sheet(), rows=((1, text, text, -1.5),))
    written = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"), newline="")))
    (row,) = [line for line in written if line and line[0] == "1"]
    assert row == ["1", f"'{text}", f"'{text}", "-1.5"]
    assert cells_of(as_xlsx(sheet))["A2"] == 1  # and the page holds no formula


def test_numbers_of_a_workbook_are_numbers() -> None:
    cells = cells_of(as_xlsx(a_sheet()))
    assert (cells["C2"], cells["D2"], cells["E2"]) == ("Australia", 80.0, 100.0)
    assert 0.05 in cells.values()


@pytest.mark.parametrize("language", ["id", "en"])
def test_files_are_complete_in_both_languages(language: str) -> None:
    sheet = sheet_of(some_view(Address(language, measures="all")))
    assert all(column.title for column in sheet.columns)
    assert len(sheet.rows) == 4
    assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def _number(text: str) -> float | None:
    return float(text) if text else None

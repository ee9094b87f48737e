"""The exports hold what the gateway answers to their viewer, and nothing that calculates."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import httpx2
import pytest

from dashboard.export.files import as_csv, as_months_csv, as_xlsx
from dashboard.export.sheet import Sheet, sheet_of
from dashboard.model.events import Event, Note
from dashboard.model.measures import MeasureKind
from dashboard.model.page_state import DEFAULT_PERIOD, PERIODS, Address
from dashboard.model.period import Period, today
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
    """The rows of a CSV as any tool reads them: the first line names the columns."""
    return list(csv.DictReader(io.StringIO(content.decode())))


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
            row["intake"]["value"],
            _round(row["refusalRate"]["value"], ".5f"),
            _round(row["turnaroundP50"]["hours"], ".3g"),
        )
        for row in rows
        if row["country"]
    }  # fmt: skip
    with signed_in(demo, "leadership") as client:
        response = client.get("/export.csv?language=en&sort=name")
        book = client.get("/export.xlsx?language=en&sort=name")
    table = table_of(response.content)
    in_file = {
        line["code"]: (
            int(line["intake"]),
            _number(line["refusal_rate"]),
            _number(line["turnaround_p50_hours"]),
        )
        for line in table
        if line["code"]
    }
    # Of some the file holds other measures alone.
    assert in_file == dict.fromkeys(in_file, (0, None, None)) | expected
    names = [line["name"] for line in table if line["code"]]
    assert names == sorted(names)
    assert int(table[-1]["intake"]) == sum(row["intake"]["value"] for row in rows)
    assert table[-1]["wip_age_p90_hours"]  # which the page shows only when asked for
    cells = cells_of(book.content)
    assert {cells[f"B{n}"]: cells[f"G{n}"] for n in range(2, len(in_file) + 2)} == {
        code: intake for code, (intake, _, _) in in_file.items()
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_managers_file_has_no_other_country(demo: Demo, kind: str) -> None:
    with signed_in(demo, "manager-au") as client:
        response = client.get(f"/export.{kind}?language=en&sort=refusal_rate&rows=all")
    assert response.status_code == 200
    if kind == "csv":
        assert {line["code"] for line in table_of(response.content)} == {"AU", ""}
        assert all(line["refusal_rate"] for line in table_of(response.content))
    else:
        cells = cells_of(response.content)
        assert [cells.get(f"D{n}") for n in range(2, 5)] == ["Australia", "All applications", None]


def test_whoever_has_no_figures_gets_no_file(demo: Demo) -> None:
    with signed_in(demo, "administrator") as client:
        response = client.get("/export.csv?language=en")
    assert response.status_code == 403
    assert "has no figures here" in response.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("user", "query", "status"),
    [
        ("leadership", "for=" + "0" * 32, 303),  # drawn for somebody else
        ("leadership", "country=ZZ", 404),
        ("treasury", "", 403),
    ],
)
async def test_a_report_is_for_whom_its_page_was_drawn_of_what_they_read(
    connected: Running, user: str, query: str, status: int
) -> None:
    browser, _ = await connected.visitor(user)
    async with browser:
        answer = await browser.get(f"/report.xlsx?language=en&{query}")
        assert answer.status_code == status
        if status == 303:
            own = await browser.get(f"/my-data.json?language=en&{query}")
            assert own.status_code == status
            connected.line.is_cut = True
            assert (await browser.get("/report.xlsx?language=en")).status_code == 502


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/export.csv", "/export-months.csv", "/export.xlsx"])
async def test_without_a_session_there_is_no_file(running: Running, path: str) -> None:
    async with running.browser() as browser:
        response = await browser.get(f"{path}?language=en", headers={"Accept": "*/*"})
        assert response.status_code == 401
        sent = await browser.get(f"{path}?language=en")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?language=en")


def test_a_workbook_says_on_a_page_of_its_own_what_it_holds() -> None:
    notes = " ".join(f"{name}: {text}" for name, text in a_sheet().notes).replace("\u2009", " ")
    for text in (
        "Period: Jan – Feb 2026",
        "Compared with: Jan – Feb 2025",
        "Scope: All partner countries",
        "Figures as of 1 Mar 2026, 08:30 WIB",
        "Exact figures, for internal use",
        "Sorted by: Applications received, largest or last name on top",
        "Refusal rate: Refusals divided by all decisions of the period.",
    ):
        assert text in notes
    assert LEADER.name
    assert LEADER.name not in notes


def test_a_csv_is_a_table_and_nothing_else() -> None:
    """No preamble, no byte order mark, no arrows: each line has as many cells as the first."""
    for content in (as_csv(a_sheet()), as_months_csv(a_sheet())):
        lines = list(csv.reader(io.StringIO(content.decode("ascii"))))
        assert {len(line) for line in lines} == {len(lines[0])}
        assert all(re.fullmatch("[a-z0-9_]+", name) for name in lines[0])
        assert len(set(lines[0])) == len(lines[0])


def test_machines_read_numbers_dates_and_codes() -> None:
    australia, singapore, direct, total = table_of(as_csv(a_sheet()))
    assert (australia["rank"], australia["code"], australia["iso3"]) == ("1", "AU", "AUS")
    assert (australia["from"], australia["to"]) == ("2026-01-01", "2026-02-28")
    assert australia["intake_before"] == "100"
    assert float(australia["intake_change"]) == -0.2
    assert float(australia["turnaround_p50_hours"]) == 6.25
    assert direct["code"] == total["code"] == total["iso3"] == ""
    assert singapore["code"] == "SG"


def test_the_months_are_a_table_of_their_own() -> None:
    months = table_of(as_months_csv(a_sheet()))
    assert [(each["from"], each["to"], each["intake"]) for each in months[-2:]] == [
        ("2026-01-01", "2026-01-31", "60"),
        ("2026-02-01", "2026-02-28", "50"),
    ]
    assert {each["name"] for each in months} == {"All applications"}


def test_events_of_everybody_and_of_a_country_stand_in_its_row() -> None:
    days = date(2026, 1, 16), date(2026, 1, 20)
    events = (
        Event("OUTAGE", "OUTAGE", *days),
        Event("RUSH-AU", "HOLIDAY_RUSH", *days, "AU", "Australia"),
        Event("EARLIER", "OUTAGE", date(2025, 12, 1), date(2025, 12, 31)),
    )
    view = some_view()
    sheet = sheet_of(replace(view, volumes=replace(view.volumes, events=events)))
    said = {line["name"]: line["events"] for line in table_of(as_csv(sheet))}
    assert (said["Australia"], said["Singapore"]) == ("OUTAGE RUSH-AU", "OUTAGE")
    assert said["All applications"] == "OUTAGE RUSH-AU"
    months = {line["from"]: line["events"] for line in table_of(as_months_csv(sheet))}
    assert (months["2025-12-01"], months["2026-01-01"]) == ("EARLIER", "OUTAGE RUSH-AU")


def test_a_month_that_is_not_over_ends_with_the_day_of_the_figures() -> None:
    """The figures are as of 1 March: of a period until 10 March nothing is known after that."""
    view = replace(some_view(), period=Period(date(2026, 1, 1), date(2026, 3, 10)))
    march = replace(view.volumes.months[-1], starts_on=date(2026, 3, 1))
    months = (*view.volumes.months, march)
    sheet = sheet_of(replace(view, volumes=replace(view.volumes, months=months)))
    ends = {each["from"]: each["to"] for each in table_of(as_months_csv(sheet))}
    assert ends["2026-01-01"] == "2026-01-31"
    assert ends["2026-02-01"] == "2026-02-28"
    assert ends["2026-03-01"] == "2026-03-01"


def test_a_month_has_the_notes_on_it_and_no_earlier_ones() -> None:
    view = some_view()
    days = (date(2026, 1, 1), date(2026, 2, 1))
    notes = [Note("", day, f"On {day}", "a", "2026-03-01T00:00:00Z", "") for day in days]
    months = sheet_of(replace(view, volumes=replace(view.volumes, notes=notes))).months
    at = [column.id for column in months.columns].index("from")
    for day in days:
        [noted] = (row[-1] for row in months.rows if row[at] == day)
        assert [str(other) in str(noted) for other in days] == [other == day for other in days]


def test_notes_name_each_filter_once_and_not_the_rows() -> None:
    """Of the filter by which the rows are grouped, the table has all others too."""
    view = some_view(Address("en", country=("AU",), visa=("B1",), channel=("DIRECT",)))
    names = [name for name, _ in sheet_of(view).notes]
    assert "Partner country" not in names
    assert (names.count("Visa type"), names.count("Channel")) == (1, 1)
    assert len([name for name in names if name != "Note"]) == len({*names} - {"Note"})


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_runs_as_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("x")'
    sheet = a_sheet()
    row = (1, text, text, text, *sheet.table.rows[0][4:])
    sheet = replace(sheet, table=replace(sheet.table, rows=(row,)))
    (written,) = csv.DictReader(io.StringIO(as_csv(sheet).decode(), newline=""))
    assert (written["code"], written["name"]) == (f"'{text}", f"'{text}")
    assert cells_of(as_xlsx(sheet))["A2"] == 1  # and the page holds no formula


def test_numbers_of_a_workbook_are_numbers() -> None:
    cells = cells_of(as_xlsx(a_sheet()))
    assert (cells["D2"], cells["G2"], cells["H2"], cells["I2"]) == ("Australia", 80, 100, -0.2)
    assert 0.05 in cells.values()


def test_numbers_of_a_workbook_are_written_as_they_are_counted() -> None:
    sheet = a_sheet()
    content = as_xlsx(sheet)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        styles, page = (
            ElementTree.fromstring(book.read(f"xl/{name}.xml"))
            for name in ("styles", "worksheets/sheet1")
        )
    used = styles.find(f"{NAMESPACE}cellXfs")
    assert used is not None
    of_style = [each.get("numFmtId") for each in used]
    codes = {
        each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{NAMESPACE}numFmt")
    }
    codes |= {"3": "#,##0", "0": "General"}
    row = next(each for each in page.iter(f"{NAMESPACE}row") if each.get("r") == "2")
    written = {
        cell.attrib["r"].rstrip("2"): codes[of_style[int(cell.get("s", "0"))]]
        for cell in row
        if cell.get("t") != "s" and cell.find(f"{NAMESPACE}v") is not None
    }
    expected = {
        MeasureKind.COUNT: "#,##0",
        MeasureKind.RATE: "0.0%",
        MeasureKind.DURATION: "#,##0.0",
    }
    kinds = {chr(ord("A") + n): each.kind for n, each in enumerate(sheet.table.columns) if n < 26}
    found = {name: code for name, code in written.items() if kinds.get(name)}
    assert found == {name: expected[kinds[name]] for name in found}  # type: ignore[index]
    assert len({*found.values()}) == 3


@pytest.mark.parametrize("language", ["id", "en"])
def test_files_are_complete_in_both_languages(language: str) -> None:
    sheet = sheet_of(some_view(Address(language, measures="all")))
    assert len(sheet.table.rows) == 4
    for table in (sheet.table, sheet.months):
        assert all(column.title for column in table.columns)
        assert all(len(row) == len(table.columns) for row in table.rows)


def _round(value: float | None, digits: str) -> float | None:
    return None if value is None else float(f"{value:{digits}}")


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_a_table_ends_with_what_has_no_group_and_with_everything_each_with_its_past() -> None:
    view = some_view(Address("en"))
    rows = sheet_of(view).table.rows
    assert [row[:4] for row in rows] == [
        (1, "AU", "AUS", "Australia"),
        (2, "SG", "SGP", "Singapore"),
        (None, None, None, "Direct (no partner)"),
        (None, None, None, "All applications"),
    ]
    assert [row[6:9] for row in rows] == [
        (80, 100, -0.2), (20, 120, -0.8333), (10, None, None), (110, 88, 0.25),
    ]  # fmt: skip


def test_months_of_several_are_those_of_everything_and_of_each() -> None:
    view = some_view(Address("en", country=("AU", "SG")))
    months = {"AU": view.volumes.months[-1:], "SG": view.volumes.months[-2:]}
    view = replace(view, volumes=replace(view.volumes, months_by_member=months))
    rows = sheet_of(view).months.rows
    own = [row[:3] for row in rows if row[0]]
    assert own == [
        ("AU", "AUS", "Australia"), ("SG", "SGP", "Singapore"), ("SG", "SGP", "Singapore"),
    ]  # fmt: skip
    assert {row[:3] for row in rows if not row[0]} == {(None, None, "Australia and Singapore")}
    alone = some_view(Address("en", country=("AU",)))
    alone = replace(alone, volumes=replace(alone.volumes, months_by_member=months))
    assert all(row[0] is None for row in sheet_of(alone).months.rows)

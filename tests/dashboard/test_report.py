"""Reports say what the gateway finds for whoever opens them, and nothing beyond their scope."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest

from dashboard.export.report import as_pdf, as_xlsx, report_of
from dashboard.model.findings import Claim, Number
from dashboard.model.measures import INTAKE, TARGET_RATE
from dashboard.model.page_state import PERIODS, Address
from dashboard.model.period import today
from dashboard.pages.place.reading import Place
from dashboard.pages.today.answers import Today
from dashboard.texts import texts
from tests.dashboard.some_volumes import LEADER
from tests.dashboard.test_export import NAMESPACE, signed_in
from tests.running_demo import Demo

SENTENCES = """
query ($from: Date!, $to: Date!, $where: VolumeWhere!) {
  findings(from: $from, to: $to, where: $where, reason: VISA_TYPE,
           kinds: [CHANGE, PROMISE, COMING, WAITING]) {
    rows { sentence { english indonesian } }
  }
}
"""


def text_of(content: bytes) -> str:
    """The words of a PDF, with one space between them."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def words_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        words = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(word.itertext()) for word in words if word.tag == f"{NAMESPACE}si"]


def a_report(
    claims: Sequence[Claim], language: str = "en", waiting: Mapping[str, Any] | None = None
) -> Place:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.kind, []).append(claim)
    period = PERIODS["last-year"](today())
    names = {"visa": dict[str, str]()}
    today_ = Today(period, datetime(2026, 3, 1, tzinfo=UTC), found, names, {}, None)
    node = {"name": "Australia"}
    address = Address(language)
    at = "2026-03-01T05:00:00Z"
    stood = {
        "checkpointSignedAt": at, "checkpointRoot": "r00t/+=", "edition": 2, "publishedAt": at,
    }  # fmt: skip
    return Place(
        *("country", "AU", node, today_, (), 0, waiting or {}, address, LEADER, texts(language)),
        evidence=stood,
    )


@pytest.mark.anyio
async def test_a_text_that_looks_like_markup_or_a_formula_is_text() -> None:
    wild = '=1+1 #panic() $x$ *bold* @here "quoted" <b> \\ [x] _y_'
    place = a_report([Claim("CHANGE", "UP", measure=INTAKE, sentence=wild, notes=(wild,))])
    assert text_of(await as_pdf(report_of(place))).count(wild) == 2
    assert words_of(await as_xlsx(report_of(place))).count(wild) == 1  # shared by both


@pytest.mark.anyio
@pytest.mark.parametrize(("language", "share"), [("en", "96.3%"), ("id", "96,3%")])
async def test_a_promise_stands_with_and_without_named_events(language: str, share: str) -> None:
    numbers = {
        "NOW": Number(0.941, 7_455), "PROMISED": Number(0.95),
        "WITHOUT_EVENTS": Number(0.963, 7_000),
    }  # fmt: skip
    visa = Claim("VISA_TYPE", "MISSED", code="B1", name="B1", measure=TARGET_RATE, numbers=numbers)
    verdict = Claim("PROMISE", "MISSED", sentence="No.")
    event = Claim("EVENT", "STEADY", sentence="To be read with the outage.")
    report = report_of(
        a_report([Claim("CHANGE", "UP", measure=INTAKE), visa, verdict, event], language)
    )
    said = text_of(await as_pdf(report))
    for words in (share, "No.", "To be read with the outage.", "Australia"):
        assert words in said
    with zipfile.ZipFile(io.BytesIO(await as_xlsx(report))) as book:
        pages = [book.read(name).decode() for name in book.namelist() if "worksheets" in name]
    assert any("<v>0.963</v>" in page for page in pages)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("checkpoint of 1 Mar 2026", "root r00t/+=.", "edition 2, of 1 Mar 2026")),
        ("id", ("titik periksa 1 Mar 2026", "akar r00t/+=.", "edisi 2, 1 Mar 2026")),
    ],
)
async def test_the_checkpoint_and_the_edition_stand_in_both_files(
    language: str, words: tuple[str, ...]
) -> None:
    place = a_report([Claim("CHANGE", "UP", measure=INTAKE)], language)
    for said in (
        text_of(await as_pdf(report_of(place))),
        " ".join(words_of(await as_xlsx(report_of(place)))),
    ):
        assert all(word in said for word in words), said
    nothing = replace(place, evidence=dict.fromkeys(place.evidence))
    said = " ".join(words_of(await as_xlsx(report_of(nothing))))
    assert texts(language)("report.no_checkpoint") in said
    assert texts(language)("report.no_edition") in said


def cells_of(
    name: str, claims: Sequence[Claim], waiting: Mapping[str, Any] | None = None
) -> list[list[str]]:
    """The rows of the one table of a section."""
    sections = report_of(a_report(claims, waiting=waiting)).sections
    [table] = next(each.tables for each in sections if each.name == name)
    return [[cell.text for cell in row] for row in table.rows]


def test_without_events_of_no_decision_there_is_no_share() -> None:
    numbers = {"NOW": Number(0.94, 50), "PROMISED": Number(0.95), "WITHOUT_EVENTS": Number(0.96, 0)}
    visa = Claim("VISA_TYPE", "MISSED", code="B1", name="B1", measure=TARGET_RATE, numbers=numbers)
    [row] = cells_of("promise", [visa, Claim("PROMISE", "MISSED", sentence="No.")])
    assert (row[2:5], row[5]) == (["94.0%", "95.0%", "50"], "–")


def test_what_waits_is_split_with_the_most_overdue_first() -> None:
    def of(code: str, late: int, waits: int) -> dict[str, Any]:
        return {
            "visaType": {"code": code, "name": ""},
            "backlog": {"value": late},
            "wip": {"value": waits},
        }

    waiting = {"visa": [of("B1", 2, 50), of("C1", 5, 9), of("D1", 0, 0), of("D2", 0, 3)]}
    rows = cells_of("waiting", [Claim("WAITING", "WORSE", sentence="7 of 62.")], waiting)
    assert rows == [["C1", "5", "9"], ["B1", "2", "50"], ["D2", "0", "3"]]


@pytest.mark.parametrize(
    ("user", "place", "language"),
    [
        ("leadership", "country=AU", "english"),
        ("leadership", "partner=NUSA", "indonesian"),
        ("leadership", "", "indonesian"),
        ("manager-my", "country=MY", "english"),
        ("officer", "country=SG", "english"),
    ],
)
def test_a_report_says_what_the_gateway_finds(
    demo: Demo, user: str, place: str, language: str
) -> None:
    year = today().year - 1
    where = {}
    if place:
        kind, code = place.split("=")
        where = {kind: {"in": [code]}}
    days = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    found = demo.ask(user, SENTENCES, **days, where=where)["findings"]["rows"]
    sentences = [row["sentence"][language] for row in found]
    query = f"language={language[:2]}&period=last-year&{place}"
    with signed_in(demo, user) as client:
        pdf, xlsx = (client.get(f"/report.{kind}?{query}") for kind in ("pdf", "xlsx"))
    assert (pdf.status_code, xlsx.status_code) == (200, 200)
    assert pdf.headers["content-type"] == "application/pdf"
    said = text_of(pdf.content)
    assert len(sentences) >= 4
    # Of a change there is a sentence for each measure; the report has the first.
    assert sum(sentence in said for sentence in sentences) >= 4, (sentences, said)
    assert sum(sentence in words_of(xlsx.content) for sentence in sentences) >= 4


@pytest.mark.parametrize(
    ("user", "place", "status"),
    [
        ("manager-sg", "country=AU", 404),
        ("manager-sg", "country=XX", 404),
        ("manager-sg", "centre=AU-SYD", 404),
        ("applicant", "country=AU", 403),
        ("treasury", "", 403),
    ],
)
def test_nobody_opens_a_report_of_what_they_do_not_read(
    demo: Demo, user: str, place: str, status: int
) -> None:
    with signed_in(demo, user) as client:
        for kind in ("pdf", "xlsx"):
            answer = client.get(f"/report.{kind}?language=en&{place}")
            assert answer.status_code == status
            assert b"%PDF" not in answer.content
            assert "Australia" not in answer.text

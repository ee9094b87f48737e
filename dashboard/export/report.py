"""A report of a place, or of all in the viewer's scope, as PDF and XLSX: the sentences of the
findings, and the figures that they rest on."""

import asyncio
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import orjson
import typst
import xlsxwriter

from dashboard.components.shell import role_text
from dashboard.export.evidence import evidence_of, stood_texts, write_evidence
from dashboard.export.files import NUMBER_FORMATS
from dashboard.model.findings import Claim
from dashboard.model.measures import INTAKE, MeasureKind
from dashboard.model.rows import group_of
from dashboard.pages.place.page import facts_text, kind_text, standing
from dashboard.pages.place.reading import Place
from dashboard.pages.place.tables import turn_of
from dashboard.pages.today.attention import COLUMNS
from dashboard.pages.today.parts import steps_of
from dashboard.pages.today.promise import VERDICTS
from dashboard.texts.wording import (
    NO_VALUE,
    count_text,
    duration_text,
    month_text,
    note_text,
    percent_text,
    written_instant,
)

#: Places of the table: the largest.
MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class ReportCell:
    """What a reader sees, and the number behind it where there is one."""

    text: str
    value: float | None = None
    kind: MeasureKind | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Heads, and rows of as many cells."""

    heads: Sequence[str]
    rows: Sequence[Sequence[ReportCell]]


@dataclass(frozen=True, slots=True)
class Section:
    """One question: its sentence, what it rests on, and its figures."""

    name: str
    question: str
    sentence: str
    notes: Sequence[str]
    tables: Sequence[ReportTable]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it, in one language."""

    place: Place
    title: str
    kind: str
    facts: str
    foot: str
    sections: Sequence[Section]


def report_of(place: Place) -> Report:
    """The report of what was read."""
    say, node = place.say, place.node
    role = role_text(place.viewer.role, say)
    return Report(
        place,
        title=node["name"] if node else say("report.meeting"),
        kind=kind_text(place) if node else say("page.product"),
        facts=facts_text(place),
        foot=say("report.foot", name=place.viewer.name or role, role=role, at=_now(say)),
        sections=tuple(_sections(place)),
    )


def _now(say: Any) -> str:
    return written_instant(datetime.now(UTC).isoformat(), say)


def _sections(place: Place) -> Iterator[Section]:
    found, say = place.today, place.say
    events = [each.sentence for each in found.all("EVENT")]
    noted = [note_text(each, say) for each in found.notes]
    figures: Mapping[str, tuple[Claim | None, Iterator[ReportTable]]] = {
        "change": (found.one("CHANGE"), _change(place)),
        "standing": (standing(place), _places(place)),
        "promise": (found.one("PROMISE"), _promises(place)),
        "coming": (found.one("COMING"), _coming(place)),
        "waiting": (found.one("WAITING"), _waiting(place)),
    }
    for name, (claim, tables) in figures.items():
        if claim:
            more = {"promise": events, "change": noted}.get(name, [])
            notes = [*claim.notes, *more]
            question = say(f"place.question_{name}")
            yield Section(name, question, claim.sentence, notes, list(tables))


def _change(place: Place) -> Iterator[ReportTable]:
    say = place.say
    steps = steps_of(place.today, INTAKE, "visa", place.address, say)
    if steps:
        bars, total = steps
        rows = [[ReportCell(bar.name), ReportCell(bar.text, bar.size, MeasureKind.COUNT)]
                for bar in (*bars, total)]  # fmt: skip
        yield ReportTable([say("today.group"), say("today.andil")], rows)


def _places(place: Place) -> Iterator[ReportTable]:
    say, rows = place.say, dict[str, dict[Any, Claim]]()
    for each in place.today.all("PLACE"):
        if each.measure:
            rows.setdefault(each.name, {})[each.measure] = each
    largest = sorted(
        rows.items(), key=lambda item: -max(each["NOW"].n or 0 for each in item[1].values())
    )
    columns = [each for each in COLUMNS if any(each in found for found in rows.values())]
    if largest:
        yield ReportTable(
            [say("today.place"), *(say(f"today.watched_{each.id}") for each in columns)],
            [
                [
                    ReportCell(name),
                    *(_figure(found.get(each), each.kind, place) for each in columns),
                ]
                for name, found in largest[:MOST_PLACES]
            ],
        )


def _figure(claim: Claim | None, kind: MeasureKind, place: Place) -> ReportCell:
    if claim is None:
        return ReportCell(NO_VALUE)
    number, say = claim["NOW"], place.say
    write = duration_text if kind is MeasureKind.DURATION else percent_text
    basis = say("today.work_of", count=count_text(number.n or 0, say))
    return ReportCell(f"{write(number.amount, say)} ({basis})", number.value, kind)


def _promises(place: Place) -> Iterator[ReportTable]:
    say, found = place.say, place.today.all("VISA_TYPE")
    keys = ("visa", "verdict", "in_time", "promised", "decided")
    heads = [*(say(f"today.{key}") for key in keys), say("report.without")]
    if found:
        yield ReportTable(heads, [_promise(each, place) for each in found])


def _promise(target: Claim, place: Place) -> list[ReportCell]:
    say, now, without = place.say, target["NOW"], target["WITHOUT_EVENTS"]
    promised = target["PROMISED"].value
    word, _ = VERDICTS[target.direction] if promised is not None else ("no_promise", "")
    return [
        ReportCell(f"{target.code} {target.name}" if target.name != target.code else target.name),
        ReportCell(say(f"today.verdict_{word}")),
        _share(now.value, place),
        _share(promised, place),
        ReportCell(count_text(now.n or 0, say), now.n, MeasureKind.COUNT),
        _share(without.value if without.n else None, place),
    ]


def _share(value: float | None, place: Place) -> ReportCell:
    if value is None:
        return ReportCell(NO_VALUE)
    return ReportCell(percent_text(value, place.say), value, MeasureKind.RATE)


def _coming(place: Place) -> Iterator[ReportTable]:
    say = place.say
    rows = [
        [
            ReportCell(month_text(each.starts_on, say)),
            *(
                ReportCell(count_text(end, say), end, MeasureKind.COUNT)
                for end in each["EXPECTED"].ends
            ),
        ]
        for each in place.today.all("EXPECTED")
        if each.starts_on
    ]
    if rows:
        yield ReportTable([say("trend.month"), say("report.at_least"), say("report.at_most")], rows)


def _waiting(place: Place) -> Iterator[ReportTable]:
    """Which files are late, for those who read cases, else how what waits splits."""
    say = place.say
    if place.late:
        heads = [say(f"place.late_{key}") for key in ("reference", "visa", "due", "turn")]
        yield ReportTable(heads, [_late(each, place) for each in place.late])
    for key, rows in place.waiting.items():
        counted = [
            (_group(group_of(row, key), key, place), row["backlog"]["value"], row["wip"]["value"])
            for row in rows
        ]
        cells = [
            [
                ReportCell(name),
                *(
                    ReportCell(count_text(n or 0, say), n, MeasureKind.COUNT)
                    for n in (late, waiting)
                ),
            ]
            for name, late, waiting in sorted(counted, key=lambda row: -(row[1] or 0))
            if waiting
        ]
        if cells:
            heads = [say(f"filters.{key}"), say("place.overdue"), say("place.open")]
            yield ReportTable(heads, cells[:MOST_PLACES])


def _group(group: Mapping[str, Any], key: str, place: Place) -> str:
    return group.get("name") or group.get("code") or place.say(f"ranking.nowhere_{key}")


def _late(file: Mapping[str, Any], place: Place) -> list[ReportCell]:
    say = place.say
    return [
        ReportCell(file["reference"]),
        ReportCell(file["visaType"]["code"] if file["visaType"] else NO_VALUE),
        ReportCell(written_instant(file["targetDueAt"], say)),
        ReportCell(say(f"place.turn_{turn_of(file)}")),
    ]


# Files ---------------------------------------------------------------------------------------


async def as_pdf(report: Report) -> bytes:
    """A4, by Typst: in a thread, since it takes some tenths of a second."""
    sections = [
        {
            "question": each.question,
            "sentence": each.sentence,
            "notes": each.notes,
            "tables": [
                {"heads": table.heads, "rows": [[cell.text for cell in row] for row in table.rows]}
                for table in each.tables
            ],
        }
        for each in report.sections
    ]
    told = {name: getattr(report, name) for name in ("title", "kind", "facts", "foot")}
    told |= {"language": report.place.say.language, "sections": sections}
    template = (resources.files("dashboard.export") / "a4.typ").read_bytes()
    told |= {
        "evidence": report.place.say("report.evidence"),
        "stood": stood_texts(report.place),
    }
    evidence = "\n".join(evidence_of(report.place))
    inputs = {"report": orjson.dumps(told).decode(), "evidence": evidence}
    return await asyncio.to_thread(_compile, template, inputs)


def _compile(template: bytes, inputs: dict[str, str]) -> bytes:
    """Of its own fonts and of no file or package besides the template."""
    return typst.compile(template, format="pdf", ignore_system_fonts=True, sys_inputs=inputs)


async def as_xlsx(report: Report) -> bytes:
    """A page for each question, with its numbers as numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        formats = {
            kind: book.add_format({"num_format": text}) for kind, text in NUMBER_FORMATS.items()
        }
        for section in report.sections:
            page = book.add_worksheet(report.place.say(f"report.sheet_{section.name}"))
            page.set_column(0, 0, 36)
            page.set_column(1, 8, 18)
            lines = (report.title, report.facts, section.sentence, *section.notes)
            for line, text in enumerate(lines):
                page.write_string(line, 0, text, bold if line in (0, 2) else wrapped)
            line = len(lines) + 1
            for table in section.tables:
                for column, head in enumerate(table.heads):
                    page.write_string(line, column, head, bold)
                for row in table.rows:
                    line += 1
                    for column, cell in enumerate(row):
                        if cell.value is None or cell.kind is None:
                            page.write_string(line, column, cell.text)
                        else:
                            page.write_number(line, column, cell.value, formats[cell.kind])
                line += 2
        write_evidence(book, report.place, bold)
    return file.getvalue()

"""For a place with very few applications: each of them, with its way and its wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.components.html_part import aria
from dashboard.model.period import WIB, last_year, month_start
from dashboard.pages.today.answers import Today
from dashboard.pages.today.parts import region
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, day_text, duration_text, percent_text

QUESTION = "today/files"
#: With fewer applications than this in a year there is nothing to compare, and all are listed.
VERY_SMALL = 30
#: How far back applications are listed, in months.
MONTHS = 24
COLUMNS = ("reference", "visa", "submitted", "handed_over", "paid", "closed", "wait", "promise")


@dataclass(frozen=True, slots=True)
class File:
    """One application, as its partner's manager reads it."""

    reference: str
    visa: str
    stage: str
    submitted: datetime
    handed_over: datetime | None
    paid: datetime | None
    due: datetime | None
    closed: datetime | None

    def hours(self, now: datetime) -> float | None:
        """How long it took from payment, or has taken until now."""
        return ((self.closed or now) - self.paid).total_seconds() / 3600 if self.paid else None

    def is_in_time(self, now: datetime) -> bool | None:
        """Whether it was over by the day to expect; None while that is open."""
        if self.due is None or not (self.closed or now > self.due):
            return None
        return bool(self.closed and self.closed <= self.due)


@dataclass(frozen=True, slots=True)
class FewFiles:
    """All files of two years, the newest first, and the published figures of their region."""

    files: tuple[File, ...]
    #: The last whole year, as published of the region.
    year: int
    region: str
    published: Mapping[str, Any] | None


def is_very_small(today: Today) -> bool:
    """Whether every application can be looked at by itself."""
    received = [each["RECEIVED"].amount for each in today.all("RECEIVED")][-12:]
    return sum(received) < VERY_SMALL and not today.all("EXPECTED")


def variables_of(countries: Sequence[str], now: date) -> dict[str, Any]:
    """The variables of ``files.graphql``."""
    year = last_year(now)
    since = datetime.combine(month_start(now, -MONTHS), datetime.min.time(), WIB)
    return {
        "since": since.isoformat(),
        "countries": list(countries),
        "from": year.from_on.isoformat(),
        "to": year.to_on.isoformat(),
    }


def read_files(data: Mapping[str, Any], year: int) -> FewFiles:
    """The answer; figures of a region stand beside files of one region alone."""
    regions = {node["region"] for node in data["countries"]["nodes"]}
    only = next(iter(regions)) if len(regions) == 1 else ""
    rows = {row["region"]: row for row in data["regions"]["rows"]}
    files = sorted(map(_file, data["applications"]["nodes"]), key=lambda file: file.submitted)
    return FewFiles(tuple(reversed(files)), year, only, rows.get(only))


def _file(node: Mapping[str, Any]) -> File:
    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(node[name]) if node[name] else None

    return File(
        node["reference"],
        node["visaType"]["code"] if node["visaType"] else "",
        node["stage"],
        datetime.fromisoformat(node["submittedAt"]),
        *(instant(name) for name in ("receivedAt", "paidAt", "targetDueAt", "closedAt")),
    )


def files_sentence(found: FewFiles, now: datetime, say: Texts) -> str:
    """How many there are, and how many of those that are judged were over in time."""
    judged = [each for file in found.files if (each := file.is_in_time(now)) is not None]
    months = count_text(MONTHS, say)
    if not found.files:
        return say("today.files_none", months=months)
    return say(
        "today.files",
        count=count_text(len(found.files), say),
        months=months,
        met=count_text(sum(judged), say),
        judged=count_text(len(judged), say),
    )


def files_answer(found: FewFiles, now: datetime, say: Texts) -> list[Any]:
    """The sentence, and what the region's published figures are."""
    notes = [html.P(note) for note in _notes(found, say)]
    return [html.H2(files_sentence(found, now, say)), html.Div(notes, className="notes")]


def _notes(found: FewFiles, say: Texts) -> list[str]:
    notes = [say("today.files_few")]
    row = found.published
    if row and row["targetRate"]["value"] is not None:
        hours = row["turnaroundP50"]["hours"]
        notes.append(
            say(
                "today.files_region",
                region=say(f"words.region.{found.region}"),
                year=str(found.year),
                share=percent_text(row["targetRate"]["value"], say),
                hours=NO_VALUE if hours is None else duration_text(hours, say),
            )
        )
    return notes


def files_table(found: FewFiles, now: datetime, say: Texts) -> html.Div | None:
    """A row for each application: its days, how long it waited, and the promise."""
    if not found.files:
        return None
    heads = [html.Th(say(f"today.file_{key}"), scope="col") for key in COLUMNS]
    return region(
        "files",
        say("today.question_files"),
        html.Table(
            [
                html.Caption(say("today.question_files"), className="unseen"),
                html.Thead(html.Tr(heads)),
                html.Tbody([_row(file, now, say) for file in found.files]),
            ]
        ),
    )


def _row(file: File, now: datetime, say: Texts) -> html.Tr:
    hours, in_time = file.hours(now), file.is_in_time(now)
    word = {True: "kept", False: "missed", None: "open"}[in_time]
    sign = {True: "✓ ", False: "✗ ", None: ""}[in_time]
    cells = (
        file.visa,
        _day(file.submitted, say),
        _day(file.handed_over, say),
        _day(file.paid, say),
        _day(file.closed, say) if file.closed else say(f"today.stage_{file.stage}"),
        NO_VALUE if hours is None else duration_text(hours, say),
        [
            html.Span(sign, **aria(hidden="true")),
            say(f"today.file_{word}") if file.due else NO_VALUE,
        ],
    )
    verdict = {True: "met", False: "missed", None: None}[in_time]
    return html.Tr(
        [
            html.Th(html.Code(case_link(file.reference, say)), scope="row"),
            *(
                html.Td(
                    cell,
                    className=verdict if key == "promise" else None,
                    **{"data-label": say(f"today.file_{key}")},  # type: ignore[arg-type]
                )
                for cell, key in zip(cells, COLUMNS[1:], strict=True)
            ),
        ]
    )


def _day(instant: datetime | None, say: Texts) -> str:
    return day_text(instant.astimezone(WIB).date(), say) if instant else NO_VALUE

"""The tables of the page of a place: which files are late, and how what waits splits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import html

from dashboard.components.case_link import case_link
from dashboard.model.page_state import Address
from dashboard.model.period import WIB
from dashboard.model.rows import group_of
from dashboard.pages.place.reading import Place
from dashboard.pages.today.parts import named_place, region, table
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, count_text, day_text, duration_text

WAITS = "WAITING_FOR_APPLICANT"
#: Groups of a split: those with the most that is overdue.
MOST_GROUPS = 6


def turn_of(file: Mapping[str, Any]) -> str:
    """Whose turn it is: the applicant's, the partner's until it has handed the file over, or the
    directorate's."""
    if file["stage"] == WAITS:
        return "applicant"
    return "directorate" if file["receivedAt"] else "partner"


def late_table(place: Place, now: datetime) -> list[Any]:
    """A row for each file that is open and late, the oldest first."""
    say = place.say
    if not place.late:
        return [html.P(say("place.nothing_late"))]
    heads = [say(f"place.late_{key}") for key in ("reference", "visa", "due", "late", "turn")]
    rows = [_late_row(file, now, say) for file in place.late]
    label = say("place.late")
    more = place.late_count - len(place.late)
    return [
        region("late", label, table(label, heads, rows)),
        *([html.P(say("place.more", count=count_text(more, say)))] if more > 0 else []),
    ]


def _late_row(file: Mapping[str, Any], now: datetime, say: Texts) -> list[Any]:
    due = datetime.fromisoformat(file["targetDueAt"])
    hours = (now - due).total_seconds() / 3600
    centre = file["centre"]
    where = [html.Span(centre["city"], className="name")] if centre else []
    return [
        [html.Code(case_link(file["reference"], say)), *where],
        file["visaType"]["code"] if file["visaType"] else NO_VALUE,
        day_text(due.astimezone(WIB).date(), say),
        duration_text(hours, say),
        say(f"place.turn_{turn_of(file)}"),
    ]


def split_tables(place: Place) -> list[Any]:
    """What waits now, by country, centre and visa type: the most overdue first."""
    tables = (_split(key, rows, place) for key, rows in place.waiting.items())
    return [html.Div([each for each in tables if each], className="splits")]


def _split(key: str, rows: Sequence[Mapping[str, Any]], place: Place) -> Any:
    say = place.say
    counted = [
        (row["backlog"]["value"] or 0, row["wip"]["value"] or 0, group_of(row, key)) for row in rows
    ]
    counted = sorted((each for each in counted if each[1]), key=lambda each: (-each[0], -each[1]))
    if not counted:
        return None
    label = say(f"filters.{key}")
    alike = Counter(group.get("name") for *_, group in counted)
    cells = [
        [
            _named(key, group, place.address, say, is_alone=alike[group.get("name")] == 1),
            count_text(overdue, say),
            count_text(waiting, say),
        ]
        for overdue, waiting, group in counted[:MOST_GROUPS]
    ]
    heads = [label, say("place.overdue"), say("place.open")]
    return region("split", label, table(label, heads, cells))


def _named(
    key: str, group: Mapping[str, Any], address: Address, say: Texts, *, is_alone: bool
) -> Any:
    """A group by its name, and by its code too where another one is called the same: two partners
    may have a centre in one city."""
    code = group.get("code")
    if not code:
        return say(f"ranking.nowhere_{key}")
    name = group.get("name") or code
    return named_place(key, code, name if is_alone else f"{name} ({code})", address)

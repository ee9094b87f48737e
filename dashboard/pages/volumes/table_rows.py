"""The rows of the ranked table: rank, name, a small line of the last year, and the readings."""

from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.figures.small import sparkline
from dashboard.model.filters import CENTRE, COUNTRY, MOST_VALUES, PARTNER
from dashboard.model.intervals import has_enough
from dashboard.model.measures import INTAKE, Measure
from dashboard.model.period import TREND_MONTHS, month_start
from dashboard.model.rows import Line
from dashboard.pages.volumes.cards import change_mark
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import NO_VALUE, change_of, count_text, percent_text, value_text


def place_row(rank: int, rank_before: int | None, line: Line, view: View) -> html.Tr:
    """A place; its name is the link that chooses it, or that lets it go again."""
    address = view.address
    code, name = line.code or "", view.name_of(line)
    is_chosen, is_alone = code in address.members, address.members == (code,)
    largest = max(each.amount(INTAKE) for each in view.volumes.groups) or 1
    link = html.A(
        name,
        href=address.link(**{address.by: () if is_alone else (code,)}),
        title=view.say("ranking.leave" if is_alone else "ranking.choose", place=name),
        **(aria(current="true") if is_chosen else {}),
    )
    return html.Tr(
        [
            html.Td([str(rank), *_rank_change(rank, rank_before, view.say)], className="rank"),
            html.Th(
                [link, *_comparison_links(code, name, view), *_way(code, name, view)], scope="row"
            ),
            *_readings(line, view.volumes.before_of(line), view, line.amount(INTAKE) / largest),
        ],
        className="chosen" if is_chosen else "",
    )


def _way(code: str, name: str, view: View) -> list[Any]:
    """To the page of a country, partner or centre."""
    if view.address.by not in (CENTRE, COUNTRY, PARTNER):
        return []
    words = view.say("ranking.place", place=name)
    href = view.address.place_link(view.address.by, code)
    return [html.A("›", href=href, className="compare", title=words, **aria(label=words))]


def _comparison_links(code: str, name: str, view: View) -> list[html.A]:
    """Adds the row to those that are compared, or takes it from them, once there is one."""
    address = view.address
    if not address.members or address.members == (code,):
        return []
    is_chosen = code in address.members
    if not is_chosen and len(address.members) >= MOST_VALUES:
        return []
    words = view.say("ranking.drop" if is_chosen else "ranking.add", place=name)
    sign = "\N{MINUS SIGN}" if is_chosen else "+"
    href = address.toggle(address.by, code).link()
    return [html.A(sign, href=href, className="compare", title=words, **aria(label=words))]


def sum_row(name: str, line: Line, before: Line, view: View, kind: str = "") -> html.Tr:
    """A sum below the ranked places."""
    return html.Tr(
        [
            html.Td("", className="rank"),
            html.Th(name, scope="row"),
            *_readings(line, before, view, None),
        ],
        className=kind,
    )


def _rank_change(rank: int, before: int | None, say: Texts) -> list[html.Span]:
    """How many places up or down since the period before."""
    if before is None or before == rank:
        return []
    is_up = before > rank
    count = count_text(abs(before - rank), say)
    sign = html.Span(("▲" if is_up else "▼") + count, **aria(hidden="true"))
    words = say("ranking.climbed" if is_up else "ranking.fell", count=count)
    spoken = html.Span(words, className="unseen")
    return [html.Span([sign, spoken], className="rank-moved")]


def _recent(line: Line, view: View) -> html.Img | str:
    """The applications received of the last months, a point each."""
    received = view.volumes.recent.get(line.code, {})
    first = view.volumes.complete_from
    last = month_start(view.period.to_on)
    months = [month_start(last, shift) for shift in range(1 - TREND_MONTHS, 1)]
    values = [received.get(month, 0) for month in months if first and month >= first]
    if len(values) < 2:
        return NO_VALUE
    text = view.say(
        "ranking.recent_told",
        count=count_text(len(values), view.say),
        least=count_text(min(values), view.say),
        most=count_text(max(values), view.say),
        last=count_text(values[-1], view.say),
    )
    return html.Img(src=sparkline(values), alt=text, title=text, width=84, height=22)


def _readings(line: Line, before: Line, view: View, share: float | None) -> list[html.Td]:
    """Of a place with its share of the largest, or of a sum, which has neither bar nor line."""
    cells: list[html.Td] = []
    for measure in view.measures:
        text = _cell_text(measure, line, view.say)
        if measure is INTAKE:
            change = change_of(INTAKE, line[INTAKE], before[INTAKE], view.say)
            cells.append(html.Td([*_bar(share), text], className="with-bar"))
            cells.append(html.Td(change_mark(change, view.say) if change else NO_VALUE))
            recent = "" if share is None else _recent(line, view)
            cells.append(html.Td(recent, className="recent"))
        elif has_enough(measure, line[measure]) or share is None:
            between = _interval_text(measure, line, view) if measure.id == view.address.sort else []
            cells.append(html.Td([text, *between]))
        else:
            cells.append(html.Td(text, className="few"))
    return cells


def _interval_text(measure: Measure, line: Line, view: View) -> list[Any]:
    """The interval of the share that the rows are sorted by, since they are sorted by its end."""
    bounds = line[measure].interval
    if bounds is None:
        return []
    low, high = (percent_text(bound, view.say) for bound in bounds)
    words = view.say("ranking.interval", low=low, high=high)
    short = f"{low.rstrip('%')}–{high}"
    return [html.Span([" ", short], className="interval", title=words)]


def _cell_text(measure: Measure, line: Line, say: Texts) -> str | html.Abbr:
    return value_text(measure, line[measure], say, is_short=True)


def _bar(share: float | None) -> list[Any]:
    if share is None:
        return []
    bar = html.Span(className="bar", style={"width": f"{share:.2%}"})
    return [html.Span(bar, className="bar-room")]

"""Titles that say what is seen: each is a claim, and true of the figures below it."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.shell import on_paper, scope_text
from dashboard.figures.trend import trend_months
from dashboard.model.filters import FILTERS
from dashboard.model.intervals import ENOUGH, has_enough, rank_rows, stands_out
from dashboard.model.measures import INTAKE, RELATIVE, Better, MeasureKind
from dashboard.model.period import MONTHS_OF_A_YEAR, month_end, month_start
from dashboard.model.reach import is_elsewhere
from dashboard.model.rows import Line
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import (
    change_of,
    count_text,
    day_text,
    instant_text,
    list_text,
    month_text,
    percent_text,
    period_text,
    value_text,
)

NAMED_ON_MAP = 3
MANY_ON_MAP = 12
#: A share of fewer is written in numbers: 8 of 15.
FEW = 100
#: So many months may tie for the busiest and still be named.
MOST_TIES = 2


def finding(view: View) -> str:
    """The headline: how many came in, against the period that it is compared with."""
    if is_elsewhere(view.address, view.absent):
        return absence_title(view)
    say, volumes = view.say, view.volumes
    count = count_text(volumes.total[INTAKE].value or 0, say)
    change = change_of(INTAKE, volumes.total[INTAKE], volumes.before[INTAKE], say)
    than = say(f"heading.than_{view.address.compare}")
    if change is None:
        found = say("heading.alone", count=count)
    elif change.direction == "same":
        key = "heading.same" if change.is_exact else "heading.steady"
        found = say(key, count=count, than=than)
    else:
        found = say(f"heading.{change.direction}", count=count, change=change.size, than=than)
    return f"{view.subject}: {found}" if view.subject else found


def comparison_line(view: View) -> str:
    """The period, and what it is compared with, if the data reach back to it."""
    is_known = view.volumes.before[INTAKE].value is not None
    return view.say(
        "heading.compared" if is_known else "heading.unknown",
        period=period_text(view.period, view.say),
        previous=period_text(view.earlier, view.say),
    )


def document_title(view: View) -> str:
    """Short, with what differs first: tabs, history and bookmarks show the beginning."""
    say = view.say
    parts = [
        view.subject,
        say("pages.volumes.title"),
        say(f"measures.{view.measure.id}.label") if view.measure is not INTAKE else "",
        period_text(view.period, say),
        say("page.product"),
    ]
    return " · ".join(part for part in parts if part)


def absence_title(view: View) -> str:
    """That there are no figures of what was chosen because of who looks, not because of nothing."""
    say = view.say
    why = next(
        each.why
        for key in (each.key for each in FILTERS)
        for each in view.absent
        if each.key == key
        and {a.code for a in view.absent if a.key == key} >= set(view.address.filters[key])
    )
    codes = [each for each in view.absent if each.why is why]
    names = list_text([view.name(each.key, each.code) for each in codes], say)
    return say(f"absent.{why}", names=names)


def map_title(view: View) -> str:
    """Where most of a count is; for rates and durations, which place stands out."""
    if view.measure.kind in RELATIVE:
        return _standing_out(view)
    say, measure = view.say, view.measure
    order = sorted(view.volumes.groups, key=lambda line: -line.amount(measure))
    total = view.volumes.everything.amount(measure)
    name = say(f"measures.{measure.id}.label")
    if not order or not order[0].amount(measure) or not total:
        return say("map.none", measure=name, by=say(f"filters.by_{view.address.by}"))
    if (
        len(order) == 1
        and measure is INTAKE
        and view.address.has_map
        and order[0].amount(measure) == total
    ):
        return say("map.one", country=view.name_of(order[0]))
    top = order[:NAMED_ON_MAP] if len(order) > MANY_ON_MAP else order[:1]
    top = [line for line in top if line.amount(measure)]
    amount = sum(line.amount(measure) for line in top)
    names = list_text([view.name_of(line) for line in top], say)
    is_few = measure.kind is MeasureKind.COUNT and total < FEW
    share = (
        say("map.of", count=count_text(amount, say), total=count_text(total, say))
        if is_few
        else _share_text(amount / total, say)
    )
    if measure is INTAKE and not is_few and view.address.has_map:
        return say("map.top", countries=names, share=share)
    key = "map.top_of" if view.address.has_map else "map.top_for"
    return say(key, measure=name, countries=names, share=share)


def _share_text(share: float, say: Texts) -> str:
    """In whole per cent; with a decimal where that would say all or nothing."""
    return percent_text(share, say, digits=0 if 0.005 < share < 0.995 or share == 1 else 1)


def _standing_out(view: View) -> str:
    """The place whose share is most surely on the worse side of the whole, or that none is.

    A rate without a better direction stands out upwards. A value without an interval is judged by
    itself.
    """
    say, measure = view.say, view.measure
    name = say(f"measures.{measure.id}.label")
    falls = measure.better is not Better.HIGHER
    lines = [line for line in view.volumes.groups if has_enough(measure, line[measure])]
    whole = view.volumes.everything[measure]
    by = say(f"filters.by_{view.address.by}")
    if len(lines) < 2 or whole.value is None:
        return say("map.none", measure=name, by=by)
    beyond = [line for line in lines if stands_out(line[measure], whole.value, upwards=falls)]
    first = rank_rows(beyond or lines, measure, falls=falls)[0]
    values = {
        "measure": name,
        "whole": value_text(measure, whole, say, is_short=True),
        "place": view.name_of(first),
        "value": value_text(measure, first[measure], say, is_short=True),
        "count": count_text(first[measure].whole or 0, say),
    }
    side = "most" if falls else "least"
    if beyond:
        return say("map.stands_out", **values)
    key = f"map.nobody_{side}" if first[measure].interval else f"map.{side}"
    return say(key, enough=str(ENOUGH), **values)


def trend_title(view: View) -> str:
    """The busiest month of the period; of anything but flows, its last month that is over."""
    say, measure = view.say, view.measure
    if len(view.members) > 1:
        names = list_text([member.name for member in view.members], say)
        return say("trend.several", measure=say(f"measures.{measure.id}.label"), names=names)
    shown = trend_months(view.volumes, view.period)
    months = [
        view.volumes.month(start)
        for start in shown
        if view.period.from_on <= start <= view.period.to_on
    ]
    if measure.kind in RELATIVE or view.is_stock(measure) or len(months) < 2:
        return _latest(months, view)
    return _busiest(months, view)


def _busiest(months: Sequence[Line], view: View) -> str:
    say, measure = view.say, view.measure
    most = max(line.amount(measure) for line in months)
    busiest = [line for line in months if line.amount(measure) == most]
    if not most or len(busiest) > MOST_TIES or any(line[measure].value is None for line in months):
        return say("trend.none")
    values = {
        "month": list_text(
            [month_text(line.starts_on, say) for line in busiest if line.starts_on], say
        ),
        "value": value_text(measure, busiest[0][measure], say),
    }
    if len(busiest) > 1:
        return say("trend.tied", measure=say(f"measures.{measure.id}.label"), **values)
    if measure is INTAKE:
        return say("trend.busiest", **values)
    return say("trend.highest", measure=say(f"measures.{measure.id}.label"), **values)


def _latest(months: Sequence[Line], view: View) -> str:
    """A month that is not over is compared with nothing: the year before, it was a whole one."""
    say, measure = view.say, view.measure
    over = [line for line in months if line.starts_on and month_end(line.starts_on) <= view.read_on]
    last = (over or months or [Line({})])[-1]
    if last.starts_on is None or last[measure].value is None:
        return say("trend.none")
    before = view.volumes.month(month_start(last.starts_on, -MONTHS_OF_A_YEAR))
    is_over = bool(over)
    day = min(month_end(last.starts_on), view.read_on)
    values = {
        "measure": say(f"measures.{measure.id}.label"),
        "when": say("trend.on", day=day_text(day, say))
        if view.is_stock(measure)
        else say("trend.in", month=month_text(last.starts_on, say)),
        "value": value_text(measure, last[measure], say, is_short=True),
    }
    if not is_over and not view.is_stock(measure):
        return say("trend.latest_so_far", **values)
    if not is_over or before[measure].value is None:
        return say("trend.latest", **values)
    earlier = value_text(measure, before[measure], say, is_short=True)
    return say("trend.latest_compared", before=earlier, **values)


def page_heading(view: View) -> list[Any]:
    """The finding, what it covers, and the period."""
    say = view.say
    return [
        html.P(say("pages.volumes.title"), className="kicker"),
        html.H1(finding(view)),
        html.P(comparison_line(view), className="compared"),
        html.Ul(
            [
                html.Li([html.Span(f"{name}: "), text] if name else text)
                for name, text in facts(view)
            ],
            className="facts",
        ),
        on_paper(view.viewer, say),
    ]


def facts(view: View) -> tuple[tuple[str, str], ...]:
    """Scope, time and protection of the figures, some with a name before them."""
    say = view.say
    return (
        (say("masthead.scope"), scope_text(view.viewer, say)),
        *_as_of(view),
        ("", say(f"masthead.{_kind_of_figures(view)}")),
    )


def _kind_of_figures(view: View) -> str:
    if not view.audience.is_first_decided:
        return "exact"
    return "first_decided" if view.audience.has_outcomes else "no_outcomes"


def _as_of(view: View) -> list[tuple[str, str]]:
    as_of, say = view.volumes.as_of, view.say
    return [("", say("masthead.as_of", instant=instant_text(as_of, say)))] if as_of else []

"""Titles that say what is seen."""

from typing import Any

from dash import html

from dashboard.components.shell import scope_text
from dashboard.figures.trend import trend_months
from dashboard.model.measures import INTAKE, RELATIVE, STOCKS
from dashboard.model.period import MONTHS_OF_A_YEAR, month_start
from dashboard.model.rows import Line
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import (
    change_of,
    count_text,
    instant_text,
    list_text,
    month_text,
    percent_text,
    period_text,
    value_text,
)

NAMED_ON_MAP = 3
MANY_ON_MAP = 12
#: Of how many applications a rate or a duration can be a finding.
ENOUGH = 30


def page_heading(view: View) -> list[Any]:
    """The finding, what it covers, and the period."""
    say, period = view.say, view.period
    is_compared = view.volumes.previous[INTAKE].value is not None
    compared = say(
        "heading.compared" if is_compared else "heading.unknown",
        period=period_text(period, say),
        previous=period_text(period.previous, say),
    )
    return [
        html.P(say("pages.volumes.title"), className="kicker"),
        html.H1(_finding(view)),
        html.P(compared, className="compared"),
        html.Ul(
            [
                html.Li([html.Span(f"{name}: "), text] if name else text)
                for name, text in facts(view)
            ],
            className="facts",
        ),
    ]


def page_title(view: View) -> str:
    """What a tab, a bookmark and the history say: the page, what it is about, and when."""
    words = (view.subject, view.say("pages.volumes.title"), period_text(view.period, view.say))
    return " · ".join(word for word in (*words, view.say("page.product")) if word)


def facts(view: View) -> tuple[tuple[str, str], ...]:
    """Scope, time and protection of the figures, some with a name before them."""
    say = view.say
    return (
        (say("masthead.scope"), scope_text(view.viewer, say)),
        *_as_of(view),
        ("", say("masthead.partly" if view.audience.publishes else "masthead.exact")),
    )


def _as_of(view: View) -> list[tuple[str, str]]:
    as_of, say = view.volumes.as_of, view.say
    return [("", say("masthead.as_of", instant=instant_text(as_of, say)))] if as_of else []


def map_title(view: View) -> str:
    """Where most of it is; of rates and durations, where they are highest."""
    if view.measure.kind in RELATIVE:
        return _highest(view)
    say, measure = view.say, view.measure
    ranked = sorted(view.volumes.places, key=lambda line: -line.amount(measure))
    total = view.volumes.everything.amount(measure)
    name = say(f"measures.{measure.id}.label")
    if not ranked or not total:
        return say("map.none", measure=name, by=say(f"filters.by_{view.address.by}"))
    if len(ranked) == 1 and measure is INTAKE:
        return say("map.one", country=ranked[0].name or "")
    top = ranked[:NAMED_ON_MAP] if len(ranked) > MANY_ON_MAP else ranked[:1]
    share = percent_text(sum(line.amount(measure) for line in top) / total, say, digits=0)
    names = list_text([line.name or "" for line in top], say)
    if measure is INTAKE:
        return say("map.top", countries=names, share=share)
    return say("map.top_of", measure=name, countries=names, share=share)


def _highest(view: View) -> str:
    """Among places with enough applications: the rate of three cases is no finding."""
    say, measure = view.say, view.measure
    name = say(f"measures.{measure.id}.label")
    enough = [
        line
        for line in view.volumes.places
        if line.amount(INTAKE) >= ENOUGH and line[measure].value is not None
    ]
    if len(enough) < 2:
        return say("map.none", measure=name, by=say(f"filters.by_{view.address.by}"))
    low, *_, high = sorted(enough, key=lambda line: line.amount(measure))
    return say(
        "map.range",
        measure=name,
        low=value_text(measure, low[measure], say, is_short=True),
        lowest=low.name or "",
        high=value_text(measure, high[measure], say, is_short=True),
        highest=high.name or "",
        enough=str(ENOUGH),
    )


def trend_title(view: View) -> str:
    """The busiest month; of anything but counts, the last month against the year before."""
    say, measure = view.say, view.measure
    months = [view.volumes.month(start) for start in trend_months(view.volumes, view.period)]
    if len(months) < 2:
        return say("trend.none")
    if measure.kind not in RELATIVE and measure not in STOCKS:
        busiest = max(months, key=lambda line: line.amount(measure))
        value = value_text(measure, busiest[measure], say)
        month = month_text(busiest.starts_on or view.period.to_on, say)
        if measure is INTAKE:
            return say("trend.busiest", month=month, count=value)
        name = say(f"measures.{measure.id}.label")
        return say("trend.highest", measure=name, month=month, value=value)
    return _latest(months[-1], view)


def _latest(last: Line, view: View) -> str:
    say, measure = view.say, view.measure
    start = last.starts_on or view.period.to_on
    before = view.volumes.month(month_start(start, -MONTHS_OF_A_YEAR))
    told = {
        "measure": say(f"measures.{measure.id}.label"),
        "month": month_text(start, say),
        "value": value_text(measure, last[measure], say, is_short=True),
    }
    if last[measure].value is None:
        return say("trend.none")
    if before[measure].value is None:
        return say("trend.latest", **told)
    earlier = value_text(measure, before[measure], say, is_short=True)
    return say("trend.latest_compared", before=earlier, **told)


def _finding(view: View) -> str:
    say, volumes = view.say, view.volumes
    count = count_text(volumes.total[INTAKE].value or 0, say)
    change = change_of(INTAKE, volumes.total[INTAKE], volumes.previous[INTAKE], say)
    finding = (
        say("heading.alone", count=count)
        if change is None
        else say(f"heading.{change.direction}", count=count, change=change.size)
    )
    return f"{view.subject}: {finding}" if view.subject else finding

"""Titles that say what is seen, and the choice of the period below the first of them."""

from datetime import date
from typing import Any

from dash import html

from dashboard.address import CUSTOM, PERIODS, Address
from dashboard.aria import aria
from dashboard.measures import INTAKE
from dashboard.period import Period, month_start, today
from dashboard.sessions import Viewer
from dashboard.shell import scope_text
from dashboard.texts import Texts
from dashboard.volumes import Volumes
from dashboard.wording import (
    change_of,
    count_text,
    instant_text,
    list_text,
    month_text,
    percent_text,
    period_text,
)

NAMED_ON_MAP = 3
OFFERED_MONTHS = 60


def page_heading(
    volumes: Volumes, period: Period, address: Address, viewer: Viewer, say: Texts
) -> list[Any]:
    """The finding, what it covers, and the period."""
    is_compared = volumes.previous[INTAKE].value is not None
    compared = say(
        "heading.compared" if is_compared else "heading.unknown",
        period=period_text(period, say),
        previous=period_text(period.previous, say),
    )
    return [
        html.P(say("page.title"), className="kicker"),
        html.H1(_finding(volumes, say)),
        html.P(compared, className="compared"),
        html.Ul(
            [
                html.Li([html.Span(f"{name}: "), text] if name else text)
                for name, text in facts(volumes, viewer, say)
            ],
            className="facts",
        ),
        _period_choice(address, period, say),
    ]


def facts(volumes: Volumes, viewer: Viewer, say: Texts) -> tuple[tuple[str, str], ...]:
    """Scope, time and protection of the figures, some with a name before them."""
    return (
        (say("masthead.scope"), scope_text(viewer, say)),
        ("", say("masthead.as_of", instant=instant_text(volumes.as_of, say))),
        ("", say("masthead.exact")),
    )


def map_title(volumes: Volumes, say: Texts) -> str:
    """Who sends most, as a share of everything."""
    ranked = sorted(volumes.countries, key=lambda line: -line.amount(INTAKE))
    total = volumes.total.amount(INTAKE)
    if not ranked or not total:
        return say("map.none")
    if len(ranked) == 1:
        return say("map.one", country=ranked[0].name or "")
    top = ranked[:NAMED_ON_MAP] if len(ranked) > 2 * NAMED_ON_MAP else ranked[:1]
    share = sum(line.amount(INTAKE) for line in top) / total
    names = [line.name or "" for line in top]
    return say("map.top", countries=list_text(names, say), share=percent_text(share, say, digits=0))


def trend_title(volumes: Volumes, period: Period, say: Texts) -> str:
    """The month in which most came in; one that is not over is not compared."""
    busiest = max(volumes.months, key=lambda line: line.amount(INTAKE), default=None)
    if busiest is None or busiest.starts_on is None or period.months == len(volumes.months) == 1:
        return say("trend.none")
    count = count_text(busiest.amount(INTAKE), say)
    return say("trend.busiest", month=month_text(busiest.starts_on, say), count=count)


def _finding(volumes: Volumes, say: Texts) -> str:
    now, before = volumes.total[INTAKE], volumes.previous[INTAKE]
    count = count_text(now.value or 0, say)
    change = change_of(INTAKE, now, before, say)
    if change is None:
        return say("heading.alone", count=count)
    return say(f"heading.{change.direction}", count=count, change=change.size)


def _period_choice(address: Address, period: Period, say: Texts) -> html.Nav:
    links = [
        html.A(
            say(f"period.{name}"),
            href=address.link(period=name, first="", last=""),
            **(aria(current="true") if name == address.period else {}),
        )
        for name in PERIODS
    ]
    return html.Nav(
        [
            html.Div(links, className="segments"),
            html.Details(
                [
                    html.Summary(
                        say("period.custom")
                        if address.period != CUSTOM
                        else period_text(period, say),
                        **(aria(current="true") if address.period == CUSTOM else {}),
                    ),
                    _months_form(address, period, say),
                ],
                className="custom-period",
            ),
        ],
        className="periods",
        **aria(label=say("period.label")),
    )


def _months_form(address: Address, period: Period, say: Texts) -> html.Form:
    """A form whose fields become the address; what it does not ask travels along hidden."""
    kept = {"language": address.language, "sort": address.sort, "rows": address.rows}
    return html.Form(
        [
            *_hidden({"period": CUSTOM} | kept),
            _month_select("first", period.from_on, say),
            _month_select("last", period.to_on, say),
            html.Button(say("period.apply"), type="submit", className="button"),
            html.P(say("period.note")),
        ],
        action="/",
        method="get",
        className="months",
    )


def _month_select(name: str, chosen: date, say: Texts) -> html.Label:
    now = today()
    count = max(OFFERED_MONTHS, Period(chosen, now).months)
    months = [month_start(now, -shift) for shift in range(count)]
    return html.Label(
        [
            html.Span(say(f"period.{name}")),
            html.Select(
                [
                    html.Option(
                        month_text(month, say),
                        value=f"{month:%Y-%m}",
                        selected=month == month_start(chosen),
                    )
                    for month in months
                ],
                name=name,
            ),
        ]
    )


def _hidden(values: dict[str, str]) -> list[html.Select]:
    """Dash has no hidden input; a hidden choice of one says the same."""
    return [
        html.Select(html.Option(value, value=value, selected=True), name=name, hidden=True)
        for name, value in values.items()
    ]

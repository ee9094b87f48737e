"""The controls of the page: period, measure, grouping and filters; and what is set as chips."""

from typing import Any

from dash import html

from dashboard.components.controls import (
    Options,
    choice,
    choices,
    options_of,
    period_choice,
    segments,
)
from dashboard.components.html_part import aria
from dashboard.components.notice import notice
from dashboard.model.filters import FILTER, FILTERS, GROUPINGS
from dashboard.model.measures import PROCESSING
from dashboard.model.page_state import Address
from dashboard.model.period import COMPARISONS, today
from dashboard.model.user import User
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts
from dashboard.texts.wording import period_text

#: Their ids, behind the name of the page.
CONTROLS = (
    "period", "months", "compare", "by", "measure", "lines", "scale", "region",
    *(each.key for each in FILTERS),
)  # fmt: skip
#: Those that the data say what to offer for.
OFFERED = ("country", "nationality", "partner", "centre", "visa")


def filter_bar(address: Address, viewer: User, say: Texts) -> html.Div:
    """As it is before anything is known of what to offer: of its size, with what is set."""
    audience = address.audience(viewer.role, today()) or PROCESSING
    groupings = [(by, say(f"filters.{by}")) for by in GROUPINGS]
    measures = [(each.id, say(f"measures.{each.id}.label")) for each in audience.measures]

    def filter_(key: str) -> Any:
        chosen = address.filters[key]
        words = [(code, say(f"words.{key}.{code}")) for code in FILTER[key].words]
        options = words or [(code, code) for code in chosen]
        return choices(f"volumes-{key}", say(f"filters.{key}"), options, chosen, say)

    return html.Div(
        [
            html.Div(
                [period_choice("volumes", address, today(), say), _comparison(address, say)],
                className="periods-and-comparison",
            ),
            html.Div(
                [
                    choice("volumes-by", say("filters.by"), groupings, address.by),
                    choice("volumes-measure", say("filters.measure"), measures, address.measure),
                    *(filter_(each.key) for each in FILTERS),
                ],
                className="filters",
            ),
        ],
        role="search",
        **aria(label=say("filters.label")),
    )


def _comparison(address: Address, say: Texts) -> html.Div:
    """What the period is compared with, in the headline, the cards, the table and the files."""
    options = [(each, say(f"period.compare_{each}")) for each in COMPARISONS]
    label = say("period.compare")
    return html.Div(
        [
            html.Span(label, className="comparison-label", **aria(hidden="true")),
            segments("volumes-compare", label, options, address.compare),
        ],
        className="comparison",
    )


def filter_options(key: str, view: View) -> list[dict[str, str]]:
    """What a filter offers, and what is set even if nothing is known of it."""
    codes = {choice.code: choice.name for choice in view.volumes.choices[key]}
    for code in view.address.filters[key]:
        codes.setdefault(code, view.name(key, code))
    options: Options = codes.items()
    return options_of(options)


def filter_chips(view: View) -> html.Ul | None:
    """What is set, each with the way to take it off."""
    address, say = view.address, view.say
    if not any(address.filters.values()):
        return None
    chips = [
        _chip(f"{say(f'filters.{key}')}: {view.name(key, code)}", address.toggle(key, code), say)
        for key, codes in address.filters.items()
        for code in codes
    ]
    everything = html.A(say("filters.clear"), href=link_without_filters(address), className="clear")
    return html.Ul(
        [*chips, *([html.Li(everything)] if len(chips) > 1 else [])],
        className="chips",
        **aria(label=say("filters.active")),
    )


def link_without_filters(address: Address) -> str:
    return address.link(**dict.fromkeys((each.key for each in FILTERS), ()))


def _chip(text: str, without: Address, say: Texts) -> html.Li:
    removal = html.Span(f"{say('filters.remove')}: ", className="unseen")
    cross = html.Span("×", **aria(hidden="true"))
    return html.Li(html.A([removal, text, " ", cross], href=without.link()))


def no_applications(view: View) -> Any:
    """Why there is nothing, and the way out if filters are the reason."""
    say = view.say
    period = period_text(view.period, say)
    if not view.subject:
        return notice(say("empty.title"), say("empty.why", period=period))
    return notice(
        say("empty.title"),
        say("empty.filtered", subject=view.subject, period=period),
        html.A(say("filters.clear"), href=link_without_filters(view.address), className="button"),
    )

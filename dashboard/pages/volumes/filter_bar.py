"""The bar of filters: a form whose fields become the address, and what is set as chips."""

from collections.abc import Iterable
from typing import Any

from dash import html

from dashboard.components.aria import aria
from dashboard.model.filters import CHANNELS, COUNTRY, FILTERS, GROUPINGS, NATIONALITY
from dashboard.model.page_state import Address
from dashboard.model.volumes import Choice
from dashboard.pages.volumes.view import View
from dashboard.texts import Texts

#: Travels along with the form, because the bar does not ask for it.
KEPT = ("language", "period", "first", "last", "sort", "order", "rows", "measures")


def filter_bar(view: View) -> html.Form:
    """Native selects: a keyboard, a screen reader and a telephone all know them."""
    say, address = view.say, view.address
    fields = [
        _select("by", address.by, [(by, say(f"filters.by_{by}")) for by in GROUPINGS], say),
        _select("measure", address.measure, _measures(view), say),
        *(_filter(key, view) for key in (COUNTRY, NATIONALITY, "partner", "visa", "channel")),
    ]
    return html.Form(
        [
            *hidden({key: getattr(address, key) for key in KEPT}),
            *(field for field in fields if field is not None),
            html.Button(say("filters.apply"), type="submit", className="button apply"),
        ],
        action="/",
        method="get",
        className="filters",
        role="search",
        **aria(label=say("filters.label")),
    )


def filter_chips(view: View) -> html.Ul | None:
    """What is set, each with the way to take it off."""
    address, say = view.address, view.say
    if not view.chosen:
        return None
    chips = [
        _chip(f"{say(f'filters.{key}')}: {name}", address, key, say)
        for key, name in view.chosen.items()
    ]
    everything = html.A(say("filters.clear"), href=cleared(address), className="clear")
    return html.Ul(
        [*chips, *([html.Li(everything)] if len(chips) > 1 else [])],
        className="chips",
        **aria(label=say("filters.active")),
    )


def cleared(address: Address) -> str:
    return address.link(**dict.fromkeys((each.key for each in FILTERS), ""))


def hidden(values: dict[str, str]) -> list[html.Select]:
    """Dash has no hidden input; a hidden choice of one says the same."""
    return [
        html.Select(html.Option(value, value=value, selected=True), name=name, hidden=True)
        for name, value in values.items()
        if value
    ]


def _chip(text: str, address: Address, key: str, say: Texts) -> html.Li:
    removal = html.Span(f"{say('filters.remove')}: ", className="unseen")
    cross = html.Span("×", **aria(hidden="true"))
    return html.Li(html.A([removal, text, " ", cross], href=address.link(**{key: ""})))


def _measures(view: View) -> list[tuple[str, str]]:
    return [(each.id, view.say(f"measures.{each.id}.label")) for each in view.audience.measures]


def _filter(key: str, view: View) -> html.Label | None:
    """A filter with one value or none has nothing to choose, unless it is set."""
    chosen = view.address.filters[key]
    offered = {choice.code: choice.name for choice in _offered(key, view)}
    if chosen:
        offered.setdefault(chosen, view.name(key, chosen))
    if len(offered) < 2 and not chosen:
        return None
    every = ("", view.say("filters.every"))
    return _select(key, chosen, [every, *offered.items()], view.say)


def _offered(key: str, view: View) -> Iterable[Choice]:
    if key == "channel":
        return [Choice(code, view.say(f"channels.{code}")) for code in CHANNELS]
    choices = view.volumes.choices[key]
    if key == "visa":
        return [Choice(choice.code, f"{choice.code} {choice.name}") for choice in choices]
    return choices


def _select(key: str, chosen: str, options: list[tuple[str, str]], say: Texts) -> html.Label:
    choices: list[Any] = [
        html.Option(name, value=value, selected=value == chosen) for value, name in options
    ]
    is_set = bool(chosen) and key not in ("by", "measure")
    return html.Label(
        [html.Span(say(f"filters.{key}")), html.Select(choices, name=key)],
        className="is-set" if is_set else "",
    )

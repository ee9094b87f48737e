"""The definition of a measure: the button that opens it, and the drawer where it is read."""

from typing import Any

from dash import html

from dashboard.components.html_part import aria
from dashboard.model.definitions import Definition, definitions
from dashboard.model.page_state import Address
from dashboard.texts import Texts

PAGE = "/definitions"
FACTS = ("unit", "window", "seen", "precision")


def definition_button(id_: str, say: Texts) -> html.Button:
    """Opens the drawer (``assets/page.js`` tells it which)."""
    opens: dict[str, Any] = {"data-define": id_}
    words = say("measures.definition", measure=label(id_, say))
    return html.Button(
        "i", type="button", className="define", title=words, **aria(label=words), **opens
    )


def definition_drawer(id_: str, say: Texts) -> tuple[str, list[Any]]:
    """The title and the content of the drawer."""
    found = next((each for each in definitions() if each.id == id_), None)
    if found is None:
        return say("definitions.title"), []
    link = html.A(say("definitions.link"), href=f"{PAGE}{Address(say.language).link()}#{id_}")
    return label(id_, say), [
        html.P(word(id_, "definition", say)),
        facts_of(found, say),
        html.P(link),
    ]


def facts_of(measure: Definition, say: Texts) -> html.Dl:
    """How it is counted, over which window, who reads it, how exactly."""
    facts = [
        ("id", html.Code(measure.id)),
        ("formula", say(f"define.{measure.id}.formula")),
        *((fact, say(f"definitions.{fact}s.{getattr(measure, fact)}")) for fact in FACTS),
    ]
    rows = [html.Div([html.Dt(say(f"definitions.{name}")), html.Dd(text)]) for name, text in facts]
    return html.Dl(rows, className="facts-of-measure")


def label(id_: str, say: Texts) -> str:
    """The words of the card, where a card has some."""
    return word(id_, "label", say)


def word(id_: str, part: str, say: Texts) -> str:
    """The words of a measure (``part`` is its label, for example): those of its card, or of its
    definition."""
    return say.by_key.get(f"measures.{id_}.{part}") or say(f"define.{id_}.{part}")

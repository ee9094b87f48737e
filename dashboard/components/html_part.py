"""Parts of many plain elements, written as one text.

Dash keeps every component, and looks at all of them at each change: with a table and cards of 700
elements a filter took a second of the browser's processor, and without them a fraction. So what is
only read, and holds no component with properties of its own, goes to the browser as HTML.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc
from dash.development.base_component import Component

#: How HTML spells what Dash's components spell in another way.
_NAMES = {
    "className": "class",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "formAction": "formaction",
    "tabIndex": "tabindex",
}
#: What a component knows of itself, beside what it was given.
_OF_DASH = ("_", "available_")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def html_output(id_: str) -> Output:
    """What a callback writes to show HTML in the element with this id."""
    return Output(f"{id_}-html", "data")


def html_store(id_: str) -> dcc.Store:
    """Keeps the HTML of an element; it belongs into the layout that has the element."""
    return dcc.Store(id=f"{id_}-html")


def write_html(*ids: str) -> None:
    """Let elements show their HTML. To be called once for each, where their callbacks are."""
    for id_ in ids:
        clientside_callback(
            ClientsideFunction("gerbang", "write"),
            Input(f"{id_}-html", "data"),
            prevent_initial_call=True,
        )


def html_of(node: Any) -> str:
    """Plain elements of Dash as HTML: one, a text, nothing, or several of these.

    Texts and values of attributes are escaped.
    """
    if node is None:
        return ""
    if isinstance(node, list | tuple):
        return "".join(html_of(each) for each in node)
    if not isinstance(node, Component):
        return escape(str(node))
    given = {key: value for key, value in vars(node).items() if not key.startswith(_OF_DASH)}
    children = given.pop("children", None)
    tag = type(node).__name__.lower()
    opening = f"<{tag}{''.join(_attribute(*each) for each in sorted(given.items()))}>"
    return opening if tag in _VOID else f"{opening}{html_of(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = _NAMES.get(name, name)
    if isinstance(value, Mapping):
        value = "; ".join(f"{_hyphenated(key)}: {each}" for key, each in value.items())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _hyphenated(name: str) -> str:
    """A property of a style as a style sheet spells it."""
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)

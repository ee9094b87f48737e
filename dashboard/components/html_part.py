"""Parts that are only read, written as HTML.

Dash keeps every component, and looks at all of them at each step of each callback: with tables and
cards as components a filter took a second of the browser's processor. So what holds no component
with properties of its own goes to the browser as HTML, in an attribute of its element that
``assets/page.js`` follows. Such an element has no children of Dash's.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from dash import Output, dcc, html
from dash.development.base_component import Component


def aria(**attributes: str) -> dict[str, Any]:
    """``**aria(label="…")`` on a component: Dash's own signatures know no ``aria-*``."""
    return {f"aria-{name}": value for name, value in attributes.items()}


#: The attribute that holds the HTML of an element.
HTML = "data-html"
#: How HTML spells what Dash's components spell in another way.
_NAMES = {
    "className": "class",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "formAction": "formaction",
    "htmlFor": "for",
    "tabIndex": "tabindex",
}
#: What a component knows of itself, beside what it was given.
_OF_DASH = ("_", "available_")
#: The module of Dash's plain elements.
_ELEMENTS = "dash.html."
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def html_output(id_: str) -> Output:
    """What a callback writes to show plain elements in the element with this id."""
    return Output(id_, HTML)


def html_part(element: Any, content: Any, id_: str, **attributes: Any) -> Any:
    """An element that shows plain elements: ``html_part(html.Div, html.P("…"), "cards")``."""
    return element(id=id_, **{HTML: html_of(content)}, **attributes)


def skeleton(height: int, width: str = "100%") -> html.Span:
    """A placeholder of the size of a text that is not known yet."""
    return html.Span(className="skeleton", style={"height": f"{height}px", "width": width})


def html_of(node: Any) -> str:
    """Plain elements of Dash as HTML: one, a text, nothing, or several of these.

    Texts and values of attributes are escaped. A link to another page is followed without reloading
    the document, like Dash's own links. Raises TypeError for a component that is no plain element.
    """
    if node is None:
        return ""
    if isinstance(node, list | tuple):
        return "".join(html_of(each) for each in node)
    if not isinstance(node, Component):
        return escape(str(node))
    given = {key: value for key, value in vars(node).items() if not key.startswith(_OF_DASH)}
    children = given.pop("children", None)
    if isinstance(node, dcc.Link):
        tag, given = "a", {**given, "data-inside": True}
    elif isinstance(node, dcc.Input):
        tag = "input"
    elif type(node).__module__.startswith(_ELEMENTS):
        tag = type(node).__name__.lower()
    else:
        raise TypeError(f"{type(node).__name__} is no plain element")
    opening = f"<{tag}{''.join(_attribute(*each) for each in sorted(given.items()))}>"
    return opening if tag in _VOID else f"{opening}{html_of(children)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = _NAMES.get(name, name)
    if isinstance(value, Mapping):
        value = "; ".join(f"{_css_name(key)}: {each}" for key, each in value.items())
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def _css_name(name: str) -> str:
    """A property of a style as a style sheet spells it."""
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)

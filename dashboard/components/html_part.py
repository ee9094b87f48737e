"""A part of the page that is written as HTML."""

from typing import Any

from dash.development.base_component import Component


class Part(Component):
    """An element whose ``content`` is HTML of ours; ``assets/part.js`` draws what differs in it.

    Links, forms and details are all that the parts react to, and the browser knows those. As
    components of Dash, each cell of a table would be watched and compared by itself at every
    answer. Whatever stands in ``content`` has been through ``html_of``, which escapes it.
    """

    _namespace = "gerbang"
    _type = "Part"

    def __init__(self, tag: str, **attributes: Any) -> None:
        self._prop_names = ["id", "tag", "content", "className"]
        self._valid_wildcard_attributes = ["aria-"]
        super().__init__(tag=tag, **attributes)

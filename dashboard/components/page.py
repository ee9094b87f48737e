"""What a page of the dashboard is: one entry gives its route, navigation, gate and title."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    callback,
    clientside_callback,
    dcc,
    no_update,
)
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly

from dashboard.components.html_part import HTML, html_of
from dashboard.components.page_request import INSTEAD, gateway_error, page_request
from dashboard.gateway.client import UNREACHABLE, GatewayError
from dashboard.model.page_state import Address
from dashboard.model.user import User
from dashboard.texts import Texts

Show = Callable[[Any], Awaitable[Any]]
#: The mark of an output that was never written.
UNKNOWN = "-"
#: The attribute by which the browser says what a callback's outputs show already.
MARK = "data-mark"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page: its outputs, the function that fills them, and what they show without
    figures."""

    outputs: Sequence[Output]
    show: Show
    otherwise: Callable[[Texts], Any]

    async def values(self, state: Any) -> list[Any]:
        """A value for each output. An error spoils this part only."""
        try:
            values = await self.show(state)
        except Exception as error:
            gateway_error(error)
            values = self.otherwise(page_request(state).say)
        values = values if len(self.outputs) > 1 else (values,)
        return [
            html_of(value)
            if output.component_property == HTML and value is not no_update
            else value
            for output, value in zip(self.outputs, values, strict=True)
        ]


def part(*outputs: Output, otherwise: Callable[[Texts], Any]) -> Callable[[Show], Part]:
    """Turns a function of the page's state into a part of the page.

    What goes to an ``html_output`` is given as plain elements. ``otherwise`` is shown when the
    figures could not be read; a notice says why.
    """
    return lambda show: Part(outputs, show, otherwise)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its words are ``pages.<name>.title`` and ``pages.<name>.link``.

    ``layout`` is what the page is before its figures are known, of the size that it has with them.
    """

    name: str
    path: str
    layout: Callable[[Address, User, Texts], Any]
    #: The roles that may open it; None means everybody who has signed in.
    roles: frozenset[str] | None = None
    #: Whether the navigation leads to it; to others lead the names on a page.
    is_listed: bool = True
    #: Whether somebody waits before it: it asks again as soon as something changed in their reach.
    is_live: bool = False
    #: What its controls show where the address names no value.
    usual: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Its controls with several values, with commas between them in the address.
    many: Sequence[str] = ()
    #: Reads what its parts read first, by the state of the page.
    read: Callable[[Any], Awaitable[Any]] | None = None
    #: Reads that without which the page rather shows what it showed before; usually the same.
    read_main: Callable[[Any], Awaitable[Any]] | None = None

    def is_open_to(self, viewer: User) -> bool:
        return self.roles is None or viewer.role in self.roles

    @property
    def state(self) -> Input:
        """The state that a callback of the page waits for: its address, and when it last wanted
        news."""
        return Input(f"{self.name}-state", "data")

    @property
    def news(self) -> Input:
        """The state when the page last wanted news."""
        return Input(f"{self.name}-news", "data")

    def shows(self, *parts: Part, is_steady: bool = False) -> None:
        """Let parts be answered together, by one callback.

        Each callback makes the browser look at the whole page some thirty times, and costs this
        process as much as a table. The browser is sent nothing that it shows already: the first
        element keeps a mark of each output. Parts that are ``is_steady`` change with the figures
        only, not with what the visitor chooses.
        """
        outputs = [output for each in parts for output in each.outputs]
        mark = outputs[0].component_id, MARK

        @callback(*outputs, Output(*mark), self.news if is_steady else self.state, State(*mark))
        async def show_changes(state: Any, shown: Any) -> list[Any]:
            with suppress(GatewayError):  # the parts meet it too, and say so
                await page_request(state).viewer()
            chosen = state if is_steady else await self._settled(state)
            answers = await asyncio.gather(*(each.values(chosen) for each in parts))
            values = [value for answer in answers for value in answer]
            before = shown.split() if isinstance(shown, str) else []
            is_known = len(before) == len(values)
            if not is_known:
                before = [UNKNOWN] * len(values)
            marks = [
                old if value is no_update else _mark(value)
                for old, value in zip(before, values, strict=True)
            ]
            if is_known and marks == before:
                raise PreventUpdate
            changed = [
                no_update if new == old else value
                for old, new, value in zip(before, marks, values, strict=True)
            ]
            return [*changed, " ".join(marks)]

    async def _settled(self, state: Any) -> Any:
        """The state that is shown: while the gateway is away, the last one whose figures came."""
        given: dict[str, Any] = state if isinstance(state, dict) else {}
        good, read = given.get("good"), self.read_main or self.read
        if read is None or not isinstance(good, str) or good == given.get("search"):
            return state
        with suppress(Exception):  # any other error the parts meet too, and say so
            try:
                await read(state)
            except GatewayError as error:
                if error.code == UNREACHABLE:
                    return {**given, "search": good, INSTEAD: True}
        return state

    @property
    def kept_state(self) -> State:
        """The state, for a callback that waits for something else."""
        return State(f"{self.name}-state", "data")

    def stores(self, **usual: str) -> list[dcc.Store]:
        """What the browser keeps of the page: its state, which ``follow`` in ``assets/page.js``
        writes, and the state when it last wanted news. They belong in the layout. ``usual`` is what
        controls show for this viewer only."""
        state = {
            "name": self.name,
            "path": self.path,
            "usual": {**self.usual, **usual},
            "many": list(self.many),
        }
        return [
            dcc.Store(id=f"{self.name}-state", data=state),
            dcc.Store(id=f"{self.name}-news"),
        ]


def _mark(value: Any) -> str:
    return blake2b(str(to_json_plotly(value)).encode(), digest_size=8).hexdigest()


def title_output(id_: str) -> Output:
    """What a part writes to give the document a title of its own, by an element of the part."""
    return Output(id_, "data-title")


def follow_address(name: str, controls: Sequence[str] = ()) -> None:
    """Let a page follow its address, and the address the controls with these keys.

    To be called once for each page, by its name, where its callbacks are.
    """
    state = f"{name}-state"
    clientside_callback(
        ClientsideFunction("gerbang", "follow"),
        Output(state, "data"),
        Output(f"{name}-news", "data"),
        Input("address", "href"),
        Input("asked", "data"),
        State(state, "data"),
    )
    if controls:
        clientside_callback(
            ClientsideFunction("gerbang", "choose"),
            *(Input(f"{name}-{key}", "value") for key in controls),
            State(state, "data"),
            prevent_initial_call=True,
        )
        clientside_callback(
            ClientsideFunction("gerbang", "show"),
            Input(state, "data"),
            *(State(f"{name}-{key}", "value") for key in controls),
            prevent_initial_call=True,
        )

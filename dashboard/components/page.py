"""What a page of the dashboard is: one entry gives its route, navigation, gate and title."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc
from dash.exceptions import PreventUpdate
from plotly.io.json import to_json_plotly

from dashboard.components.page_request import gateway_error, page_request
from dashboard.model.page_state import Address
from dashboard.model.viewer import Viewer
from dashboard.texts import Texts


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Its words are ``pages.<name>.title`` and ``pages.<name>.link``.

    ``layout`` is what the page is before its figures are known, of the size that it has with them.
    """

    name: str
    path: str
    layout: Callable[[Address, Viewer, Texts], Any]
    #: Who opens it; None is whoever has signed in.
    roles: frozenset[str] | None = None
    #: What its controls stand on where the address says nothing.
    usual: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Its controls with several values, with commas between them in the address.
    many: Sequence[str] = ()

    def is_open_to(self, viewer: Viewer) -> bool:
        return self.roles is None or viewer.role in self.roles

    @property
    def state(self) -> Input:
        """What a callback of the page waits for: its address, and when it was asked for news."""
        return Input(f"{self.name}-state", "data")

    def part(
        self, *outputs: Output, otherwise: Callable[[Texts], Any]
    ) -> Callable[[Callable[[Any], Awaitable[Any]]], Any]:
        """A callback that shows a part of the page, and sends nothing that is shown already.

        ``otherwise`` is what stands there when its figures could not be had; why, a notice says.
        The layout makes the stores of the marks: ``PAGE.stores("cards")``.
        """
        mark = f"{self.name}-{outputs[0].component_id}-mark"

        def register(show: Callable[[Any], Awaitable[Any]]) -> Any:
            @callback(*outputs, Output(mark, "data"), self.state, State(mark, "data"))
            async def show_changes(state: Any, shown: Any) -> tuple[Any, ...]:
                try:
                    values = await show(state)
                except Exception as error:
                    gateway_error(error)
                    values = otherwise(page_request(state).say)
                given = values if len(outputs) > 1 else (values,)
                now = blake2b(str(to_json_plotly(given)).encode(), digest_size=8).hexdigest()
                if now == shown:
                    raise PreventUpdate
                return (*given, now)

            return show_changes

        return register

    @property
    def kept_state(self) -> State:
        """The same, for a callback that waits for something else."""
        return State(f"{self.name}-state", "data")

    def stores(self, *parts: str, **usual: str) -> list[dcc.Store]:
        """What the browser keeps: the state, which ``follow`` in ``assets/page.js`` writes, the
        title of the document, and a mark of what each part shows, by its first output's id.
        ``usual`` is what controls stand on for this viewer alone.
        """
        state = {
            "name": self.name,
            "path": self.path,
            "usual": {**self.usual, **usual},
            "many": list(self.many),
        }
        return [
            dcc.Store(id=f"{self.name}-state", data=state),
            dcc.Store(id=f"{self.name}-title"),
            *(dcc.Store(id=f"{self.name}-{part}-mark") for part in parts),
        ]


def follow_address(name: str, controls: Sequence[str] = ()) -> None:
    """Let a page follow its address, and the address the controls with these keys.

    To be called once for each page, by its name, where its callbacks are.
    """
    state = f"{name}-state"
    clientside_callback(
        ClientsideFunction("gerbang", "follow"),
        Output(state, "data"),
        Input("address", "href"),
        Input("asked", "data"),
        State(state, "data"),
    )
    clientside_callback(
        ClientsideFunction("gerbang", "entitle"),
        Input(f"{name}-title", "data"),
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
            [Output(f"{name}-{key}", "value") for key in controls],
            Input(state, "data"),
            prevent_initial_call=True,
        )

"""Forms that change something: what they hold, how they are sent, and what came of them.

A page sends a form to its callback with a key (``assets/forms.js``), so that the gateway makes the
change once, however often the form is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import Input, Output, callback, dcc, html

from dashboard.components.html_part import HTML, html_of, html_part
from dashboard.components.notice import reason
from dashboard.components.page_request import refuse_other_viewer
from dashboard.gateway.client import AWAY, GatewayError
from dashboard.texts import Texts, texts
from dashboard.web.visit import current_visit

LONGEST_REASON = 2_000
#: What the gateway takes as a key, at most.
LONGEST_KEY = 128
#: Dash's own signature knows no dates.
_DATE: Any = {"type": "date"}


class FieldKind(StrEnum):
    """What a field holds, which decides how it is filled in and what the gateway is sent."""

    TEXT = "text"
    REASON = "reason"
    COUNTRY = "country"
    DAY = "day"
    NUMBER = "number"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"


@dataclass(frozen=True)
class Field:
    """A field of a form, by its name in the input of the mutation."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    #: The values to choose from, or what lists them: visa types or partners.
    choices: Sequence[str] | str = ()
    is_required: bool = True

    def parse(self, text: str) -> Any:
        """What the gateway is sent for what was filled in. Raises ValueError for no number."""
        text = text.strip()
        if not text:
            return None
        match self.kind:
            case FieldKind.NUMBER:
                return int(text)
            case FieldKind.YES_OR_NO:
                return text == "true"
            case FieldKind.COUNTRY:
                return text.upper()
            case _:
                return text


@dataclass(frozen=True)
class Changes:
    """What a page can change: the fields of each form, by the name of its mutation."""

    page: str
    forms: Mapping[str, Sequence[Field]]
    #: Those that wait for a second person.
    proposals: frozenset[str] = frozenset()

    @property
    def documents(self) -> dict[str, str]:
        """The name of each document, by its mutation."""
        return {name: f"{self.page}/changes/{name}" for name in self.forms}

    def stores(self) -> list[Any]:
        """What belongs into the layout: what is sent, and what came of it."""
        return [
            dcc.Store(id=f"{self.page}-sent"),
            html_part(html.Div, None, f"{self.page}-outcome"),
        ]

    def follow(self) -> None:
        """Let the gateway make what the page sends. To be called once for each page."""

        @callback(
            Output(f"{self.page}-outcome", HTML),
            Input(f"{self.page}-sent", "data"),
            prevent_initial_call=True,
        )
        async def make_change(sent: Any) -> str:
            given: dict[str, Any] = sent if isinstance(sent, dict) else {}
            outcome, at = await self._make(given), given.get("at")
            # The same outcome twice is news each time.
            marks = _data(at=str(at) if isinstance(at, int | float) else "")
            return html_of(html.Div(outcome, **marks))

    def form(
        self,
        change: str,
        say: Texts,
        *,
        listed: Mapping[str, Mapping[str, str]] | None = None,
        about: Mapping[str, str] | None = None,
    ) -> html.Form:
        """The form of a change.

        ``listed`` has names by code for fields whose choices are no words of ours; ``about`` has
        the fields that are known already, as the id of what is changed.
        """
        known = about or {}
        id_ = "-".join((change, *known.values()))
        fields = [each for each in self.forms[change] if each.name not in known]
        offer = "changes.propose_it" if change in self.proposals else f"changes.do.{change}"
        return html.Form(
            [
                *(dcc.Input(type="hidden", name=name, value=to) for name, to in known.items()),
                *(_labelled(id_, each, listed or {}, say) for each in fields),
                html.Button(say(offer), type="submit"),
            ],
            id=id_,
            className="change" if fields else "change short",
            **_data(change=change, sends=f"{self.page}-sent"),
        )

    def folded(self, change: str, say: Texts, **given: Any) -> html.Details:
        """The form of a change that is opened first."""
        return html.Details(
            [html.Summary(say(f"changes.do.{change}")), self.form(change, say, **given)]
        )

    async def _make(self, sent: Mapping[str, Any]) -> html.Section:
        """What came of a change. Raises ViewerChangedError for a page drawn for another."""
        visit = current_visit.get()
        say, session = texts(visit.language), visit.session
        name, form, key = (str(sent.get(part, "")) for part in ("change", "form", "key"))
        values = sent.get("values")
        if (
            name not in self.forms
            or not isinstance(values, dict)
            or not 0 < len(key) <= LONGEST_KEY
        ):
            return _refused(form, [(say("changes.unknown"), "")], say)
        asked: dict[str, Any] = {"idempotencyKey": key}
        for field in self.forms[name]:
            try:
                asked[field.name] = field.parse(str(values.get(field.name, "")))
            except ValueError:
                return _refused(form, [(say("changes.no_number"), field.name)], say)
        try:
            refuse_other_viewer(await visit.gateway.viewer(session))
            answer = await visit.gateway.ask(
                self.documents[name],
                {"input": {field: value for field, value in asked.items() if value is not None}},
                session.access_token,
                session.role,
                language=say.language,
            )
        except GatewayError as error:
            return _failed(form, error, say)
        errors = answer[name]["errors"]
        if errors:
            return _refused(
                form, [(each["message"], (each["path"] or [""])[-1]) for each in errors], say
            )
        done = "proposed" if name in self.proposals else name
        return _outcome(form, "done", html.P(say(f"changes.done.{done}")))


def _refused(form: str, mistakes: Sequence[tuple[str, str]], say: Texts) -> html.Section:
    """Every mistake, each with the field that it is about."""
    listed = [
        html.Li(message, id=f"mistake-{number}", **_data(field=field))
        for number, (message, field) in enumerate(mistakes)
    ]
    return _outcome(form, "refused", html.P(say("changes.not_done")), html.Ul(listed))


def _failed(form: str, error: GatewayError, say: Texts) -> html.Section:
    """After some failures nobody knows whether it was done: the same form can be sent again."""
    is_unknown = error.code in AWAY
    why = say("changes.not_known") if is_unknown else say(f"failed.{reason(error.code)}")
    trace = f"{say('failed.trace')}: {error.trace_id}"
    return _outcome(form, "unknown" if is_unknown else "refused", html.P(why), html.P(trace))


def _outcome(form: str, result: str, *content: Any) -> html.Section:
    role = "status" if result == "done" else "alert"
    marks = _data(form=form, result=result)
    return html.Section([*content], className=f"outcome {result}", role=role, tabIndex=-1, **marks)


def _data(**attributes: str) -> dict[str, Any]:
    return {f"data-{name}": value for name, value in attributes.items()}


def _labelled(
    form: str, field: Field, listed: Mapping[str, Mapping[str, str]], say: Texts
) -> html.Div:
    id_ = f"{form}-{field.name}"
    hints = (
        *([say("changes.country_hint")] if field.kind is FieldKind.COUNTRY else []),
        *([] if field.is_required else [say("changes.optional")]),
    )
    label = [say(f"changes.field.{field.name}"), *(html.Small(f" {hint}") for hint in hints)]
    return html.Div([html.Label(label, htmlFor=id_), _control(id_, field, listed, say)])


def _control(id_: str, field: Field, listed: Mapping[str, Mapping[str, str]], say: Texts) -> Any:
    given: dict[str, Any] = {"id": id_, "name": field.name, "required": field.is_required}
    match field.kind:
        case FieldKind.REASON:
            return html.Textarea(rows=2, maxLength=LONGEST_REASON, **given)
        case FieldKind.DAY:
            return dcc.Input(**given, **_DATE)
        case FieldKind.NUMBER:
            return dcc.Input(type="number", min=0, step=1, **given)
        case FieldKind.COUNTRY:
            return dcc.Input(type="text", pattern="[A-Za-z]{2}", maxLength=2, **given)
        case FieldKind.YES_OR_NO:
            answers = {"true": say("changes.yes"), "false": say("changes.no")}
            return _select(given, answers, say)
        case FieldKind.CHOICE:
            choices = field.choices
            names = (
                listed.get(choices, {})
                if isinstance(choices, str)
                else {each: say(f"changes.value.{each}") for each in choices}
            )
            return _select(given, names, say)
        case _:
            return dcc.Input(type="text", maxLength=200, **given)


def _select(given: Mapping[str, Any], names: Mapping[str, str], say: Texts) -> html.Select:
    first = html.Option(say("changes.choose"), value="")
    return html.Select(
        [first, *(html.Option(name, value=code) for code, name in names.items())], **given
    )

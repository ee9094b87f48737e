"""Forms that change or ask something: what they hold, how they are sent, and what came of them.

A page sends a form to its callback with a key (``assets/forms.js``), so that the gateway makes a
change once, however often the form is sent. What is asked by a form stands in no address.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from dash import Input, Output, callback, dcc, html

from dashboard.components.html_part import HTML, html_of, html_part
from dashboard.components.notice import reason
from dashboard.components.page_request import refuse_other_viewer
from dashboard.gateway.client import AWAY, GatewayError
from dashboard.model.period import WIB
from dashboard.texts import Texts, texts
from dashboard.web.visit import Visit, current_visit

LONGEST_REASON = 2_000
#: What the gateway takes as a key, at most.
LONGEST_KEY = 128
#: Dash's own signature knows no dates.
_DATE: Any = {"type": "date"}
_INSTANT: Any = {"type": "datetime-local"}
#: Codes by which the gateway explains a refusal to whoever filled a form in.
_EXPLAINED = frozenset({"INVALID_INPUT", "INVALID_VARIABLES", "READ_BUDGET"})


class FieldKind(StrEnum):
    """What a field holds, which decides how it is filled in and what the gateway is sent."""

    TEXT = "text"
    REASON = "reason"
    COUNTRY = "country"
    DAY = "day"
    #: A day and an hour in WIB.
    INSTANT = "instant"
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
    #: What it is called, where that is not the word for its name.
    called: str = ""

    def parse(self, text: str) -> Any:
        """What the gateway is sent for what was filled in. Raises ValueError for no number, and no
        instant."""
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
            case FieldKind.INSTANT:
                instant = datetime.fromisoformat(text)
                return (instant if instant.tzinfo else instant.replace(tzinfo=WIB)).isoformat()
            case _:
                return text


@dataclass(frozen=True)
class Forms(ABC):
    """Forms of a page, each by the name of its document, which takes its fields."""

    #: The folder of the documents, and the ends of the ids of what is sent and what came of it.
    folder: ClassVar[str]
    sent: ClassVar[str]
    outcome: ClassVar[str]

    page: str
    forms: Mapping[str, Sequence[Field]]

    @property
    def documents(self) -> dict[str, str]:
        """The name of each document, by its form."""
        return {name: f"{self.page}/{self.folder}/{name}" for name in self.forms}

    def stores(self) -> list[Any]:
        """What belongs into the layout: what is sent, and what came of it."""
        return [
            dcc.Store(id=f"{self.page}-{self.sent}"),
            html_part(html.Div, None, f"{self.page}-{self.outcome}"),
        ]

    def follow(self) -> None:
        """Let the gateway answer what the page sends. To be called once for each page."""

        @callback(
            Output(f"{self.page}-{self.outcome}", HTML),
            Input(f"{self.page}-{self.sent}", "data"),
            prevent_initial_call=True,
        )
        async def answer_form(sent: Any) -> str:
            given: dict[str, Any] = sent if isinstance(sent, dict) else {}
            outcome, at = await self._outcome_of(given), given.get("at")
            # The same outcome twice is news each time.
            marks = _data(at=str(at) if isinstance(at, int | float) else "")
            return html_of(html.Div(outcome, **marks))

    def form(
        self,
        name: str,
        say: Texts,
        *,
        listed: Mapping[str, Mapping[str, str]] | None = None,
        about: Mapping[str, str] | None = None,
        usual: Mapping[str, str] | None = None,
    ) -> html.Form:
        """A form.

        ``listed`` has names by code for fields whose choices are no words of ours; ``about`` has
        the fields that are known already, as the id of what is changed; ``usual`` what others
        hold at first.
        """
        known = about or {}
        id_ = "-".join((name, *known.values()))
        fields = [each for each in self.forms[name] if each.name not in known]
        return html.Form(
            [
                *(dcc.Input(type="hidden", name=name, value=to) for name, to in known.items()),
                *(_labelled(id_, each, listed or {}, usual or {}, say) for each in fields),
                html.Button(self._offer(name, say), type="submit"),
            ],
            id=id_,
            className="change" if fields else "change short",
            autoComplete="off",  # a browser that remembers fields would remember people
            **_data(change=name, sends=f"{self.page}-{self.sent}"),
        )

    def folded(self, name: str, say: Texts, **given: Any) -> html.Details:
        """A form that is opened first."""
        return html.Details(
            [html.Summary(say(f"changes.do.{name}")), self.form(name, say, **given)]
        )

    def _offer(self, name: str, say: Texts) -> str:
        """What the button of a form says."""
        return say(f"changes.do.{name}")

    async def _outcome_of(self, sent: Mapping[str, Any]) -> html.Section:
        """What came of a form. Raises ViewerChangedError for a page drawn for another."""
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
        asked: dict[str, Any] = {}
        for field in self.forms[name]:
            try:
                value = field.parse(str(values.get(field.name, "")))
            except ValueError:
                return _refused(form, [(say(f"changes.no_{field.kind}"), field.name)], say)
            if value is not None:
                asked[field.name] = value
        try:
            refuse_other_viewer(await visit.gateway.viewer(session))
            return await self._answer(name, form, key, asked, visit, say)
        except GatewayError as error:
            return _failed(form, error, say)

    @abstractmethod
    async def _answer(
        self, name: str, form: str, key: str, asked: dict[str, Any], visit: Visit, say: Texts
    ) -> html.Section:
        """What the gateway makes of a form. Raises GatewayError."""

    async def _ask(
        self, name: str, variables: Mapping[str, Any], visit: Visit, say: Texts
    ) -> Mapping[str, Any]:
        session = visit.session
        return await visit.gateway.ask(
            self.documents[name],
            variables,
            session.access_token,
            session.role,
            language=say.language,
        )


@dataclass(frozen=True)
class Changes(Forms):
    """What a page can change: each form is of the mutation of its name."""

    folder = "changes"
    sent, outcome = "sent", "outcome"

    #: Those that wait for a second person.
    proposals: frozenset[str] = frozenset()

    def _offer(self, name: str, say: Texts) -> str:
        return say("changes.propose_it") if name in self.proposals else super()._offer(name, say)

    async def _answer(
        self, name: str, form: str, key: str, asked: dict[str, Any], visit: Visit, say: Texts
    ) -> html.Section:
        change = {"input": {"idempotencyKey": key, **asked}}
        errors = (await self._ask(name, change, visit, say))[name]["errors"]
        if errors:
            return _refused(
                form, [(each["message"], (each["path"] or [""])[-1]) for each in errors], say
            )
        done = "proposed" if name in self.proposals else name
        return _outcome(form, "done", html.P(say(f"changes.done.{done}")))


#: What was answered to what was asked, as plain elements.
ShowAnswer = Callable[[Mapping[str, Any], Mapping[str, Any], Texts], Sequence[Any]]


@dataclass(frozen=True)
class Questions(Forms):
    """What a page asks for with what somebody fills in, and how each answer is shown."""

    folder = "questions"
    sent, outcome = "asked", "answer"

    shows: Mapping[str, ShowAnswer]

    async def _answer(
        self, name: str, form: str, key: str, asked: dict[str, Any], visit: Visit, say: Texts
    ) -> html.Section:
        answer = await self._ask(name, asked, visit, say)
        return _outcome(form, "answered", *self.shows[name](answer, asked, say))


def _refused(form: str, mistakes: Sequence[tuple[str, str]], say: Texts) -> html.Section:
    """Every mistake, each with the field that it is about."""
    listed = [
        html.Li(message, id=f"mistake-{number}", **_data(field=field))
        for number, (message, field) in enumerate(mistakes)
    ]
    return _outcome(form, "refused", html.P(say("changes.not_done")), html.Ul(listed))


def _failed(form: str, error: GatewayError, say: Texts) -> html.Section:
    """After some failures nobody knows whether it was done: the same form can be sent again."""
    if error.code in _EXPLAINED:
        return _refused(form, [(error.message, "")], say)
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
    form: str,
    field: Field,
    listed: Mapping[str, Mapping[str, str]],
    usual: Mapping[str, str],
    say: Texts,
) -> html.Div:
    id_ = f"{form}-{field.name}"
    hints = (
        *([say("changes.country_hint")] if field.kind is FieldKind.COUNTRY else []),
        *([say("changes.instant_hint")] if field.kind is FieldKind.INSTANT else []),
        *([] if field.is_required else [say("changes.optional")]),
    )
    named = say(f"changes.field.{field.called or field.name}")
    label = [named, *(html.Small(f" {hint}") for hint in hints)]
    control = _control(id_, field, listed, usual.get(field.name), say)
    return html.Div([html.Label(label, htmlFor=id_), control])


def _control(
    id_: str,
    field: Field,
    listed: Mapping[str, Mapping[str, str]],
    usual: str | None,
    say: Texts,
) -> Any:
    given: dict[str, Any] = {"id": id_, "name": field.name, "required": field.is_required}
    match field.kind:
        case FieldKind.REASON:
            return html.Textarea(rows=2, maxLength=LONGEST_REASON, **given)
        case FieldKind.DAY:
            return dcc.Input(**given, **_DATE, value=usual)
        case FieldKind.INSTANT:
            return dcc.Input(**given, **_INSTANT, value=usual)
        case FieldKind.NUMBER:
            return dcc.Input(type="number", min=0, step=1, **given, value=usual)
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
            return dcc.Input(type="text", maxLength=200, **given, value=usual)


def _select(given: Mapping[str, Any], names: Mapping[str, str], say: Texts) -> html.Select:
    first = html.Option(say("changes.choose"), value="")
    return html.Select(
        [first, *(html.Option(name, value=code) for code, name in names.items())], **given
    )

"""Forms that change or ask something: what they hold, how they are sent, and what came of them.

A page sends a form to its callback with a key (``assets/forms.js``), so that the gateway makes a
change once, however often the form is sent. What is asked by a form stands in no address.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, ClassVar

from dash import Input, Output, callback, dcc, html

from dashboard.components.fields import Field, FieldKind, labelled
from dashboard.components.html_part import HTML, html_of, html_part
from dashboard.components.notice import reason
from dashboard.components.page_request import refuse_other_viewer
from dashboard.gateway.client import AWAY, GatewayError
from dashboard.texts import Texts, texts
from dashboard.texts.wording import count_text
from dashboard.web.visit import Visit, current_visit

#: What the gateway takes as a key, at most.
LONGEST_KEY = 128
#: Codes by which the gateway explains a refusal to whoever filled a form in.
_EXPLAINED = frozenset({"INVALID_INPUT", "INVALID_VARIABLES", "READ_BUDGET"})
#: A mistake: of a form, what is said of it and its field; of one thing of many, what it is called
#: and what the gateway says of it.
Mistake = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that somebody sent: its name, the id of its element, its key, and its values as they
    were filled in and as the gateway takes them."""

    name: str
    id: str
    key: str
    values: Mapping[str, str]
    asked: Mapping[str, Any]


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
        content: Any = None,
        has_button: bool = True,
    ) -> html.Form:
        """A form.

        ``listed`` has names by code for fields whose choices are no words of ours; ``about`` has
        the fields that are known already, as the id of what is changed; ``usual`` what others
        hold at first. ``content`` stands above the fields; a form without a button has it in the
        table of another form.
        """
        known = about or {}
        id_ = re.sub(r"[^\w-]+", "-", "-".join((name, *known.values())))
        fields = [each for each in self.forms[name] if each.name not in known]
        return html.Form(
            [
                *(dcc.Input(type="hidden", name=name, value=to) for name, to in known.items()),
                *([] if content is None else [content]),
                *(labelled(id_, each, listed or {}, usual or {}, say) for each in fields),
                *([html.Button(self._offer(name, say), type="submit")] if has_button else []),
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
        try:
            refuse_other_viewer(await visit.gateway.viewer(session))
        except GatewayError as error:
            return _failed(form, error, say)
        values = sent.get("values")
        if (
            name not in self.forms
            or not isinstance(values, dict)
            or not 0 < len(key) <= LONGEST_KEY
        ):
            return _refused(form, [(say("changes.unknown"), "")], say)
        values = {str(of): str(value) for of, value in values.items()}
        asked: dict[str, Any] = {}
        mistakes: list[Mistake] = []
        for each in self.forms[name]:
            try:
                value = each.parse(values.get(each.name, ""))
            except ValueError:
                mistakes.append((say(f"changes.no_{each.kind}"), each.name))
                continue
            if each.kind is FieldKind.LINES:  # a batch reads them itself
                continue
            if value is None and each.is_required:
                mistakes.append((say("changes.no_value"), each.name))
            if value is not None:
                asked[each.name] = value
        if mistakes:
            return _refused(form, mistakes, say)
        try:
            return await self._answer(SentForm(name, form, key, values, asked), visit, say)
        except GatewayError as error:
            return _failed(form, error, say)

    @abstractmethod
    async def _answer(self, sent: SentForm, visit: Visit, say: Texts) -> html.Section:
        """What the gateway makes of a form. Raises GatewayError."""

    async def _ask(
        self, document: str, variables: Mapping[str, Any], visit: Visit, say: Texts
    ) -> Mapping[str, Any]:
        session = visit.session
        return await visit.gateway.ask(
            f"{self.page}/{self.folder}/{document}",
            variables,
            session.access_token,
            session.role,
            language=say.language,
        )


@dataclass(frozen=True)
class Batch:
    """A form of which one change is made for each of several things."""

    change: str
    #: What the change takes of each thing, by what it is called, from the values of the form.
    #: Raises ValueError for a value that names none, by its line.
    read: Callable[[Mapping[str, str], Texts], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Changes(Forms):
    """What a page can change: each form is of the mutation of its name, or of that of a batch."""

    folder = "changes"
    sent, outcome = "sent", "outcome"

    #: Those that wait for a second person.
    proposals: frozenset[str] = frozenset()
    batches: Mapping[str, Batch] = field(default_factory=dict[str, Batch])

    @property
    def documents(self) -> dict[str, str]:
        named = {self.batches[name].change if name in self.batches else name for name in self.forms}
        return {name: f"{self.page}/{self.folder}/{name}" for name in sorted(named)}

    def _offer(self, name: str, say: Texts) -> str:
        return say("changes.propose_it") if name in self.proposals else super()._offer(name, say)

    async def _answer(self, sent: SentForm, visit: Visit, say: Texts) -> html.Section:
        name = sent.name
        if name in self.batches:
            return await self._make_batch(self.batches[name], sent, visit, say)
        errors = await self._make(name, sent.key, sent.asked, visit, say)
        if errors:
            return _refused(
                sent.id, [(each["message"], (each["path"] or [""])[-1]) for each in errors], say
            )
        done = "proposed" if name in self.proposals else name
        return _outcome(sent.id, "done", html.P(say(f"changes.done.{done}")))

    async def _make_batch(
        self, batch: Batch, sent: SentForm, visit: Visit, say: Texts
    ) -> html.Section:
        """One change after another: sent again, those that were made are not made again."""
        try:
            things = batch.read(sent.values, say)
        except ValueError as error:
            return _refused(sent.id, [(say("changes.no_line", line=str(error)), "")], say)
        if not things:
            return _refused(sent.id, [(say("changes.none_chosen"), "")], say)
        refused: list[Mistake] = []
        for called, thing in things.items():
            key = f"{sent.key}-{blake2b(called.encode(), digest_size=8).hexdigest()}"
            errors = await self._make(batch.change, key, {**sent.asked, **thing}, visit, say)
            refused += [(called, each["message"]) for each in errors]
        made = count_text(len(things) - len({called for called, _ in refused}), say)
        total = count_text(len(things), say)
        told = html.P(say("changes.batch_done", made=made, total=total))
        if not refused:
            return _outcome(sent.id, "done", told)
        listed = html.Ul([html.Li(f"{called}: {message}") for called, message in refused])
        return _outcome(sent.id, "partly", told, listed)

    async def _make(
        self, change: str, key: str, asked: Mapping[str, Any], visit: Visit, say: Texts
    ) -> Sequence[Mapping[str, Any]]:
        """The mistakes of a change; none where it was made. Raises GatewayError."""
        variables = {"input": {"idempotencyKey": key, **asked}}
        return (await self._ask(change, variables, visit, say))[change]["errors"]


#: What was answered to what was asked, as plain elements.
ShowAnswer = Callable[[Mapping[str, Any], Mapping[str, Any], Texts], Sequence[Any]]


@dataclass(frozen=True)
class Questions(Forms):
    """What a page asks for with what somebody fills in, and how each answer is shown."""

    folder = "questions"
    sent, outcome = "asked", "answer"

    shows: Mapping[str, ShowAnswer]

    async def _answer(self, sent: SentForm, visit: Visit, say: Texts) -> html.Section:
        answer = await self._ask(sent.name, sent.asked, visit, say)
        return _outcome(sent.id, "answered", *self.shows[sent.name](answer, sent.asked, say))


def _refused(form: str, mistakes: Sequence[Mistake], say: Texts) -> html.Section:
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

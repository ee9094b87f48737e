"""The fields of forms: what each holds, and how it is filled in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dash import dcc, html

from dashboard.model.period import WIB
from dashboard.texts import Texts

LONGEST_REASON = 2_000
LONGEST_LINES = 20_000
#: Dash's own signature knows no dates.
_DATE: Any = {"type": "date"}
_INSTANT: Any = {"type": "datetime-local"}


class FieldKind(StrEnum):
    """What a field holds, which decides how it is filled in and what the gateway is sent."""

    TEXT = "text"
    REASON = "reason"
    COUNTRY = "country"
    #: Codes of several, one after another.
    COUNTRIES = "countries"
    #: Words of closed lists in the same way, in capital letters.
    WORDS = "words"
    DAY = "day"
    #: A day and an hour in WIB.
    INSTANT = "instant"
    NUMBER = "number"
    #: Whole rupiah.
    MONEY = "money"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"
    #: One of the choices, and others beside it.
    CHOICES = "choices"
    #: Several things, one a line.
    LINES = "lines"


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
            case FieldKind.MONEY:
                return {"amount": int(text), "currency": "IDR"}
            case FieldKind.YES_OR_NO:
                return text == "true"
            case FieldKind.COUNTRY:
                return text.upper()
            case FieldKind.COUNTRIES | FieldKind.WORDS:
                return re.split(r"[\s,]+", text.upper())
            case FieldKind.CHOICES:
                return list(dict.fromkeys(text.split()))
            case FieldKind.INSTANT:
                instant = datetime.fromisoformat(text)
                return (instant if instant.tzinfo else instant.replace(tzinfo=WIB)).isoformat()
            case _:
                return text


def labelled(
    form: str,
    field: Field,
    listed: Mapping[str, Mapping[str, str]],
    usual: Mapping[str, str],
    say: Texts,
) -> html.Div:
    """The control of a field under its label."""
    id_ = f"{form}-{field.name}"
    hints = (
        *([say("changes.country_hint")] if field.kind is FieldKind.COUNTRY else []),
        *([say("changes.countries_hint")] if field.kind is FieldKind.COUNTRIES else []),
        *([say("changes.instant_hint")] if field.kind is FieldKind.INSTANT else []),
        *([] if field.is_required else [say("changes.optional")]),
    )
    named = say(f"changes.field.{field.called or field.name}")
    label = [named, *(html.Small(f" {hint}") for hint in hints)]
    control = _control(id_, field, listed, usual.get(field.name), say)
    controls = control if isinstance(control, list) else [control]
    return html.Div([html.Label(label, htmlFor=id_), *controls])


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
        case FieldKind.COUNTRIES | FieldKind.WORDS:
            return html.Textarea(rows=3, maxLength=LONGEST_REASON, **given)
        case FieldKind.LINES:
            return html.Textarea(rows=6, maxLength=LONGEST_LINES, **given)
        case FieldKind.DAY:
            return dcc.Input(**given, **_DATE, value=usual)
        case FieldKind.INSTANT:
            return dcc.Input(**given, **_INSTANT, value=usual)
        case FieldKind.NUMBER | FieldKind.MONEY:
            return dcc.Input(type="number", min=0, step=1, **given, value=usual)
        case FieldKind.COUNTRY:
            return dcc.Input(type="text", pattern="[A-Za-z]{2}", maxLength=2, **given)
        case FieldKind.YES_OR_NO:
            answers = {"true": say("changes.yes"), "false": say("changes.no")}
            return _select(given, answers, say)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            choices = field.choices
            names = (
                listed.get(choices, {})
                if isinstance(choices, str)
                else {each: say(f"changes.value.{each}") for each in choices}
            )
            select = _select(given, names, say)
            return (
                select if field.kind is FieldKind.CHOICE else [select, _further(given, names, say)]
            )
        case _:
            return dcc.Input(type="text", maxLength=200, **given, value=usual)


def _select(given: Mapping[str, Any], names: Mapping[str, str], say: Texts) -> html.Select:
    first = html.Option(say("changes.choose"), value="")
    return html.Select(
        [first, *(html.Option(name, value=code) for code, name in names.items())], **given
    )


def _further(given: Mapping[str, Any], names: Mapping[str, str], say: Texts) -> html.Select:
    """What may be chosen beside the first: sent under the same name, after it."""
    options = [html.Option(name, value=code) for code, name in names.items()]
    labelled_by: dict[str, Any] = {"aria-label": say("changes.further")}
    return html.Select(
        options,
        id=f"{given['id']}-further",
        name=given["name"],
        multiple=True,
        size=4,
        **labelled_by,
    )

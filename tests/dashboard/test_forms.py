"""Forms by value: what each field becomes, what is sent to the gateway, and what came of it."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
from dash import html

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Batch, Changes
from dashboard.components.html_part import html_of
from dashboard.components.page_request import ViewerChangedError, mark_of
from dashboard.gateway import client
from dashboard.gateway.client import HttpGatewayClient
from dashboard.gateway.session import Session
from dashboard.model.user import User
from dashboard.texts import Texts, texts
from dashboard.web.visit import Visit, current_visit

pytestmark = pytest.mark.anyio

SAY = texts("en")
FIELDS = (
    Field("decree"),
    Field("reason", FieldKind.REASON),
    Field("country", FieldKind.COUNTRY),
    Field("validFrom", FieldKind.DAY, is_required=False),
    Field("hours", FieldKind.NUMBER),
    Field("isOpen", FieldKind.YES_OR_NO),
    Field("entry", FieldKind.CHOICE, ("VISA_FREE", "CALLING_VISA")),
    Field("visaType", FieldKind.CHOICE, "visa_types"),
)


def _read_lines(values: Mapping[str, str], _: Texts) -> Mapping[str, Mapping[str, str]]:
    """A line a change; one that says no names none."""
    lines = values.get("lines", "").split()
    if "no" in lines:
        raise ValueError("2")
    return {line: {"changeId": line} for line in lines}


CHANGES = Changes(
    "administration",
    {
        "proposeFee": FIELDS,
        "cancelReferenceChange": (Field("changeId"),),
        "cancelMany": (Field("lines", FieldKind.LINES), Field("reason", FieldKind.REASON)),
    },
    frozenset(("proposeFee",)),
    {"cancelMany": Batch("cancelReferenceChange", _read_lines)},
)


@pytest.mark.parametrize(
    ("kind", "text", "sent"),
    [
        (FieldKind.TEXT, " a b ", "a b"),
        (FieldKind.REASON, "Why. ", "Why."),
        (FieldKind.DAY, "2026-02-01", "2026-02-01"),
        (FieldKind.NUMBER, " 07", 7),
        (FieldKind.YES_OR_NO, "true", True),
        (FieldKind.YES_OR_NO, "false", False),
        (FieldKind.COUNTRY, "au", "AU"),
        (FieldKind.CHOICE, "e30", "e30"),
        (FieldKind.CHOICES, "B A  B", ["B", "A"]),
        (FieldKind.COUNTRIES, "au, nz\nsg", ["AU", "NZ", "SG"]),
        (FieldKind.WORDS, "overdue", ["OVERDUE"]),
        (FieldKind.MONEY, "0500000", {"amount": 500_000, "currency": "IDR"}),
        (FieldKind.INSTANT, "2026-02-01T06:30", "2026-02-01T06:30:00+07:00"),
        (FieldKind.INSTANT, "2026-02-01T06:30Z", "2026-02-01T06:30:00+00:00"),
        *((kind, "  ", None) for kind in FieldKind),
    ],
)
def test_what_is_filled_in_is_sent_as_its_kind(kind: FieldKind, text: str, sent: object) -> None:
    parsed = Field("some", kind).parse(text)
    assert (parsed, type(parsed)) == (sent, type(sent))


def controls(form: html.Form) -> list[dict[str, Any]]:
    """Every control by its name, kind and limits, with its choices and its label."""
    found = []
    for row in form.children:
        if not isinstance(row, html.Div):
            continue
        label, control = row.children
        given = control.to_plotly_json()
        assert label.htmlFor == control.id
        words = [one if isinstance(one, str) else one.children for one in label.children]
        options = given["props"].pop("children", None) or []
        found.append(
            {
                "control": given["type"],
                "label": "".join(words),
                "choices": {one.value: one.children for one in options},
                **{key: each for key, each in given["props"].items() if key not in ("id", "value")},
            }
        )
    return found


def test_each_kind_of_field_has_its_control() -> None:
    form = CHANGES.form("proposeFee", SAY, listed={"visa_types": {"B1": "B1 Visit"}})
    common = {"choices": {}, "required": True}
    choose, label = {"": SAY("changes.choose")}, lambda name: SAY(f"changes.field.{name}")
    entries = {word: SAY(f"changes.value.{word}") for word in ("VISA_FREE", "CALLING_VISA")}
    assert controls(form) == [
        {**common, "control": "Input", "label": label("decree"), "name": "decree",
         "type": "text", "maxLength": 200},
        {**common, "control": "Textarea", "label": label("reason"), "name": "reason",
         "rows": 2, "maxLength": 2_000},
        {**common, "control": "Input", "name": "country", "type": "text", "maxLength": 2,
         "pattern": "[A-Za-z]{2}",
         "label": f"{label('country')} {SAY('changes.country_hint')}"},
        {**common, "control": "Input", "name": "validFrom", "type": "date", "required": False,
         "label": f"{label('validFrom')} {SAY('changes.optional')}"},
        {**common, "control": "Input", "label": label("hours"), "name": "hours",
         "type": "number", "min": 0, "step": 1},
        {**common, "control": "Select", "label": label("isOpen"), "name": "isOpen",
         "choices": {**choose, "true": SAY("changes.yes"), "false": SAY("changes.no")}},
        {**common, "control": "Select", "label": label("entry"), "name": "entry",
         "choices": choose | entries},
        {**common, "control": "Select", "label": label("visaType"), "name": "visaType",
         "choices": {**choose, "B1": "B1 Visit"}},
    ]  # fmt: skip


def test_what_is_known_is_not_asked_for() -> None:
    form = CHANGES.form("cancelReferenceChange", SAY, about={"changeId": "e30"})
    hidden, button = form.children
    assert (hidden.type, hidden.name, hidden.value) == ("hidden", "changeId", "e30")
    assert button.children == SAY("changes.do.cancelReferenceChange")
    assert (form.id, form.className) == ("cancelReferenceChange-e30", "change short")
    marks = form.to_plotly_json()["props"]
    assert marks["data-change"] == "cancelReferenceChange"
    assert marks["data-sends"] == "administration-sent"
    summary, inside = CHANGES.folded("proposeFee", SAY).children
    assert (summary.children, inside.id) == (SAY("changes.do.proposeFee"), "proposeFee")
    asked = CHANGES.form("proposeFee", SAY)
    assert (asked.id, asked.className) == ("proposeFee", "change")
    assert asked.children[-1].children == SAY("changes.propose_it")


class Line(httpx2.AsyncBaseTransport):
    """What the gateway is asked for, and what it answers to a change."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.errors: list[dict[str, Any]] = []
        self.refusal: dict[str, Any] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(await request.aread())
        if body["documentId"] == client.document_id("viewer"):
            viewer = {"role": "ADMINISTRATOR", "heldRoles": ["ADMINISTRATOR"], "name": None}
            return _answer({"viewer": {**viewer, "partner": None, "countries": []}})
        self.asked.append((body, dict(request.headers)))
        if self.refusal:
            return httpx2.Response(200, json={"errors": [{"extensions": self.refusal}]})
        names = {client.document_id(document): name for name, document in CHANGES.documents.items()}
        input_ = body["variables"]["input"]
        errors = [] if input_.get("changeId") == "good" else self.errors
        return _answer({names[body["documentId"]]: {"errors": errors}})


def _answer(data: dict[str, Any]) -> httpx2.Response:
    return httpx2.Response(200, json={"data": data})


SESSION = Session("access", "refresh", "id", 2e9, role="ADMINISTRATOR")


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """Of a visit in the context in which the test runs."""
    line = Line()
    gateway = HttpGatewayClient("http://gateway", line)
    visit = Visit(SESSION, gateway, "en", drawn_for=mark_of(_viewer(), SESSION))
    token = current_visit.set(visit)
    yield line
    current_visit.reset(token)


def _viewer(role: str = "ADMINISTRATOR") -> User:
    return User(role, (role,), None, None, ())


SENT: dict[str, Any] = {
    "change": "proposeFee",
    "form": "proposeFee",
    "key": "k",
    "values": {
        "decree": "1/2026 ",
        "reason": "Why.",
        "country": "au",
        "hours": "7",
        "isOpen": "true",
        "entry": "VISA_FREE",
        "visaType": "C1",
        "other": "x",
    },
}


async def outcome(**changes: Any) -> str:
    return html_of(await CHANGES._outcome_of({**SENT, **changes}))


async def test_a_change_is_sent_once_with_its_key_and_no_empty_field(line: Line) -> None:
    said = await outcome()
    [(body, headers)] = line.asked
    assert body["documentId"] == client.document_id("administration/changes/proposeFee")
    assert body["variables"] == {
        "input": {"idempotencyKey": "k", "decree": "1/2026", "reason": "Why.", "country": "AU",
                  "hours": 7, "isOpen": True, "entry": "VISA_FREE", "visaType": "C1"}
    }  # fmt: skip
    assert headers["authorization"] == "Bearer access"
    assert headers["gerbang-role"] == "ADMINISTRATOR"
    assert headers["accept-language"] == "en"
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers["traceparent"])
    assert 'data-form="proposeFee"' in said
    assert 'data-result="done"' in said
    assert 'role="status"' in said
    assert SAY("changes.done.proposed") in said
    done = await outcome(change="cancelReferenceChange", values={"changeId": "e30"})
    assert SAY("changes.done.cancelReferenceChange") in done


@pytest.mark.parametrize(
    "changes",
    [{"change": "dropEverything"}, {"values": []}, {"key": ""}, {"key": "k" * 129}],
    ids=["change", "values", "no key", "long key"],
)
async def test_what_is_no_form_of_the_page_is_not_sent(line: Line, changes: dict[str, Any]) -> None:
    said = await outcome(**changes)
    assert line.asked == []
    assert SAY("changes.unknown") in said
    assert 'data-result="refused"' in said
    assert 'role="alert"' in said
    await outcome(key="k" * 128)
    assert len(line.asked) == 1


async def test_each_mistake_names_its_field(line: Line) -> None:
    said = await outcome(values={**SENT["values"], "hours": "many", "decree": " "})
    assert line.asked == []
    assert f'data-field="decree" id="mistake-0">{SAY("changes.no_value")}<' in said
    assert f'data-field="hours" id="mistake-1">{SAY("changes.no_number")}<' in said
    line.errors = [
        {"message": "No such decree.", "path": ["input", "decree"]},
        {"message": "Not now.", "path": None},
    ]
    said = await outcome()
    assert 'data-field="decree" id="mistake-0">No such decree.<' in said
    assert 'data-field="" id="mistake-1">Not now.<' in said
    assert 'data-result="refused"' in said


@pytest.mark.parametrize(
    ("code", "result"), [("UNAVAILABLE", "unknown"), ("FORBIDDEN_FIELD", "refused")]
)
async def test_of_a_failure_it_is_said_whether_it_can_have_been_done(
    line: Line, code: str, result: str
) -> None:
    line.refusal = {"code": code, "traceId": "abc"}
    said = await outcome()
    assert f'data-result="{result}"' in said
    assert (SAY("changes.not_known") in said) is (result == "unknown")
    assert f"{SAY('failed.trace')}: abc" in said


async def test_a_page_that_was_drawn_for_another_viewer_changes_nothing(line: Line) -> None:
    visit = current_visit.get()
    other = Visit(SESSION, visit.gateway, "en", drawn_for=mark_of(_viewer("AUDITOR"), SESSION))
    token = current_visit.set(other)
    try:
        with pytest.raises(ViewerChangedError):
            await outcome()
    finally:
        current_visit.reset(token)
    assert line.asked == []


async def test_one_form_makes_several_changes_each_with_a_key_of_its_own(line: Line) -> None:
    async def say(lines: str) -> str:
        return await outcome(change="cancelMany", values={"lines": lines, "reason": "Why."})

    done = await say("one two")
    sent = [body["variables"]["input"] for body, _ in line.asked]
    assert [(one["changeId"], one["reason"], set(one)) for one in sent] == [
        (name, "Why.", {"idempotencyKey", "changeId", "reason"}) for name in ("one", "two")
    ]
    keys = [one["idempotencyKey"] for one in sent]
    assert len({*keys}) == 2
    assert all(key.startswith("k-") for key in keys)
    assert SAY("changes.batch_done", made="2", total="2") in done
    assert 'data-result="done"' in done
    # Sent again, each has the key that it had.
    await say("two one")
    assert [body["variables"]["input"]["idempotencyKey"] for body, _ in line.asked[2:]] == keys[
        ::-1
    ]

    line.errors = [{"message": "Not now.", "path": None}, {"message": "Nor then.", "path": None}]
    partly = await say("one good")
    assert SAY("changes.batch_done", made="1", total="2") in partly
    assert "one: Not now." in partly
    assert "one: Nor then." in partly
    assert 'data-result="partly"' in partly


@pytest.mark.parametrize(("lines", "said"), [("", "changes.none_chosen"), ("one no", "no_line")])
async def test_of_a_batch_that_names_nothing_or_nonsense_nothing_is_sent(
    line: Line, lines: str, said: str
) -> None:
    refused = await outcome(change="cancelMany", values={"lines": lines, "reason": "Why."})
    assert (SAY("changes.no_line", line="2") if said == "no_line" else SAY(said)) in refused
    assert 'data-result="refused"' in refused
    assert line.asked == []

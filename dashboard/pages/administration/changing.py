"""Makes a change that a form of the page Administration sends, and says what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Input, callback, html

from dashboard.components.html_part import html_of, html_output
from dashboard.components.notice import reason
from dashboard.components.page_request import refuse_other_viewer
from dashboard.gateway.client import AWAY, GatewayError
from dashboard.pages.administration.forms import CHANGES, DOCUMENTS, PROPOSALS
from dashboard.texts import Texts, texts
from dashboard.web.visit import current_visit

OUTCOME, SENT = "administration-outcome", "administration-sent"
#: What a form may carry beside its fields, whatever a browser sends.
LONGEST_KEY = 64


@callback(html_output(OUTCOME), Input(SENT, "data"), prevent_initial_call=True)
async def make_change(sent: Any) -> str:
    """Send a change to the gateway, once however often its form is sent: it carries a key."""
    given: dict[str, Any] = sent if isinstance(sent, dict) else {}
    outcome = await change(given)
    at = given.get("at")
    # The same outcome twice is news each time.
    return html_of(html.Div(outcome, **_data(at=str(at) if isinstance(at, int | float) else "")))


async def change(sent: Mapping[str, Any]) -> html.Section:
    """What came of a change. Raises ViewerChangedError for a page that was drawn for another."""
    visit = current_visit.get()
    say, session = texts(visit.language), visit.session
    name, form, key = (str(sent.get(part, "")) for part in ("change", "form", "key"))
    values = sent.get("values")
    if name not in CHANGES or not isinstance(values, dict) or not 0 < len(key) <= LONGEST_KEY:
        return _refused(form, [(say("administration.unknown"), "")], say)
    asked: dict[str, Any] = {"idempotencyKey": key}
    for field in CHANGES[name]:
        try:
            asked[field.name] = field.read(str(values.get(field.name, "")))
        except ValueError:
            return _refused(form, [(say("administration.no_number"), field.name)], say)
    try:
        refuse_other_viewer(await visit.gateway.viewer(session))
        answer = await visit.gateway.ask(
            f"{DOCUMENTS}/{name}",
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
    done = "proposed" if name in PROPOSALS else name
    return _outcome(form, "done", html.P(say(f"administration.done.{done}")))


def _refused(form: str, mistakes: Sequence[tuple[str, str]], say: Texts) -> html.Section:
    """Every mistake, each with the field that it is about."""
    listed = [
        html.Li(message, id=f"mistake-{number}", **_data(field=field))
        for number, (message, field) in enumerate(mistakes)
    ]
    return _outcome(form, "refused", html.P(say("administration.not_done")), html.Ul(listed))


def _failed(form: str, error: GatewayError, say: Texts) -> html.Section:
    """After some failures nobody knows whether it was done: the same form can be sent again."""
    is_unknown = error.code in AWAY
    why = say("administration.not_known") if is_unknown else say(f"failed.{reason(error.code)}")
    trace = f"{say('failed.trace')}: {error.trace_id}"
    return _outcome(form, "unknown" if is_unknown else "refused", html.P(why), html.P(trace))


def _outcome(form: str, result: str, *content: Any) -> html.Section:
    role = "status" if result == "done" else "alert"
    marks = _data(form=form, result=result)
    return html.Section([*content], className=f"outcome {result}", role=role, tabIndex=-1, **marks)


def _data(**attributes: str) -> dict[str, Any]:
    return {f"data-{name}": value for name, value in attributes.items()}

"""The documents of a case: which are there, where they are, and whether they have changed."""

from collections.abc import Callable
from typing import Any

from dash import html

from dashboard.components.panels import Answer, scrolling_table
from dashboard.texts import Texts
from dashboard.texts.wording import count_text, written_instant

#: What is said of a document that counts, and of one that does not.
_COUNTING = {"THERE": "there", "REGISTERED": "registered", "CHANGED": "changed"}
_WAITING = {
    "AWAITED": "on_its_way",
    "PENDING": "being_scanned",
    "REFUSED": "scanner_refused",
}


def show_documents(case: Answer, say: Texts, open_: Callable[[str], Any] | None) -> Any:
    """The documents of the file: which are there, how large they are, and since when.

    ``open_`` makes, for whoever may open them, the form that asks for one by its id.
    """
    recorded = {each["kind"]: each["recordedAt"] for each in case["documents"]}
    # What is there already is opened while another waits to take its place.
    sent = {each["kind"]: each for each in sorted(case["uploads"], key=_counts)}
    rows = [
        html.Tr(
            [
                html.Th(say(f"changes.value.{kind}"), scope="row"),
                *_state(recorded.get(kind), sent.get(kind), say),
                html.Td(open_(sent[kind]["id"]) if open_ and _is_here(sent.get(kind)) else ""),
            ]
        )
        for kind in dict.fromkeys((*recorded, *sent))
    ]
    if not rows:
        return None
    heads = [say(f"case.column.{each}") for each in ("document", "state", "at", "content")]
    return scrolling_table(say("case.documents"), heads, rows)


def _counts(upload: Answer) -> bool:
    return upload["state"] in _COUNTING


def _is_here(upload: Answer | None) -> bool:
    return upload is not None and _counts(upload) and not upload["locator"]


def document_text(upload: Answer, say: Texts) -> str:
    """What a document that counts is, and whether it is what was registered."""
    size = count_text(-(-upload["size"] // 1_000), say)
    return say(f"case.{_COUNTING[upload['state']]}", format=upload["format"], size=size)


def _where(upload: Answer, say: Texts) -> list[Any]:
    """Where a document of the partner's own store is, and its digests, for those who read them."""
    registered = upload.get("registeredSha256")
    said = [("locator", upload.get("locator"))]
    if registered:
        said.append(("digest", upload["sha256"]))
    if registered and registered != upload["sha256"]:
        said.append(("registered_digest", registered))
    return [
        html.Div(html.Small([say(f"case.{name}"), " ", html.Code(value)]))
        for name, value in said
        if value
    ]


def _state(recorded_at: str | None, upload: Answer | None, say: Texts) -> tuple[html.Td, html.Td]:
    """Whether a document is there, and since when."""
    if upload and _counts(upload):
        state, at = [document_text(upload, say), *_where(upload, say)], upload["completedAt"]
        if upload["state"] == "CHANGED":
            return html.Td(state, className="bad"), html.Td(written_instant(at, say))
    elif upload:
        state, at = say(f"case.{_WAITING[upload['state']]}"), None
    elif recorded_at:
        state, at = say("case.said_to_be_there"), recorded_at
    else:
        return html.Td(say("case.still_missing"), className="bad"), html.Td("")
    return html.Td(state), html.Td(written_instant(at, say) if at else "")

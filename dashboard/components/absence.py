"""Notices for a page whose address names something for which its reader gets no figures."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import html

from dashboard.components.notice import notice
from dashboard.components.shell import scope_text
from dashboard.model.reach import Absence, Absent
from dashboard.model.viewer import Viewer
from dashboard.texts import Texts
from dashboard.texts.wording import list_text

#: What a value of a filter is called, by the filter's key and the code.
Name = Callable[[str, str], str]


def not_here(absent: Sequence[Absent], name: Name, viewer: Viewer, back: str, say: Texts) -> Any:
    """Why a link shows no figures to this reader, and the way to those that it has."""
    way = html.A(say("absent.clear"), href=back, className="button")
    return notice(say("absent.title"), *_words(absent, name, viewer, say), way)


def partly_absent(
    absent: Sequence[Absent], name: Name, viewer: Viewer, say: Texts, asked: str, shown: str
) -> html.Section | None:
    """A notice above figures that are not all that the address names: of fewer values of a filter,
    or of another measure, ``shown`` in place of the one that was ``asked`` for."""
    sentences = _words(absent, name, viewer, say)
    if shown != asked:
        measure, other = (say(f"measures.{each}.label") for each in (asked, shown))
        sentences.append(say("absent.measure", measure=measure, shown=other))
    if not sentences:
        return None
    words = [html.P(sentence) for sentence in sentences]
    return html.Section(words, className="stale partly", role="status")


def _words(absent: Sequence[Absent], name: Name, viewer: Viewer, say: Texts) -> list[str]:
    """A sentence for each reason, naming what the figures leave out."""
    words: list[str] = []
    for why in Absence:
        names = [name(each.key, each.code) for each in absent if each.why is why]
        if names:
            scope = scope_text(viewer, say)
            words.append(say(f"absent.{why}_why", names=list_text(names, say), scope=scope))
    return words

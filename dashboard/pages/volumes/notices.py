"""What the page says in place of figures, or above them."""

from typing import Any

from dash import html

from dashboard.components.notice import notice
from dashboard.components.shell import scope_text
from dashboard.model.reach import Absence
from dashboard.pages.volumes.filter_bar import cleared
from dashboard.pages.volumes.view import View
from dashboard.texts.wording import list_text, period_text


def no_applications(view: View) -> Any:
    """Why there is nothing, and the way out if filters are the reason."""
    say = view.say
    period = period_text(view.period, say)
    if not view.subject:
        return notice(say("empty.title"), say("empty.why", period=period))
    return notice(
        say("empty.title"),
        say("empty.filtered", subject=view.subject, period=period),
        html.A(say("filters.clear"), href=cleared(view.address), className="button"),
    )


def not_here(view: View) -> Any:
    """Why a link shows no figures to this reader, and the way to those that it has."""
    say = view.say
    back = html.A(say("absent.clear"), href=cleared(view.address), className="button")
    return notice(say("absent.title"), *absence_words(view), back)


def partly_absent(view: View) -> html.Section | None:
    """Above figures that are not of everything that the address names."""
    if not view.absent:
        return None
    words = [html.P(sentence) for sentence in absence_words(view)]
    return html.Section(words, className="stale partly", role="status")


def absence_words(view: View) -> list[str]:
    """A sentence for each reason, naming what the figures are not of."""
    say = view.say
    words: list[str] = []
    for why in Absence:
        names = [view.name(each.key, each.code) for each in view.absent if each.why is why]
        if names:
            scope = scope_text(view.viewer, say)
            words.append(say(f"absent.{why}_why", names=list_text(names, say), scope=scope))
    return words

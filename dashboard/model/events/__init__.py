"""Events with which figures should be read, such as an outage (``events.toml``)."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Event:
    """A day, and what happened on it in each language."""

    on: date
    text: dict[str, str]


@cache
def events() -> tuple[Event, ...]:
    """All of them, the earliest first."""
    source = (resources.files("dashboard.model.events") / "events.toml").read_text("utf-8")
    events = (
        Event(entry["on"], {language: entry[language] for language in ("id", "en")})
        for entry in tomllib.loads(source)["events"]
    )
    return tuple(sorted(events, key=lambda event: event.on))


def events_between(first: date, last: date) -> tuple[Event, ...]:
    """Those of the months from one to another."""
    return tuple(event for event in events() if first <= event.on <= last)

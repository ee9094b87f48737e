"""Named events, with which the figures of some days are read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, from which day to which, in which country if not everywhere."""

    code: str
    kind: str
    began_on: date
    ended_on: date
    country: str | None = None
    country_name: str = ""


def read_events(
    nodes: Sequence[Mapping[str, Any]], last: date, countries: Sequence[str]
) -> Iterator[Event]:
    """Those that began by a day, of the chosen countries or of everybody, the earliest first."""
    for node in nodes:
        country: Mapping[str, str] = node["country"] or {}
        began_on, ended_on = (date.fromisoformat(node[day]) for day in ("beganOn", "endedOn"))
        is_chosen = not countries or not country or country["code"] in countries
        if began_on <= last and is_chosen:
            where = country.get("code"), country.get("name", "")
            yield Event(node["code"], node["kind"], began_on, ended_on, *where)


def events_between(events: Sequence[Event], first: date, last: date) -> tuple[Event, ...]:
    """Those with a day from one to another."""
    return tuple(event for event in events if event.began_on <= last and first <= event.ended_on)

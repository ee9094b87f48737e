"""Named events, and notes, with which the figures of some days are read."""

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


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted on a month, on which partner and country if not on all."""

    id: str
    month: date
    text: str
    author: str
    written_at: str
    place: str


def read_notes(
    nodes: Sequence[Mapping[str, Any]],
    last: date = date.max,
    countries: Sequence[str] = (),
    partners: Sequence[str] = (),
) -> list[Note]:
    """Those on months until a day, of what was chosen or of everything, the newest month first."""
    found = list[Note]()
    for node in nodes:
        country, partner = node["country"] or {}, node["partner"] or {}
        month = date.fromisoformat(node["month"])
        is_chosen = (not countries or not country or country["code"] in countries) and (
            not partners or not partner or partner["code"] in partners
        )
        if month <= last and is_chosen:
            place = ", ".join(each["name"] for each in (country, partner) if each)
            written = node["text"], node["author"], node["writtenAt"]
            found.append(Note(node.get("id", ""), month, *written, place))
    return found


def events_between(events: Sequence[Event], first: date, last: date) -> tuple[Event, ...]:
    """Those with a day from one to another."""
    return tuple(event for event in events if event.began_on <= last and first <= event.ended_on)

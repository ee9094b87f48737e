"""What waits now: how much is open and overdue, the oldest, and when the overdue are worked off."""

from collections.abc import Iterator
from math import ceil

from gateway.findings.claim import (
    Claim,
    FindingDirection,
    FindingKind,
    FindingNumberName,
    FindingTopic,
    FindingUnit,
    Number,
    Subject,
    count_number,
)
from gateway.findings.figures import PACE_DAYS, Figures
from gateway.findings.wording import Says, count, days, hours, listed, name, text
from models.volumes import Dimension, Measure

#: Places that a sentence names.
NAMED = 3
#: A pace by which it takes longer is none, and so is one of fewer that were closed.
LONGEST_DAYS, FEWEST_CLOSED = 90, 20

_N, _D = FindingNumberName, FindingDirection


def waiting_claims(figures: Figures) -> Iterator[Claim]:
    """All together, then each place with something overdue, the most first."""
    place = figures.asked.place
    found = {
        code: (int(row.get(Measure.WIP) or 0), int(row.get(Measure.BACKLOG) or 0))
        for code, row in figures["open"].groups().items()
    }
    late = sorted(
        ((code, each) for code, each in found.items() if each[1]),
        key=lambda item: (-item[1][1], item[0] or ""),
    )
    yield _whole(figures, found, [(code, overdue) for code, (_, overdue) in late])
    for code, (waiting, overdue) in late:
        yield Claim(
            FindingTopic.WAITING,
            FindingKind.WAITING_PLACE,
            text(
                "waiting.place",
                name=name(place, code),
                overdue=count(overdue),
                open=count(waiting),
            ),
            figures["open"].question,
            _D.WORSE,
            Subject(place, code),
            Measure.BACKLOG,
            (figures.asked.today, figures.asked.today),
            (count_number(_N.OPEN, waiting), count_number(_N.OVERDUE, overdue)),
        )


def _whole(
    figures: Figures,
    found: dict[str | None, tuple[int, int]],
    late: list[tuple[str | None, int]],
) -> Claim:
    asked = figures.asked
    waiting, overdue = (sum(each[at] for each in found.values()) for at in (0, 1))
    oldest = figures["oldest"].one().get(Measure.WIP_AGE_OLDEST)
    pace = figures["pace"].one()
    received = int(pace.get(Measure.INTAKE) or 0)
    closed = sum(
        int(pace.get(each) or 0) for each in (Measure.DECISIONS, Measure.WITHDRAWN, Measure.LAPSED)
    )
    numbers = [
        count_number(_N.OPEN, waiting),
        count_number(_N.OVERDUE, overdue),
        count_number(_N.CLOSED, closed),
        count_number(_N.RECEIVED, received),
    ]
    if oldest is not None and waiting:
        numbers.append(Number(_N.OLDEST, FindingUnit.HOURS, oldest))
    key = "late" if overdue else "in_time" if waiting else "nothing"
    return Claim(
        FindingTopic.WAITING,
        FindingKind.WAITING,
        text(f"waiting.{key}", overdue=count(overdue), open=count(waiting)),
        figures["open"].question,
        _D.WORSE if overdue else _D.USUAL,
        measure=Measure.BACKLOG,
        days=(asked.today, asked.today),
        numbers=tuple(numbers),
        is_concern=bool(overdue),
        notes=(
            *([text("waiting.oldest", age=hours(oldest))] if oldest and waiting else []),
            *([_places(late, asked.place)] if len(late) > 1 else []),
            *_clearing(overdue, closed, received),
        ),
    )


def _places(late: list[tuple[str | None, int]], place: Dimension) -> Says:
    named = (
        text("with_size", name=name(place, code), size=count(overdue))
        for code, overdue in late[:NAMED]
    )
    return text("waiting.places", names=listed(named))


def _clearing(overdue: int, closed: int, received: int) -> list[Says]:
    """When the overdue are worked off: at the pace by which more is closed than comes in."""
    if not overdue:
        return []
    values = {"closed": count(closed), "received": count(received), "days": count(PACE_DAYS)}
    if closed < FEWEST_CLOSED:
        return [text("waiting.few", **values)]
    if closed <= received:
        return [text("waiting.not_clearing", **values)]
    until = ceil(overdue * PACE_DAYS / (closed - received))
    if until > LONGEST_DAYS:
        return [text("waiting.hardly_clearing", **values)]
    return [text("waiting.clearing", **values, until=days(until))]

"""How many people a viewer has had opened, and looked up, in an hour, a day and a week."""

import time
from collections import OrderedDict
from collections.abc import Collection, Iterable
from enum import StrEnum
from uuid import UUID

from models.key_service.interface import KeyServiceError

_HOUR, _DAY, WEEK = 3600, 86_400, 604_800
#: How many times the hour's people are read in a window at most, by its length in seconds.
WINDOWS = {_HOUR: 1, _DAY: 5, WEEK: 20}

#: How often the file of a reference is tracked in an hour, and how often one source tries,
#: whichever file it is for.
TRIES_OF_A_FILE, TRIES_OF_A_SOURCE = 5, 30


class ReceiptVerb(StrEnum):
    """What was asked for."""

    #: People were read.
    OPEN = "open"
    #: People were compared or corrected, whom nobody was shown.
    CHANGE = "change"
    #: Somebody was looked for.
    LOOK_UP = "look_up"
    #: Keys were deleted.
    ERASE = "erase"


class ViewerCeilingError(KeyServiceError):
    """A viewer has had as many people opened as the role may in so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.window = seconds
        super().__init__(f"the viewer has reached the most of {seconds // _HOUR} hours")


class Counts:
    """What the receipts of a viewer in a role add up to."""

    def __init__(self) -> None:
        #: How many of the viewer's receipts are counted.
        self.nth = 0
        #: Whom the viewer had opened, and when last in seconds, the longest ago first.
        self._people = OrderedDict[int, float]()
        self._look_ups = OrderedDict[int, float]()
        self._by_reference: dict[str, OrderedDict[int, float]] = {}

    def admit(self, people: Collection[UUID], most: int, further: int = 0) -> None:
        """Raises ViewerCeilingError where these are more people than the windows have room for,
        with ``further`` beyond each."""
        now = time.time()
        for seconds, times in WINDOWS.items():
            since = now - seconds
            new = sum(self._people.get(one.int, 0.0) <= since for one in people)
            if new and _number_since(self._people, since) + new > most * times + further:
                raise ViewerCeilingError(seconds)

    def admit_look_ups(self, number: int, most: int) -> None:
        """The same for so many more look-ups."""
        now = time.time()
        for seconds, times in WINDOWS.items():
            if _number_since(self._look_ups, now - seconds) + number > most * times:
                raise ViewerCeilingError(seconds)

    def number_in(self, reference: str, people: Collection[UUID]) -> int:
        """How many people are opened for an inquiry once these are too."""
        counted = self._by_reference.get(reference) or OrderedDict()
        return len(counted.keys() | {one.int for one in people})

    def add(
        self, nth: int, at: int, verb: str, subjects: Iterable[int], inquiry: str | None
    ) -> None:
        """Count a receipt."""
        self.nth, seconds = nth, at / 1000
        if verb == ReceiptVerb.LOOK_UP:
            _put(self._look_ups, [nth], seconds)
            return
        people = [*subjects]
        _put(self._people, people, seconds)
        if inquiry is not None:
            _put(self._by_reference.setdefault(inquiry, OrderedDict()), people, seconds)


def _put(counted: OrderedDict[int, float], numbers: Iterable[int], at: float) -> None:
    for one in numbers:
        counted[one] = at
        counted.move_to_end(one)
    while counted and next(iter(counted.values())) <= at - WEEK:
        counted.popitem(last=False)


def _number_since(counted: OrderedDict[int, float], since: float) -> int:
    number = 0
    for at in reversed(counted.values()):
        if at <= since:
            break
        number += 1
    return number

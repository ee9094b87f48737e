"""How many sockets there are, in all and for each viewer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.viewer import Viewer
from gateway.wire.closing import Close, Ended
from gateway.wire.metrics import Metrics

MOST = 1_000
MOST_OF_A_VIEWER = 8


class Sockets:
    """The sockets of this process."""

    def __init__(
        self, metrics: Metrics, *, most: int = MOST, most_of_a_viewer: int = MOST_OF_A_VIEWER
    ) -> None:
        self._metrics = metrics
        self._most = most
        self._most_of_a_viewer = most_of_a_viewer
        self._open = 0
        self._of_viewers: Counter[str] = Counter()

    @property
    def are_too_many(self) -> bool:
        return self._open >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        self._open += 1
        self._metrics.note_sockets(self._open)
        try:
            yield
        finally:
            self._open -= 1
            self._metrics.note_sockets(self._open)

    @contextmanager
    def of(self, viewer: Viewer) -> Iterator[None]:
        """One more of a viewer. Raises Ended where there are enough."""
        if self._of_viewers[viewer.subject] >= self._most_of_a_viewer:
            raise Ended(Close.TOO_MANY, f"A viewer has at most {self._most_of_a_viewer} sockets.")
        self._of_viewers[viewer.subject] += 1
        try:
            yield
        finally:
            self._of_viewers[viewer.subject] -= 1
            self._of_viewers += Counter()  # whoever has none is forgotten

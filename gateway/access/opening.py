"""What a transaction of ours begins with: its limits, and whose it is."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.access.bounds import Bounds
from gateway.access.transactions.seal import Seal
from gateway.viewer import Viewer
from models.row_security import WRITING, database_role


@dataclass(frozen=True)
class Opening:
    """What is said as a transaction begins."""

    #: The role of the database that the transaction takes on.
    role: str
    #: The statements on a backend; it is None where a pooler lends out its own.
    statements: Callable[[int | None], tuple[str, ...]]


class Openings:
    """Opens transactions for viewers, each within the same limits."""

    def __init__(self, seal: Seal, bounds: Bounds) -> None:
        self._seal = seal
        self._bounds = bounds

    def reading(self, viewer: Viewer) -> Opening:
        """For a viewer who reads, or whose reading is logged."""
        return self._as(viewer, database_role(viewer.role))

    def writing(self, viewer: Viewer) -> Opening:
        """For a viewer who changes something."""
        return self._as(viewer, WRITING)

    def _as(self, viewer: Viewer, role: str) -> Opening:
        def statements(backend: int | None) -> tuple[str, ...]:
            return (*self._bounds.statements(), *self._seal.acting(viewer, role, backend))

        return Opening(role, statements)

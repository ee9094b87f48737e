"""What all operations of a process share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.access.statistics import ColumnStatistics, Statistics
from gateway.access.vault import LostKeys
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.figure_reads import FigureCache
from gateway.mapping.keyset import Cursors
from gateway.mapping.positions import Positions
from gateway.viewer import Viewer
from models.key_service import KeyService


class ChangeMaker(Protocol):
    """Makes the changes that mutations ask for."""

    async def make(self, viewer: Viewer, request: Any) -> Any:
        """The outcome of a request. Raises FieldError in an outage."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What all operations of a process share; none of it belongs to a viewer."""

    catalogue: Catalogue
    cursors: Cursors
    positions: Positions
    changes: ChangeMaker
    #: By which people are looked up, where there are any.
    keys: KeyService | None = None
    statistics: Statistics | None = None
    figures: FigureCache = field(default_factory=FigureCache)
    lost_keys: LostKeys = field(default_factory=LostKeys)

    def statistics_of(self, noun: DeclaredNoun) -> Mapping[str, ColumnStatistics]:
        """How the rows of a noun are distributed over the values of its columns, if that is
        known."""
        return self.statistics.columns_of(noun.key.class_.__tablename__) if self.statistics else {}

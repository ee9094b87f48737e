"""What all operations of a process share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from gateway.access.document_links import DocumentLinks
from gateway.access.statistics import ColumnStatistics, Statistics
from gateway.access.vault import LostKeys
from gateway.faults import Fault
from gateway.mapping.catalogue import Catalogue, DeclaredNoun
from gateway.mapping.figure_reads import FigureCache
from gateway.mapping.keyset import Cursors
from gateway.mapping.positions import Positions
from gateway.viewer import Viewer
from models.key_service import KeyService, TakesCodes
from models.vocabulary import Role


class ChangeMaker(Protocol):
    """Makes the changes that mutations ask for."""

    async def make(self, viewer: Viewer, request: Any) -> Any:
        """The outcome of a request. Raises FieldError in an outage."""
        ...


class DocumentTime(NamedTuple):
    """How long a registered document took in this process."""

    client: str | None
    operation: str
    sha256: str
    times: int
    mean_milliseconds: float
    most_milliseconds: float


class RoleVerdict(Protocol):
    """What a role can do with a document."""

    @property
    def can_run(self) -> bool: ...

    @property
    def cost(self) -> int: ...

    @property
    def refused(self) -> Sequence[str]: ...

    @property
    def mistake(self) -> str | None: ...


class DocumentVerdicts(Protocol):
    """What each role can do with a document."""

    @property
    def verdicts(self) -> Mapping[Role, RoleVerdict]: ...


class DocumentExaminer(Protocol):
    """Says which roles can run a registered document."""

    async def examine_registered(self, text: str) -> DocumentVerdicts: ...


class RoleBudget(NamedTuple):
    """How many viewers in a role have used of their budget, and the least that is left of one."""

    role: Role
    viewers: int
    least_left: int


class ProcessLoad(NamedTuple):
    """What a process is doing, and the most that it may."""

    started_at: datetime
    running: int
    waiting: int
    connections_in_use: int
    connections: int
    #: Values that a viewer may use at once.
    budget: int


class ProcessState(Protocol):
    """What a process of the gateway knows of itself: the same as its metrics say."""

    def load(self) -> ProcessLoad: ...

    async def faults(self) -> Sequence[tuple[Fault, bool]]:
        """What is wrong now, and whether the process is not ready for it."""
        ...

    def budget_use(self) -> Sequence[RoleBudget]: ...

    def slowest_documents(self, most: int) -> Sequence[DocumentTime]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What all operations of a process share; none of it belongs to a viewer."""

    catalogue: Catalogue
    cursors: Cursors
    positions: Positions
    document_links: DocumentLinks
    changes: ChangeMaker
    documents: DocumentExaminer
    #: By which people are looked up, where there are any.
    keys: KeyService | None = None
    #: By which files are tracked, and what was decided is opened, without an account, where that is
    #: possible.
    tracker: TakesCodes | None = None
    statistics: Statistics | None = None
    figures: FigureCache = field(default_factory=FigureCache)
    lost_keys: LostKeys = field(default_factory=LostKeys)
    #: Where a process serves; commands and tests run operations without one.
    process: ProcessState | None = None

    def statistics_of(self, noun: DeclaredNoun) -> Mapping[str, ColumnStatistics]:
        """How the rows of a noun are distributed over the values of its columns, if that is
        known."""
        return self.statistics.columns_of(noun.key.class_.__tablename__) if self.statistics else {}

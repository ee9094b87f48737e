"""How long things are kept: files once they are closed, digests of people who are to be found
again, and the log of reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.vocabulary import CLOSED, Status

#: Assumptions, until the directorate says otherwise.
DAYS_KEPT: Mapping[Status, int] = MappingProxyType(
    {
        Status.GRANTED: 1825,
        Status.REFUSED: 1825,
        Status.REVOKED: 3650,
        Status.WITHDRAWN: 1095,
        Status.LAPSED: 1095,
        Status.PAYMENT_EXPIRED: 1095,
    }
)
INDEX_DAYS = 3650
BAN_DAYS = 1825
MOVEMENT_DAYS = 1825
#: The log of reads: as long as the longest-kept files, so that everybody on file can be told who
#: read them.
LOG_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Retention:
    """Days from the end of a case, by the status in which it ended."""

    days: Mapping[Status, int] = field(default_factory=lambda: DAYS_KEPT)
    #: For how long after a refusal for a forged document, or a revocation, a person who is erased
    #: is found again by digests. After a ban it is for as long as the entry stands.
    index_days: int = INDEX_DAYS
    #: How long after its end or rejection an entry of the ban list still names its person.
    ban_days: int = BAN_DAYS
    #: How long after the last exit by a visa that is live no more it is known when its holder was
    #: in the country.
    movement_days: int = MOVEMENT_DAYS

    def __post_init__(self) -> None:
        if lacking := [status for status in CLOSED if status not in self.days]:
            raise ValueError(f"no retention period of {', '.join(lacking)}")

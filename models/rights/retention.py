"""For how long files are kept once they are closed, digests of who is to be found again, and who
read whom."""

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
#: Of who read whom: as long as the longest of files, so that whoever is on file can be told.
LOG_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Retention:
    """Days from the end of a case, by the status in which it ended."""

    days: Mapping[Status, int] = field(default_factory=lambda: DAYS_KEPT)
    #: For how long after a refusal for a forged document, or a revocation, a person who is erased
    #: is found again by digests. After a ban it is for as long as the entry stands.
    index_days: int = INDEX_DAYS
    #: For how long after an entry of the ban list has ended, or was rejected, it says whom it was
    #: about.
    ban_days: int = BAN_DAYS

    def __post_init__(self) -> None:
        if lacking := [status for status in CLOSED if status not in self.days]:
            raise ValueError(f"no retention period of {', '.join(lacking)}")

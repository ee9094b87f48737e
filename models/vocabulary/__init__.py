"""The closed lists of words of the domain, as the database keeps them.

``gateway/mapping/enums`` describes each word for the API, and has the words of the API alone.
"""

from models.vocabulary.bans import BanGround, BanState
from models.vocabulary.breaches import BreachList, ReachedBy
from models.vocabulary.case import (
    CLEARING,
    CLOSED,
    CONFIDENTIAL_GROUNDS,
    DECIDABLE,
    DIRECTORATE,
    RESOLUTIONS,
    STAGE_OF,
    WAITING,
    Changed,
    ChangedVolumes,
    Channel,
    EventKind,
    Ground,
    Outcome,
    Queue,
    ReferralReason,
    ScreeningKind,
    ScreeningResult,
    Stage,
    Status,
)
from models.vocabulary.items import (
    DocumentKind,
    RequestedItemKind,
)
from models.vocabulary.people import (
    OPEN_CORRECTIONS,
    UNSURE_LINKS,
    CorrectionState,
    IndexKind,
    LinkReason,
    LinkState,
    Purpose,
    Role,
    Sex,
)
from models.vocabulary.reference import (
    Clock,
    Entry,
    ReferenceChangeState,
    ReferenceKind,
    TripPurpose,
    VisaCategory,
    Wait,
)
from models.vocabulary.rights import (
    DataRequestKind,
    DataRequestState,
    ErasureCause,
    KeyOperationKind,
)
from models.vocabulary.supervision import (
    AlertKind,
    InquiryVerdict,
)

__all__ = [
    "CLEARING",
    "CLOSED",
    "CONFIDENTIAL_GROUNDS",
    "DECIDABLE",
    "DIRECTORATE",
    "OPEN_CORRECTIONS",
    "RESOLUTIONS",
    "STAGE_OF",
    "UNSURE_LINKS",
    "WAITING",
    "AlertKind",
    "BanGround",
    "BanState",
    "BreachList",
    "Changed",
    "ChangedVolumes",
    "Channel",
    "Clock",
    "CorrectionState",
    "DataRequestKind",
    "DataRequestState",
    "DocumentKind",
    "Entry",
    "ErasureCause",
    "EventKind",
    "Ground",
    "IndexKind",
    "InquiryVerdict",
    "KeyOperationKind",
    "LinkReason",
    "LinkState",
    "Outcome",
    "Purpose",
    "Queue",
    "ReachedBy",
    "ReferenceChangeState",
    "ReferenceKind",
    "ReferralReason",
    "RequestedItemKind",
    "Role",
    "ScreeningKind",
    "ScreeningResult",
    "Sex",
    "Stage",
    "Status",
    "TripPurpose",
    "VisaCategory",
    "Wait",
]

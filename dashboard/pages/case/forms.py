"""What a supervisor can do with a case from its page: the fields of each step."""

from dashboard.components.fields import Field, FieldKind
from dashboard.components.forms import Changes

PAGE_NAME = "case"
GROUNDS, REFERRALS, KINDS = "grounds", "referrals", "kinds"
CASE = Field("applicationId")
_REASON = Field("reason", FieldKind.REASON)
_DECISION = (
    Field("outcome", FieldKind.CHOICE, ("GRANTED", "REFUSED")),
    Field("ground", FieldKind.CHOICE, GROUNDS, is_required=False),
    Field("internalNote", FieldKind.REASON, is_required=False),
)
#: In the order in which they are offered.
CHANGES = Changes(
    PAGE_NAME,
    {
        "resolveHit": (
            CASE,
            Field("kind", FieldKind.CHOICE, KINDS),
            Field("resolution", FieldKind.CHOICE, ("NO_MATCH", "MATCH")),
            _REASON,
        ),
        "releaseApplication": (CASE, _REASON),
        "holdApplication": (CASE, _REASON),
        "reassignCase": (CASE, Field("officer", is_required=False), _REASON),
        "referToScreening": (
            CASE,
            Field("reason", FieldKind.CHOICE, REFERRALS, called="referral"),
            Field("note", FieldKind.REASON, is_required=False),
        ),
        "recordDecision": (CASE, *_DECISION),
        "supersedeDecision": (CASE, *_DECISION, _REASON),
        "approveCorrection": (CASE,),
        "confirmCorrection": (CASE,),
        "rejectCorrection": (CASE, _REASON),
        "revokeVisa": (CASE, _REASON),
        "setAsideRevocation": (CASE, _REASON),
    },
)

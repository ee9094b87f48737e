"""Columns that a writing role may not read, since the viewer's role never reads them.

Mutations look at more than their answers show. The statement that locks a case reads what the steps
need (``lock_case``), but of the columns below only those whose field the role reads anyway.
"""

from collections.abc import Mapping

from gateway.policy import POLICY
from models import (
    Application,
    ApplicationEvent,
    Assignment,
    Base,
    CaseDocument,
    Correction,
    Decision,
    RefusalIntention,
    RequestedItem,
    Screening,
    Visa,
)
from models.life import STEPS
from models.life.preconditions import IS_CLEARED
from models.vocabulary import Role

#: By table and column, the field of the policy that discloses it; "*" is every column.
DISCLOSED_BY: Mapping[type[Base], Mapping[str, tuple[str, str]]] = {
    Application: {
        "reference": ("Application", "reference"),
        "group_reference": ("Application", "groupReference"),
        "guardian_kind": ("Correction", "state"),
        "applicant_id": ("Application", "applicant"),
        "channel": ("Application", "channel"),
        "country_code": ("Application", "country"),
        "centre_code": ("Application", "centre"),
        "successor_centre_code": ("Application", "successor"),
        "successor_country_code": ("Application", "successor"),
        "successor_partner_code": ("Application", "successor"),
        "holder_partner_code": ("Application", "successor"),
        "holder_country_code": ("Application", "successor"),
        "holder_place": ("Application", "successor"),
        "left_partner_at": ("Application", "leftPartnerAt"),
        "submitted_at": ("Application", "submittedAt"),
        "closed_at": ("Application", "closedAt"),
        "target_due_at": ("Application", "targetDueAt"),
        "stage": ("Application", "stage"),
        "is_held": ("Application", "isHeld"),
        "has_open_hit": ("Application", "hasOpenHit"),
        "is_linked": ("Application", "isLinked"),
        "is_urgent": ("Application", "isUrgent"),
        "is_visa_held": ("Application", "isVisaHeld"),
        "is_referred": ("Application", "isReferred"),
        "current_decision_id": ("Application", "decisions"),
        "officer": ("Assignment", "officer"),
        "supervisor": ("Application", "hasOpenHit"),
        "is_assigned": ("Assignment", "officer"),
    },
    ApplicationEvent: {
        "actor": ("ApplicationEvent", "actor"),
        "actor_role": ("ApplicationEvent", "actorRole"),
        "reason": ("ApplicationEvent", "reason"),
    },
    Assignment: {
        "officer": ("Assignment", "officer"),
        "role": ("Assignment", "officer"),
        "assigned_by": ("Assignment", "assignedBy"),
        "ended_by": ("Assignment", "endedBy"),
        "reason": ("Assignment", "reason"),
    },
    CaseDocument: {
        "*": ("CaseDocument", "kind"),
        "recorded_by": ("CaseDocument", "recordedBy"),
    },
    Correction: {
        "*": ("Correction", "state"),
        "proposed_by": ("Correction", "proposedBy"),
        "approved_at": ("Correction", "approvedAt"),
        "approved_by": ("Correction", "approvedBy"),
        "closed_by": ("Correction", "closedBy"),
    },
    Decision: {"*": ("Decision", "officer")},
    RequestedItem: {
        "*": ("RequestedItem", "kind"),
        "note": ("RequestedItem", "note"),
        "answered_by": ("RequestedItem", "answeredBy"),
    },
    RefusalIntention: {
        "*": ("RefusalIntention", "announcedAt"),
        "grounds": ("RefusalIntention", "grounds"),
        "note": ("RefusalIntention", "note"),
        "announced_by": ("RefusalIntention", "announcedBy"),
        "answered_by": ("RefusalIntention", "answeredBy"),
    },
    Screening: {"*": ("Screening", "result")},
    Visa: {"*": ("Visa", "number")},
}
_NOUNS = {noun.__tablename__: noun for noun in DISCLOSED_BY}


def hidden_columns(table: str, role: Role) -> frozenset[str]:
    """The columns of a table that the role never sees."""
    if table not in _NOUNS:
        return frozenset()
    hidden: set[str] = set()
    for column, (type_name, field) in DISCLOSED_BY[_NOUNS[table]].items():
        if role not in POLICY[type_name].fields[field]:
            every = _NOUNS[table].__table__.c.keys()
            hidden.update(every if column == "*" else (column,))
    return frozenset(hidden)


def tells_only_whether_cleared(role: Role) -> bool:
    """Whether a role's steps depend on answers that it does not read."""
    needs = {need for step in STEPS if role in step.by for need in step.needs}
    return IS_CLEARED in needs and role not in POLICY["Screening"].fields["result"]

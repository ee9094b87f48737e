"""Which relations a viewer may have noted: the judge asks, before it notes them."""

import time
from typing import NamedTuple
from uuid import UUID

from models.key_service.interface import KeyServiceError, Statement
from models.key_service.relations import (
    Relation,
    RelationKind,
    Relations,
    Widening,
    complaint_reader,
)
from models.supervision.widening import MOST_MINUTES, MOST_PEOPLE, WAITING_MINUTES
from models.visa_document.content import VisaTerms

APPLICANT, OFFICER, SUPERVISOR, SCREENING = "APPLICANT", "OFFICER", "SUPERVISOR", "SCREENING"
AUDITOR, MANAGER, ANONYMOUS = "AUDITOR", "PARTNER_MANAGER", "ANONYMOUS"
ADMINISTRATOR = "ADMINISTRATOR"


class TokenViewer(NamedTuple):
    """Whom a token names."""

    account: str
    roles: frozenset[str]
    partner: str | None
    acr: str | None


def may_relate(
    viewer: TokenViewer, stated: Statement, relation: Relation, known: Relations
) -> bool:
    """Whether a viewer may say this, given what is noted. Raises KeyServiceError for no
    terms of a visa."""
    kind, name, other = relation
    match kind:
        case RelationKind.CASE if isinstance(other, UUID):
            is_own = known.holds(RelationKind.ACCOUNT, viewer.account, other)
            return (
                (stated.role == APPLICANT and is_own)
                or known.holds(kind, name, other)
                or _is_from_before(known, other)
            )
        case RelationKind.APPLICANT if isinstance(other, UUID):
            is_theirs = known.holds(RelationKind.CASE, name, other)
            return stated.role in (OFFICER, SUPERVISOR) and (
                is_theirs or _is_from_before(known, other)
            )
        case RelationKind.DESK:
            return stated.role == SUPERVISOR or (stated.role == OFFICER and other == viewer.account)
        case RelationKind.VISA | RelationKind.EXTENSION if isinstance(other, UUID):
            case = granted_case(relation)
            is_theirs = known.holds(RelationKind.CASE, case, other) or _is_from_before(known, other)
            is_on_the_desk = known.holds(RelationKind.DESK, case, viewer.account)
            return is_theirs and (
                stated.role == SUPERVISOR or (stated.role == OFFICER and is_on_the_desk)
            )
        case RelationKind.COMPLAINT if isinstance(other, UUID):
            # An auditor, who reads every complaint, says who else does.
            is_for_staff = name.split(" ")[0] in (SUPERVISOR, MANAGER)
            is_complaint = known.holds(kind, complaint_reader(AUDITOR), other)
            return stated.role == AUDITOR and is_for_staff and is_complaint
        case RelationKind.LINK if stated.role == OFFICER and isinstance(other, UUID):
            is_alike = known.holds(RelationKind.LIKENESS, name, other)
            return is_alike or _is_from_before(known, other)
        case RelationKind.INQUIRY:
            return stated.role == SUPERVISOR and other == viewer.account
        case RelationKind.APPROVAL:
            is_own = known.holds(RelationKind.INQUIRY, name, viewer.account)
            return stated.role == SUPERVISOR and other == viewer.account and not is_own
        case RelationKind.TAKEOVER:
            return stated.role == ADMINISTRATOR and other == viewer.account
        case RelationKind.SUCCESSOR:
            is_proposed = known.is_proposed_by_another(
                RelationKind.TAKEOVER, takeover(relation), viewer.account
            )
            return stated.role == ADMINISTRATOR and is_proposed
        case RelationKind.EXCEPTION:
            is_anothers = viewer.account != read_widening(name).account
            return stated.role == SUPERVISOR and other == viewer.account and is_anothers
        case RelationKind.WIDENING:
            widening = read_widening(str(other))
            is_proposed = known.is_proposed_by_another(
                RelationKind.EXCEPTION,
                str(other),
                viewer.account,
                time.time() - WAITING_MINUTES * 60,
            )
            is_anothers = viewer.account != widening.account and name == widening.reader
            return stated.role == SUPERVISOR and is_proposed and is_anothers
        case RelationKind.OPENING:
            return stated.role == AUDITOR and other == viewer.account
        case RelationKind.AGREEMENT:
            is_own = known.holds(RelationKind.OPENING, name, viewer.account)
            return stated.role == AUDITOR and other == viewer.account and not is_own
        case _:
            return False


def said_before(relation: Relation) -> tuple[RelationKind, str] | None:
    """What somebody has said before another may say this; None where it takes nothing of that kind.
    Raises KeyServiceError for no terms of a visa."""
    match relation.kind:
        case RelationKind.VISA | RelationKind.EXTENSION:
            return RelationKind.DESK, granted_case(relation)
        case RelationKind.SUCCESSOR:
            return RelationKind.TAKEOVER, takeover(relation)
        case RelationKind.WIDENING:
            return RelationKind.EXCEPTION, str(relation.other)
        case _:
            return None


def takeover(successor: Relation) -> str:
    """The takeover as it was proposed."""
    return f"{successor.other} {successor.name}"


def read_widening(text: str) -> Widening:
    """An exception within what two supervisors may agree to. Raises KeyServiceError."""
    try:
        widening = Widening.read(text)
    except ValueError:
        raise KeyServiceError("that is no exception") from None
    if not (0 < widening.people <= MOST_PEOPLE and 0 < widening.seconds <= MOST_MINUTES * 60):
        raise KeyServiceError("an exception is for fewer people, or shorter")
    return widening


def granted_case(relation: Relation) -> str:
    """The reference of the case in which a visa, or an extension of its stay, was granted. Raises
    KeyServiceError."""
    try:
        if relation.kind is RelationKind.EXTENSION:
            _, reference, days = relation.name.split(" ")
            return reference if int(days) > 0 else ""
        return VisaTerms.read(relation.name).reference
    except (ValueError, TypeError):
        raise KeyServiceError("those are no terms of a visa") from None


def _is_from_before(known: Relations, subject: UUID) -> bool:
    return not known.is_strict and not known.related([subject])


def read_complaints(
    viewer: TokenViewer, role: str, subjects: set[UUID], known: Relations
) -> set[UUID]:
    """Which of some subjects are complaints that the viewer reads in a role."""
    names = {
        APPLICANT: (complaint_reader(role, viewer.account),),
        AUDITOR: (complaint_reader(role),),
        SUPERVISOR: (complaint_reader(role), complaint_reader(role, viewer.account)),
        MANAGER: (complaint_reader(role, viewer.partner),) if viewer.partner else (),
    }.get(role, ())
    return {one for name in names for one in known.among(RelationKind.COMPLAINT, name, subjects)}


def may_claim(viewer: TokenViewer, stated: Statement, relation: Relation) -> bool:
    """Whether a viewer may say this of somebody whose key they make: who it is, they know."""
    match relation.kind:
        case RelationKind.ACCOUNT:
            return stated.role == APPLICANT and relation.name == viewer.account
        case RelationKind.PARTNER:
            return relation.name == viewer.partner
        case RelationKind.BAN:
            return stated.role == SCREENING
        case RelationKind.COMPLAINT:
            readers = complaint_reader(AUDITOR), complaint_reader(APPLICANT, viewer.account)
            return stated.role == APPLICANT and relation.name in readers
        case kind:
            return kind is RelationKind.CASE

"""Officers' verdicts on files that are linked by name: whether it is the same person."""

from typing import Any

from sqlalchemy import bindparam, select

from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.locked_case import Case
from gateway.mutations.outcome import Reason, RefusedError
from gateway.mutations.requests import StepRequest
from models import Application, PersonLink
from models.key_service import Relation, RelationKind
from models.life import Refusal
from models.vocabulary import LinkReason, LinkState


async def confirm_link(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    return await _resolve(transaction, request, case, LinkState.CONFIRMED)


async def reject_link(
    transaction: WriteTransaction, request: StepRequest, case: Case
) -> dict[str, Any]:
    return await _resolve(transaction, request, case, LinkState.REJECTED)


async def _resolve(
    transaction: WriteTransaction, request: StepRequest, case: Case, state: LinkState
) -> dict[str, Any]:
    """Set the state of the link in both directions.

    An earlier verdict can be changed by an officer who has a case of either person.
    """
    found = await transaction.fetch_one(_select_link, id=request.link, case=case.id)
    if not found:
        raise RefusedError(Reason(Refusal.NO_LINK, ("linkId",)))
    [link] = found
    if link.state == state:
        raise RefusedError(Reason(Refusal.ALREADY_SAID, ("linkId",)))
    verdict = {
        "state": state.value,
        "resolved_at": case.at,
        "resolved_by": transaction.viewer.subject,
        "resolved_in": case.id,
        "resolution": request.reason,
    }
    people = (link.applicant_id, link.linked_id)
    for one, other in (people, people[::-1]):
        both = {"applicant_id": one, "linked_id": other, "reason": LinkReason.NAME_AND_BIRTH_DATE}
        transaction.update(PersonLink, both, verdict)
        if state is LinkState.CONFIRMED:
            transaction.relate(Relation(RelationKind.LINK, one.hex, other))
    return {}


def _select_link() -> Any:
    case = bindparam("case", None, Application.id.type)
    of_the_case = select(Application.applicant_id).where(Application.id == case)
    return select(PersonLink.applicant_id, PersonLink.linked_id, PersonLink.state).where(
        PersonLink.id == bindparam("id"),
        PersonLink.reason == LinkReason.NAME_AND_BIRTH_DATE,
        PersonLink.applicant_id == of_the_case.scalar_subquery(),
    )

"""Groups: applications of people who travel together, as a family or a tour, by one reference."""

from random import SystemRandom

from sqlalchemy import select

from gateway.access.rows import changeable
from gateway.access.transactions.writing import WriteTransaction
from gateway.mutations.outcome import Reason, RefusedError
from gateway.mutations.requests import SubmissionRequest
from models import Application
from models.case.reference_numbers import new_group_reference
from models.life import Refusal
from models.vocabulary import Role

_PATH = ("groupReference",)


async def find_group(transaction: WriteTransaction, request: SubmissionRequest) -> str | None:
    """The reference of the group that the applications make or join; None if they make none.

    Raises RefusedError if no such group is in reach, without showing whether it exists.
    """
    if request.is_group:
        return new_group_reference(SystemRandom())
    if (reference := request.group_reference) is None:
        return None
    if transaction.viewer.role is Role.APPLICANT:
        raise RefusedError(*request.faults, Reason(Refusal.INVALID, _PATH, rule="no_group"))
    joined = select(Application.id).where(
        Application.group_reference == reference,
        changeable(request.mutation, transaction.viewer),
    )
    if not await transaction.rows(joined.limit(1)):
        raise RefusedError(*request.faults, Reason(Refusal.GROUP_NOT_FOUND, _PATH))
    return reference

"""The room that is left in an inquiry: how many more people a supervisor may read in it.

Only people who were admitted to an inquiry can be read in it: the row rules of both walls require
that. A function of the database admits them, within the limit of the inquiry and for as long as it
lasts, so that the count holds across all gateways. The caller holds a lock on the inquiry's row
until that is committed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from gateway.access.purpose import StatedPurpose
from gateway.errors import ErrorCode, RequestError
from gateway.viewer import Viewer
from models.database.command_pipeline import Command
from models.row_keys import new_key

#: Why nobody is admitted, by the word that the database answers with.
_WHY = {
    "WAITS": "Your inquiry waits for a second supervisor, and nothing was read.",
    "OVER": "Your inquiry is over, and nothing was read.",
    "FULL": "Your inquiry has no room for that many people, and nothing was read.",
}


class InquiryLimitError(RequestError):
    """The inquiry that the purpose names does not let these people in."""

    def __init__(self, why: str) -> None:
        super().__init__(ErrorCode.INQUIRY_LIMIT, _WHY[why], HTTPStatus.FORBIDDEN)


@dataclass(frozen=True, slots=True)
class InquiryRoom:
    """The inquiry that a purpose names, and who is to be opened in it."""

    viewer: Viewer
    reference: str
    people: Collection[UUID] = ()
    look_ups: int = 0

    @classmethod
    def of(
        cls,
        viewer: Viewer,
        purpose: StatedPurpose,
        people: Collection[UUID] = (),
        look_ups: int = 0,
    ) -> "InquiryRoom | None":
        """None where the purpose names none."""
        if not purpose.is_inquiry or purpose.case_reference is None:
            return None
        return cls(viewer, purpose.case_reference, people, look_ups)

    def question(self) -> Command:
        """Whether they are admitted, once this transaction is committed.

        For another supervisor's inquiry, or one that does not exist, nobody is admitted and no
        reason is given.
        """
        people = sorted(self.people)
        arguments = (
            self.viewer.role.value,
            self.reference,
            people,
            [new_key() for _ in people],
            self.look_ups,
        )
        return Command("viewer.admit_to_inquiry($1, $2, $3, $4, $5)", arguments)

    def refusal(self, why: str) -> InquiryLimitError:
        """``why`` is a word of the database."""
        return InquiryLimitError(why)

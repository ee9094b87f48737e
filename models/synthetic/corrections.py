"""People who were lodged with a mistake: what is proposed, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from models.synthetic import assumptions
from models.synthetic.calendar import instant
from models.synthetic.cases import OFFICER, Case, Event
from models.synthetic.chance import below
from models.synthetic.numbers import id_beside
from models.synthetic.rows import (
    ApplicantRow,
    Batch,
    CorrectionRow,
    IdentityRow,
    IdentityVersionRow,
)
from models.vocabulary import CorrectionState, EventKind, Role

_REJECTED = "The passport says otherwise."
#: How long an officer takes who has nothing else to do with the case, in seconds.
_UNTIL_LOOKED_AT = 3_600
_PROPOSING = (Role.PARTNER_AGENT, Role.APPLICANT)


@dataclass(frozen=True, slots=True)
class CorrectedPerson:
    """What is corrected of somebody who applies for the first time, and when."""

    identity: IdentityRow
    #: What was lodged instead: a column, and its value.
    mistaken: tuple[str, str]
    state: CorrectionState
    proposed_at: int
    closed_at: int | None

    @property
    def renames(self) -> bool:
        """Whether the person has another name by now, so that screening answers anew."""
        return self.state is CorrectionState.IN_EFFECT and self.mistaken[0] == "full_name"

    def steps(self, case: Case) -> list[Event]:
        """What the events of its case say of it."""
        proposed = Event(self.proposed_at, EventKind.CORRECTION_PROPOSED, case.sender)
        if self.closed_at is None:
            return [proposed]
        is_made = self.state is CorrectionState.IN_EFFECT
        kind = EventKind.CORRECTED if is_made else EventKind.CORRECTION_REJECTED
        return [proposed, Event(self.closed_at, kind, OFFICER)]

    def write(
        self,
        application: UUID,
        case: Case,
        officer: str,
        applicant: ApplicantRow,
        batch: Batch,
    ) -> None:
        """Add the correction, and the versions of the identity that there are by now."""
        batch.identity_version.extend(self._versions(applicant))
        proposer = case.sender
        batch.correction.append(
            CorrectionRow(
                id=id_beside(self.proposed_at, application),
                application_id=application,
                applicant_id=applicant.id,
                version=2,
                state=self.state,
                proposed_at=instant(self.proposed_at),
                proposed_by=str(proposer.subject),
                proposed_role=proposer.role or Role.APPLICANT,
                closed_at=None if self.closed_at is None else instant(self.closed_at),
                closed_by=None if self.closed_at is None else officer,
                reason=_REJECTED if self.state is CorrectionState.REJECTED else None,
            )
        )

    def _versions(self, applicant: ApplicantRow) -> list[IdentityVersionRow]:
        written_at = instant(self.proposed_at)
        column, lodged = self.mistaken
        proposed = IdentityVersionRow(applicant.id, 2, written_at)
        if self.state is not CorrectionState.IN_EFFECT or self.closed_at is None:
            # What is on file stays; only what was to change is proposed.
            return [proposed._replace(**{column: lodged})]
        closed_at = instant(self.closed_at)
        of_now = proposed._replace(
            **self.identity._asdict(),
            nationality_code=applicant.nationality_code,
            valid_from=closed_at,
        )
        of_before = of_now._replace(
            number=1,
            written_at=applicant.created_at,
            valid_from=applicant.created_at,
            valid_until=closed_at,
            **{column: lodged},
        )
        return [of_before, of_now]


class Corrections:
    """Draws who is corrected: people who apply for the first time, while their case is checked."""

    def __init__(self, rng: Random, until: int) -> None:
        self._rng = rng
        self._until = until

    def correct(self, case: Case, steps: Sequence[Event], batch: Batch) -> CorrectedPerson | None:
        """The correction of the person who was just added to a batch, if there is one."""
        if case.sender.role not in _PROPOSING or self._rng.random() >= assumptions.CORRECTED:
            return None
        taken = next((n for n, one in enumerate(steps) if _is_taken(one)), None)
        if taken is None:
            return None
        since = steps[taken].at
        is_next = taken + 1 < len(steps)
        room = (steps[taken + 1].at - since) // 3 if is_next else _UNTIL_LOOKED_AT
        proposed_at, closed_at = since + room, since + 2 * room
        if room < 1 or proposed_at > self._until:
            return None
        state = CorrectionState.IN_EFFECT
        if closed_at > self._until:
            state = CorrectionState.PROPOSED
        elif self._rng.random() < assumptions.CORRECTION_REJECTED:
            state = CorrectionState.REJECTED
        is_open = state is CorrectionState.PROPOSED
        identity = batch.identity[-1]
        return CorrectedPerson(
            identity, self._mistake(identity), state, proposed_at, None if is_open else closed_at
        )

    def _mistake(self, identity: IdentityRow) -> tuple[str, str]:
        """A letter or digit that is missing, in the name or in how to reach somebody."""
        column = ("full_name", "phone", "email")[below(3, self._rng)]
        text: str = getattr(identity, column)
        at = 2 if column == "email" else len(text) - 2
        return column, f"{text[:at]}{text[at + 1 :]}"


def _is_taken(step: Event) -> bool:
    return step.kind is EventKind.IN_VERIFICATION and step.by.role is Role.OFFICER

"""What people complain of, who sorts and answers it, and what is late.

Who complains has an account at the provider that is on no file: of a world, one person signs in.
"""

from collections.abc import Mapping
from random import Random
from uuid import UUID

from models.case.reference_numbers import new_reference
from models.reference.dated_rules import end_of_target
from models.rights.complaint import ANSWER_DAYS
from models.synthetic import assumptions
from models.synthetic.calendar import instant
from models.synthetic.chance import Choice, seconds
from models.synthetic.complaint_rows import ComplaintRow, ComplaintTextRow
from models.synthetic.inputs import Reference
from models.synthetic.numbers import new_id
from models.synthetic.rows import ApplicationRow, Batch
from models.vocabulary import ComplaintKind, Role

_SAID: Mapping[ComplaintKind, Choice[tuple[str, str]]] = {
    kind: Choice.from_weights(dict.fromkeys(texts, 1))
    for kind, texts in assumptions.COMPLAINED_OF.items()
}
_AUDITOR, _TRUSTED = "auditor", "supervisor-2"


class Complaints:
    """Draws the complaints of the applicants of a batch, from a source of its own."""

    def __init__(self, given: Reference, until: int, seed: int) -> None:
        self._given = given
        self._until = until
        self._rng = Random(f"complaints {seed}")

    def write(self, batch: Batch) -> None:
        """Add to a batch what its applicants complain of."""
        for case in batch.application:
            if self._rng.random() < assumptions.COMPLAINS:
                submitted_at = int(case.submitted_at.timestamp())
                at = submitted_at + seconds(assumptions.COMPLAINS_AFTER, self._rng)
                if at <= self._until:
                    self._complain(at, case, batch)

    def _complain(self, at: int, case: ApplicationRow, batch: Batch) -> None:
        key, lodged_at = new_id(at, self._rng), instant(at)
        about, centre = self._about(case)
        place = (case.partner_code, case.country_code) if about or centre else (None, None)
        is_integrity = self._rng.random() < assumptions.OF_INTEGRITY
        kind = ComplaintKind.INTEGRITY if is_integrity else ComplaintKind.SERVICE
        said, answer = _SAID[kind].draw(self._rng)
        sorted_at = at + seconds(assumptions.COMPLAINTS_SORTED, self._rng)
        answered_at = sorted_at + seconds(assumptions.COMPLAINTS_ANSWERED, self._rng)
        is_sorted, is_answered = sorted_at <= self._until, answered_at <= self._until
        is_entrusted = is_sorted and is_integrity and self._rng.random() < assumptions.ENTRUSTED
        by, role = self._answerer(case, place[0], is_integrity, is_entrusted)
        row = ComplaintRow(
            id=key,
            reference=new_reference(self._rng),
            applicant_id=case.applicant_id,
            account=f"complainant-{key.hex[:12]}",
            application_id=about,
            centre_code=centre,
            partner_code=place[0],
            country_code=place[1],
            lodged_at=lodged_at,
            due_at=end_of_target(lodged_at, None, ANSWER_DAYS, self._given.days_off),
            kind=kind if is_sorted else ComplaintKind.UNSORTED,
            sorted_by=_AUDITOR if is_sorted else None,
            sorted_at=instant(sorted_at) if is_sorted else None,
            entrusted_to=_TRUSTED if is_entrusted else None,
            entrusted_by=_AUDITOR if is_entrusted else None,
            entrusted_at=instant(sorted_at) if is_entrusted else None,
            answered_by=by if is_answered else None,
            answered_role=role if is_answered else None,
            answered_at=instant(answered_at) if is_answered else None,
        )
        batch.complaint.append(row)
        batch.complaint_text.append(ComplaintTextRow(key, said, answer if is_answered else None))

    def _about(self, case: ApplicationRow) -> tuple[UUID | None, str | None]:
        """A case, its centre, or neither: the directorate."""
        drawn = self._rng.random()
        if drawn < assumptions.ABOUT_THE_CASE:
            return case.id, None
        return None, case.centre_code if drawn < assumptions.ABOUT_CASE_OR_CENTRE else None

    def _answerer(
        self, case: ApplicationRow, partner: str | None, is_integrity: bool, is_entrusted: bool
    ) -> tuple[str, Role]:
        if is_integrity:
            return (_TRUSTED, Role.SUPERVISOR) if is_entrusted else (_AUDITOR, Role.AUDITOR)
        if partner and case.country_code and self._rng.random() < assumptions.PARTNER_ANSWERS:
            return f"manager-{case.country_code.lower()}", Role.PARTNER_MANAGER
        return "supervisor", Role.SUPERVISOR

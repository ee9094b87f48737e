"""The ban list of a synthetic world: on each day it has an entry that asks a question anew."""

from datetime import UTC, datetime, timedelta

import pytest

from models.synthetic import Scale
from models.synthetic.inputs import reference
from models.synthetic.world import FEWEST, Plan, World
from models.vocabulary import BanGround, ScreeningKind, ScreeningResult, Status

#: The question is open, or a match opens it anew: see `models/jobs/rescreening.py`.
NO_HIT = (ScreeningResult.CLEAR, ScreeningResult.NO_MATCH, ScreeningResult.PENDING)
FIRST = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize("applications", [FEWEST, 2_000])
def test_on_each_day_an_entry_meets_a_case_in_screening_that_has_no_hit(
    applications: int,
) -> None:
    """Re-screening asks anew of such a case; where its answer was a hit, it would not."""
    for number in range(6):
        until = FIRST + timedelta(days=37 * number, hours=5 * number)
        plan = Plan(applications, 1, number, Scale.PARTNER, until)
        [batch] = World(plan, reference()).batches()
        visas = [row for row in batch.application if row.extends_visa_number is None]
        assert len(visas) == applications
        [ban] = [
            entry.id for entry in batch.ban_entry
            if entry.ground is BanGround.REQUEST_OF_AN_AUTHORITY
        ]  # fmt: skip
        [passport] = [one.passport_number for one in batch.banned_person if one.ban_id == ban]
        [person] = [one.applicant_id for one in batch.identity if one.passport_number == passport]
        [case] = [
            one.id for one in batch.application
            if one.applicant_id == person and one.status is Status.SCREENING
        ]  # fmt: skip
        answers = [
            one.result for one in batch.screening
            if one.application_id == case and one.kind is ScreeningKind.ENTRY_BAN
        ]  # fmt: skip
        assert answers[-1] in NO_HIT, until

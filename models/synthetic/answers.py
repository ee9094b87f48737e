"""The events of screening: each answer, and each proposal that waits for a second person."""

from collections.abc import Iterator

from models.synthetic.cases import OFFICER, SUPERVISOR, Actor, Answer, Step
from models.vocabulary import RESOLUTIONS, EventKind, Role

#: How long a clearance waits for the second person, in seconds.
_UNTIL_CONFIRMED = 300


def with_answers(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps, and what screening answers meanwhile; what happens at once follows its answer."""
    waiting: list[Step] = []
    for step in steps:
        while waiting and waiting[0].at <= step.at:
            yield waiting.pop(0)
        yield step
        if step.answers:
            for answer in step.answers:
                waiting += _steps_of(answer, step)
            waiting.sort(key=_moment)
    yield from waiting


def _steps_of(answer: Answer, asked: Step) -> list[Step]:
    """What the events of a case say of an answer."""
    steps: list[Step] = []
    is_resolution = answer.result in RESOLUTIONS
    if answer.asked_at > asked.at and not is_resolution:
        steps.append(Step(answer.asked_at, EventKind.SCREENING, OFFICER))
    if answer.confirmed_by is not None:
        proposer = SUPERVISOR if is_resolution else Actor(answer.by, Role.SCREENING)
        proposed_at = max(answer.asked_at, answer.answered_at - _UNTIL_CONFIRMED)
        steps.append(Step(proposed_at, EventKind.ANSWER_PROPOSED, proposer))
    answered_by = Actor(answer.confirmed_by or answer.by, Role.SCREENING)
    steps.append(Step(answer.answered_at, EventKind.SCREENED, answered_by))
    return steps


def _moment(step: Step) -> int:
    return step.at

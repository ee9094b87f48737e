"""What happens in the life of an application, and who does it."""

from typing import NamedTuple

from models.case.reference_numbers import IntakePlace
from models.synthetic.intake import Profile
from models.vocabulary import EventKind, Ground, Role, ScreeningKind, ScreeningResult


class Actor(NamedTuple):
    """Who does something: a subject, in a role."""

    subject: str | None
    role: Role | None


CLOCK = Actor(None, None)
#: Placeholder for the officer to whom the case is assigned.
OFFICER = Actor("", Role.OFFICER)
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
SECOND_SUPERVISOR = Actor("supervisor-2", Role.SUPERVISOR)
TREASURY = Actor("treasury", Role.TREASURY)


class ScreeningAnswer(NamedTuple):
    """A screening question, with its result and its times."""

    kind: ScreeningKind
    result: ScreeningResult
    asked_at: int
    answered_at: int
    #: Subjects who answered and agreed, and the reason of what a hit is taken for.
    by: str = "screening"
    confirmed_by: str | None = None
    reason: str | None = None


class Event(NamedTuple):
    """Something that happens in the life of an application."""

    at: int
    kind: EventKind
    by: Actor
    ground: Ground | None = None
    answers: tuple[ScreeningAnswer, ...] = ()


class Case(NamedTuple):
    """What is known of an application when it is submitted."""

    submitted_at: int
    visa_type: str
    place: IntakePlace
    profile: Profile
    sender: Actor

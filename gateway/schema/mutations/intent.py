"""The declaration of a mutation, and what it can answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.access.fields import is_readable
from gateway.mapping.context import Context
from gateway.mutations.requests import Request, StepsRequest
from models.life import STEPS, Refusal, Verb
from models.vocabulary import Role

_COMMON_REFUSALS = (Refusal.IDEMPOTENCY_CONFLICT, Refusal.INVALID)
_INTAKE = (Role.PARTNER_AGENT, Role.PARTNER_SERVICE)
#: Those that these roles alone can meet.
_MET_BY: Mapping[Refusal, tuple[Role, ...]] = {
    Refusal.CENTRE_NOT_FOUND: _INTAKE,
    Refusal.COUNTRY_NOT_FOUND: _INTAKE,
    Refusal.GROUP_NOT_FOUND: _INTAKE,
    Refusal.IDENTITY_DIFFERS: (Role.APPLICANT,),
    Refusal.CORRECTED_ELSEWHERE: (Role.APPLICANT,),
}
#: Admits a request, and says with what more it is made.
Admit = Callable[[Context, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Intent:
    """The declaration of one mutation."""

    name: str
    input: type[Any]
    description: str
    request: Callable[["Intent", Any], Request | StepsRequest]
    #: The steps that it may take; empty if it changes no application.
    verbs: tuple[Verb, ...]
    extra_refusals: tuple[Refusal, ...] = ()
    #: Whether it takes its step of every case of somebody, and names none.
    is_of_many: bool = False
    #: What must admit a request before it is made, such as a count of tries.
    admit: Admit | None = None

    @property
    def type_name(self) -> str:
        return self.name[0].upper() + self.name[1:]

    @property
    def is_step(self) -> bool:
        """Whether it is a step of an application that it names."""
        names_none = {Verb.SUBMIT, Verb.TAKE} & set(self.verbs) or self.is_of_many
        return bool(self.verbs) and not names_none

    def refusals(self, role: Role | None = None) -> tuple[Refusal, ...]:
        """All refusals that this mutation can answer a role with; any role if there is none."""
        steps = [step for step in STEPS if step.verb in self.verbs and role in (None, *step.by)]
        # Who names no case gets one that can be taken, or none.
        needs = {need.refusal for step in steps for need in step.needs if self.is_step}
        extra = {
            one for one in self.extra_refusals if role is None or role in _MET_BY.get(one, (role,))
        }
        refusals = {*_COMMON_REFUSALS, *needs, *extra}
        if self.is_step:
            refusals.add(Refusal.NOT_FOUND)
            if role is None or is_readable("Application", "status", role):
                refusals |= {Refusal.STATUS_CHANGED, Refusal.WRONG_STATUS}
            elif is_readable("Application", "stage", role):
                refusals |= {Refusal.STAGE_CHANGED, Refusal.WRONG_STAGE}
            if role is None:
                refusals |= {Refusal.STAGE_CHANGED, Refusal.WRONG_STAGE}
        return tuple(refusal for refusal in Refusal if refusal in refusals)

    def describe(self, role: Role | None = None) -> str:
        """The description of the mutation in the schema, with its codes."""
        return f"{self.description} Answers {', '.join(self.refusals(role))}."

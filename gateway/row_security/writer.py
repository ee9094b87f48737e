"""In whose name something is written: the database role, and the conditions for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gateway.policy import MUTATIONS, POLICY
from gateway.row_security.guards import columns_written
from gateway.row_security.predicates import rule_as_sql
from gateway.row_security.step_writes import Write
from models import Base
from models.life.steps import STEPS, SUBMITTERS
from models.row_security import WRITING_BEFORE, writing_role
from models.vocabulary import Role

NEVER = "false"
#: Submitting an application also bills it: that event has no actor.
_BILLED = (
    "application_event.kind = 'AWAITING_PAYMENT' AND application_event.actor IS NULL"
    " AND application_event.actor_role IS NULL"
)


def changing_roles() -> list[Role]:
    """The roles that have a mutation."""
    found = {role for change in MUTATIONS.values() for role in change.rows}
    return [role for role in Role if role in found]


@dataclass(frozen=True)
class Writer:
    """A writer: viewers in one role or, for gateways of the last release, in any role (None)."""

    role: Role | None

    @property
    def database_role(self) -> str:
        return writing_role(self.role) if self.role else WRITING_BEFORE

    @property
    def prefix(self) -> str:
        return f"{self.role.lower()}_writing" if self.role else "writing"

    @property
    def sealed_inline(self) -> str:
        """For a table whose own rule reads it: PostgreSQL allows no subselect there."""
        return f"viewer.acts_as('{self.role}')" if self.role else "viewer.is_sealed()"

    @property
    def sealed(self) -> str:
        return f"(SELECT {self.sealed_inline})"

    @property
    def subject(self) -> str:
        return f"(SELECT viewer.subject({repr(str(self.role)) if self.role else 'NULL'}))"

    def by_role(self, conditions: Mapping[Role, str]) -> str:
        """The condition of the acting role."""
        if self.role:
            condition = conditions.get(self.role, NEVER)
            return condition if condition == NEVER else self._if_sealed(condition)
        if not conditions:
            return NEVER
        # In the order of the roles, not of the mutations.
        cases = " ".join(
            f"WHEN '{role}' THEN {conditions[role]}" for role in Role if role in conditions
        )
        return self._if_sealed(f"CASE (SELECT viewer.role()) {cases} ELSE false END")

    def _if_sealed(self, condition: str) -> str:
        return f"CASE WHEN {self.sealed} THEN {condition} ELSE false END"

    def reach(
        self, noun: type[Base], mutations: Collection[str] = MUTATIONS, *, also_read: bool = False
    ) -> str:
        """The condition for the rows that the viewer may change by any of these mutations.

        With those that a role which changes any may read.
        """
        by_role: dict[Role, list[str]] = {}
        changed = [MUTATIONS[name].rows for name in mutations if noun in MUTATIONS[name].of]
        acting = {role for rows in changed for role in rows}
        read = POLICY[noun.__name__].rows if also_read else {}
        for rows in ({role: rule for role, rule in read.items() if role in acting}, *changed):
            for role, rule in rows.items():
                condition = rule_as_sql(rule, self.role, noun.__tablename__)
                if condition not in (conditions := by_role.setdefault(role, [])):
                    conditions.append(condition)
        return self.by_role({role: " OR ".join(each) for role, each in by_role.items()})

    def case_is_in_reach(self, noun: type[Base]) -> str:
        """Rows of a case are in reach if the case is: the inner table has row policies of its
        own."""
        case = f"application.id = {noun.__tablename__}.application_id"
        return f"{self.sealed} AND EXISTS (SELECT FROM application WHERE {case})"

    def only_as(self, roles: Collection[Role], condition: str) -> str:
        """A condition for the rows of some roles; the others have none."""
        return f"{condition} AND {self.by_role(dict.fromkeys(roles, 'true'))}"

    def columns_of(self, noun: type[Base], verb: Write, before: frozenset[str]) -> frozenset[str]:
        """The columns that steps of the role write; ``before`` is what the last release wrote."""
        return columns_written(noun, verb, self.role) if self.role else before

    def own_events(self) -> str:
        """An event is written in the viewer's own name, and belongs to a step that the role may
        take."""
        own = f"application_event.actor = {self.subject} AND application_event.actor_role ="
        conditions: dict[Role, str] = {}
        for role in Role:
            kinds = sorted({step.event for step in STEPS if role in step.by and step.event})
            if not kinds:
                continue
            listed = ", ".join(f"'{kind}'" for kind in kinds)
            condition = f"{own} '{role}' AND application_event.kind IN ({listed})"
            billed = f" OR {_BILLED}" if role in SUBMITTERS else ""
            conditions[role] = f"({condition}{billed})"
        return self.by_role(conditions)

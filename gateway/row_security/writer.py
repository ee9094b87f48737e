"""In whose name something is written: the database role, and the conditions for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.policy import MUTATIONS, POLICY
from gateway.row_security.guards import columns_written
from gateway.row_security.predicates import rule_as_sql
from gateway.row_security.step_write import Write
from models import Base
from models.life.steps import STEPS, SUBMITTERS
from models.row_security import writing_role
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
    """A writer: viewers in one role."""

    role: Role

    @property
    def database_role(self) -> str:
        return writing_role(self.role)

    @property
    def prefix(self) -> str:
        return f"{self.role.lower()}_writing"

    @property
    def sealed_inline(self) -> str:
        """For a table whose own rule reads it: PostgreSQL allows no subselect there."""
        return f"viewer.acts_as('{self.role}')"

    @property
    def sealed(self) -> str:
        return f"(SELECT {self.sealed_inline})"

    @property
    def subject(self) -> str:
        return f"(SELECT viewer.subject('{self.role}'))"

    def by_role(self, conditions: Mapping[Role, str]) -> str:
        """The condition of the acting role."""
        condition = conditions.get(self.role, NEVER)
        if condition == NEVER:
            return NEVER
        return f"CASE WHEN {self.sealed} THEN {condition} ELSE false END"

    def changes(self) -> set[type[Base]]:
        """The tables that the role's mutations speak of."""
        return {noun for one in MUTATIONS.values() if self.role in one.rows for noun in one.of}

    def reach(
        self,
        noun: type[Base],
        mutations: Collection[str] = MUTATIONS,
        *,
        also_read: bool = False,
        besides: Sequence[str] = (),
    ) -> str:
        """The condition for the rows that the viewer may change by any of these mutations.

        With those that a role which changes any may read, and those that meet further conditions.
        """
        changed = [MUTATIONS[name].rows for name in mutations if noun in MUTATIONS[name].of]
        acts = any(self.role in rows for rows in changed)
        read = POLICY[noun.__name__].rows if also_read and acts else {}
        rules = (rows[self.role] for rows in (read, *changed) if self.role in rows)
        conditions = dict.fromkeys(
            rule_as_sql(rule, self.role, noun.__tablename__) for rule in rules
        )
        either = " OR ".join((*conditions, *besides))
        return self.by_role({self.role: either} if conditions else {})

    def case_is_in_reach(self, noun: type[Base]) -> str:
        """Rows of a case are in reach if the case is: the inner table has row policies of its
        own."""
        case = f"application.id = {noun.__tablename__}.application_id"
        return f"{self.sealed} AND EXISTS (SELECT FROM application WHERE {case})"

    def only_as(self, roles: Collection[Role], condition: str) -> str:
        """A condition for the rows of some roles; the others have none."""
        return f"{condition} AND {self.by_role(dict.fromkeys(roles, 'true'))}"

    def columns_of(self, noun: type[Base], verb: Write) -> frozenset[str]:
        """The columns that steps of the role write."""
        return columns_written(noun, verb, self.role)

    def own_events(self) -> str:
        """An event is written in the viewer's own name, and belongs to a step that the role may
        take."""
        own = f"application_event.actor = {self.subject} AND application_event.actor_role ="
        kinds = sorted({step.event for step in STEPS if self.role in step.by and step.event})
        if not kinds:
            return NEVER
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        condition = f"{own} '{self.role}' AND application_event.kind IN ({listed})"
        billed = f" OR {_BILLED}" if self.role in SUBMITTERS else ""
        return self.by_role({self.role: f"({condition}{billed})"})

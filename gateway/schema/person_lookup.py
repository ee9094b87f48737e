"""Look-ups of people, found or not."""

from datetime import datetime

from gateway.mapping.declare import Node, column, noun
from models import PersonLookup as Row
from models.vocabulary import IndexKind, Purpose, Role


@noun(key=Row.id)
class PersonLookup(Node):
    """One look-up of a person by `people`; never changed, never removed.

    It records the kind of search, by passport or by name, never whom it was for.
    """

    occurred_at: datetime = column(Row.occurred_at, "When.", filters=True, orders=True)
    actor: str = column(Row.actor, "Subject who looked.", filters=True)
    actor_role: Role = column(Row.actor_role, "Role in which it was done.")
    purpose: Purpose = column(Row.purpose, "Why.")
    case_reference: str = column(Row.case_reference, "The case it was done for.")
    by: IndexKind = column(Row.by, "By what.")
    found: int = column(Row.found, "How many files were found: none in a miss.")

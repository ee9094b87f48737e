"""The policy of the acting role, as the API shows it."""

from collections.abc import Iterator

import strawberry

from gateway.access.fields import readable_fields
from gateway.policy import POLICY
from models.vocabulary import Role


@strawberry.type(description="What the role that acts may read of one type.")
class Policy:
    type: str = strawberry.field(description="Name of the type.")
    rows: str = strawberry.field(description="Which rows it reaches, in words.")
    fields: list[str] = strawberry.field(description="Which fields it reads, by name.")


def policies_of(role: Role) -> Iterator[Policy]:
    """One entry for each type of which the role may read a field."""
    for name, access in POLICY.items():
        fields = readable_fields(name, role)
        rule = access.rows.get(role, "no rows of its own")
        if fields:
            yield Policy(type=name, rows=str(rule), fields=sorted(fields))

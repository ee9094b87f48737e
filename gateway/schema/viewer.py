"""Who is asking, and what the policy lets a role do."""

from collections.abc import Iterator

import strawberry

from gateway.access.fields import readable_fields
from gateway.mapping.scalars import CountryCode
from gateway.policy import POLICY
from gateway.viewer import Viewer as RequestViewer
from models.vocabulary import Role


@strawberry.type(description="Who asks: one subject, in the one role that acts.")
class Viewer:
    subject: str | None = strawberry.field(description="Subject of the token; none if anonymous.")
    name: str | None = strawberry.field(description="Name for display, from the token.")
    role: Role = strawberry.field(description="The role that acts in this request.")
    held_roles: list[Role] = strawberry.field(
        description="Roles that the token holds; name one by the header `Gerbang-Role`."
    )
    partner: str | None = strawberry.field(description="Scope: code of the partner.")
    countries: list[CountryCode] = strawberry.field(
        description="Scope: codes of partner countries."
    )
    centres: list[str] = strawberry.field(description="Scope: codes of visa centres.")

    @classmethod
    def from_request(cls, viewer: RequestViewer) -> "Viewer":
        return cls(
            subject=viewer.subject or None,
            name=viewer.name,
            role=viewer.role,
            held_roles=list(viewer.held_roles),
            partner=viewer.partner,
            countries=[CountryCode(code) for code in viewer.countries],
            centres=list(viewer.centres),
        )


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

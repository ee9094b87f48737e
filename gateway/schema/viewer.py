"""Who is asking, and what the policy lets a role do."""

from collections.abc import Iterator
from typing import Any

import strawberry

from gateway.access.fields import readable_fields
from gateway.mapping.context import Context
from gateway.mapping.declare import NAMED_ROWS, NamedRows
from gateway.mapping.scalars import CountryCode
from gateway.policy import POLICY
from gateway.schema.partner import Centre, Partner
from gateway.schema.pool import Pool
from gateway.viewer import Viewer as RequestViewer
from models import Centre as CentreRow
from models import Partner as PartnerRow
from models import Pool as PoolRow
from models.vocabulary import Role


async def _partner(root: Any, info: strawberry.Info) -> Partner | None:
    """Raises FieldError if the database is unavailable."""
    context: Context = info.context
    noun = context.services.catalogue.nouns[Partner.__name__]
    code = root.partner_code
    return await context.loaders.by(noun, PartnerRow.code).load(code) if code else None


async def _pools(root: Any, info: strawberry.Info) -> list[Pool]:
    """Raises FieldError if the database is unavailable."""
    context: Context = info.context
    noun = context.services.catalogue.nouns[Pool.__name__]
    found = await context.loaders.by(noun, PoolRow.code).load_many(root.pool_codes)
    return [pool for pool in found if pool is not None]


async def _centres(root: Any, info: strawberry.Info) -> list[Centre]:
    """Raises FieldError if the database is unavailable."""
    context: Context = info.context
    noun = context.services.catalogue.nouns[Centre.__name__]
    found = await context.loaders.by(noun, CentreRow.code).load_many(root.centre_codes)
    return [centre for centre in found if centre is not None]


@strawberry.type(description="Who asks: one subject, in the one role that acts.")
class Viewer:
    subject: str | None = strawberry.field(description="Subject of the token; none if anonymous.")
    name: str | None = strawberry.field(description="Name for display, from the token.")
    role: Role = strawberry.field(description="The role that acts in this request.")
    held_roles: list[Role] = strawberry.field(
        description="Roles that the token holds; name one by the header `Gerbang-Role`."
    )
    partner: Partner | None = strawberry.field(
        resolver=_partner,
        description="Scope: the partner; none for others.",
        metadata={NAMED_ROWS: NamedRows("Partner", "partner_code")},
    )
    countries: list[CountryCode] = strawberry.field(
        description="Scope: codes of partner countries."
    )
    centres: list[Centre] = strawberry.field(
        resolver=_centres,
        description="Scope: visa centres, in the order of the token.",
        metadata={NAMED_ROWS: NamedRows("Centre", "centre_codes")},
    )
    pools: list[Pool] = strawberry.field(
        resolver=_pools,
        description="Scope: the pools from which an officer takes cases, as in the token.",
        metadata={NAMED_ROWS: NamedRows("Pool", "pool_codes")},
    )

    partner_code: strawberry.Private[str | None]
    centre_codes: strawberry.Private[list[str]]
    pool_codes: strawberry.Private[list[str]]

    @classmethod
    def from_request(cls, viewer: RequestViewer) -> "Viewer":
        return cls(
            subject=viewer.subject or None,
            name=viewer.name,
            role=viewer.role,
            held_roles=list(viewer.held_roles),
            countries=[CountryCode(code) for code in viewer.countries],
            partner_code=viewer.partner,
            centre_codes=list(viewer.centres),
            pool_codes=list(viewer.pools),
        )


@strawberry.type(description="What the role that acts may read of one type.")
class TypePolicy:
    type: str = strawberry.field(description="Name of the type.")
    rows: str = strawberry.field(description="Which rows it reaches, in words.")
    fields: list[str] = strawberry.field(description="Which fields it reads, by name.")


def policies_of(role: Role) -> Iterator[TypePolicy]:
    """One entry for each type of which the role may read a field."""
    for name, access in POLICY.items():
        fields = readable_fields(name, role)
        rule = access.rows.get(role, "no rows of its own")
        if fields:
            yield TypePolicy(type=name, rows=str(rule), fields=sorted(fields))

"""The schemas of all roles, with the catalogue from which plans are made."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLSchema

from gateway.execution.role_schema import role_schema
from gateway.mapping.catalogue import Catalogue
from gateway.schema.build import build_schema
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Schemas:
    """What the code and the policy say together. No settings and no database are in it, so several
    gateways of a process may have it in common."""

    full: GraphQLSchema
    catalogue: Catalogue
    views: Mapping[Role, GraphQLSchema]


def build_schemas() -> Schemas:
    """Raises PolicyGapError unless the policy has exactly one entry for each field."""
    full = build_schema()
    catalogue = Catalogue(full)
    views = {role: role_schema(full, catalogue, role) for role in Role}
    return Schemas(full, catalogue, views)

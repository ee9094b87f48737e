"""Builds the complete schema and checks it against the policy; role schemas are cut from it."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.directive import DirectiveLocation
from strawberry.schema.config import StrawberryConfig

from gateway.access.fields import find_policy_gaps
from gateway.mapping.catalogue import Catalogue
from gateway.mapping.scalars import SCALARS
from gateway.schema.mutations.errors import (
    CaseError,
    DocumentsError,
    EligibilityError,
    InputError,
    PassportError,
)
from gateway.schema.mutations.mutation import Mutation
from gateway.schema.query import Query
from gateway.schema.subscription import UPDATES, Subscription
from gateway.strawberry_bridge import CachedNames, graphql_schema
from models.vocabulary import Purpose


class PolicyGapError(Exception):
    """The policy and the schema differ; the message names every type and field."""


@strawberry.directive(
    locations=[
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
    ],
    name="purpose",
    description="Why this operation reads identity; it is logged with each read. The header"
    " `Gerbang-Purpose: CASEWORK; reference=…` says the same.",
)
def purpose(
    code: Annotated[Purpose, strawberry.argument(description="Why.")],
    reference: Annotated[
        str | None,
        strawberry.argument(
            description="The case it is for, such as `7K3M-9QPX-2F4D`: identity is answered for"
            " its applicant. INTAKE may go without, for files that are being taken in."
        ),
    ] = None,
) -> None:
    """Read by the executor before the operation runs."""


def build_schema() -> GraphQLSchema:
    """The schema with every type and field.

    Raises PolicyGapError unless the policy has exactly one entry for each.
    """
    config = StrawberryConfig(scalar_map=SCALARS, name_converter=_Names())
    declared = strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        directives=[purpose],
        types=[InputError, CaseError, EligibilityError, DocumentsError, PassportError, *UPDATES],
        config=config,
    )
    schema = graphql_schema(declared)
    if gaps := find_policy_gaps(fields_by_type(schema)):
        raise PolicyGapError("\n".join(gaps))
    return schema


class _Names(CachedNames):
    """Names generic types after their type arguments in GraphQL: ``StringFilter``."""

    def get_name_from_type(self, type_: Any) -> str:
        return {str: "String", datetime: "DateTime"}.get(type_) or super().get_name_from_type(type_)


def fields_by_type(schema: GraphQLSchema) -> dict[str, frozenset[str]]:
    """All that the policy speaks of: also the values of fields that have row rules of their own."""
    hidden = {name: frozenset(noun.fields) for name, noun in Catalogue(schema).ruled.items()}
    shown = {
        name: frozenset(type_.fields)
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__"
    }
    return {**hidden, **shown}

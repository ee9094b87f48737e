"""The whole schema, checked against the policy: the one from which every role's view is made."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.directive import DirectiveLocation
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.utils.str_converters import to_camel_case

from gateway.access.fields import find_policy_gaps
from gateway.mapping.scalars import SCALARS
from gateway.schema.mutations.mutation import Mutation
from gateway.schema.query import Query
from gateway.schema.subscription import Subscription
from models.vocabulary import Purpose


class PolicyGapError(Exception):
    """The policy and the schema differ; the text names every type and field."""


@strawberry.directive(
    locations=[
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
    ],
    name="purpose",
    description="Why this operation reads identity; it is logged with each read.",
)
def purpose(
    code: Annotated[Purpose, strawberry.argument(description="Why.")],
    reference: Annotated[
        str, strawberry.argument(description="The case it is for, such as `7K3M-9QPX-2F4D`.")
    ],
) -> None:
    """Read by the executor before the operation runs."""


def build_schema() -> GraphQLSchema:
    """The schema with every type and field.

    Raises PolicyGapError while the policy does not have exactly one line for each.
    """
    config = StrawberryConfig(scalar_map=SCALARS, name_converter=_Names())
    declared = strawberry.Schema(Query, Mutation, Subscription, directives=[purpose], config=config)
    schema = declared._schema  # pyright: ignore[reportPrivateUsage] - there is no public way to it
    if found := find_policy_gaps(_fields(schema)):
        raise PolicyGapError("\n".join(found))
    return schema


class _Names(NameConverter):
    """Names generic types by the GraphQL names of what they are made of: ``StringFilter``."""

    #: Strawberry asks anew for each argument of each request.
    apply_naming_config = staticmethod(lru_cache(None)(to_camel_case))

    def get_name_from_type(self, type_: Any) -> str:
        return {str: "String", datetime: "DateTime"}.get(type_) or super().get_name_from_type(type_)


def _fields(schema: GraphQLSchema) -> dict[str, frozenset[str]]:
    return {
        name: frozenset(type_.fields)
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__"
    }

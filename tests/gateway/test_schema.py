"""The schema as front-end teams meet it: everything says what it is."""

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLNamedType, GraphQLSchema, is_specified_scalar_type

from gateway.schema.build import build_schema


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """The coordinates of whatever has no description."""
    for name, type_ in schema.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(type_):
            yield from _undescribed(name, type_)
    for directive in schema.directives:
        for name, argument in directive.args.items():
            if not argument.description:
                yield f"@{directive.name}({name}:)"


def _undescribed(name: str, type_: GraphQLNamedType) -> Iterator[str]:
    if not type_.description:
        yield name
    for field_name, field in getattr(type_, "fields", {}).items():
        if not field.description:
            yield f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            if not argument.description:
                yield f"{name}.{field_name}({argument_name}:)"
    if isinstance(type_, GraphQLEnumType):
        for value_name, value in type_.values.items():
            if not value.description:
                yield f"{name}.{value_name}"


def test_everything_is_described() -> None:
    assert list(undescribed(build_schema())) == []


def test_a_description_that_is_missing_is_found() -> None:
    schema = build_schema()
    schema.type_map["Country"].fields["iso3"].description = None
    assert list(undescribed(schema)) == ["Country.iso3"]

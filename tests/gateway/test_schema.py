"""The schema for front-end teams: everything in it has a description."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_specified_scalar_type,
)

from gateway.schema.build import build_schema

_WARNING = "without saying who it is"


def missing_descriptions(schema: GraphQLSchema) -> Iterator[str]:
    """The coordinates of whatever has no description."""
    for name, type_ in schema.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(type_):
            yield from _missing_descriptions_of(name, type_)
    for directive in schema.directives:
        for name, argument in directive.args.items():
            if not argument.description:
                yield f"@{directive.name}({name}:)"


def _missing_descriptions_of(name: str, type_: GraphQLNamedType) -> Iterator[str]:
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
    assert list(missing_descriptions(build_schema())) == []


def missing_warnings(schema: GraphQLSchema) -> Iterator[str]:
    """Free texts of staff that are asked for without a word about names: they are not sealed."""
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLInputObjectType):
            for field_name, field in type_.fields.items():
                is_text = get_named_type(field.type).name == "String"
                is_free = field_name.lower().endswith(("reason", "note"))
                if is_text and is_free and _WARNING not in (field.description or ""):
                    yield f"{name}.{field_name}"


def test_whoever_writes_a_reason_or_a_note_is_told_to_name_nobody() -> None:
    schema = build_schema()
    assert list(missing_warnings(schema)) == []
    schema.type_map["RecordDecisionInput"].fields["internalNote"].description = "A note."
    assert list(missing_warnings(schema)) == ["RecordDecisionInput.internalNote"]


def test_a_description_that_is_missing_is_found() -> None:
    schema = build_schema()
    schema.type_map["Country"].fields["iso3"].description = None
    assert list(missing_descriptions(schema)) == ["Country.iso3"]

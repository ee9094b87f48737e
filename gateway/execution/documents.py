"""Documents: parsed and validated once for each role, kept in a bounded cache."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_operation_ast,
    parse,
    validate,
    visit,
)

from gateway.errors import ErrorCode, GerbangError, RequestError
from gateway.execution.validation import RULES
from models.vocabulary import Role

#: Bounds what parsing and validating may cost; the introspection of code generators takes 500.
MOST_TOKENS = 2_000
MOST_CHARACTERS = 50_000
MOST_ERRORS = 10
KEPT = 1_000


#: What runs over HTTP.
BY_REQUEST = (OperationType.QUERY, OperationType.MUTATION)


class Documents:
    """Parses and validates documents against the view of the role that acts."""

    def __init__(self, full: GraphQLSchema, views: Mapping[Role, GraphQLSchema]) -> None:
        self._full = full
        self._views = views
        self.parsed = lru_cache(KEPT)(_parsed)
        self.mistakes = lru_cache(KEPT)(self._mistakes)
        self.fields_read = lru_cache(KEPT)(self._fields_read)

    def _mistakes(self, text: str, role: Role) -> tuple[GerbangError, ...]:
        """What is wrong with a document; nothing if the role may run it."""
        document = self.parsed(text)
        errors = validate(self._views[role], document, RULES, max_errors=MOST_ERRORS)
        if not errors:
            return ()
        return tuple(self._forbidden(document, role)) or tuple(map(_invalid, errors))

    def _forbidden(self, document: DocumentNode, role: Role) -> list[GerbangError]:
        """Fields that exist, but not for this role."""
        return [
            GerbangError(
                ErrorCode.FORBIDDEN_FIELD,
                f"The role {role} does not {_uses(coordinate)} {coordinate}.",
                {"coordinate": coordinate},
            )
            for coordinate in dict.fromkeys(_coordinates(document, self._full))
            if not _has(self._views[role], coordinate)
        ][:MOST_ERRORS]

    def _fields_read(self, text: str, type_name: str, role: Role) -> tuple[str, ...]:
        """The fields of a type that a document names."""
        coordinates = _coordinates(self.parsed(text), self._views[role])
        named = (coordinate.split(".") for coordinate in coordinates)
        return tuple(sorted({field for owner, field in named if owner == type_name}))


def operation_of(
    document: DocumentNode, name: str | None, kinds: Collection[OperationType] = BY_REQUEST
) -> OperationDefinitionNode:
    """The operation to run. Raises RequestError where the document has none of this name."""
    operation = get_operation_ast(document, name)
    if operation is None:
        raise RequestError(
            ErrorCode.INVALID_DOCUMENT,
            "Say by `operationName` which operation of the document to run: it has"
            f" {_operations(document)}.",
        )
    if operation.operation not in kinds:
        raise RequestError(
            ErrorCode.INVALID_DOCUMENT,
            "Only subscriptions run over the socket, and only queries and mutations over HTTP.",
        )
    return operation


def _parsed(text: str) -> DocumentNode:
    """Raises RequestError with SYNTAX."""
    try:
        return parse(text, max_lexical_tokens=MOST_TOKENS, max_source_length=MOST_CHARACTERS)
    except GraphQLSyntaxError as error:
        places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
        raise RequestError(ErrorCode.SYNTAX, error.message, details={"locations": places}) from None


def _operations(document: DocumentNode) -> str:
    operations = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    names = [one.name.value if one.name else "one without a name" for one in operations]
    return ", ".join(names) or "none"


def _invalid(error: GraphQLError) -> GerbangError:
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    return GerbangError(ErrorCode.INVALID_DOCUMENT, error.message, {"locations": places})


def _has(schema: GraphQLSchema, coordinate: str) -> bool:
    type_name, field_name = coordinate.split(".")
    return _names_field(schema.get_type(type_name), field_name)


def _uses(coordinate: str) -> str:
    return "call" if coordinate.startswith("Mutation.") else "read"


def _names_field(type_: Any, name: str) -> bool:
    return type_ is not None and (name == "__typename" or name in getattr(type_, "fields", {}))


def _coordinates(document: DocumentNode, schema: GraphQLSchema) -> list[str]:
    """The fields that a document names, as ``Type.field``, as far as the schema has them."""
    found: list[str] = []
    types = TypeInfo(schema)

    class Collector(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = types.get_parent_type()
            if parent is not None and _names_field(parent, node.name.value):
                found.append(f"{parent.name}.{node.name.value}")

    visit(document, TypeInfoVisitor(types, Collector()))
    return found

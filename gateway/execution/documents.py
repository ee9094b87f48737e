"""Documents: parsed and validated once for each role, kept in a bounded cache."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    ValidationContext,
    ValidationRule,
    get_operation_ast,
    parse,
    validate,
)

from gateway.cache import WeightedCache
from gateway.error_reports import locations_of
from gateway.errors import ErrorCode, GerbangError, RequestError
from gateway.execution.forbidden_fields import find_forbidden_fields, has_field
from gateway.execution.graphql_core import drop_tokens
from gateway.execution.introspection import SCHEMA_FIELDS
from gateway.execution.validation import with_all_rules
from gateway.limits import (
    MOST_CACHED_TOKENS,
    MOST_CHARACTERS,
    MOST_COMMENTS,
    MOST_FIELDS,
    MOST_MISTAKES,
    MOST_TOKENS,
)
from models.vocabulary import Role

#: Validated documents that are cached.
CACHED = 1_000
#: A token of a parsed document takes as much memory as so many characters of its text. Without
#: them, documents of blanks would fill the memory.
_CHARACTERS_PER_TOKEN = 50
#: As much as the parts of a cached document take that do not grow with it.
_TOKENS_OF_ANY = 20

#: Where syntax errors quote the document, which may hold a name or a passport number.
_REPEATED = re.compile(r"(found|Unexpected) (Name|Int|Float|String|BlockString|Comment) .*", re.S)
_INVALID = re.compile(r"(Invalid [^:,]*)[:,].*", re.S)
#: Counts slightly more tokens than the parser, in a hundredth of its time.
_TOKEN = re.compile(r"\w+|[^\s,\w]")


class Validation(NamedTuple):
    """The result of validating a document for a role."""

    #: What is wrong with it; nothing if the role may run it.
    mistakes: tuple[GerbangError, ...]
    #: The fields that it selects, as ``Type.field``, if they exist in the role's schema.
    coordinates: frozenset[str]


class Documents:
    """Parses documents, and validates them against the schema of the acting role."""

    def __init__(self, full: GraphQLSchema, views: Mapping[Role, GraphQLSchema]) -> None:
        self._full = full
        self._views = views
        self._parsed: WeightedCache[str, DocumentNode] = WeightedCache(MOST_CACHED_TOKENS)
        self.validated = lru_cache(CACHED)(self._validate)
        self._seen: OrderedDict[tuple[str, Role], None] = OrderedDict()

    def parse(self, text: str) -> DocumentNode:
        """Parse a document. Raises RequestError with SYNTAX or TOO_COSTLY."""
        document = self._parsed.get(text)
        if document is None:
            document = parse_document(text)
            self._parsed.put(text, document, weight_of(text, document))
        return document

    def unseen_tokens(self, text: str, role: Role) -> int:
        """An upper bound of the tokens of a document; 0 if the role has used it before, as long as
        its validation is kept."""
        if (text, role) in self._seen:
            self._seen.move_to_end((text, role))
            return 0
        return sum(1 for _ in _TOKEN.finditer(text))

    def note_use(self, text: str, role: Role) -> None:
        """Remember that the role has used a document."""
        self._seen[text, role] = None
        if len(self._seen) > CACHED:
            self._seen.popitem(last=False)

    def mistakes(self, text: str, role: Role) -> tuple[GerbangError, ...]:
        """The validation errors; none if the role may run the document."""
        return self.validated(text, role).mistakes

    def fields_read(self, text: str, type_name: str, role: Role) -> tuple[str, ...]:
        """The fields of a type that a document selects."""
        named = (coordinate.split(".") for coordinate in self.validated(text, role).coordinates)
        return tuple(sorted({field for owner, field in named if owner == type_name}))

    def deprecated(self, text: str, role: Role) -> tuple[str, ...]:
        """The deprecated fields that a document selects, as ``Type.field``."""
        types: Any = self._views[role].type_map

        def goes(coordinate: str) -> bool:
            owner, name = coordinate.split(".")
            # No type declares `__typename`, `__schema` and `__type`, and a union has no field.
            field = getattr(types[owner], "fields", {}).get(name)
            return field is not None and field.deprecation_reason is not None

        return tuple(sorted(filter(goes, self.validated(text, role).coordinates)))

    def asks_for_absence(self, text: str, role: Role) -> bool:
        """Whether a document asks why who somebody is was not answered."""
        return "identityAbsence" in self.fields_read(text, "Applicant", role)

    def asks_of_schema(self, text: str, role: Role) -> bool:
        """Whether a document contains introspection."""
        return not SCHEMA_FIELDS.keys().isdisjoint(self.fields_read(text, "Query", role))

    def _validate(self, text: str, role: Role) -> Validation:
        document = self.parse(text)
        errors, coordinates = _examine(document, self._views[role])
        mistakes = ()
        if errors:
            mistakes = self.forbidden(document, role) or self._invalid(document, role)
        return Validation(mistakes, frozenset(coordinates))

    def _invalid(self, document: DocumentNode, role: Role) -> tuple[GerbangError, ...]:
        """The errors of a document in which nothing is forbidden, each with what it may mean."""
        errors, _ = _examine(document, self._views[role], suggests=True)
        return tuple(map(_invalid, errors))

    def forbidden(self, document: DocumentNode, role: Role) -> tuple[GerbangError, ...]:
        """Errors for fields that exist, but not for this role: a document with any is not valid."""
        coordinates = find_forbidden_fields(document, self._full, self._views[role])
        return tuple(
            GerbangError(
                ErrorCode.FORBIDDEN_FIELD,
                f"The role {role} does not {_verb_for(coordinate)} {coordinate}.",
                {"coordinate": coordinate},
            )
            for coordinate in coordinates[:MOST_MISTAKES]
        )


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises RequestError where the document has none of this name."""
    operation = get_operation_ast(document, name)
    if operation is None:
        raise RequestError(
            ErrorCode.INVALID_DOCUMENT,
            "Say by `operationName` which operation of the document to run: it has"
            f" {_operations(document)}.",
        )
    return operation


def tokens_of(document: DocumentNode) -> int:
    """The number of tokens, which decides what parsing and validation cost."""
    return document.token_count or 0


def weight_of(text: str, document: DocumentNode) -> int:
    """What is kept of a document, in tokens: its nodes, its text, and what everything takes."""
    return tokens_of(document) + len(text) // _CHARACTERS_PER_TOKEN + _TOKENS_OF_ANY


def parse_document(text: str) -> DocumentNode:
    """Parse a document. Raises RequestError with SYNTAX or TOO_COSTLY."""
    try:
        document = parse(
            text,
            max_lexical_tokens=MOST_TOKENS,
            max_comments=MOST_COMMENTS,
            max_source_length=MOST_CHARACTERS,
        )
    except GraphQLSyntaxError as error:
        message = _INVALID.sub(r"\1.", _REPEATED.sub(r"\1 \2.", error.message))
        details = {"locations": locations_of(error)}
        raise RequestError(ErrorCode.SYNTAX, message, details=details) from None
    if _count_fields(document) > MOST_FIELDS:
        raise RequestError(
            ErrorCode.TOO_COSTLY,
            f"The document has more than {MOST_FIELDS} fields: ask for less at once.",
        )
    return document


def _count_fields(document: DocumentNode) -> int:
    """Count the fields of a document, and drop the tokens of its nodes."""
    fields, pending = 0, list[Any]([document])
    while pending:
        node = pending.pop()
        fields += isinstance(node, FieldNode)
        drop_tokens(node)
        for key in node.keys:
            value = getattr(node, key)
            if isinstance(value, Node):
                pending.append(value)
            elif isinstance(value, tuple):
                pending.extend(value)
    return fields


def _operations(document: DocumentNode) -> str:
    operations = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    names = [one.name.value if one.name else "one without a name" for one in operations]
    return ", ".join(names) or "none"


def _invalid(error: GraphQLError) -> GerbangError:
    details = {"locations": locations_of(error)}
    return GerbangError(ErrorCode.INVALID_DOCUMENT, error.message, details)


def _verb_for(coordinate: str) -> str:
    return "call" if coordinate.startswith("Mutation.") else "read"


def _examine(
    document: DocumentNode,
    schema: GraphQLSchema,
    *,
    suggests: bool = False,
) -> tuple[list[GraphQLError], list[str]]:
    """Validation errors and selected fields of a document, in a single visit.

    To suggest what a name may mean takes as long as ten visits: it is compared with every other.
    """
    coordinates: dict[str, None] = {}
    collector = partial(_SelectedFields, coordinates)
    errors = validate(
        schema,
        document,
        with_all_rules(collector),
        max_errors=MOST_MISTAKES,
        hide_suggestions=not suggests,
    )
    return errors, list(coordinates)


class _SelectedFields(ValidationRule):
    """Collects the fields that a document selects, if they exist in the schema."""

    def __init__(self, coordinates: dict[str, None], context: ValidationContext) -> None:
        super().__init__(context)
        self._coordinates = coordinates

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.context.get_parent_type()
        if parent is not None and has_field(parent, node.name.value):
            self._coordinates[f"{parent.name}.{node.name.value}"] = None

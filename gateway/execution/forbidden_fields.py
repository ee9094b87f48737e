"""Finds the fields of a document that exist, but not for a role: the outermost ones.

Fields below a forbidden field are not reported: they disappear with it. The same holds for a
fragment that is spread only there.
"""

from collections import defaultdict
from functools import partial
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    ValidationContext,
    ValidationRule,
    VisitorAction,
    validate,
)

from gateway.execution.introspection import SCHEMA_FIELDS

#: Fields that types have without declaring them; validation checks where they are allowed.
_META_FIELDS = ("__typename", *SCHEMA_FIELDS)
#: The key of all operations, in place of the name of a fragment.
_OPERATIONS = ""


def has_field(type_: Any, name: str) -> bool:
    """Whether a type has a field of this name, declared or not; false if there is no type."""
    return type_ is not None and (name in _META_FIELDS or name in getattr(type_, "fields", {}))


def find_forbidden_fields(
    document: DocumentNode, full: GraphQLSchema, view: GraphQLSchema
) -> list[str]:
    """The coordinates of fields that the full schema has and the role's view of it has not."""
    found = _FoundFields()
    rule: Any = partial(_ForbiddenFields, view, found)
    validate(full, document, (rule,))
    return found.in_reach()


class _FoundFields:
    """The forbidden fields of operations and fragments, and which fragments each of them spreads
    outside of those fields."""

    def __init__(self) -> None:
        self.coordinates: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.spreads: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def in_reach(self) -> list[str]:
        """The coordinates that an operation reaches, each once."""
        reached, waiting = dict[str, None](), [_OPERATIONS]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached[name] = None
                waiting.extend(reversed(self.spreads[name]))
        return [*dict.fromkeys(one for name in reached for one in self.coordinates[name])]


class _ForbiddenFields(ValidationRule):
    """Collects forbidden fields, and skips everything below them."""

    def __init__(
        self, view: GraphQLSchema, found: _FoundFields, context: ValidationContext
    ) -> None:
        super().__init__(context)
        self._view = view
        self._found = found
        self._definition = _OPERATIONS

    def enter_operation_definition(self, _: OperationDefinitionNode, *__: Any) -> None:
        self._definition = _OPERATIONS

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self._definition = node.name.value

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self._found.spreads[self._definition][node.name.value] = None

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        parent, name = self.context.get_parent_type(), node.name.value
        if parent is None or not has_field(parent, name):
            return None
        if has_field(self._view.get_type(parent.name), name):
            return None
        self._found.coordinates[self._definition][f"{parent.name}.{name}"] = None
        return SKIP

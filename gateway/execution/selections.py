"""Collects the selected fields of a type, with fragments expanded and directives applied."""

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableValues,
    get_directive_values,
)

#: Field nodes by response key; all nodes of a key select the same field.
Selected = Mapping[str, list[FieldNode]]
Fragments = dict[str, FragmentDefinitionNode]


class Selections:
    """Resolves the selection sets of a valid document, with given variables."""

    def __init__(self, document: DocumentNode, variables: VariableValues) -> None:
        self._variables = variables
        self.fragments = fragments_of(document)

    def of(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> Selected:
        """The selected fields of a type, in response order."""
        fields: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selections in sets:
            for node in self._fields(type_, selections, seen):
                fields.setdefault((node.alias or node.name).value, []).append(node)
        return fields

    def _fields(
        self, type_: GraphQLObjectType, selections: SelectionSetNode | None, seen: set[str]
    ) -> Iterator[FieldNode]:
        for selection in selections.selections if selections else ():
            if not self._is_included(selection):
                continue
            match selection:
                case FieldNode():
                    yield selection
                case InlineFragmentNode(type_condition=condition, selection_set=inner):
                    if condition is None or _is(type_, condition):
                        yield from self._fields(type_, inner, seen)
                case FragmentSpreadNode(name=name) if name.value not in seen:
                    seen.add(name.value)
                    fragment = self.fragments[name.value]
                    if _is(type_, fragment.type_condition):
                        yield from self._fields(type_, fragment.selection_set, seen)
                case _:
                    continue

    def _is_included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def fragments_of(document: DocumentNode) -> Fragments:
    """The fragments of a document, by name."""
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


def _is(type_: GraphQLObjectType, condition: NamedTypeNode) -> bool:
    return condition.name.value in (type_.name, *(one.name for one in type_.interfaces))

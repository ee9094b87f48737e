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
            if not self.is_included(selection):
                continue
            match selection:
                case FieldNode():
                    yield selection
                case InlineFragmentNode(type_condition=condition, selection_set=inner):
                    if condition is None or applies_to(type_, condition):
                        yield from self._fields(type_, inner, seen)
                case FragmentSpreadNode(name=name) if name.value not in seen:
                    seen.add(name.value)
                    fragment = self.fragments[name.value]
                    if applies_to(type_, fragment.type_condition):
                        yield from self._fields(type_, fragment.selection_set, seen)
                case _:
                    continue

    def names_below(self, node: FieldNode) -> frozenset[str]:
        """The names of all fields selected below a field, at any depth."""
        names, seen = set[str](), set[int]()
        pending = [node.selection_set]
        while pending:
            selections = pending.pop()
            if selections is None or id(selections) in seen:
                continue
            seen.add(id(selections))
            for selection in filter(self.is_included, selections.selections):
                if isinstance(selection, FieldNode):
                    names.add(selection.name.value)
                is_spread = isinstance(selection, FragmentSpreadNode)
                inner = self.fragments[selection.name.value] if is_spread else selection
                pending.append(getattr(inner, "selection_set", None))
        return frozenset(names)

    def is_included(self, node: SelectionNode) -> bool:
        """Whether no directive leaves a selection out."""
        if not node.directives:
            return True
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


def applies_to(type_: GraphQLObjectType, condition: NamedTypeNode) -> bool:
    """Whether a fragment with this type condition applies to objects of a type."""
    return condition.name.value in (type_.name, *(one.name for one in type_.interfaces))

"""Plans an operation: from its document to the tree of the rows it reads, and their form.

Fields with an asynchronous resolver below the root, and all errors, are left to the executor. A
plan is a faster way to the same answer.
"""

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    get_named_type,
)

from gateway.execution.introspection import SCHEMA_FIELDS, plan_schema_value
from gateway.execution.plan.levels import ListCount, ListPage, RowByName, RowsByKeys
from gateway.execution.plan.page_planner import selection_sets
from gateway.execution.plan.row_planner import RowPlanner
from gateway.execution.plan.tree import Branch, ListRoot, LookUpRoot, NodesRoot, Root, ValueRoot
from gateway.execution.plan.values import (
    TYPENAME,
    Sets,
    plan_value,
)
from gateway.mapping.connections import LIST, RootList
from gateway.schema.lookups import LOOK_UP, NODES
from gateway.strawberry_bridge import metadata_of


class Planner(RowPlanner):
    """Plans one operation for one role."""

    def plan(self, operation: OperationDefinitionNode) -> dict[str, Root]:
        """The root fields of a query or a mutation, by response key.

        Raises NotPlannableError where only the executor can run it.
        """
        root = self.view.get_root_type(operation.operation)
        assert root, "the document is valid"
        selected = self.selected_fields(root, [operation.selection_set])
        return {key: self._root(root, nodes) for key, nodes in selected}

    def _root(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Root:
        name, sets = nodes[0].name.value, selection_sets(nodes)
        if meta := SCHEMA_FIELDS.get(name):
            return ValueRoot(type_, meta, nodes, plan_schema_value(self, meta.type, sets), [])
        if name == TYPENAME:
            meta = TypeNameMetaFieldDef
            return ValueRoot(type_, meta, nodes, plan_value(self, meta.type, sets), [])
        field = type_.fields[name]
        declared = metadata_of(field)
        if LIST in declared:
            return ListRoot(field, nodes, self._list(declared[LIST], field, sets))
        if LOOK_UP in declared:
            branch = self._rows(get_named_type(field.type).name, RowByName(), sets)
            return LookUpRoot(field, nodes, branch)
        if NODES in declared:
            # Of each type that an id may name there is a branch of its own.
            types = self.view.get_possible_types(get_named_type(field.type))
            branches = {type_.name: self._rows(type_.name, RowsByKeys(), sets) for type_ in types}
            return NodesRoot(field, nodes, branches)
        self._branches = []
        return ValueRoot(type_, field, nodes, plan_value(self, field.type, sets), self._branches)

    def _list(self, listed: RootList, field: GraphQLField, sets: Sets) -> Branch:
        noun = self._catalogue.nouns[listed.cls.__name__]
        return self._branch(
            lambda: self._page_shape(field, sets, noun, ListPage(), ListCount, None)
        )

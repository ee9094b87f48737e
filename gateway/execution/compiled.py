"""What an operation needs that depends only on its document, its name and the role: worked out at
the first request and kept for later ones."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, VariableValues

from gateway.access.audit import NOTES
from gateway.cache import WeightedCache
from gateway.errors import GerbangError
from gateway.execution.arguments import CheckedField, find_checked_fields
from gateway.execution.budgets import Charge
from gateway.execution.coercion import VariableCoercion
from gateway.execution.cost import OperationCost
from gateway.execution.documents import Documents, operation_of, weight_of
from gateway.execution.input_values import InputTypes
from gateway.limits import MOST_CACHED_TOKENS
from gateway.logs import OperationKind
from models.vocabulary import Role

#: The types of personal data, and how their fields are named in the log.
_LOGGED = {
    "Identity": "",
    "IdentityVersion": "identityVersions.",
    "BannedPerson": "banned.",
    "VisaDocument": "visa.",
    "Movement": "movements.",
    "ItemAnswer": "answers.",
    "Guarantor": "guarantor.",
    "IntentionAnswer": "intention.",
    "Guardian": "guardian.",
    "CaseNote": NOTES,
    "DocumentContent": "document.",
    "ComplaintText": "complaint.",
}
#: The field of `Query` by which people are looked up.
LOOKING_UP = "people"
#: The fields of `Query` by which a file is tracked, and what was decided is opened.
WITHOUT_ACCOUNT = frozenset({"trackedFile", "deliveredDecision"})
#: The fields of `Query` that are always read at the primary: what they tell must hold at once, or
#: is logged there.
_NEVER_LATE = WITHOUT_ACCOUNT | {
    *(LOOKING_UP, "visaStatus", "claimedFiles", "suspensions", "installation")
}
#: In place of a variable without a value.
_ABSENT: Any = object()


class CompiledOperation:
    """One operation of a document, for one role. The document need not be valid: callers look at
    ``mistakes`` before they go on."""

    def __init__(
        self,
        documents: Documents,
        text: str,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        role: Role,
        view: GraphQLSchema,
        inputs: InputTypes,
    ) -> None:
        self.text = text
        self.document = document
        self.operation = operation
        self.view = view
        self.kind = OperationKind(operation.operation.value)
        self.is_read = self.kind is not OperationKind.MUTATION
        self.cost = OperationCost(operation, document, view)
        self._documents = documents
        self._role = role
        self._inputs = inputs

    @cached_property
    def mistakes(self) -> tuple[GerbangError, ...]:
        """The validation errors; none if the role may run it."""
        return self._documents.mistakes(self.text, self._role)

    @cached_property
    def variables(self) -> VariableCoercion:
        return VariableCoercion(self.view, self.operation, self._inputs)

    @cached_property
    def logged(self) -> tuple[str, ...]:
        """The fields of identity that its document selects, and whether it looks people up."""
        fields = (
            prefix + field
            for type_name, prefix in _LOGGED.items()
            for field in self._documents.fields_read(self.text, type_name, self._role)
        )
        asked = self._documents.fields_read(self.text, "Query", self._role)
        return (*fields, *(name for name in asked if name == LOOKING_UP))

    @cached_property
    def takes_purpose(self) -> bool:
        """Whether a purpose is stated for it: its document selects what is logged, or asks why that
        was not answered, which says nothing of anybody and is not logged."""
        return bool(self.logged) or self._documents.asks_for_absence(self.text, self._role)

    @cached_property
    def reads_complaints(self) -> bool:
        """Whether its document selects what complaints say."""
        return any(name.startswith(_LOGGED["ComplaintText"]) for name in self.logged)

    @cached_property
    def may_be_late(self) -> bool:
        """Whether it may be answered by a replica, whose rows may be some seconds old."""
        asked = self._documents.fields_read(self.text, "Query", self._role)
        is_query = self.kind is OperationKind.QUERY
        return is_query and not self.logged and _NEVER_LATE.isdisjoint(asked)

    @cached_property
    def names_people(self) -> bool:
        """Whether somebody who is not signed in says in it who they are: by POST alone, since URLs
        end up in logs and caches."""
        asked = self._documents.fields_read(self.text, "Query", self._role)
        return not WITHOUT_ACCOUNT.isdisjoint(asked)

    @cached_property
    def deprecated(self) -> tuple[str, ...]:
        """The deprecated coordinates that its document uses."""
        return self._documents.deprecated(self.text, self._role)

    @cached_property
    def asks_of_schema(self) -> bool:
        """Whether its document contains introspection."""
        return self._documents.asks_of_schema(self.text, self._role)


class OperationShape:
    """What an operation selects where some variables have certain values: only booleans and enums,
    which may be used in `@skip` or decide which columns are read."""

    def __init__(self, variables: VariableValues, checked: tuple[CheckedField, ...]) -> None:
        #: The variables that decide it.
        self.variables = variables
        #: The fields whose arguments are checked.
        self.checked = checked


class CompiledOperations:
    """The operations that were used recently, within a limit on their size."""

    def __init__(self, full: GraphQLSchema, views: Mapping[Role, GraphQLSchema]) -> None:
        self._documents = Documents(full, views)
        self._views = views
        self._inputs = {role: InputTypes() for role in views}
        self._compiled: WeightedCache[tuple[str, str | None, Role], CompiledOperation] = (
            WeightedCache(MOST_CACHED_TOKENS)
        )
        self._shapes: WeightedCache[tuple[CompiledOperation, Any], OperationShape] = WeightedCache(
            MOST_CACHED_TOKENS
        )

    def operation(
        self, text: str, name: str | None, role: Role, charge: Charge
    ) -> CompiledOperation:
        """An operation of a document, as it was compiled before or is compiled now.

        A document that is new to the role is charged. Raises RequestError where it is malformed,
        too large, or has no operation of the name.
        """
        compiled = self._compiled.get((text, name, role))
        if compiled is None:
            if tokens := self._documents.unseen_tokens(text, role):
                charge.take_tokens(tokens)
                self._documents.note_use(text, role)
            compiled = self._compile(text, name, role)
        return compiled

    def _compile(self, text: str, name: str | None, role: Role) -> CompiledOperation:
        document = self._documents.parse(text)
        operation, view = operation_of(document, name), self._views[role]
        compiled = CompiledOperation(
            self._documents, text, document, operation, role, view, self._inputs[role]
        )
        self._compiled.put((text, name, role), compiled, weight_of(text, document))
        return compiled

    def shape(self, compiled: CompiledOperation, variables: VariableValues) -> OperationShape:
        """The shape that the variables give to a valid operation.

        Raises MistakesError if the condition of a directive is null.
        """
        names = compiled.variables.shaping
        key = compiled, tuple([variables.coerced.get(name, _ABSENT) for name in names])
        shape = self._shapes.get(key)
        if shape is None:
            shaping = VariableValues(
                {name: variables.sources[name] for name in names if name in variables.sources},
                {name: variables.coerced[name] for name in names if name in variables.coerced},
            )
            checked = find_checked_fields(
                compiled.document, compiled.operation, compiled.view, shaping
            )
            shape = OperationShape(shaping, checked)
            self._shapes.put(key, shape, weight_of(compiled.text, compiled.document))
        return shape

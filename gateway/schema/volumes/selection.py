"""What an operation selects of a table of volumes: only that is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, SelectionSetNode, VariableNode

from gateway.mapping.figure_types import Span
from gateway.schema.volumes.measures import MEASURES
from gateway.strawberry_bridge import RootSelection, to_camel_case
from models.volumes import Dimension, Measure

#: The field of `VolumeRow` that is of the whole network.
NETWORK = "network"
_NEAREST_WIDER = "nearestWider"
_CHANGES = {Span.YEAR: "yearOnYear", Span.MONTH: "monthOnMonth"}


@dataclass(frozen=True)
class VolumeSelection:
    """The fields that are selected of the rows, and the names of those selected below each."""

    fields: Mapping[str, frozenset[str]]

    @cached_property
    def measures(self) -> frozenset[Measure]:
        """The measures whose fields are selected."""
        return frozenset(MEASURES[name] for name in self.fields if name in MEASURES)

    @cached_property
    def changes(self) -> Mapping[Span, frozenset[Measure]]:
        """For each span, the measures whose change is selected."""
        return {span: frozenset(self._measures_with(name)) for span, name in _CHANGES.items()}

    @property
    def fields_asked(self) -> frozenset[tuple[str, frozenset[str]]]:
        """All of it, as part of a key: what is not selected is not read."""
        return frozenset(self.fields.items())

    @property
    def has_network(self) -> bool:
        return NETWORK in self.fields

    @property
    def has_nearest_wider(self) -> bool:
        return any(_NEAREST_WIDER in below for below in self.fields.values())

    def has(self, dimension: Dimension) -> bool:
        return to_camel_case(dimension.name.lower()) in self.fields

    def _measures_with(self, name: str) -> Iterator[Measure]:
        for field, below in self.fields.items():
            if field in MEASURES and name in below:
                yield MEASURES[field]


def volume_selection(selection: RootSelection) -> VolumeSelection:
    """What is selected of the rows, wherever fragments put it; directives leave things out."""
    fields: dict[str, frozenset[str]] = {}
    rows = [
        node for node in selected_fields(selection, selection.sets) if node.name.value == "rows"
    ]
    for node in selected_fields(selection, (row.selection_set for row in rows)):
        name, below = node.name.value, selected_fields(selection, [node.selection_set])
        names = frozenset(inner.name.value for inner in below)
        fields[name] = fields.get(name, frozenset()) | names
    return VolumeSelection(fields)


def selected_fields(
    selection: RootSelection, sets: Iterable[SelectionSetNode | None]
) -> Iterator[FieldNode]:
    """The fields of selection sets of one type, each fragment once."""
    seen: set[str] = set()
    pending = [each for each in sets if each]
    while pending:
        for node in pending.pop().selections:
            if not _is_included(node, selection.variables):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif not isinstance(node, FragmentSpreadNode):
                pending.append(node.selection_set)  # pyright: ignore[reportAttributeAccessIssue]
            elif (name := node.name.value) not in seen:
                seen.add(name)
                pending.append(selection.fragments[name].selection_set)


def _is_included(node: Any, variables: Mapping[str, Any]) -> bool:
    """Whether no `@skip` or `@include` leaves a node out. Both take a Boolean, `if`, alone."""
    for directive in node.directives or ():
        for argument in directive.arguments if directive.name.value in ("skip", "include") else ():
            value = argument.value
            is_true = (
                variables[value.name.value] if isinstance(value, VariableNode) else value.value
            )
            if bool(is_true) is (directive.name.value == "skip"):
                return False
    return True

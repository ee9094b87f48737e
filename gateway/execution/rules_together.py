"""Visits a document with all validation rules at once, each for the nodes that it looks at.

graphql-core asks each rule about each node, and looks up the methods of the rules again for each
document: that takes as long as all that the rules do.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from graphql import BREAK, SKIP, ASTValidationRule, Node, ValidationContext

from gateway.execution.graphql_core import EnterLeaveVisitor

Rule = Callable[[Any], ASTValidationRule]
_Method = Callable[..., Any]


class _Interest(NamedTuple):
    """The methods of a rule for nodes of a kind; and which of the rules it is."""

    place: int
    enter: str | None
    leave: str | None


class RulesTogether(ASTValidationRule):
    """Several rules in one. Each may skip everything below a node, or stop, as with graphql-core;
    none changes the document."""

    def __init__(self, rules: Collection[Rule], context: ValidationContext) -> None:
        super().__init__(context)
        self._rules = [rule(context) for rule in rules]
        #: For each rule the node below which it looks at nothing, or BREAK.
        self._skipping: list[Any] = [None] * len(self._rules)

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        known = self.enter_leave_map.get(kind)
        if known is None:
            interests = _interests(tuple(map(type, self._rules)), kind)
            known = EnterLeaveVisitor(self._enter(interests), self._leave(interests))
            self.enter_leave_map[kind] = known
        return known

    def _enter(self, interests: Sequence[_Interest]) -> _Method | None:
        methods = [(place, self._method(place, name)) for place, name, _ in interests if name]
        skipping = self._skipping

        def enter(node: Node, *arguments: Any) -> None:
            for place, method in methods:
                if skipping[place] is None:
                    result = method(node, *arguments)
                    if result is SKIP or result is False:
                        skipping[place] = node
                    elif result is BREAK or result is True:
                        skipping[place] = BREAK

        return enter if methods else None

    def _leave(self, interests: Sequence[_Interest]) -> _Method | None:
        """Also for rules that only enter nodes of the kind: they may have skipped this one."""
        methods = [
            (place, self._method(place, name) if name else None) for place, _, name in interests
        ]
        skipping = self._skipping

        def leave(node: Node, *arguments: Any) -> None:
            for place, method in methods:
                if skipping[place] is node:
                    skipping[place] = None
                elif method and skipping[place] is None:
                    result = method(node, *arguments)
                    if result is BREAK or result is True:
                        skipping[place] = BREAK

        return leave if methods else None

    def _method(self, place: int, name: str) -> _Method:
        return getattr(self._rules[place], name)


@cache
def _interests(rules: tuple[type, ...], kind: str) -> tuple[_Interest, ...]:
    """The rules that look at nodes of a kind."""
    each = (
        _Interest(place, _name(rule, "enter", kind), _name(rule, "leave", kind))
        for place, rule in enumerate(rules)
    )
    return tuple(interest for interest in each if interest.enter or interest.leave)


def _name(rule: type, event: str, kind: str) -> str | None:
    names = (f"{event}_{kind}", event)
    return next((name for name in names if hasattr(rule, name)), None)

"""Limits that must be smaller than others, so that the innermost one is always reached first.

    client > request > waiting for a turn + statement > lock

The innermost limit gives the most precise error: another transaction holds a lock, or the query is
too large. An outer limit could only report that something took too long.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class NestingRule(NamedTuple):
    """The sum of the ``inside`` settings must fit into ``outside``."""

    inside: tuple[str, ...]
    outside: str
    reason: str


NESTING = (
    NestingRule(
        ("lock_seconds",),
        "statement_seconds",
        "a statement must learn that somebody holds its lock before its own time is over",
    ),
    NestingRule(
        ("queue_seconds", "statement_seconds"),
        "request_seconds",
        "a request waits for its turn and then runs statements",
    ),
    NestingRule(
        ("connect_seconds",),
        "request_seconds",
        "a request must learn that the database is away before its own time is over",
    ),
    NestingRule(
        ("request_seconds",),
        "drain_seconds",
        "a request that runs when the gateway is told to stop must be able to finish",
    ),
    NestingRule(
        ("operations",),
        "database_connections",
        "an operation that has its turn must find a connection",
    ),
)

#: Outer limits that may equal the inner sum: no error has to be reported in between.
_MAY_BE_EQUAL = frozenset({"drain_seconds", "database_connections"})


def find_violations(
    settings: Any, named: Callable[[str], str]
) -> Iterator[tuple[NestingRule, str]]:
    """Every broken rule, with a sentence that names the variables and the remedy."""
    for rule in NESTING:
        inside = sum(getattr(settings, name) for name in rule.inside)
        outside = getattr(settings, rule.outside)
        may_be_equal = rule.outside in _MAY_BE_EQUAL
        if inside < outside or (inside == outside and may_be_equal):
            continue
        smaller = " + ".join(map(named, rule.inside))
        must = "must not exceed" if may_be_equal else "must be smaller than"
        yield (
            rule,
            f"{smaller} ({inside:g}) {must} {named(rule.outside)} ({outside:g}): "
            f"{rule.reason}. Lower the first or raise the second.",
        )

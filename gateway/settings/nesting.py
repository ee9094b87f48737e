"""Which settings must be smaller than which, so that the inner limit is always met first.

    client > request > waiting for a turn + statement > lock

The innermost limit tells most: that somebody else holds a lock, that this question is too large.
An outer one that came first could only say that something took too long.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class NestingRule(NamedTuple):
    """What is inside (a sum of settings), what it must fit into, and why."""

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

#: Where equal is good enough: nothing has to be told in between.
_MAY_BE_EQUAL = frozenset({"drain_seconds", "database_connections"})


def find_violations(
    settings: Any, named: Callable[[str], str]
) -> Iterator[tuple[NestingRule, str]]:
    """What does not fit, in the names of the variables, and what to change."""
    for nested in NESTING:
        inside = sum(getattr(settings, name) for name in nested.inside)
        outside = getattr(settings, nested.outside)
        may_be_equal = nested.outside in _MAY_BE_EQUAL
        if inside < outside or (inside == outside and may_be_equal):
            continue
        smaller = " + ".join(map(named, nested.inside))
        must = "must not exceed" if may_be_equal else "must be smaller than"
        yield (
            nested,
            f"{smaller} ({inside:g}) {must} {named(nested.outside)} ({outside:g}): "
            f"{nested.reason}. Lower the first or raise the second.",
        )

"""Generates `docs/life.md`: the life cycle of an application as a diagram and a table."""

from collections.abc import Iterator

from models.life.steps import OPEN, STEPS, Step
from models.vocabulary import CLOSED, Status

_HEAD = """\
# The life of an application

Drawn from `models/life/steps.py` by `make snapshots`. Every change of an application is one of
these steps; a step holds the row locked until it is committed, together with its event. Besides,
the keeper grants what is PAID and meets every condition of [grants by rule](grants-by-rule.md).
"""
_SEVERAL = 4


def life_page() -> str:
    """The diagram and the table as Markdown."""
    return "\n".join([_HEAD, "```mermaid", *_diagram(), "```", "", *_table()]) + "\n"


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    for step in STEPS:
        if not step.sources:
            yield f"    [*] --> {step.target}: {step.verb}"
        elif step.target:
            for source in step.sources:
                yield f"    {source} --> {step.target}: {step.verb}"
    ends = set(CLOSED) - {source for step in STEPS if step.target for source in step.sources}
    for status in Status:
        if status in ends:
            yield f"    {status} --> [*]"


def _table() -> Iterator[str]:
    yield "| step | from | to | event | by | needs |"
    yield "|---|---|---|---|---|---|"
    for step in STEPS:
        cells = (
            step.verb,
            _sources(step),
            step.target or "(stays)",
            step.event or "(a row of its own)",
            ", ".join(step.by) or "a clock",
            "; ".join(need.words for need in step.needs) if step.by else "its deadline has passed",
        )
        yield f"| {' | '.join(cells)} |"


def _sources(step: Step) -> str:
    if not step.sources:
        return "(begins)"
    if len(step.sources) < _SEVERAL:
        return ", ".join(step.sources)
    named = {frozenset(Status): "any", frozenset(OPEN): "any that is open"}
    return named.get(frozenset(step.sources), ", ".join(step.sources))

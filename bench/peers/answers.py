"""Compares the answers of different gateways: the same rows with the same values."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.peers.contender import Contender
from bench.peers.line import ask_once
from bench.peers.questions import Question, Sample
from gateway.mapping.ids import decode

_INSTANTS = ("submittedAt", "decidedAt", "occurredAt")
#: So many sets of variables are compared.
_COMPARED = 12


class DifferentAnswersError(Exception):
    """Two contenders answer differently: nothing is measured."""


async def check(contenders: Sequence[Contender], question: Question, known: Sample) -> None:
    """Raises DifferentAnswersError where two contenders differ, or one has no rows."""
    answering = [one for one in contenders if one.answers(question)]
    for variables in question.variants(known)[:_COMPARED]:
        expected = None
        for one in answering:
            answer = contents(await ask_once(one.ports[0], one.request(question, variables)))
            if expected is None:
                expected = answer
            elif answer != expected:
                raise DifferentAnswersError(
                    f"{question.name}: {one.name} and {answering[0].name} differ with {variables}:"
                    f" {first_difference(expected, answer)}"
                )


def contents(answer: bytes) -> Any:
    """The data of an answer, with bare keys for ids and instants in UTC.

    Raises DifferentAnswersError where there are errors, or no data to compare.
    """
    parsed = json.loads(answer)
    data = parsed.get("data")
    if parsed.get("errors") or not data or not all(data.values()):
        raise DifferentAnswersError(f"no answer: {answer[:500]!r}")
    return _plain("", data)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _plain(inner, member) for inner, member in value.items() if inner != "asOf"}
    if isinstance(value, list):
        return [_plain(name, member) for member in value]
    if name == "id":
        global_id = decode(value)
        return global_id.key if global_id else value
    if name in _INSTANTS and value is not None:
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def first_difference(one: Any, other: Any, at: str = "data") -> str:
    """Where two contents differ first, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{at}.{key}", one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{at}[{n}]", *both) for n, both in enumerate(zip(one, other, strict=True))]
    else:
        return f"{at} is {one!r} and {other!r}"
    return next(
        (first_difference(mine, theirs, place) for place, mine, theirs in pairs if mine != theirs),
        f"{at} does not differ",
    )

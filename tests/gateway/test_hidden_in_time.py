"""Time does not tell what is hidden from what is not there, beside a control: what is not there,
compared with itself."""

import random
import time
from statistics import quantiles
from uuid import uuid4

import pytest

from gateway.execution import answers
from gateway.mapping.ids import GlobalId
from models.case.reference_numbers import new_reference
from tests.gateway.conftest import Viewer
from tests.world import applicant_id, application_id

pytestmark = pytest.mark.anyio

NODE = "query ($asked: ID!) { node(id: $asked) { id } }"
NODES = "query ($asked: ID!) { nodes(ids: [$asked]) { id } }"
CASE = "query ($asked: String!) { application(by: {reference: $asked}) { id } }"
#: Viewer, question, and what is hidden: beside it somebody asks for what is not there.
WAYS = {
    "a case of another country": ("agent-au", NODE, "Application", "SGPO-OPEN-0006"),
    "among several": ("agent-au", NODES, "Application", "SGPO-OPEN-0006"),
    "by its reference": ("agent-au", CASE, "", "SGPO-OPEN-0006"),
    "its applicant": ("agent-au", NODE, "Applicant", "Wei Tan"),
    "somebody else's case": ("applicant", NODE, "Application", "SGPO-OPEN-0006"),
    "somebody else's, by its reference": ("applicant", CASE, "", "SGPO-OPEN-0006"),
}
each_way = pytest.mark.parametrize("way", WAYS)


def hidden(way: str) -> str:
    _, _, noun, name = WAYS[way]
    key = applicant_id(name) if noun == "Applicant" else application_id(name)
    return GlobalId(noun, str(key)).encode() if noun else name


def absent(way: str) -> str:
    noun = WAYS[way][2]
    draws = random.SystemRandom()
    return GlobalId(noun, str(uuid4())).encode() if noun else new_reference(draws)


async def seconds(who: dict[str, Viewer], way: str, asked: str) -> float:
    viewer, query, *_ = WAYS[way]
    began = time.perf_counter()
    answer = await who[viewer](query, asked=asked)
    took = time.perf_counter() - began
    assert answer.errors == []
    assert list(answer.data.values()) in ([None], [[None]])
    return took


@each_way
async def test_what_is_hidden_and_what_is_not_there_wait_for_a_beat(
    who: dict[str, Viewer], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BEAT_SECONDS", 0.2)  # longer than a busy machine takes
    for asked in (hidden(way), absent(way)):
        assert await seconds(who, way, asked) >= 0.2


@pytest.mark.proof
@each_way
async def test_the_fastest_tenths_of_both_are_alike(who: dict[str, Viewer], way: str) -> None:
    took: dict[str, list[float]] = {"hidden": [], "absent": [], "control": []}
    for _ in range(600):
        for kind in random.sample(list(took), len(took)):
            asked = hidden(way) if kind == "hidden" else absent(way)
            took[kind].append(await seconds(who, way, asked))
    fast = {kind: quantiles(each, n=10)[0] for kind, each in took.items()}
    control = abs(fast["control"] / fast["absent"] - 1)
    assert control < 0.02, "this machine measures nothing now"
    assert abs(fast["hidden"] / fast["absent"] - 1) < 0.02 + control

"""Linking without leaking by time: a submission takes as long whether or not one is on file."""

from random import Random
from time import perf_counter

import pytest

from tests.gateway.changing import ENTRY_ON, IDENTITY, document, key
from tests.gateway.conftest import Viewer

pytestmark = [pytest.mark.anyio, pytest.mark.proof]

EACH = 400
_BATCH = 100
#: The chance that one of the known took longer than one of the unknown would be a half; three
#: standard errors of it for so many of each.
_TOLERATED = 3 * (1 / (6 * EACH)) ** 0.5


def person(number: int, *, known: bool) -> dict[str, str]:
    """Somebody of whom there is another file, or none; as long, letter by letter."""
    letter = "K" if known else "U"
    name = "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")
    values = {"fullName": f"{letter}im {name}", "passportNumber": f"{letter}{number:07}"}
    return {**IDENTITY, **values}


async def hand_in(agent: Viewer, identity: dict[str, str]) -> float:
    values = {
        "visaType": "B1",
        "nationality": "AU",
        "entryOn": ENTRY_ON,
        "identity": identity,
        "idempotencyKey": key(),
    }
    began = perf_counter()
    asked = await agent(document("submitApplication"), input=values)
    took = perf_counter() - began
    assert asked.data["submitApplication"]["errors"] == []
    return took


def chance_of_longer(one: list[float], other: list[float]) -> float:
    """How often a time of one kind is longer than a time of the other (Mann and Whitney's U)."""
    longer = sum((a > b) + (a == b) / 2 for a in one for b in other)
    return longer / (len(one) * len(other))


async def test_whoever_is_on_file_is_handed_in_as_fast_as_anybody(who, record_property) -> None:
    agent, service = who["agent-au"], who["service"]
    for begin in range(0, EACH, _BATCH):
        batch = [
            {"visaType": "B1", "nationality": "AU", "entryOn": ENTRY_ON,
             "country": "SG", "identity": person(number, known=True)}
            for number in range(begin, begin + _BATCH)
        ]  # fmt: skip
        values = {"applications": batch, "idempotencyKey": key()}
        asked = await service(document("submitApplications", "errors { code }"), input=values)
        assert asked.data["submitApplications"]["errors"] == []
    for number in range(50):  # until all is planned and warm
        await hand_in(agent, person(90_000 + number, known=False))
    order = [(number, known) for number in range(EACH) for known in (True, False)]
    Random(7).shuffle(order)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, known in order:
        took[known].append(await hand_in(agent, person(number, known=known)))
    chance = chance_of_longer(took[True], took[False])
    record_property("chance_that_known_took_longer", chance)
    assert abs(chance - 0.5) < _TOLERATED, chance


def test_a_difference_of_a_tenth_would_be_seen() -> None:
    """The smallest difference found here: a quarter of the spread of the times."""
    chance = Random(1)
    unknown = [chance.gauss(10, 2) for _ in range(EACH)]
    known = [chance.gauss(11, 2) for _ in range(EACH)]
    assert abs(chance_of_longer(known, unknown) - 0.5) > _TOLERATED

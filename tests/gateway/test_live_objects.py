"""What was handed in and answered is in no object of the gateway afterwards."""

import gc
from asyncio import sleep
from collections.abc import Iterator
from random import choices
from string import ascii_lowercase

import pytest

from tests.gateway.changing import IDENTITY, change, perform, reference_of
from tests.gateway.conftest import Answer, Viewer

pytestmark = pytest.mark.anyio

PERSON = """
    query ($for: String!) @purpose(code: OWN_DATA, reference: $for) {
        application(by: {reference: $for}) { applicant { identity { fullName passportNumber } } }
    }
"""
MINE = "{ complaints(first: 9) { nodes { text { complaint } } } }"


def holders(*halves: str) -> Iterator[str]:
    """The types of what holds a text with the two halves of a word, the youngest first."""
    gc.collect()
    word = "".join(halves)
    encoded = word.encode()
    for one in gc.get_objects():
        for held in gc.get_referents(one):
            if (isinstance(held, str) and word in held) or (
                isinstance(held, bytes | bytearray) and encoded in held
            ):
                yield type(one).__name__


async def answers(viewer: Viewer, *halves: str) -> list[Answer]:
    """Answers with a word that was handed in: as a name, and in a complaint."""
    word = "".join(halves)
    given = {"visaType": "B1", "nationality": "AU"}
    identity = {**IDENTITY, "fullName": f"Olive {word}", "passportNumber": "LIVES01"}
    case = await perform(viewer, "submitApplication", identity=identity, **given)
    assert (await change(viewer, "lodgeComplaint", text=f"It was {word}.")).codes == []
    told = [await viewer(PERSON, **{"for": await reference_of(viewer, case)}), await viewer(MINE)]
    assert all(word in one.text for one in told)
    return told


async def test_nothing_that_was_answered_lives_on(who: dict[str, Viewer]) -> None:
    halves = ["".join(choices(ascii_lowercase, k=12)) for _ in range(2)]
    viewer = Viewer(who["anonymous"].client, {"role": "APPLICANT", "sub": "lives-on"})
    told = await answers(viewer, *halves)
    assert any(holders(*halves))  # as long as somebody holds them
    del told
    for _ in range(20):  # what runs beside a request may end after it
        if not (left := [*holders(*halves)]):
            break
        await sleep(0.1)
    assert left == []

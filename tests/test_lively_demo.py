"""`gerbang demo --lively`: whoever looks on sees people hand in, pay, answer and be granted."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Any

import pytest

from tests.clusters import data_folder
from tests.running_demo import Demo, running_demo

PEOPLE, SECONDS = 12, 90
LIVES = """query Lives($since: DateTime!, $people: Int!) {
    applications(
        first: $people, where: {submittedAt: {from: $since}},
        orderBy: {field: SUBMITTED_AT}
    ) { nodes {
        channel entryOn closedAt
        nationality { code } country { code }
        bill { fee { amount } } documents { kind } requestedItems(first: 9) { nodes { kind } }
        decision { outcome }
        events(first: 30) { nodes { kind actor } }
    } } }"""
#: The world ends on this day; who comes later was brought by somebody who acts.
WORLD = ("--today", "2026-03-01", "--seed", "3", "--lively=0.05")


@pytest.mark.proof
def test_the_same_seed_brings_the_same_lives_on_two_machines() -> None:
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        worlds = [running_demo(stack.enter_context(data_folder()), 300, *WORLD) for _ in range(2)]
        demos = [stack.enter_context(world) for world in worlds]
        first, second = pool.map(lives, demos)
    assert first == second
    assert {event["kind"] for life in first for event in life["events"]["nodes"]} >= {
        "SUBMITTED", "AWAITING_PAYMENT", "PAID", "RECEIVED", "IN_VERIFICATION", "INFO_REQUESTED",
        "SCREENING", "SCREENED", "GRANTED",
    }  # fmt: skip


def lives(demo: Demo) -> list[dict[str, Any]]:
    """Of the first people who came, once all are decided about."""
    end = monotonic() + SECONDS
    while monotonic() < end:
        asked = demo.ask("supervisor", LIVES, since="2026-03-02T00:00:00Z", people=PEOPLE)
        found: list[dict[str, Any]] = asked["applications"]["nodes"]
        if len(found) == PEOPLE and all(life.pop("closedAt") for life in found):
            return [without_the_system(life) for life in found]
        sleep(0.5)
    raise AssertionError(f"not everybody was decided about: {found}")


def without_the_system(life: dict[str, Any]) -> dict[str, Any]:
    """But for the system's own answer, which comes some seconds after the payment: wherever a life
    that is played in seconds stands by then."""
    events = life["events"]["nodes"]
    by_the_system = {"kind": "SCREENED", "actor": None}
    return {**life, "events": {"nodes": [each for each in events if each != by_the_system]}}

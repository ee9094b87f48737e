"""The key service widens a budget for whom two supervisors say so by their own tokens, as far and
as long as they said."""

from uuid import UUID, uuid4

import pytest

from models.key_service import Relation, RelationKind, Statement, ViewerCeilingError, Widening
from models.supervision.widening import MOST_MINUTES, MOST_PEOPLE, WAITING_MINUTES
from tests.models.test_judge import MOST_AN_HOUR, Court, court, stated

__all__ = ["court"]

pytestmark = pytest.mark.anyio

FURTHER, SECONDS = 2, 600
FOR_THEM = Widening(UUID(int=1), "SCREENING", "reader of the day", FURTHER, SECONDS)


def supervisors() -> list[Statement]:
    """Two supervisors, and whoever reads as another one."""
    return [stated("SUPERVISOR", account=name) for name in ("one", "two", FOR_THEM.account)]


def proposal(widening: Widening, by: str = "one") -> Relation:
    return Relation(RelationKind.EXCEPTION, str(widening), by)


def agreement(widening: Widening) -> Relation:
    return Relation(RelationKind.WIDENING, widening.reader, str(widening))


async def people_filed(court: Court, number: int = 2 * (MOST_AN_HOUR + FURTHER)) -> list[UUID]:
    """More people than an hour and an exception have room for, all in one case."""
    people = [uuid4() for _ in range(number)]
    related = [Relation(RelationKind.CASE, "MANY", one) for one in people]
    await court.keys.make_data_keys(people, relations=related)
    return people


async def number_opened(court: Court, people: list[UUID], account: str, role: str) -> int:
    """How many are opened one after the other."""
    for number, one in enumerate(people):
        try:
            await court.judged.open_data_keys([one], stated(role, "MANY", account))
        except ViewerCeilingError:
            return number
    return len(people)


async def test_who_says_that_a_budget_is_widened(court: Court) -> None:
    one, two, reader = supervisors()
    other = FOR_THEM._replace(id=UUID(int=2))
    many, long = (
        FOR_THEM._replace(people=MOST_PEOPLE + 1), FOR_THEM._replace(seconds=MOST_MINUTES * 60 + 1)
    )  # fmt: skip
    for sayer, said in (
        (reader, proposal(FOR_THEM, FOR_THEM.account)),  # for oneself
        (one, proposal(FOR_THEM, "two")),  # in another's name
        (stated("OFFICER", account="one"), proposal(FOR_THEM)),
        (stated("AUDITOR", account="one"), proposal(FOR_THEM)),
        (one, proposal(many)),
        (one, proposal(long)),
        (one, proposal(FOR_THEM._replace(people=0))),
        (one, proposal(FOR_THEM._replace(seconds=0))),
        (one, Relation(RelationKind.EXCEPTION, "no exception", "one")),
        (two, agreement(FOR_THEM)),  # which nobody proposed
    ):
        assert not await court.is_said(sayer, said), said
    most = FOR_THEM._replace(id=UUID(int=3), people=MOST_PEOPLE, seconds=MOST_MINUTES * 60)
    assert await court.is_said(one, proposal(most))
    await court.judged.relate([proposal(FOR_THEM)], one)
    for sayer, said in (
        (one, agreement(FOR_THEM)),  # the same supervisor
        (reader, agreement(FOR_THEM)),  # whoever it is for
        (stated("AUDITOR", account="two"), agreement(FOR_THEM)),
        (two, agreement(other)),
        (two, agreement(FOR_THEM._replace(people=FURTHER + 1))),
        (two, agreement(FOR_THEM._replace(account="another"))),
        (two, Relation(RelationKind.WIDENING, "SCREENING another", str(FOR_THEM))),
    ):
        assert not await court.is_said(sayer, said), said
    assert await court.is_said(two, agreement(FOR_THEM))
    court.clock.now += WAITING_MINUTES * 60 - 1
    assert await court.is_said(two, agreement(FOR_THEM))
    court.clock.now += 1
    assert not await court.is_said(two, agreement(FOR_THEM))


async def test_a_widened_budget_has_so_many_further_people_and_ends(court: Court) -> None:
    one, two, _ = supervisors()
    people = await people_filed(court)
    reader = FOR_THEM.account, FOR_THEM.role
    assert await number_opened(court, people, *reader) == MOST_AN_HOUR
    await court.judged.relate([proposal(FOR_THEM)], one)
    assert await number_opened(court, people, *reader) == MOST_AN_HOUR
    await court.judged.relate([agreement(FOR_THEM)], two)
    # For this viewer in this role alone.
    assert await number_opened(court, people, FOR_THEM.account, "SUPERVISOR") == MOST_AN_HOUR
    assert await number_opened(court, people, "another", FOR_THEM.role) == MOST_AN_HOUR
    assert await number_opened(court, people, *reader) == MOST_AN_HOUR + FURTHER
    # It is used up, and a second one beside it adds nothing.
    await court.keys.relate([agreement(FOR_THEM._replace(id=UUID(int=2)))])
    assert await number_opened(court, people[::-1], *reader) == 0
    # To say it again begins nothing anew: an hour later it is over.
    court.clock.now += 3599
    await court.judged.relate([agreement(FOR_THEM)], two)
    court.clock.now += 1
    assert await number_opened(court, people[::-1], *reader) == MOST_AN_HOUR


async def test_a_day_is_widened_by_no_more_than_an_hour_is(court: Court) -> None:
    one, two, _ = supervisors()
    people = await people_filed(court, 6 * (MOST_AN_HOUR + FURTHER))
    reader = FOR_THEM.account, FOR_THEM.role
    for _ in range(5):
        assert await number_opened(court, people, *reader) == MOST_AN_HOUR
        people = people[MOST_AN_HOUR:]
        court.clock.now += 3600
    assert await number_opened(court, people, *reader) == 0
    await court.judged.relate([proposal(FOR_THEM)], one)
    await court.judged.relate([agreement(FOR_THEM)], two)
    assert await number_opened(court, people, *reader) == FURTHER


async def test_an_exception_that_is_not_used_up_ends_by_itself(court: Court) -> None:
    one, two, _ = supervisors()
    people = await people_filed(court)
    reader = FOR_THEM.account, FOR_THEM.role
    await court.judged.relate([proposal(FOR_THEM)], one)
    await court.judged.relate([agreement(FOR_THEM)], two)
    court.clock.now += SECONDS - 1
    assert await number_opened(court, people[: MOST_AN_HOUR + 1], *reader) == MOST_AN_HOUR + 1
    court.clock.now += 1
    assert await number_opened(court, people[::-1], *reader) == 0


async def test_whoever_administers_the_store_widens_no_budget_by_more(court: Court) -> None:
    people = [uuid4() for _ in range(MOST_AN_HOUR + MOST_PEOPLE + 1)]
    related = [Relation(RelationKind.CASE, "MANY", one) for one in people]
    await court.keys.make_data_keys(people, relations=related)
    court.clock.now += 10
    await court.keys.relate([agreement(FOR_THEM._replace(people=60_000))])
    reader = FOR_THEM.account, FOR_THEM.role
    court.clock.now -= 10  # one that is dated ahead waits for its instant
    assert await number_opened(court, people, *reader) == MOST_AN_HOUR
    court.clock.now += 10
    assert await number_opened(court, people, *reader) == MOST_AN_HOUR + MOST_PEOPLE

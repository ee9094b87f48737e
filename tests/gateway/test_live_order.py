"""Each change is sent once and in order, from the position that a subscriber names."""

import pytest

from gateway.errors import ErrorCode, FieldError
from gateway.mapping import change_feed
from gateway.mapping.positions import Place, Positions
from models.database.connections import connect
from tests import tokens
from tests.gateway.live import APPLICATIONS, KINDS, VOLUMES, Gateway, happens
from tests.gateway.test_live import CASES, live, refusal_of, writer

__all__ = ["live", "writer"]

pytestmark = pytest.mark.anyio


async def test_whoever_comes_back_with_a_position_misses_nothing(live: Gateway, writer) -> None:
    async with live.as_viewer("manager-au") as manager:
        position = await manager.follows(APPLICATIONS)
    for reference in CASES.values():
        await happens(writer, reference, "RECEIVED")
    async with live.as_viewer("manager-au") as manager:
        await manager.follows(APPLICATIONS, after=position)
        first = await manager.next_value()
        assert first["application"]["reference"] == "AUSY-PAID-0013"
    async with live.as_viewer("manager-au") as manager:
        await manager.follows(APPLICATIONS, after=first["position"])
        assert await manager.references(1) == ["AUME-INCO-0004"]
        await manager.receives_nothing()


async def test_more_than_a_batch_is_caught_up_with_in_order(live: Gateway, writer) -> None:
    async with live.as_viewer("officer") as officer:
        position = await officer.follows(KINDS)
    async with writer.transaction():
        for _ in range(125):
            await happens(writer, "AUSY-PAID-0013", "HELD")
            await happens(writer, "AUSY-PAID-0013", "RECEIVED")
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS, after=position)
        assert await officer.references(125) == ["AUSY-PAID-0013"] * 125
        await officer.receives_nothing()


async def test_a_late_commit_is_sent_after_a_transaction_that_began_later(
    live: Gateway, world: str, writer
) -> None:
    late = await connect(world)
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        transaction = late.transaction()
        await transaction.start()
        await happens(late, "AUSY-PAID-0013", "RECEIVED")
        await happens(writer, "NZGR-WITH-0009", "RECEIVED")
        await officer.receives_nothing()
        await transaction.commit()
        assert await officer.references(2) == ["AUSY-PAID-0013", "NZGR-WITH-0009"]
        # One that is rolled back holds nothing up, and no subscriber receives anything of it.
        transaction = late.transaction()
        await transaction.start()
        await happens(late, "AUSY-PAID-0013", "RECEIVED")
        await happens(writer, "NZGR-WITH-0009", "RECEIVED")
        await transaction.rollback()
        assert await officer.references(1) == ["NZGR-WITH-0009"]
        await officer.receives_nothing()
    await late.close()


async def test_a_lost_listener_comes_back_and_catches_up(live: Gateway, world: str, writer) -> None:
    async with live.as_viewer("officer") as officer:
        await officer.follows(APPLICATIONS)
        await happens(writer, "AUSY-PAID-0013", "RECEIVED")
        assert await officer.references(1) == ["AUSY-PAID-0013"]
        async with writer.transaction():
            await happens(writer, "NZGR-WITH-0009", "RECEIVED")
            await writer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await happens(writer, "AUME-INCO-0004", "RECEIVED")
        assert await officer.references(2) == ["NZGR-WITH-0009", "AUME-INCO-0004"]
        await officer.receives_nothing()


async def test_while_nothing_changes_a_heartbeat_tells_the_position(
    live: Gateway, writer, monkeypatch
) -> None:
    async with live.as_viewer("manager-au") as manager:
        monkeypatch.setattr(change_feed, "QUIET_SECONDS", 1.0)
        await manager.follows(APPLICATIONS)
        await happens(writer, "NZGR-WITH-0009", "RECEIVED")
        quiet = await manager.next_value()
        assert set(quiet) == {"position"}
    monkeypatch.undo()
    await happens(writer, "AUSY-PAID-0013", "RECEIVED")
    async with live.as_viewer("manager-au") as manager:
        await manager.follows(APPLICATIONS, after=quiet["position"])
        assert await manager.references(1) == ["AUSY-PAID-0013"]


# --- Positions -----------------------------------------------------------------------------------


async def test_positions_tell_nothing_and_cannot_be_made_up(live: Gateway) -> None:
    async with live.as_viewer("officer") as officer:
        position = await officer.follows(APPLICATIONS)
        await officer.subscribe(APPLICATIONS, id="2")
        assert (await officer.next_value())["position"] != position
        changed = ("A" if position[0] != "A" else "B") + position[1:]
        for wrong in (changed, position[:-1], "", "x" * 5000, "é"):
            code = await refusal_of(officer, APPLICATIONS, id="3", after=wrong)
            assert code == "INVALID_CURSOR"
        assert await refusal_of(officer, VOLUMES, id="4", after=position) == "INVALID_CURSOR"


async def test_a_position_of_another_time_is_refused(live: Gateway, monkeypatch) -> None:
    positions = Positions((tokens.SEAL_KEY,))
    future = positions.encode("ApplicationChange", Place(2**60, 0))
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: 1_700_000_000.0)
        old = positions.encode("ApplicationChange", Place(1, 0))
    async with live.as_viewer("officer") as officer:
        assert await refusal_of(officer, APPLICATIONS, id="1", after=old) == "POSITION_TOO_OLD"
        assert await refusal_of(officer, APPLICATIONS, id="2", after=future) == "POSITION_TOO_OLD"


async def test_a_position_serves_for_a_day(monkeypatch) -> None:
    positions, now = Positions((tokens.SEAL_KEY,)), 1_700_000_000
    monkeypatch.setattr("time.time", lambda: now)
    position = positions.encode("ApplicationChange", Place(7, 3))
    now += 24 * 3600
    assert positions.decode("ApplicationChange", position) == Place(7, 3)
    now += 1
    with pytest.raises(FieldError) as refused:
        positions.decode("ApplicationChange", position)
    assert refused.value.code is ErrorCode.POSITION_TOO_OLD

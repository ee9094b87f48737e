"""The sockets of the key service: each has its questions, and says what the service says."""

import asyncio
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest

from models.key_service import (
    KeyServiceError,
    KeyUse,
    LocalKeys,
    Opening,
    Relation,
    RelationKind,
    SocketKeys,
    create_key_file,
    erasures,
    key_ages,
    operations,
    relations,
    socket_keys,
)
from models.key_service.interface import Ceiling, CeilingError
from models.key_service.local import unwrap, wrap
from models.key_service.principals import ANYTHING, Socket, verbs_of
from models.key_service.serving import answer, serving_keys
from models.visa_document.content import VisaTerms
from tests.key_stores import open_keys
from tests.set_clock import SetClock

pytestmark = pytest.mark.anyio

PEOPLE = [UUID(int=number) for number in range(1, 8)]
FIRST, DAY, TOKEN = UUID(int=0), 86_400, UUID(int=77)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    monkeypatch.setattr(socket_keys, "MOST_AT_ONCE", 2)
    return SetClock.of(monkeypatch, erasures, key_ages, operations, relations)


@pytest.fixture
def folder(clock: SetClock) -> Iterator[Path]:
    """A short path: sockets have no other."""
    with TemporaryDirectory(prefix="gerbang-") as name:
        create_key_file(Path(name, "keys.json"))
        yield Path(name)


#: Which socket answers which question.
SOCKETS = {
    "gateways": (
        verbs_of(Socket.GATEWAYS),
        "key_ids digests public_keys make open erased relate ready",
    ),
    "linkers": (
        verbs_of(Socket.LINKING),
        "key_ids digests make open relate sign_visas judges judge_everybody",
    ),
    "keepers": (
        verbs_of(Socket.SIGNING),
        "sign public_keys erase erased operations sweeping aged begin_ages sweep receipts"
        " reconciled note_reconciled forget_receipts judges lacking subjects",
    ),
    "all": (
        ANYTHING,
        "key_ids digests public_keys make open erased relate ready judges judge_everybody sign"
        " erase operations sweeping aged begin_ages sweep receipts reconciled"
        " note_reconciled forget_receipts lacking subjects",
    ),
}


@pytest.mark.parametrize("socket", SOCKETS)
async def test_each_socket_has_its_questions(folder: Path, socket: str) -> None:
    keys, (verbs, words) = open_keys(folder / "keys.json"), SOCKETS[socket]
    for verb in SOCKETS["all"][1].split():
        said = (await answer(keys, json.dumps({"do": verb}).encode(), verbs)).decode()
        assert (f"this socket does not {verb}" in said) is (verb not in words.split()), verb


async def test_a_socket_says_what_the_service_says(
    folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one question names at once is asked in several."""
    local, asking = open_keys(folder / "keys.json"), SocketKeys(folder / "socket")
    related = [Relation(RelationKind.ACCOUNT, str(one), one) for one in PEOPLE]
    desks = [Relation(RelationKind.DESK, "CASE", f"officer-{n}") for n in range(5)]
    async with serving_keys(local, folder / "socket"):
        made = await asking.make_data_keys(PEOPLE[:5], None, related)
        assert made.keys() == {*PEOPLE[:5]}
        assert made == await local.open_data_keys(PEOPLE)
        assert await asking.open_data_keys(PEOPLE) == made
        await asking.relate(desks)
        rows = [tuple(row[:2]) for row in await local._store.fetch("SELECT * FROM relation")]
        noted = (await local.digester()).rows([*related[:5], *desks])
        assert sorted(rows) == sorted(row[:2] for row in noted)
        messages = [bytes([n]) for n in range(5)]
        for use in KeyUse:
            assert await asking.key_ids(use) == await local.key_ids(use)
        for use in set(KeyUse) - {KeyUse.LOOK_UP}:
            assert await asking.digests(use, messages) == await local.digests(use, messages)
        looked_up = await asking.look_up(b"x")
        assert [looked_up.digests] == await local.digests(KeyUse.PERSON_INDEX, [b"x"])
        opening, kinds = Opening(TOKEN, FIRST), (RelationKind.OPENING, RelationKind.AGREEMENT)
        assert await asking.sought(opening, [b"x"], [looked_up.sought]) is None
        # Nobody agrees with themselves, whatever the store says.
        await asking.relate([Relation(kind, str(opening), "one") for kind in kinds])
        assert await asking.sought(opening, [b"x"], [looked_up.sought]) is None
        await asking.relate([Relation(kind, str(opening), kind) for kind in kinds])
        assert await asking.sought(opening, [b"y", b"x"], [looked_up.sought] * 2) == [True] * 2
        assert await asking.sought(opening, [b"y"], [looked_up.sought]) == [False]
        use = KeyUse.CHECKPOINT
        assert await asking.public_keys(use) == await local.public_keys(use)
        assert await asking.sign(use, b"x") == await local.sign(use, b"x")
        assert await asking.judges_everybody() is await local.judges_everybody() is True
        assert await asking.sweep_state() == await local.sweep_state()
        await asking.begin_ages(TOKEN)
        assert await asking.sweep_state() == await local.sweep_state() == (TOKEN, 5)
        clock.now += 2 * DAY
        assert await asking.aged_subjects(FIRST, 2) == await local.aged_subjects(FIRST, 2)
        assert await asking.aged_subjects(PEOPLE[1], 2) == PEOPLE[2:5]
        assert await asking.sweep_data_keys(PEOPLE[:1], 2, UUID(int=78)) == 1
        assert (await local.sweep_state()).token == UUID(int=78)
        erased = await asking.erase_data_keys(PEOPLE[1:4])
        assert erased == [(one, clock.instant) for one in PEOPLE[1:4]]
        assert await asking.erased_subjects(PEOPLE[1]) == erased[1:]
        noted = await asking.key_operations()
        assert noted == await local.key_operations()
        assert await asking.key_operations(noted[2].number) == noted[3:]
        await asyncio.gather(*(asking.key_ids(use) for _ in range(20)))
        assert len(asking._services[0]._idle) == 8


async def test_a_visa_is_signed_for_whom_it_was_granted(folder: Path, clock: SetClock) -> None:
    """Of those from before relations were kept, of everybody, until everybody is judged."""
    local, asking = open_keys(folder / "keys.json"), SocketKeys(folder / "socket")
    terms = VisaTerms("KNOWN", "ID0", "B1", "2026-01-01T00:00:00.000000Z", "2026-04-01", 30)
    visas = [(one, {"visa": terms._asdict()}) for one in PEOPLE[:5]]
    async with serving_keys(local, folder / "socket"):
        await asking.relate([Relation(RelationKind.VISA, str(terms), one) for one in PEOPLE[1:5]])
        signed = await asking.sign_visas(visas)
        assert [one is not None for one in signed] == [False, True, True, True, True]
        assert signed == await local.sign_visas(visas)
        await local._store.execute("DELETE FROM judged")
        assert [one is not None for one in await asking.sign_visas(visas)] == [True] * 5


async def test_what_a_ceiling_refuses_is_asked_again_by_whoever_waits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # When it is made, used up, and asked by each; later it is asked once more.
    instants = chain(4 * [0.0], [60.0])
    monkeypatch.setattr("models.key_service.interface.monotonic", lambda: next(instants))
    ceiling = Ceiling(6_000, "keys")  # a hundred a second
    local = open_keys(folder / "keys.json", ceiling=ceiling)
    hasty, patient = (SocketKeys(folder / "socket", waits=waits) for waits in (False, True))
    async with serving_keys(local, folder / "socket"):
        ceiling.take(6_000)
        with pytest.raises(KeyServiceError, match="more than 6000 keys: ask again later"):
            await hasty.open_data_keys(PEOPLE[:2])
        assert await patient.open_data_keys(PEOPLE[:2]) == {}
        assert list(instants) == []


def test_a_ceiling_opens_so_many_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("models.key_service.interface.monotonic", lambda: now)
    ceiling = Ceiling(60)
    ceiling.take(60)
    for number, seconds in ((1, 1.0), (30, 30.0), (60, 60.0), (61, None)):
        with pytest.raises(CeilingError) as refused:
            ceiling.take(number)
        assert refused.value.seconds == seconds
    now = 30.0
    ceiling.take(29)
    ceiling.take(1)
    with pytest.raises(CeilingError):
        ceiling.take(1)
    now = 1_000.0  # nothing is saved up
    ceiling.take(60)
    with pytest.raises(CeilingError):
        ceiling.take(1)


async def test_another_file_of_keys_is_taken_over_if_it_is_whole(folder: Path) -> None:
    file = folder / "keys.json"
    local, first = open_keys(file), LocalKeys.from_file(file)
    before = await local.key_ids(KeyUse.ACCESS_LOG)
    file.write_text("{")
    assert await local.key_ids(KeyUse.ACCESS_LOG) == before
    first.with_new_key(KeyUse.ACCESS_LOG).write(file)
    after = await local.key_ids(KeyUse.ACCESS_LOG)
    assert (len(after), after[1:]) == (2, before)
    file.unlink()
    assert await local.key_ids(KeyUse.ACCESS_LOG) == after


async def test_a_wrapped_key_is_of_its_subject_and_of_its_wrapping_key(folder: Path) -> None:
    keys = LocalKeys.from_file(folder / "keys.json").with_new_key(KeyUse.DATA_KEY)
    [new, old] = await keys.key_ids(KeyUse.DATA_KEY)
    one = wrap(keys, PEOPLE[0], b"key")
    assert one.key_id == new
    assert unwrap(keys, PEOPLE[0], one) == b"key"
    for subject, other in ((PEOPLE[1], one), (PEOPLE[0], one._replace(key_id=old))):
        with pytest.raises(KeyServiceError, match="not the one that was stored"):
            unwrap(keys, subject, other)
    with pytest.raises(KeyServiceError, match="is missing in the file"):
        unwrap(keys, PEOPLE[0], one._replace(key_id="none"))
    twice = LocalKeys({KeyUse.DATA_KEY: {"a": bytes(32), "b": bytes(32)}})
    with pytest.raises(KeyServiceError, match="not the one that was stored"):
        unwrap(twice, PEOPLE[0], wrap(twice, PEOPLE[0], b"key")._replace(key_id="b"))

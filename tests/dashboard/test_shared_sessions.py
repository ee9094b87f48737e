"""Sessions in Valkey: shared by processes, closed to whoever reads the store."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from valkey.asyncio import Valkey

from dashboard.gateway.session import Session
from dashboard.model.user import User
from dashboard.web.sessions import COOKIE, SESSION_SECONDS, MemorySessions, StoreError
from dashboard.web.shared_sessions import LISTED, PREFIX, SharedSessions
from tests.dashboard.conftest import Running
from tests.free_ports import free_port
from tests.machine import without

pytestmark = pytest.mark.anyio

#: Where `make valkey` unpacks it, see deploy/setup/valkey.py.
UNPACKED = Path(__file__).resolve().parents[2] / ".tools" / "valkey"
OLD, NEW = "a1" * 32, "b2" * 32


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of our own that writes nothing to a disk."""
    program = shutil.which("valkey-server", path=f"{UNPACKED}:{os.environ['PATH']}")
    if program is None:
        without("valkey", "Valkey is neither installed nor unpacked here (`make valkey`, with apt)")
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        env={**os.environ, "LD_LIBRARY_PATH": str(UNPACKED)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"valkey://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Valkey did not start")


def a_session() -> Session:
    return Session("access-secret", "refresh-secret", "id-secret", expires_at=time.time() + 300)


def a_process(url: str, *keys: str) -> SharedSessions:
    """What a process of the dashboard knows of the sessions."""
    return SharedSessions(url, keys or (OLD,))


async def records(url: str) -> dict[bytes, bytes]:
    async with Valkey.from_url(url) as store:
        return {name: await store.get(name) for name in await store.keys(f"{PREFIX}*")}


async def test_a_session_that_one_process_began_is_found_by_another(url: str) -> None:
    key = await a_process(url).begin(a_session())
    found = await a_process(url).find(key)
    assert found is not None
    assert found.access_token == "access-secret"
    assert await a_process(url).find("made-up") is None
    assert await a_process(url).find("") is None


async def test_the_store_holds_neither_a_token_nor_a_key_that_opens(url: str) -> None:
    key = await a_process(url).begin(a_session())
    found = b"".join(part for record in (await records(url)).items() for part in record)
    for secret in (key, "access-secret", "refresh-secret", "id-secret"):
        assert secret.encode() not in found


async def test_a_record_in_the_place_of_another_opens_nothing(url: str) -> None:
    first, second = a_process(url), a_process(url)
    mine, theirs = await first.begin(a_session()), await second.begin(a_session())
    names = {key: (await first.find(key)) for key in (mine, theirs)}
    async with Valkey.from_url(url) as store:
        stolen = await store.get(names[theirs].store_name)
        await store.set(names[mine].store_name, stolen)
    assert await a_process(url).find(mine) is None
    assert await a_process(url).find(theirs) is not None


async def test_keys_are_rotated_without_ending_a_session(url: str) -> None:
    key = await a_process(url, OLD).begin(a_session())
    assert await a_process(url, NEW).find(key) is None
    both = a_process(url, NEW, OLD)
    session = await both.find(key)
    assert session is not None
    await both.save(session)
    assert await a_process(url, NEW).find(key) is not None
    assert await a_process(url, OLD).find(key) is None


async def test_another_role_is_seen_by_every_process_with_nothing_of_the_last(url: str) -> None:
    one, other = a_process(url), a_process(url)
    key = await one.begin(a_session())
    theirs = await other.find(key)
    assert theirs is not None
    theirs.cache.keep("question", {"answer": 1}, 1)
    mine = await one.find(key)
    assert mine is not None
    mine.act_as("AUDITOR")
    await one.save(mine)
    again = await other.find(key)
    assert again is theirs
    assert (again.role, len(again.cache)) == ("AUDITOR", 0)


async def test_who_signs_out_is_out_everywhere_and_is_not_brought_back(url: str) -> None:
    one, other = a_process(url), a_process(url)
    key = await one.begin(a_session())
    late = await other.find(key)
    assert late is not None
    await one.end(key)
    await other.save(late)
    assert await other.find(key) is None
    assert await one.find(key) is None


async def test_a_process_keeps_nothing_of_a_session_that_ended_elsewhere(url: str) -> None:
    one, other = a_process(url), a_process(url)
    key = await one.begin(a_session())
    assert await other.find(key) is not None
    assert other._local
    await one.end(key)
    assert await other.find(key) is None
    assert not one._local
    assert not other._local


async def test_a_session_ends_by_itself_and_no_change_makes_it_longer(url: str) -> None:
    process = a_process(url)
    key = await process.begin(a_session())
    session = await process.find(key)
    assert session is not None
    async with Valkey.from_url(url) as store:
        assert 0 < await store.ttl(session.store_name) <= SESSION_SECONDS
        await store.expire(session.store_name, 100)
        await process.save(session)
        assert 0 < await store.ttl(session.store_name) <= 100


async def test_a_token_is_renewed_by_one_process_alone(url: str) -> None:
    processes = [a_process(url) for _ in range(3)]
    key = await processes[0].begin(a_session())
    for process in processes:
        session = await process.find(key)
        assert session
        session.viewer = User("AUDITOR", ("AUDITOR",), None, None, ())
    renewed = []

    async def renew(process: SharedSessions) -> str:
        session = await process.find(key)
        assert session is not None
        async with process.hold_renewal(session):
            if session.access_token == "access-secret":
                await asyncio.sleep(0.05)
                renewed.append(process)
                session.access_token = "renewed"
                await process.save(session)
        return session.access_token

    tokens = await asyncio.gather(*(renew(each) for each in processes for _ in range(2)))
    assert set(tokens) == {"renewed"}
    assert len(renewed) == 1
    # Who a new token is, the others ask anew.
    others = [await each.find(key) for each in processes if each not in renewed]
    assert [session and session.viewer for session in others] == [None, None]


async def test_a_store_that_is_away_is_said_and_ends_no_session(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError):
        await a_process("valkey://127.0.0.1:1").find("key")
    away = a_process("valkey://127.0.0.1:1")
    monkeypatch.setattr(running.sessions, "find", away.find)
    async with running.browser() as browser:
        browser.cookies.set(COOKIE, "key")
        response: httpx2.Response = await browser.get("/volumes")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "set-cookie" not in response.headers
    assert "content-security-policy" in response.headers


async def test_what_is_listed_of_a_person_ends_with_the_sessions_under_the_key_that_stays(
    url: str,
) -> None:
    session = a_session()
    session.subject, session.sid = "anna", "s-9"
    await SharedSessions(url, [NEW, OLD]).begin(session)
    async with Valkey.from_url(url) as store:
        lists = await store.keys(f"{LISTED}*")
        ends = [await store.ttl(name) for name in lists]
    assert len(lists) >= 2
    assert all(0 < seconds <= SESSION_SECONDS for seconds in ends)
    # The old key goes next: by then all is listed under the new one.
    assert await SharedSessions(url, [NEW]).end_all("anna", "", before=time.time() + 1) == 1


async def test_nobody_guesses_a_key(url: str) -> None:
    keys = {await store.begin(a_session()) for store in (a_process(url), MemorySessions())}
    assert all(len(key) >= 43 for key in keys)  # of 32 bytes

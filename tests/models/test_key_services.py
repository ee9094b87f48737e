"""Several key services over one store: one is killed or hangs, or the store is, and no key is lost;
by TCP they answer whoever shows a certificate of their authority, and nobody else."""

import asyncio
import contextlib
import os
import signal
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from uuid import UUID

import pytest

from gateway.access.vault import key_service_fault
from gateway.faults import Fault
from models.key_service import (
    Address,
    Certificates,
    KeyServiceError,
    SocketKeys,
    create_key_file,
    key_service_at,
    service_connections,
)
from models.key_service.preparing import prepare_store
from models.key_service.process import running_keys
from models.key_service.service_connections import ServiceConnections
from models.postgres import running_postgres
from models.row_keys import new_key
from tests.certificates import Authority
from tests.free_ports import free_port
from tests.key_stores import run_keys

pytestmark = pytest.mark.anyio

WRITES_A_SECOND = 20


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that the account of a server can enter."""
    with TemporaryDirectory(prefix="gerbang-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        create_key_file(folder / "keys.json")
        yield folder


class Echo(socketserver.StreamRequestHandler):
    """Answers each line with itself."""

    def handle(self) -> None:
        self.wfile.writelines(self.rfile)


class Writer:
    """Makes keys at an even pace, and remembers those that it was given."""

    def __init__(self, keys: SocketKeys) -> None:
        self._keys = keys
        self.made: dict[UUID, bytes] = {}
        #: When a write succeeded.
        self.at: list[float] = []

    async def run(self) -> None:
        async with asyncio.TaskGroup() as writes:
            while True:
                writes.create_task(self._write())
                await asyncio.sleep(1 / WRITES_A_SECOND)

    async def _write(self) -> None:
        with contextlib.suppress(KeyServiceError):  # as a gateway, whose client asks again
            self.made |= await self._keys.make_data_keys([new_key()])
            self.at.append(monotonic())

    async def goes_on(self, seconds: float) -> None:
        """Ten writes succeed from now on, within a time."""
        now = monotonic()
        async with asyncio.timeout(seconds):
            while len([one for one in self.at if one > now]) < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_one_of_two_services_is_killed_and_then_the_store_and_no_key_is_lost(
    folder: Path,
) -> None:
    file, places = folder / "keys.json", [folder / "one", folder / "other"]
    keys = key_service_at(",".join(f"unix:{place}" for place in places))
    assert isinstance(keys, SocketKeys)
    writer, port = Writer(keys), free_port()
    durable = {"fsync": "on", "synchronous_commit": "on", "max_connections": "50"}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running_postgres(folder / "pg", port=port, settings=durable))
        url = server.url("keys")
        await prepare_store(url, url)
        one, other = (stack.enter_context(running_keys(file, at, url)) for at in places)
        writing = asyncio.create_task(writer.run())
        await writer.goes_on(60)
        assert await key_service_fault(keys) is None

        one.kill()
        await writer.goes_on(10)
        assert await key_service_fault(keys) is Fault.KEY_SERVICE_PARTLY
        one = stack.enter_context(running_keys(file, places[0], url))
        other.send_signal(signal.SIGSTOP)
        await writer.goes_on(10)
        other.send_signal(signal.SIGCONT)

        assert server.pid
        os.kill(server.pid, signal.SIGQUIT)  # at once, as at a crash
        server.stop()
        assert await key_service_fault(keys) is Fault.KEY_SERVICE
        stack.enter_context(running_postgres(folder / "pg", port=port, settings=durable))
        await writer.goes_on(30)
        assert await key_service_fault(keys) is None
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert len(writer.made) >= 40  # ten, four times
        assert await keys.open_data_keys([*writer.made]) == writer.made
        one.kill()
        other.kill()
        with pytest.raises(KeyServiceError, match="no key service answers: "):
            await keys.open_data_keys([new_key()])


async def test_by_tcp_both_sides_show_certificates_of_one_authority(folder: Path) -> None:
    ours, theirs = (Authority.make(folder, name) for name in ("ours", "theirs"))
    service, gateway, stranger = (
        _certificates(folder, name, of) for name, of in
        (("service", ours), ("gateway", ours), ("stranger", theirs))
    )  # fmt: skip
    address = Address("", "localhost", free_port())
    with run_keys(folder / "keys.json", address, certificates=service):
        made = await SocketKeys([address], certificates=gateway).make_data_keys([UUID(int=1)])
        assert len(made[UUID(int=1)]) == 32
        # Believes them, and is not believed; and the other way round.
        liar = Certificates(stranger.certificate, stranger.private_key, ours.file)
        for refused in (stranger, liar):
            with pytest.raises(KeyServiceError, match="does not answer"):
                await SocketKeys([address], certificates=refused).open_data_keys([UUID(int=1)])
        for context in (None, ssl.create_default_context(cafile=ours.file), _of_before(gateway)):
            with pytest.raises((OSError, EOFError)):
                await _ask(address, context)
    with pytest.raises(KeyServiceError, match="GERBANG_KEY_SERVICE_CERTIFICATE"):
        SocketKeys([address])


def _of_before(certificates: Certificates) -> ssl.SSLContext:
    """Of a client that knows no TLS 1.3, whatever it shows."""
    context = certificates.of_client()
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


async def _ask(address: Address, context: ssl.SSLContext | None) -> bytes:
    reader, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    try:
        writer.write(b'{"do": "ready"}\n')
        return await reader.readuntil(b"\n")
    finally:
        writer.close()


def _certificates(folder: Path, name: str, authority: Authority) -> Certificates:
    certificate, private_key = authority.sign(name, "localhost")
    for ending, content in (("crt", certificate), ("key", private_key)):
        (folder / f"{name}.{ending}").write_bytes(content)
    return Certificates(folder / f"{name}.crt", folder / f"{name}.key", authority.file)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("unix:/a/b", Address("/a/b")),
        ("tcp:keys.example:7443", Address("", "keys.example", 7443)),
        ("tcp:[::1]:7443", Address("", "::1", 7443)),
    ],
)
def test_addresses_are_read(text: str, read: Address) -> None:
    assert Address.read(text) == read


def test_another_event_loop_opens_connections_of_its_own(folder: Path) -> None:
    service = ServiceConnections(Address(str(folder / "echo")), None)
    with socketserver.ThreadingUnixStreamServer(service.address.path, Echo) as server:
        server.daemon_threads = True  # what is kept stays open
        threading.Thread(target=server.serve_forever).start()
        for line in (b"one\n", b"two\n"):
            assert asyncio.run(service.exchange(line)) == line
        server.shutdown()


def test_a_service_that_goes_on_hanging_is_left_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(service_connections, "monotonic", lambda: now[0])
    service = ServiceConnections(Address("/a/b"), None)
    for _ in range(2):
        service.leave_out("it hangs")
        now[0] += 4.9
        assert service.is_left_out()
        now[0] += 0.1
        assert not service.is_left_out()


@pytest.mark.parametrize("text", ["", "unix:", "tcp:", "tcp:host", "tcp::1", "tcp:h:0", "tcp:h:x"])
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected unix:"):
        Address.read(text)


def test_a_service_that_is_away_is_told_once_until_it_answers_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="models.key_service")
    service = ServiceConnections(Address("/nowhere"), None)
    service.take_back()
    for is_away in (True, True, False, False, True):
        service.leave_out("it hangs") if is_away else service.take_back()
        assert service.is_left_out() is is_away
    away, back = "a key service does not answer", "a key service answers again"
    assert [each.message for each in caplog.records] == [away, back, away]

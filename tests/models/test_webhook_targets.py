"""Notices go to the internet alone: whatever a name leads to, and whatever an endpoint answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from models.webhooks.message import Message, message
from models.webhooks.transport import NotTakenError, WebhookTransport, is_public
from tests.certificates import Authority
from tests.webhook_sink import WebhookSink, running_webhook_sink

pytestmark = pytest.mark.anyio

MESSAGE = Message(b"{}", {"content-type": "application/json"})
INSIDE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fd00:ec2::254", "fc00::1",
    "ff02::1",
    # Of IPv4 in disguise: mapped, by NAT64, 6to4 and Teredo.
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
)  # fmt: skip


@pytest.fixture
async def sink() -> AsyncIterator[WebhookSink]:
    async with running_webhook_sink() as running:
        yield running


async def failure(transport: WebhookTransport, url: str) -> str:
    with pytest.raises(NotTakenError) as refused:
        await transport.send(url, MESSAGE)
    await transport.close()
    return refused.value.failure


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_none_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "169.254.169.254"], []])
async def test_a_name_that_leads_inside_is_not_connected_to(addresses: list[str]) -> None:
    """Not even where it has an address of the internet beside it."""
    transport = WebhookTransport(resolve=lambda _host, _port: addresses)
    assert await failure(transport, "https://partner.example/hook") == "forbidden address"


async def test_this_machine_is_no_endpoint_outside_development(sink: WebhookSink) -> None:
    assert await failure(WebhookTransport(), sink.url("/hook")) == "no TLS"
    own = WebhookTransport(resolve=lambda _host, _port: ["127.0.0.1"])
    assert await failure(own, f"https://partner.example:{sink.port}/") == "forbidden address"
    assert sink.kept == []


async def test_a_name_that_is_resolved_anew_changes_nothing(sink: WebhookSink) -> None:
    """It is resolved once for a connection, which goes to the address that was examined."""
    answers: Iterator[list[str]] = iter([["127.0.0.1"], ["169.254.169.254"]])
    asked = list[str]()

    def rebind(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    transport = WebhookTransport(in_development=True, resolve=rebind)
    url = f"http://partner.example:{sink.port}/hook"
    for _ in range(3):  # by one connection
        await transport.send(url, MESSAGE)
    assert (asked, len(sink.kept)) == (["partner.example"], 3)
    # Whoever makes it connect again is examined again.
    other = f"http://partner.example:{sink.port + 1}/hook"
    assert await failure(transport, other) == "forbidden address"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(sink: WebhookSink, status: int) -> None:
    sink.answers["/hook"] = [status]
    sink.headers["/hook"] = f"location: {sink.url('/elsewhere')}\r\n"
    transport = WebhookTransport(in_development=True)
    assert await failure(transport, sink.url("/hook")) == f"redirect {status}"
    assert [one.path for one in sink.kept] == ["/hook"]


async def test_an_answer_without_an_end_is_not_read_to_one(sink: WebhookSink) -> None:
    sink.endless.add("/endless")
    transport = WebhookTransport(in_development=True)
    async with asyncio.timeout(5):
        await transport.send(sink.url("/endless"), MESSAGE)
    await transport.close()
    # What waits between the two is of the system; a little of it was read.
    assert sink.endless_bytes < 12_000_000


async def test_an_answer_that_does_not_come_is_not_waited_for(
    sink: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.webhooks.transport._ANSWER_SECONDS", 0.1)
    sink.silent.add("/silent")
    transport = WebhookTransport(in_development=True)
    assert await failure(transport, sink.url("/silent")) == "no answer in time"


@pytest.mark.parametrize(
    ("named", "trusts", "failed"),
    [("partner.example", True, None), ("other.example", True, "ConnectError"),
     ("partner.example", False, "ConnectError")],
)  # fmt: skip
async def test_only_a_host_with_a_trusted_certificate_of_its_name_is_told(
    named: str, trusts: bool, failed: str | None, tmp_path: Path
) -> None:
    authority = Authority.make(tmp_path, "authority")
    certificate, key = authority.sign(named, named)
    (tmp_path / "server.pem").write_bytes(certificate + key)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(tmp_path / "server.pem")
    trust = ssl.create_default_context(cafile=authority.file if trusts else None)
    async with running_webhook_sink(serving) as sink:
        transport = WebhookTransport(
            in_development=True, resolve=lambda _host, _port: ["127.0.0.1"], trust=trust
        )
        url = f"https://partner.example:{sink.port}/hook"
        if failed:
            assert await failure(transport, url) == failed
        else:
            await transport.send(url, MESSAGE)
            await transport.close()
        assert len(sink.kept) == (failed is None)


def test_a_message_is_signed_as_the_specification_says_and_a_replay_is_too_old() -> None:
    """With the key, and by the algorithm, of the specification's own example."""
    secret = b"\x30\x31" * 16
    notice = {"id": "msg", "number": 1, "reference": "7K3M-9QPX-2F4D", "stage": "CLOSED",
              "target_percent": None, "written_at": datetime(2026, 1, 2, tzinfo=UTC)}  # fmt: skip
    sent = message(notice, [secret], datetime.now(UTC))
    assert Webhook(secret).verify(sent.body, dict(sent.headers))
    replayed = message(notice, [secret], datetime.now(UTC) - timedelta(minutes=6))
    assert replayed.body == sent.body
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(replayed.body, dict(replayed.headers))

"""The provider's keys: how they are read and kept, and which of them verify a token."""

import asyncio
import contextlib
import json
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from gateway.app import create_app
from models.access_tokens import provider_keys
from models.access_tokens.provider_keys import (
    KeysUnavailableError,
    ProviderKeys,
    published_at,
    usable_keys,
)
from tests import tokens
from tests.gateway.small_schema import SmallExecutor
from tests.gateway.test_tokens import RSA, ask_with_token, client, client_of, code_of
from tests.tokens import KEY, token

__all__ = ["client"]

pytestmark = pytest.mark.anyio


class Provider:
    """A provider whose keys change, and that can be away; counts how often it is asked."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.is_away = False
        self.asked = 0

    async def __call__(self) -> Any:
        self.asked += 1
        if self.is_away:
            raise httpx2.ConnectError("away")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fresh_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


async def test_a_new_key_is_found_when_a_token_names_it() -> None:
    provider, clock = Provider(fresh_key("old")), Clock()
    keys = ProviderKeys(provider, ("ES256",), clock)
    assert await keys.find("old", "ES256")
    provider.keys = [fresh_key("new")]
    clock.now += 11
    assert await keys.find("new", "ES256")
    assert await keys.find("old", "ES256") is None


async def test_invented_key_names_do_not_become_requests_to_the_provider() -> None:
    provider, clock = Provider(fresh_key("known")), Clock()
    keys = ProviderKeys(provider, ("ES256",), clock)
    for number in range(100):
        assert await keys.find(f"invented-{number}", "ES256") is None
    assert provider.asked == 1


async def test_the_last_keys_are_kept_while_the_provider_is_away() -> None:
    provider, clock = Provider(fresh_key("known")), Clock()
    keys = ProviderKeys(provider, ("ES256",), clock)
    assert await keys.find("known", "ES256")
    provider.is_away = True
    clock.now += 1000
    assert await keys.find("unknown", "ES256") is None
    assert await keys.find("known", "ES256")
    provider.is_away, provider.keys = False, []
    clock.now += 1000
    assert await keys.find("unknown", "ES256") is None
    assert await keys.find("known", "ES256")


async def test_keys_that_were_not_read_again_for_an_hour_are_not_at_hand() -> None:
    provider, clock = Provider(fresh_key("known")), Clock()
    keys = ProviderKeys(provider, ("ES256",), clock)
    assert await keys.are_at_hand()
    provider.is_away = True
    clock.now += 3_599
    assert await keys.are_at_hand(), "a provider that is away for a while fails nobody"
    clock.now += 2
    assert not await keys.are_at_hand()
    provider.is_away = False
    clock.now += 11  # it is not asked more often than that
    assert await keys.are_at_hand()


async def test_without_any_key_tokens_are_not_judged_and_nobody_is_let_in() -> None:
    provider = Provider()
    provider.is_away = True
    with pytest.raises(KeysUnavailableError):
        await ProviderKeys(provider, ("ES256",)).find("test", "ES256")
    async with client_of(provider) as client:
        assert code_of(await ask_with_token(client, token())) == (503, "UNAVAILABLE")
        assert (await client.get("/health/ready")).json()["reasons"] == ["keys"]


async def test_the_running_gateway_refreshes_its_keys_by_itself() -> None:
    provider = Provider(KEY)
    app = create_app(tokens.settings(), SmallExecutor(), key_source=provider)
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0.01)
        assert provider.asked == 1


async def test_keys_are_read_again_soon_after_a_failure_and_seldom_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.now += seconds
        provider.is_away = len(pauses) == 1
        if len(pauses) == 3:
            raise asyncio.CancelledError

    provider, clock = Provider(KEY), Clock()
    monkeypatch.setattr(provider_keys.asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await ProviderKeys(provider, ("ES256",), clock).keep_fresh()
    seldom, soon = provider_keys.REFRESH_SECONDS, provider_keys.RETRY_SECONDS
    assert (pauses, provider.asked) == ([seldom, soon, seldom], 3)


@pytest.mark.parametrize(
    ("body", "is_usable"),
    [
        (json.dumps({"keys": [KEY.as_dict(private=False)]}), True),
        (json.dumps({"keys": []}), False),
        ("[]", False),
        ("{", False),
        ("", False),
        (json.dumps({"keys": [KEY.as_dict(private=False)], "note": "a" * 300_000}), False),
    ],
)
async def test_keys_are_fetched_over_http(body, is_usable) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        keys = ProviderKeys(published_at(f"http://127.0.0.1:{port}/keys"), ("ES256",))
        assert await keys.are_at_hand() is is_usable


async def test_a_provider_that_says_its_keys_byte_by_byte_holds_up_nobody(monkeypatch) -> None:
    """Who comes with an unknown key waits for it; readiness, too."""
    body = json.dumps({"keys": [KEY.as_dict(private=False)]})

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for byte in body.encode():
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
        assert await ProviderKeys(published_at(address), ("ES256",)).are_at_hand()
        monkeypatch.setattr(provider_keys, "FETCH_SECONDS", 0.5)
        assert not await ProviderKeys(published_at(address), ("ES256",)).are_at_hand()


def entry(key: Key, **more: Any) -> dict[str, Any]:
    found = {**key.as_dict(private=False), **more}
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    "given",
    [
        entry(KEY, use="enc"),
        entry(KEY, key_ops=["encrypt"], use=None),
        entry(KEY, alg="ECDH-ES"),
        entry(KEY, kid=None),
        entry(KEY, x="AA"),
        entry(KEY, crv="P-000"),
        entry(OctKey.generate_key(256, {"kid": "test"}), k="c2VjcmV0"),
        {"kty": "MLDSA", "kid": "test"},
        {"kid": "test"},
        "test",
        None,
    ],
)
def test_keys_that_cannot_verify_are_passed_over(given: Any) -> None:
    other = entry(fresh_key("other"))
    found = usable_keys({"keys": [given, other]}, ("ES256", "HS256"))
    assert list(found) == [("other", "ES256")]


def test_of_two_keys_with_one_id_the_first_verifies() -> None:
    """So that whoever adds a key to the provider's replaces none."""
    first, second = fresh_key("same"), fresh_key("same")
    found = usable_keys({"keys": [entry(first), entry(second)]}, ("ES256",))
    assert [key.as_dict(private=False) for key in found.values()] == [first.as_dict(private=False)]


def test_small_rsa_keys_are_passed_over() -> None:
    small = RSAKey.generate_key(1024, {"kid": "small"})
    assert usable_keys({"keys": [entry(small)]}, ("RS256",)) == {}


def test_each_key_serves_only_what_its_type_signs() -> None:
    keys = [RSA, KEY, OKPKey.generate_key("Ed25519", {"kid": "ed"})]
    found = usable_keys(
        {"keys": [entry(key) for key in keys]}, ("ES256", "PS256", "RS256", "Ed25519")
    )
    assert set(found) == {
        ("rsa", "PS256"),
        ("rsa", "RS256"),
        ("test", "ES256"),
        ("ed", "Ed25519"),
    }

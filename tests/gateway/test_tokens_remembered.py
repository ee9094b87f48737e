"""A signature that was found good is not looked at twice; everything else of a token is."""

import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from gateway.access.tokens import ProviderKeys, Verification, authentication
from gateway.access.tokens.authentication import InvalidTokenError
from tests import tokens
from tests.gateway.test_tokens import Clock, Provider

pytestmark = pytest.mark.anyio


class Judge:
    """The rules for tokens, with a clock and a provider of the test's own."""

    def __init__(self) -> None:
        self.provider = Provider(tokens.KEY)
        self.clock, self.monotonic = Clock(), Clock()
        self.clock.now = time.time()
        self.keys = ProviderKeys(self.provider, ("ES256",), self.monotonic)
        self.verification = Verification(
            self.keys,
            issuer=tokens.ISSUER,
            audience=tokens.AUDIENCE,
            types=("at+jwt",),
            longest_life=900,
            clock=self.clock,
        )

    async def claims(self, token: str) -> dict[str, Any]:
        return await self.verification.claims(token)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was looked at."""
    seen: list[str] = []
    look = jws.deserialize_compact

    def noting(token: str, *rest: Any, **others: Any) -> Any:
        seen.append(token)
        return look(token, *rest, **others)

    monkeypatch.setattr(jws, "deserialize_compact", noting)
    return seen


async def test_a_signature_is_looked_at_once(looked_at) -> None:
    judge, token = Judge(), tokens.token()
    assert await judge.claims(token) == await judge.claims(token)
    assert looked_at == [token]


async def test_a_bad_signature_is_not_remembered(looked_at) -> None:
    judge = Judge()
    forged = tokens.token(key=ECKey.generate_key("P-256", {"kid": tokens.KEY.kid}))
    for _ in range(2):
        with pytest.raises(InvalidTokenError, match="signature"):
            await judge.claims(forged)
    assert looked_at == [forged, forged]


async def test_a_good_signature_does_not_serve_another_payload() -> None:
    judge, token, other = Judge(), tokens.token(), tokens.token("SUPERVISOR")
    await judge.claims(token)
    header, _, signature = token.split(".")
    with pytest.raises(InvalidTokenError, match="signature"):
        await judge.claims(".".join((header, other.split(".")[1], signature)))


async def test_a_token_ends_with_its_time_although_it_is_remembered() -> None:
    judge, token = Judge(), tokens.token()
    await judge.claims(token)
    judge.clock.now += 400
    with pytest.raises(InvalidTokenError, match="expired"):
        await judge.claims(token)


async def test_a_token_ends_with_its_key_although_it_is_remembered() -> None:
    judge, token = Judge(), tokens.token()
    await judge.claims(token)
    judge.provider.keys = [ECKey.generate_key("P-256", {"kid": tokens.KEY.kid, "alg": "ES256"})]
    judge.monotonic.now += 1000
    assert await judge.keys.find("another", "ES256") is None  # which asks the provider anew
    with pytest.raises(InvalidTokenError, match="signature"):
        await judge.claims(token)


async def test_no_more_than_so_many_are_remembered(looked_at, monkeypatch) -> None:
    monkeypatch.setattr(authentication, "MOST_REMEMBERED", 3)
    judge, (first, *others, last) = Judge(), [tokens.token() for _ in range(4)]
    for token in (first, *others, last, last, first):
        await judge.claims(token)
    assert looked_at == [first, *others, last, first]  # the last made the others forgotten

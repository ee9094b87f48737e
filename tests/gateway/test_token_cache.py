"""A token is verified once for each role; its expiry is checked each time."""

import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from gateway.access import authentication
from gateway.access.authentication import Authentication
from gateway.errors import RequestError
from gateway.viewer import Viewer
from models.access_tokens import LONGEST_SUBJECT
from models.access_tokens.provider_keys import ProviderKeys
from models.access_tokens.verification import LEEWAY_SECONDS, Verification
from models.vocabulary import Role
from tests import tokens
from tests.gateway.test_provider_keys import Clock, Provider
from tests.gateway.test_tokens import TWO_ROLES

pytestmark = pytest.mark.anyio


class Judge:
    """The rules for tokens, with a clock and a provider of the test's own."""

    def __init__(self) -> None:
        self.provider = Provider(tokens.KEY)
        self.clock, self.monotonic = Clock(), Clock()
        self.clock.now = time.time()
        self.keys = ProviderKeys(self.provider, ("ES256",), self.monotonic)
        verification = Verification(
            self.keys,
            issuer=tokens.ISSUER,
            audience=tokens.AUDIENCE,
            types=("at+jwt",),
            longest_life=900,
            clock=self.clock,
        )
        self.authentication = Authentication(tokens.settings(), verification)

    @classmethod
    def at(cls, now: float) -> Authentication:
        """One that knows no token yet, at an instant."""
        judge = cls()
        judge.clock.now = now
        return judge.authentication

    async def viewer(self, token: str, *role: str) -> Viewer:
        return await self.authentication.viewer([f"Bearer {token}"], role)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was verified."""
    seen: list[str] = []
    look = jws.deserialize_compact

    def noting(token: str, *rest: Any, **others: Any) -> Any:
        seen.append(token)
        return look(token, *rest, **others)

    monkeypatch.setattr(jws, "deserialize_compact", noting)
    return seen


async def test_a_token_is_verified_once(looked_at) -> None:
    judge, token = Judge(), tokens.token()
    assert await judge.viewer(token) is await judge.viewer(token)
    assert looked_at == [token]


async def test_each_role_of_a_token_is_a_viewer_of_its_own(looked_at) -> None:
    judge, token = Judge(), tokens.token(TWO_ROLES)
    for role in TWO_ROLES * 2:
        assert (await judge.viewer(token, role)).role == role
    assert looked_at == [token, token]


async def test_a_bad_signature_is_not_remembered(looked_at) -> None:
    judge = Judge()
    forged = tokens.token(key=ECKey.generate_key("P-256", {"kid": tokens.KEY.kid}))
    for _ in range(2):
        with pytest.raises(RequestError, match="signature"):
            await judge.viewer(forged)
    assert looked_at == [forged, forged]


async def test_a_good_signature_does_not_serve_another_payload() -> None:
    judge, token, other = Judge(), tokens.token(), tokens.token("SUPERVISOR")
    await judge.viewer(token)
    header, _, signature = token.split(".")
    with pytest.raises(RequestError, match="signature"):
        await judge.viewer(".".join((header, other.split(".")[1], signature)))


@pytest.mark.parametrize(("seconds", "message"), [(400, "expired"), (-400, "not valid yet")])
async def test_a_token_is_bound_to_its_time_although_it_is_remembered(seconds, message) -> None:
    judge, token = Judge(), tokens.token()
    await judge.viewer(token)
    judge.clock.now += seconds
    with pytest.raises(RequestError, match=message):
        await judge.viewer(token)


@pytest.mark.parametrize("asks", ["nobody", "somebody whose key is new"])
async def test_a_token_ends_with_its_key_although_it_is_remembered(asks: str) -> None:
    judge, token = Judge(), tokens.token()
    await judge.viewer(token)
    another = ECKey.generate_key("P-256", {"kid": "another", "alg": "ES256"})
    judge.provider.keys = [another]
    judge.monotonic.now += 1000
    if asks == "nobody":
        assert await judge.keys.find("unknown", "ES256") is None  # reads the keys again
    else:
        await judge.viewer(tokens.token(key=another))
    with pytest.raises(RequestError, match="not signed by a key of the provider"):
        await judge.viewer(token)


async def test_the_number_of_remembered_tokens_is_limited(looked_at, monkeypatch) -> None:
    monkeypatch.setattr(authentication, "MOST_KNOWN", 3)
    judge, (first, *others, last) = Judge(), [tokens.token() for _ in range(4)]
    for token in (first, *others, last, last, first):
        await judge.viewer(token)
    assert looked_at == [first, *others, last, first]  # the last made the others forgotten


async def test_tokens_are_remembered_by_digest_and_never_themselves() -> None:
    judge, token = Judge(), tokens.token()
    await judge.viewer(token)
    known = vars(judge.authentication._known)
    [(digest, _)] = known["_known"]
    assert len(digest) == 32
    assert token not in repr(vars(judge.authentication)) + repr(known)


@pytest.mark.parametrize(
    ("claims", "begins", "ends"),
    [
        ({}, -LEEWAY_SECONDS, 300 + LEEWAY_SECONDS),
        ({"nbf": 20}, 20 - LEEWAY_SECONDS, 300 + LEEWAY_SECONDS),
        ({"nbf": -20}, -LEEWAY_SECONDS, 300 + LEEWAY_SECONDS),
    ],
)
async def test_a_token_is_valid_from_its_first_instant_until_before_its_last(
    claims: dict[str, int], begins: int, ends: int
) -> None:
    judge, now = Judge(), int(time.time())
    instants = {name: now + seconds for name, seconds in claims.items()}
    token = tokens.token(iat=now, exp=now + 300, **instants)
    for seconds, is_valid in (
        (begins - 0.5, False), (begins, True), (ends - 0.5, True), (ends, False),
    ):  # fmt: skip
        judge.clock.now = now + seconds
        for authentication_ in (judge.authentication, Judge.at(judge.clock.now)):
            if is_valid:
                await authentication_.viewer([f"Bearer {token}"], ())
            else:
                with pytest.raises(RequestError):
                    await authentication_.viewer([f"Bearer {token}"], ())


@pytest.mark.parametrize(
    ("claims", "is_accepted"),
    [
        ({"sub": "x" * LONGEST_SUBJECT}, True),
        ({"sub": "x" * (LONGEST_SUBJECT + 1)}, False),
        ({"iat": True}, False),
        ({"exp": True}, False),
    ],
)
async def test_a_subject_has_a_longest_length_and_an_instant_is_a_number(
    claims: dict[str, Any], is_accepted: bool
) -> None:
    judge = Judge()
    if "iat" in claims:  # a truth would count as the first second of all time
        judge.clock.now = 10
        claims = claims | {"exp": 300}
    if is_accepted:
        await judge.viewer(tokens.token(**claims))
    else:
        with pytest.raises(RequestError):
            await judge.viewer(tokens.token(**claims))


async def test_without_a_token_one_may_name_the_role_of_everybody() -> None:
    judge = Judge()
    assert (await judge.authentication.viewer([], ["ANONYMOUS"])).role is Role.ANONYMOUS
    with pytest.raises(RequestError):
        await judge.authentication.viewer([], ["OFFICER"])


@pytest.mark.parametrize(
    ("roles", "is_accepted"),
    [
        (["BORDERLESS", "AUDITOR"], True),
        (["AUDITOR"], True),
        (["AUDITOR", "OFFICER"], False),
        (["LEADERSHIP", "PARTNER_MANAGER"], False),
        (["OFFICER", "PARTNER_AGENT"], False),
        (["PARTNER_AGENT", "PARTNER_MANAGER"], True),
    ],
)
async def test_duties_that_are_separated_are_not_held_together(
    roles: list[str], is_accepted: bool
) -> None:
    judge = Judge()
    if is_accepted:
        role = [roles[-1]] if len(roles) > 1 else []
        await judge.viewer(tokens.token(roles), *role)
    else:
        with pytest.raises(RequestError, match="exclude each other"):
            await judge.viewer(tokens.token(roles), roles[0])

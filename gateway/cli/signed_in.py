"""The gateway, as a command asks it for whoever signed in: with their own access token."""

import os
import time
from collections.abc import Mapping
from typing import Any

import click
import httpx2

from dashboard.gateway.client import document

#: How often a question is asked again after it was refused for now.
_PATIENCE = 20
#: Too much was asked, or nobody answers right now.
_LATER = (429, 502, 503, 504)
_LATER_CODES = {"OVERLOADED", "TIMEOUT", "UNAVAILABLE"}
_LONGEST_WAIT = 10.0


class Unusable(click.ClickException):
    """Nothing was done, or not all of it."""

    exit_code = 2


class SignedIn:
    """A client of the gateway. It asks again whatever was refused for now: what it asks must have a
    key where it changes something."""

    def __init__(self, url: str) -> None:
        """Raises Unusable without a token in GERBANG_TOKEN."""
        token = os.environ.get("GERBANG_TOKEN")
        if not token:
            raise Unusable("GERBANG_TOKEN is missing: an access token of yours.")
        self._url = url
        #: Nobody waits for an address where there never was a gateway.
        self._has_answered = False
        self._client = httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def ask(self, name: str, **variables: Any) -> Mapping[str, Any]:
        """What a document of ours is answered. Raises Unusable."""
        asked = {"query": document(name), "variables": variables}
        refused, wait = "", 0.0
        for number in range(_PATIENCE):
            time.sleep(wait)
            wait = min(_LONGEST_WAIT, 0.5 * 2**number)
            try:
                answer = self._client.post(f"{self._url}/graphql", json=asked)
                content = answer.json()
            except (httpx2.HTTPError, ValueError) as error:
                refused = f"no gateway answers at {self._url}: {type(error).__name__}"
                if not self._has_answered:
                    break
                continue
            self._has_answered = True
            if errors := content.get("errors"):
                refused = f"the gateway says: {errors[0]['message']}"
                code = errors[0].get("extensions", {}).get("code")
                if answer.status_code in _LATER or code in _LATER_CODES:
                    wait = float(answer.headers.get("Retry-After", wait))
                    continue
                raise Unusable(refused)
            data: Mapping[str, Any] = content["data"]
            return data
        raise Unusable(refused)

    def close(self) -> None:
        self._client.close()

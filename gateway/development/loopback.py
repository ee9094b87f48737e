"""Restricts the development sign-in to this machine."""

from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.settings import LOOPBACK

# Behind a proxy, the client could be another machine.
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class LoopbackOnly:
    """Refuses other machines, proxies, and foreign host names for this machine (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if _is_local(scope) else _refusal()
        await app(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if any(name in headers for name in PROXY_HEADERS):
        return False
    return _is_loopback(scope.get("client")) and _names_this_machine(headers.getlist("host"))


def _is_loopback(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _names_this_machine(hosts: list[str]) -> bool:
    try:
        return len(hosts) == 1 and urlsplit(f"//{hosts[0]}").hostname in LOOPBACK
    except ValueError:
        return False


def _refusal() -> PlainTextResponse:
    return PlainTextResponse(
        "The development sign-in answers only this machine, at 127.0.0.1 or localhost.",
        HTTPStatus.FORBIDDEN,
    )

"""How notices leave: to public addresses alone, as they are resolved, without redirects, and with
bounds on what is waited for and read."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import IPPROTO_TCP, SOCK_STREAM, gaierror, getaddrinfo
from typing import Any

import httpcore2

from models.webhooks.message import Message

#: Seconds for a connection, and for an answer; bytes that are read of one.
_CONNECT_SECONDS, _ANSWER_SECONDS, _MOST_BYTES = 5.0, 15.0, 16_384
#: Connections that are kept open for the next notice.
_KEPT_OPEN, _OPEN_SECONDS = 256, 20.0
_MOST_RESOLVED = 64
#: Addresses that carry one of IPv4, which a router may send anywhere: NAT64, 6to4 and Teredo. Not
#: every Python says that they are not global.
_CARRIERS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
_SUCCESS, _REDIRECT, _GONE = range(200, 300), range(300, 400), 410

#: The addresses of a host, as they are looked up. Raises OSError.
Resolve = Callable[[str, int], Iterable[str]]


class NotTakenError(Exception):
    """An endpoint did not take a notice."""

    def __init__(self, failure: str, *, is_gone: bool = False) -> None:
        super().__init__(failure)
        self.failure = failure
        #: Whether it says that it is there no more.
        self.is_gone = is_gone


class ForbiddenAddressError(OSError):
    """A host has an address that nothing is sent to."""


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, for anybody: no host inside, no metadata service,
    not this machine, and nothing that leads there."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return is_public(str(parsed.ipv4_mapped))
        if parsed.scope_id or any(parsed in carrier for carrier in _CARRIERS):
            return False
    assert isinstance(parsed, IPv4Address | IPv6Address)
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _look_up(host: str, port: int) -> list[str]:
    found = getaddrinfo(host, port, type=SOCK_STREAM, proto=IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to the very address that was examined: a name that is resolved anew in between
    changes nothing."""

    def __init__(self, resolve: Resolve, *, allows_own: bool) -> None:
        self._resolve = resolve
        self._allows_own = allows_own
        self._network: Any = httpcore2.AnyIOBackend()
        # Apart from all else that waits in threads: a name server that is slow for one endpoint.
        self._threads = ThreadPoolExecutor(_MOST_RESOLVED, "resolve")
        self._resolving: dict[tuple[str, int], asyncio.Future[Iterable[str]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = list(await self._addresses(host, port))
        except gaierror as error:
            raise httpcore2.ConnectError(type(error).__name__) from None
        except TimeoutError:
            raise httpcore2.ConnectTimeout from None
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise ForbiddenAddressError
        return await self._network.connect_tcp(
            addresses[0], port, timeout, local_address, socket_options
        )

    async def _addresses(self, host: str, port: int) -> Iterable[str]:
        """One look-up at a time for each host, however many notices wait for it."""
        key = (host, port)
        if key not in self._resolving:
            loop = asyncio.get_running_loop()
            resolving = loop.run_in_executor(self._threads, self._resolve, host, port)
            self._resolving[key] = resolving
            resolving.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(self._resolving[key])

    def _end(self, key: tuple[str, int], done: asyncio.Future[Iterable[str]]) -> None:
        self._resolving.pop(key, None)
        if not done.cancelled():
            done.exception()  # of whoever no longer waits for it

    def _is_allowed(self, address: str) -> bool:
        return is_public(address) or (self._allows_own and ip_address(address).is_loopback)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class WebhookTransport:
    """Sends messages to endpoints, each over a connection that is kept open for a while."""

    def __init__(
        self,
        *,
        in_development: bool = False,
        resolve: Resolve = _look_up,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """In development, an endpoint may be on this machine, and without TLS."""
        self._in_development = in_development
        self._backend = _PinnedBackend(resolve, allows_own=in_development)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust or ssl.create_default_context(),
            max_connections=None,
            max_keepalive_connections=_KEPT_OPEN,
            keepalive_expiry=_OPEN_SECONDS,
            network_backend=self._backend,
        )

    async def send(self, url: str, message: Message) -> None:
        """Send a message; returns once the endpoint has taken it. Raises NotTakenError."""
        if not url.startswith("https://") and not self._in_development:
            raise NotTakenError("no TLS")
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                status = await self._post(url, message)
        except ForbiddenAddressError:
            raise NotTakenError("forbidden address") from None
        except (TimeoutError, httpcore2.TimeoutException):
            raise NotTakenError("no answer in time") from None
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            # The type only: a message may hold what the other side says.
            raise NotTakenError(type(error).__name__) from None
        if status in _REDIRECT:
            raise NotTakenError(f"redirect {status}")
        if status not in _SUCCESS:
            raise NotTakenError(f"status {status}", is_gone=status == _GONE)

    async def _post(self, url: str, message: Message) -> int:
        """The status. Of what else is answered, a little is read, so that the connection can be
        used again, and nothing is kept."""
        limits = {"connect": _CONNECT_SECONDS, "read": _ANSWER_SECONDS, "write": _ANSWER_SECONDS}
        sending = self._pool.stream(
            "POST",
            url,
            headers=[*message.headers.items()],
            content=message.body,
            extensions={"timeout": limits},
        )
        async with sending as response:
            read = 0
            async for part in response.aiter_stream():
                read += len(part)
                if read > _MOST_BYTES:
                    break
            return response.status

    async def close(self) -> None:
        await self._pool.aclose()
        self._backend.close()


#: What the job sends by.
Send = Callable[[str, Message], Awaitable[None]]

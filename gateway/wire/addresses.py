"""The address of a client, also behind trusted proxies."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from gateway.settings.connections import ForwardingHeader

#: One IPv6 client usually has a whole /64 network, so limits count networks, not addresses.
_IPV6_PREFIX = 64
#: No chain of proxies is longer. Earlier entries of the header are written by the client.
_MOST_HOPS = 10
_FORWARDED_FOR = re.compile(r'(?:^|;)\s*for="?([^";]*)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^]]*)](?::\d+)?|([\d.]+):\d+")


class Addresses:
    """Finds the address that a connection or request is counted against."""

    def __init__(
        self, trusted: Sequence[IPv4Network | IPv6Network], header: ForwardingHeader
    ) -> None:
        self._trusted = trusted
        self._header = header
        self.header_name = header.lower().encode()

    def of_peer(self, peer: str) -> str | None:
        """The address of a connection's peer; None for a trusted proxy, which forwards many
        clients."""
        address = _parse(peer)
        if address is None or self._is_trusted(address):
            return None
        return _counting_key(address)

    def of_request(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
        """The address of a request's client: the nearest hop that is not a trusted proxy. None if
        the forwarding header does not name one."""
        address = _parse(peer)
        if address is None or not self._is_trusted(address):
            return self.of_peer(peer)
        hops = b",".join(value for name, value in headers if name == self.header_name)
        for hop in reversed(hops.decode("latin-1").rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
            address = _parse(self._address_of_hop(hop.strip()))
            if address is None:
                return None
            if not self._is_trusted(address):
                return _counting_key(address)
        return None

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)

    def _address_of_hop(self, hop: str) -> str:
        if self._header is ForwardingHeader.X_FORWARDED_FOR:
            return hop
        match = _FORWARDED_FOR.search(hop)
        return match[1] if match else ""


@lru_cache(4_096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _counting_key(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return str(address)

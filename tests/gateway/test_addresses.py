"""The client's address of a request: its peer, or the address that trusted proxies name."""

from ipaddress import ip_network

import pytest

from gateway.settings.connections import ForwardingHeader
from gateway.wire.connections import Addresses

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]
FOR, FORWARDED = ForwardingHeader.X_FORWARDED_FOR, ForwardingHeader.FORWARDED


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:2:3:4:5:6:7", "2001:db8:2:3::/64"),
        ("10.1.2.3", None),
        ("2001:db8:1::5", None),
        ("a socket file", None),
    ],
)
def test_a_peer_counts_for_itself_and_a_proxy_for_nobody(peer: str, address: str | None) -> None:
    assert Addresses(PROXIES, FOR).of_peer(peer) == address


@pytest.mark.parametrize(
    ("header", "value", "address"),
    [
        (FOR, "192.0.2.7", "192.0.2.7"),
        (FOR, "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (FOR, "198.51.100.1, 192.0.2.7, 10.9.9.9", "192.0.2.7"),
        (FOR, "192.0.2.7:4711", "192.0.2.7"),
        (FOR, "[2001:db8:2::7]:4711", "2001:db8:2::/64"),
        (FOR, "192.0.2.7, unknown", None),
        (FOR, "10.9.9.9", None),
        (FOR, "192.0.2.7" + 9 * ", 10.9.9.9", "192.0.2.7"),
        (FOR, "192.0.2.7" + 10 * ", 10.9.9.9", None),
        (FOR, "", None),
        (FORWARDED, "for=192.0.2.7;proto=https", "192.0.2.7"),
        (FORWARDED, 'proto=https; For="[2001:db8:2::7]:4711"', "2001:db8:2::/64"),
        (FORWARDED, "for=198.51.100.1, for=192.0.2.7;by=10.0.0.1", "192.0.2.7"),
        (FORWARDED, "for=_hidden", None),
        (FORWARDED, "by=192.0.2.7", None),
    ],
)
def test_a_proxy_names_the_nearest_that_is_no_proxy(
    header: ForwardingHeader, value: str, address: str | None
) -> None:
    addresses = Addresses(PROXIES, header)
    given = [(header.lower().encode(), value.encode())]
    assert addresses.of_request("10.1.2.3", given) == address
    assert addresses.of_request("192.0.2.99", given) == "192.0.2.99"


def test_only_the_header_that_the_proxies_set_is_read() -> None:
    given = [(b"forwarded", b"for=198.51.100.1"), (b"x-forwarded-for", b"192.0.2.7")]
    assert Addresses(PROXIES, FOR).of_request("10.1.2.3", given) == "192.0.2.7"
    assert Addresses(PROXIES, FORWARDED).of_request("10.1.2.3", given) == "198.51.100.1"


def test_several_headers_of_one_name_are_one_list() -> None:
    given = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"192.0.2.7, 10.0.0.3")]
    assert Addresses(PROXIES, FOR).of_request("10.1.2.3", given) == "192.0.2.7"

"""Settings that limit HTTP connections and WebSockets."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from gateway.settings import parsers
from gateway.settings.parsers import setting


class ForwardingHeader(StrEnum):
    """The header in which proxies name the client."""

    X_FORWARDED_FOR = "X-Forwarded-For"
    FORWARDED = "Forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Limits on the number and duration of connections and sockets."""

    header_seconds: float = setting(
        "how long a client may take to send the headers of a request, and to begin on a new "
        "connection, seconds",
        parsers.seconds(0.1, 300),
        10.0,
    )
    body_seconds: float = setting(
        "how long it may take to send the body after them, or each 64 KiB of a larger one, and "
        "may leave an answer untouched, seconds",
        parsers.seconds(0.1, 300),
        10.0,
    )
    header_limit: int = setting(
        "largest headers of a request, address included, bytes",
        parsers.whole(1_024, 262_144),
        32_768,
    )
    connections: int = setting(
        "how many connections of HTTP this process may hold; beyond, who keeps it waiting "
        "longest gives way",
        parsers.whole(10, 100_000),
        1_000,
    )
    unfinished_requests: int = setting(
        "how many of one address may be without a whole request for more than a second; the "
        "oldest of more are ended",
        parsers.whole(1, 10_000),
        50,
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        "addresses and networks of the proxies in front, which are believed for whom they ask; "
        "without them all that comes through one counts as its own",
        parsers.networks,
        (),
    )
    forwarding_header: ForwardingHeader = setting(  # noqa: RUF009
        "the header in which they say so, X-Forwarded-For or Forwarded; the other one is ignored",
        parsers.one_of(ForwardingHeader),
        ForwardingHeader.X_FORWARDED_FOR,
    )
    origins: tuple[str, ...] = setting(
        "origins of pages elsewhere that may call from a browser, as https://app.example.org,…; "
        "without them only pages of the gateway's own address open sockets, and no other calls",
        parsers.origins,
        (),
    )
    sockets: int = setting(
        "how many sockets of viewers who are known this process holds",
        parsers.whole(1, 100_000),
        1_000,
    )
    viewer_sockets: int = setting("how many of them one viewer has", parsers.whole(1, 10_000), 8)
    unknown_sockets: int = setting(
        "how many sockets may be open before a token was accepted; beyond, the oldest is ended",
        parsers.whole(1, 10_000),
        200,
    )
    address_sockets: int = setting(
        "how many of those one address has; beyond, its oldest is ended",
        parsers.whole(1, 10_000),
        10,
    )
    socket_seconds: float = setting(
        "how long a socket may be open before a token was accepted, seconds",
        parsers.seconds(0.1, 60),
        3.0,
    )
    socket_ping_seconds: float = setting(
        "how often sockets are pinged, and how long the answer may take, seconds",
        parsers.seconds(0.1, 300),
        20.0,
    )
    document_store: str | None = setting(
        "where the contents of documents are, sealed: file:/folder, or s3://bucket, gs://bucket, "
        "az://container, whose credentials are where their own tools look for them "
        "(AWS_ACCESS_KEY_ID …); the same for `gerbang serve` and `gerbang keep`; without it none "
        "are taken in or read",
        parsers.document_store,
        None,
    )
    scanner: str | None = setting(
        "the ClamAV daemon that looks at each document before it counts: tcp://host:3310 or "
        "unix:/run/clamav/clamd.ctl, for `gerbang keep` alone; without it they count unseen",
        parsers.scanner,
        None,
    )

"""Rules across settings: limits that must fit into others, contradictions, and what production
refuses.

    client > request > waiting for a turn + statement > lock

The innermost limit is always reached first and gives the most precise error: another transaction
holds a lock, or the query is too large. An outer limit could only report that something took too
long.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gateway.settings.database import DatabaseTls
from models.database.url import read_database_url

LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: Turns the name of a setting into that of its variable.
NameVariable = Callable[[str], str]
REMEDY = (
    "sslmode=verify-full&sslrootcert=FILE to it, with the certificate of the authority that "
    "signed the server's"
)


class Violation(NamedTuple):
    """A broken rule: the settings involved, and a sentence that says what to do."""

    settings: tuple[str, ...]
    sentence: str


def unprotected_hosts(url: str, tls: DatabaseTls) -> str:
    """The hosts that are reached without protection, joined by commas."""
    if tls is DatabaseTls.BY_NETWORK:
        return ""
    return ", ".join(read_database_url(url).unverified_hosts())


_DATABASE_URLS = ("database_url", "owner_url", "key_store", "key_store_owner")


class NestingRule(NamedTuple):
    """The sum of the ``inside`` settings must fit into ``outside``."""

    inside: tuple[str, ...]
    outside: str
    reason: str


NESTING = (
    NestingRule(
        ("lock_seconds",),
        "statement_seconds",
        "a statement must learn that somebody holds its lock before its own time is over",
    ),
    NestingRule(
        ("queue_seconds", "statement_seconds"),
        "request_seconds",
        "a request waits for its turn and then runs statements",
    ),
    NestingRule(
        ("connect_seconds",),
        "request_seconds",
        "a request must learn that the database is away before its own time is over",
    ),
    NestingRule(
        ("request_seconds",),
        "drain_seconds",
        "a request that runs when the gateway is told to stop must be able to finish",
    ),
    NestingRule(
        ("operations",),
        "database_connections",
        "an operation that has its turn must find a connection",
    ),
)

#: Outer limits that may equal the inner sum: no error has to be reported in between.
_MAY_BE_EQUAL = frozenset({"drain_seconds", "database_connections"})


def find_violations(settings: Any, named: NameVariable) -> Iterator[Violation]:
    """Every rule that valid settings break together."""
    yield from _too_large(settings, named)
    if (settings.issuer is None) != (settings.jwks_url is None):
        sentence = f"{named('issuer')} and {named('jwks_url')} go together: set both."
        yield Violation(("issuer", "jwks_url"), sentence)
    if (settings.mail is None) != (settings.mail_from is None):
        sentence = f"{named('mail')} and {named('mail_from')} go together: set both."
        yield Violation(("mail", "mail_from"), sentence)
    if not settings.in_development:
        yield from _in_production(settings, named)


def _too_large(settings: Any, named: NameVariable) -> Iterator[Violation]:
    """Limits that do not fit into those around them."""
    for rule in NESTING:
        inside = sum(getattr(settings, name) for name in rule.inside)
        outside = getattr(settings, rule.outside)
        may_be_equal = rule.outside in _MAY_BE_EQUAL
        if inside < outside or (inside == outside and may_be_equal):
            continue
        smaller = " + ".join(map(named, rule.inside))
        must = "must not exceed" if may_be_equal else "must be smaller than"
        yield Violation(
            (*rule.inside, rule.outside),
            f"{smaller} ({inside:g}) {must} {named(rule.outside)} ({outside:g}): "
            f"{rule.reason}. Lower the first or raise the second.",
        )


def _in_production(settings: Any, named: NameVariable) -> Iterator[Violation]:
    for name in ("issuer", "jwks_url"):
        address = getattr(settings, name)
        parts = urlsplit(address or "")
        if address and parts.scheme != "https" and parts.hostname not in LOOPBACK:
            yield Violation((name,), f"{named(name)} must start with https:// in production.")
    for origin in settings.origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            sentence = f"{named('origins')} must start with https:// in production: {origin}."
            yield Violation(("origins",), sentence)
    urls = [(name, getattr(settings, name)) for name in _DATABASE_URLS]
    for name, url in [*urls, *(("read_url", url) for url in settings.read_url)]:
        if url and (hosts := unprotected_hosts(url, settings.database_tls)):
            sentence = (
                f"{named(name)} reaches {hosts} without verified TLS: whoever stands in between can"
                f" read everything, or answer instead. Add {REMEDY}, or, only where the network"
                " itself encrypts and authenticates (WireGuard, a service mesh), set"
                " GERBANG_DATABASE_TLS=by-network."
            )
            yield Violation((name, "database_tls"), sentence)

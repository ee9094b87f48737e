"""Rules across settings: contradictions, and what production refuses."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gateway.settings import nesting, transport

LOOPBACK = ("127.0.0.1", "localhost", "::1")

#: Turns the name of a setting into that of its variable.
NameVariable = Callable[[str], str]


class Violation(NamedTuple):
    """A broken rule: the settings involved, and a sentence that says what to do."""

    settings: tuple[str, ...]
    sentence: str


def find_violations(settings: Any, named: NameVariable) -> Iterator[Violation]:
    """Every rule that valid settings break together."""
    for rule, sentence in nesting.find_violations(settings, named):
        yield Violation((*rule.inside, rule.outside), sentence)
    if (settings.issuer is None) != (settings.jwks_url is None):
        sentence = f"{named('issuer')} and {named('jwks_url')} go together: set both."
        yield Violation(("issuer", "jwks_url"), sentence)
    if not settings.in_development:
        yield from _in_production(settings, named)


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
    for name in ("database_url", "owner_url"):
        url = getattr(settings, name)
        if sentence := transport.fault(named(name), url, settings.database_tls):
            yield Violation((name, "database_tls"), sentence)

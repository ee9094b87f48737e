"""Examines the identity provider: its keys and its discovery document."""

from collections.abc import AsyncIterator

from gateway.doctor.finding import Finding, finding_of
from gateway.faults import Fault
from gateway.settings import Settings
from models.access_tokens.provider_keys import published_at, usable_keys

_DISCOVERY = "/.well-known/openid-configuration"


async def examine_provider(settings: Settings) -> AsyncIterator[Finding]:
    """Findings about the provider; none if the development sign-in issues the tokens."""
    if settings.issuer is None or settings.jwks_url is None:
        return
    async for finding in _keys(settings.jwks_url, settings.algorithms):
        yield finding
    async for finding in _discovery(settings.issuer, settings.jwks_url):
        yield finding


async def _keys(address: str, algorithms: tuple[str, ...]) -> AsyncIterator[Finding]:
    try:
        usable = usable_keys(await published_at(address)(), algorithms)
    except Exception as error:  # a foreign server may answer anything
        yield finding_of(
            Fault.KEYS, f"The provider's keys cannot be read at {address} ({type(error).__name__})."
        )
        return
    if not usable:
        yield Finding(
            f"The provider publishes no key for {', '.join(algorithms)}.",
            "Every token is refused.",
            "Let the provider sign with one of these, or name its algorithm in GERBANG_ALGORITHMS.",
        )


async def _discovery(issuer: str, jwks_url: str) -> AsyncIterator[Finding]:
    try:
        document = await published_at(issuer.rstrip("/") + _DISCOVERY)()
    except Exception as error:  # a foreign server may answer anything
        yield Finding(
            f"The provider {issuer} does not describe itself ({type(error).__name__}).",
            "Nobody can see whether it is the issuer that the tokens name.",
            "Look at GERBANG_ISSUER: it is written exactly as in the claim iss.",
        )
        return
    for name, variable, ours in (
        ("issuer", "GERBANG_ISSUER", issuer),
        ("jwks_uri", "GERBANG_JWKS_URL", jwks_url),
    ):
        said = document.get(name) if isinstance(document, dict) else None
        if said != ours:
            yield Finding(
                f"The provider calls its {name} {said}, not {ours}.",
                "Tokens of another issuer, or keys of another set, are refused or wrongly trusted.",
                f"Set {variable} to what the provider says, if that is the right provider.",
            )

"""What every response tells the browser not to do."""

from collections.abc import Mapping, Sequence

from dashboard.settings import Settings

#: What Dash 4.4 writes into the page as <style>: nobody else's is applied. A release with other
#: styles shows as errors in the console, which the browser tests refuse and name the hashes of.
STYLES_OF_DASH = (
    "'sha256-+QoPrsxO0auPnxSulD3bAr9CoDGgzv7YRfYE0vfxeQI='",
    "'sha256-0IJGrxhCP5NUIafylLkj5118xkZH1kp5FmNio7NOckI='",
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",  # the empty one, which Plotly fills
    "'sha256-Aq43X0SlmB69maWGob4rp/UuSHhwePalkRRExtsxOJ8='",
    "'sha256-Do5Z9ZqsPvCQTUBQS9BnDm/2+on7omuzuLYk5sbA+2s='",
    "'sha256-ITR5T9OwskhdqdsliUJRmgp9ltOFAHgXe1F7eRvGnmQ='",
    "'sha256-MJs2ke1SA6Cy3tTCZu2QH0rj0r//iNqU0idy9bM4leg='",
    "'sha256-SkhFDxgIcEjMhRh19uSHWrkdnAlZ9rlskgr9yLsipa8='",
    "'sha256-VUA+tqvhK3niMn7AdszqidMFPRh9FLqxB2iINUrsiTw='",
    "'sha256-X2TqJwnIiE/ceDVeAdr7v7BOWBU6CEzE6qxlNzBzvBk='",
    "'sha256-Z8VokGxeiKThZOEmkdUgfW+jxbvItBwAXC8M1c4wqAM='",
    "'sha256-uDiOZWps1U7E8/0BTaQrclYMhVhRVE4dT0vb5X6nXOw='",
)


def headers_for(
    settings: Settings, scripts: Sequence[str], styles: Sequence[str]
) -> dict[str, str]:
    """The headers, given the hashes of the scripts and styles that stand inside a page."""
    headers = {
        "Content-Security-Policy": _written(_content_policy(settings, scripts, styles)),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _content_policy(
    settings: Settings, scripts: Sequence[str], styles: Sequence[str]
) -> Mapping[str, str]:
    return {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *scripts)),
        "script-src-attr": "'none'",
        "style-src-elem": " ".join(("'self'", *styles, *STYLES_OF_DASH)),
        "style-src-attr": "'unsafe-inline'",  # Plotly writes style attributes
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        # Signing out is a form that ends at the provider.
        "form-action": f"'self' {settings.issuer_origin}",
        "frame-ancestors": "'none'",
    }


def _written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {rule}" for name, rule in policy.items())

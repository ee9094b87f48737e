"""The security headers of every response."""

from collections.abc import Callable, Mapping, Sequence

from dashboard.settings import Settings
from dashboard.web.style_hashes import style_hashes


class Headers:
    """The headers of every response; those of a page allow the styles that carry its nonce.

    ``scripts`` is called late: Dash knows the hashes of its inline scripts only once it has
    started.
    """

    def __init__(
        self, settings: Settings, scripts: Callable[[], Sequence[str]], styles: Sequence[str]
    ) -> None:
        self._settings = settings
        self._scripts = scripts
        self._styles = (*styles, *style_hashes())

    def for_page(self, nonce: str) -> dict[str, str]:
        """Without a nonce, for responses that are not pages."""
        headers = {
            "Content-Security-Policy": _policy_text(self._content_policy(nonce)),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if self._settings.is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return headers

    def _content_policy(self, nonce: str) -> Mapping[str, str]:
        own_styles = (f"'nonce-{nonce}'",) if nonce else ()
        return {
            "default-src": "'none'",
            "script-src": " ".join(("'self'", *self._scripts())),
            "script-src-attr": "'none'",
            "style-src-elem": " ".join(("'self'", *own_styles, *self._styles)),
            "style-src-attr": "'unsafe-inline'",  # Plotly and Mantine write style attributes
            "img-src": "'self' data: blob:",
            "font-src": "'self'",
            "connect-src": "'self'",
            "base-uri": "'none'",
            # Signing out is a form that ends at the provider.
            "form-action": f"'self' {self._settings.issuer_origin}",
            "frame-ancestors": "'none'",
        }


def _policy_text(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {rule}" for name, rule in policy.items())

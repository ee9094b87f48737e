"""The security headers of every response.

Dash and Mantine carry style sheets as texts in their bundles and insert them as ``<style>``, which
the content policy allows one by one, by their hashes. ``make snapshots`` writes
``style_hashes.json`` anew after an upgrade.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from dashboard.settings import Settings

FILE = Path(__file__).with_name("style_hashes.json")
#: The bundles whose parts a page of ours can load.
BUNDLES = (
    ("dash", "dash-renderer/build/dash_renderer.min.js"),
    ("dash", "dcc/dash_core_components.js"),
    ("dash", "dcc/async-graph.js"),
    ("dash_mantine_components", "dash_mantine_components.js"),
)
#: Plotly makes an empty one and fills it by rules, which the policy leaves to it.
EMPTY = ""
#: How css-loader writes a style sheet into a bundle: its text, and perhaps its source map.
SHEET = re.compile(r'\.push\(\[\w+\.id,(?="|\')')
KEY = re.compile(r"([A-Za-z]+):")


def style_hashes() -> tuple[str, ...]:
    """As the content policy spells them."""
    return tuple(json.loads(FILE.read_text("utf-8")))


def found_in_bundles() -> list[str]:
    """The hashes of what the installed bundles hold."""
    texts = {EMPTY}
    for package, name in BUNDLES:
        # Found without an import, which would load all of Dash.
        bundle = Path(str(metadata.distribution(package).locate_file(f"{package}/{name}")))
        texts.update(_sheets(bundle.read_text("utf-8")))
    return sorted(_hash(text) for text in texts)


def file_text(hashes: list[str]) -> str:
    """The content of the file."""
    return json.dumps(hashes, indent=1) + "\n"


def _sheets(bundle: str) -> Iterator[str]:
    for start in SHEET.finditer(bundle):
        sheet, end = _text(bundle, start.end())
        source = bundle[end : end + 5]
        if source.startswith(',"",{'):
            yield sheet + _source_mapping(_object(bundle, end + 4))
        else:
            yield sheet


def _text(bundle: str, start: int) -> tuple[str, int]:
    """A JavaScript text, and where it ends."""
    quote, end = bundle[start], start + 1
    while bundle[end] != quote:
        end += 2 if bundle[end] == "\\" else 1
    inside = bundle[start + 1 : end]
    if quote == "'":
        inside = inside.replace("\\'", "'").replace('"', '\\"')
    return json.loads(f'"{inside}"'), end + 1


def _object(bundle: str, start: int) -> Any:
    """A JavaScript object without objects in it; its keys carry no quotes."""
    parts, at = ["{"], start + 1
    while bundle[at] != "}":
        if bundle[at] in "\"'":
            text, at = _text(bundle, at)
            parts.append(json.dumps(text))
        else:
            key = KEY.match(bundle, at)
            parts.append(f'"{key[1]}":' if key else bundle[at])
            at = key.end() if key else at + 1
    return json.loads("".join(parts) + "}")


def _source_mapping(mapping: Any) -> str:
    """As style-loader appends it."""
    text = json.dumps(mapping, ensure_ascii=False, separators=(",", ":"))
    encoded = b64encode(text.encode()).decode()
    return f"\n/*# sourceMappingURL=data:application/json;base64,{encoded} */"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


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

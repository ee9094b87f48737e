"""A page for somebody who has not signed in: it stands alone, since assets need a session."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from http import HTTPStatus
from string import Template

from starlette.responses import HTMLResponse

from dashboard.texts import Texts

STYLE = """
:root { color-scheme: light dark; font: 1.0625rem/1.55 system-ui, sans-serif; }
body { max-width: 34rem; margin: 18vh auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
a { display: inline-block; padding: .6rem 0; }
"""
#: By it the browser knows that the style is ours.
STYLE_HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"

PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<style>$style</style>
</head>
<body><main><h1>$title</h1>$words<p><a href="$address">$link</a></p></main></body>
</html>
""")


def plain_page(
    say: Texts, *, title: str, words: tuple[str, ...], link: tuple[str, str], status: HTTPStatus
) -> HTMLResponse:
    address, text = link
    page = PAGE.substitute(
        style=STYLE,
        language=say.language,
        title=escape(title),
        words="".join(f"<p>{escape(word)}</p>" for word in words),
        address=escape(address),
        link=escape(text),
    )
    return HTMLResponse(page, status)

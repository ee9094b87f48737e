"""A page for somebody who has not signed in: it loads nothing else, since assets need a session."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from http import HTTPStatus
from string import Template

from starlette.responses import HTMLResponse

from dashboard.texts import Texts

STYLE = """
:root { color-scheme: light dark; --paper: #f4f6f8; --panel: #fff; --ink: #13212d;
  --quiet: #52616e; --rule: #dfe5ea; --accent: #1d7fa8; --mast: #0f3346;
  font: 1.0625rem/1.5 "Source Sans 3", system-ui, -apple-system, "Segoe UI", sans-serif; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d151c; --panel: #15202a; --ink: #e8eef2; --quiet: #9fb0bd; --rule: #2a3946;
    --accent: #3d9cc4; --mast: #0a2533; }
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
header { display: flex; align-items: center; gap: 10px; min-height: 63px;
  padding: 0 max(20px, calc((100vw - 40rem) / 2)); border-bottom: 3px solid #c8102e;
  background: var(--mast); color: #fff; font-size: 20px; font-weight: 680; }
.gate { position: relative; width: 22px; height: 24px; border: 2.5px solid currentcolor;
  border-bottom: 0; border-radius: 11px 11px 0 0; }
.gate::after { content: ""; position: absolute; inset: 6px 4px 0; opacity: .65;
  border: 2.5px solid currentcolor; border-bottom: 0; border-radius: 6px 6px 0 0; }
main { max-width: 40rem; margin: 12vh auto 40px; width: calc(100% - 40px); padding: 26px 30px 30px;
  border: 1px solid var(--rule); border-left: 4px solid var(--accent); border-radius: 10px;
  background: var(--panel); }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.2; text-wrap: balance; }
p { margin: 12px 0 0; color: var(--quiet); }
a { display: inline-block; margin-top: 8px; padding: 9px 18px; border: 1px solid var(--accent);
  border-radius: 7px; color: var(--ink); font-weight: 560; text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 480px) { main { margin-top: 24px; padding: 20px; } }
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
<body>
<header><span class="gate" aria-hidden="true"></span>Gerbang</header>
<main><h1>$title</h1>$words<p><a href="$address">$link</a></p></main>
</body>
</html>
""")


def plain_page(
    say: Texts, *, title: str, words: tuple[str, ...], link: tuple[str, str], status: HTTPStatus
) -> HTMLResponse:
    """A page of paragraphs (``words``) with one link, an address and its text; everything is
    escaped."""
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

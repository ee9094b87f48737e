"""The sign-in page, on which a demo user is chosen, in Indonesian and English."""

from collections.abc import Mapping
from html import escape
from string import Template

from gateway.development.users import PARTNER, DemoUser

TEXTS = {
    "id": {
        "title": "Masuk ke Gerbang",
        "notice": "Layanan masuk untuk demo. Tidak ada kata sandi, dan semua data adalah sintetis.",
        "people": "Masuk sebagai",
        "partner": "Masuk sebagai orang mitra",
        "user": "Pengguna mitra",
        "submit": "Masuk",
        "unknown": "Pengguna demo itu tidak ada.",
    },
    "en": {
        "title": "Sign in to Gerbang",
        "notice": "The sign-in of the demo. There are no passwords, and all data is synthetic.",
        "people": "Sign in as",
        "partner": "Sign in as somebody of the partner",
        "user": "Partner user",
        "submit": "Sign in",
        "unknown": "There is no such demo user.",
    },
}

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
ul { list-style: none; padding: 0; display: grid; gap: .5rem;
     grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
button, input { font: inherit; padding: .6rem .8rem; min-height: 2.75rem; box-sizing: border-box; }
li button { width: 100%; text-align: left; }
small { display: block; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
"""

PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<style nonce="$nonce">$style</style>
</head>
<body>
<main>
<h1>$title</h1>
<p>$notice</p>
$alert
<form method="post">
<h2 id="people">$people</h2>
<ul aria-labelledby="people">
$buttons
</ul>
</form>
<form method="post">
<h2>$partner</h2>
<p><label>$user <input name="user" list="users" required autocomplete="off"
 placeholder="manager-au"></label> <button>$submit</button></p>
<datalist id="users">
$options
</datalist>
</form>
</main>
</body>
</html>
""")


def sign_in_page(
    users: Mapping[str, DemoUser], language: str, nonce: str, *, is_unknown: bool = False
) -> str:
    """The HTML of the page. Its forms post to the URL of the page itself."""
    texts = TEXTS[language]
    people = [user for user in users.values() if not _is_of_one_country(user)]
    partner = [user for user in users.values() if user.partner == PARTNER]
    return PAGE.substitute(
        texts,
        language=language,
        nonce=nonce,
        style=STYLE,
        alert=f'<p role="alert">{texts["unknown"]}</p>' if is_unknown else "",
        buttons="\n".join(_button(user) for user in people),
        options="\n".join(f'<option value="{escape(user.name)}">' for user in partner),
    )


def language_of(ui_locales: str | None, accept_language: str | None) -> str:
    """The client's choice, otherwise the browser's, otherwise Indonesian."""
    tags = f"{ui_locales or ''} {accept_language or ''}".lower().replace(",", " ").split()
    languages = (tag[:2] for tag in tags if tag[:2] in TEXTS)
    return next(languages, "id")


def _is_of_one_country(user: DemoUser) -> bool:
    return len(user.countries) == 1


def _button(user: DemoUser) -> str:
    name, roles = escape(user.name), escape(", ".join(user.roles))
    return f'<li><button name="user" value="{name}">{name}<small>{roles}</small></button></li>'

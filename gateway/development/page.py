"""The sign-in page, on which a demo user is chosen, in Indonesian and English."""

from collections.abc import Iterable, Mapping
from html import escape
from string import Template

from gateway.development.users import PARTNER, DemoUser
from models.vocabulary import Role

TEXTS = {
    "id": {
        "title": "Masuk ke Gerbang",
        "notice": "Masuk untuk demo. Tanpa kata sandi; semua data bersifat sintetis.",
        "directorate": "Direktorat",
        "partner": "Mitra",
        "others": "Pemohon, kas negara, dan sistem mitra",
        "user": "Pengguna mitra lain, menurut negara",
        "submit": "Masuk",
        "unknown": "Pengguna demo itu tidak ada. Contoh: manager-au, agent-my.",
    },
    "en": {
        "title": "Sign in to Gerbang",
        "notice": "The sign-in of the demo. No passwords; all data is synthetic.",
        "directorate": "Directorate",
        "partner": "Partner",
        "others": "Applicant, state treasury and partners' systems",
        "user": "Another partner user, by country",
        "submit": "Sign in",
        "unknown": "There is no such demo user. Examples: manager-au, agent-my.",
    },
}
ROLES: Mapping[str, Mapping[Role, str]] = {
    "id": {
        Role.LEADERSHIP: "Pimpinan direktorat",
        Role.OFFICER: "Petugas visa",
        Role.SUPERVISOR: "Penyelia",
        Role.PARTNER_MANAGER: "Manajer mitra",
        Role.PARTNER_AGENT: "Agen mitra",
        Role.AUDITOR: "Auditor",
        Role.APPLICANT: "Pemohon",
        Role.PARTNER_SERVICE: "Sistem mitra",
        Role.SCREENING: "Otoritas pemeriksaan",
        Role.TREASURY: "Perbendaharaan negara",
        Role.ADMINISTRATOR: "Administrator",
        Role.BORDER: "Pemeriksaan perbatasan",
        Role.CARRIER: "Pengangkut",
    },
    "en": {
        Role.LEADERSHIP: "Directorate leadership",
        Role.OFFICER: "Visa officer",
        Role.SUPERVISOR: "Supervisor",
        Role.PARTNER_MANAGER: "Partner manager",
        Role.PARTNER_AGENT: "Partner agent",
        Role.AUDITOR: "Auditor",
        Role.APPLICANT: "Applicant",
        Role.PARTNER_SERVICE: "Partner's system",
        Role.SCREENING: "Screening authority",
        Role.TREASURY: "State treasury",
        Role.ADMINISTRATOR: "Administrator",
        Role.BORDER: "Border control",
        Role.CARRIER: "Carrier",
    },
}
#: The people of the page, by the roles that they hold.
SECTIONS = {
    "directorate": {
        *(Role.LEADERSHIP, Role.OFFICER, Role.SUPERVISOR),
        *(Role.SCREENING, Role.AUDITOR, Role.ADMINISTRATOR),
    },
    "partner": {Role.PARTNER_MANAGER, Role.PARTNER_AGENT},
    "others": {
        *(Role.APPLICANT, Role.PARTNER_SERVICE, Role.TREASURY),
        *(Role.BORDER, Role.CARRIER),
    },
}
#: Of the partner's people in one country, those that are offered beside the field for all.
EXAMPLES = ("manager-au", "agent-au", "both")

STYLE = """
:root { color-scheme: light dark; --paper: #f4f6f8; --panel: #fff; --ink: #13212d;
  --quiet: #52616e; --rule: #d3dbe2; --accent: #1d7fa8; --wash: #e3f0f6; --deep: #125f80;
  --on-deep: #fff; --mast: #0f3346; --bad: #b3361f;
  font: 1rem/1.45 "Source Sans 3", system-ui, -apple-system, "Segoe UI", sans-serif; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d151c; --panel: #15202a; --ink: #e8eef2; --quiet: #9fb0bd; --rule: #2f404e;
    --accent: #3d9cc4; --wash: #173444; --deep: #74c1e2; --on-deep: #0d151c; --mast: #0a2533;
    --bad: #f28b74; }
}
*, *::before, *::after { box-sizing: border-box; }
body { display: flex; flex-direction: column; min-height: 100vh; margin: 0;
  background: var(--paper); color: var(--ink); }
header { min-height: 60px; padding: 17px max(20px, calc((100vw - 46rem) / 2)); color: #fff;
  background: var(--mast); border-bottom: 3px solid #c8102e; }
.brand { display: flex; align-items: center; gap: 10px; font-size: 20px; font-weight: 680;
  line-height: 1.2; }
.gate { position: relative; width: 22px; height: 24px; border: 2.5px solid currentcolor;
  border-bottom: 0; border-radius: 11px 11px 0 0; }
.gate::after { content: ""; position: absolute; inset: 6px 4px 0; opacity: .65;
  border: 2.5px solid currentcolor; border-bottom: 0; border-radius: 6px 6px 0 0; }
main { width: 100%; max-width: calc(46rem + 40px); margin: 0 auto; padding: 40px 20px 56px; }
h1 { margin: 0; font-size: clamp(1.6rem, 4vw, 2.1rem); line-height: 1.15; letter-spacing: -.012em; }
h2 { margin: 0 0 10px; font-size: 1rem; }
p { margin: 8px 0 0; color: var(--quiet); }
section { margin-top: 20px; padding: 18px 20px 20px; border: 1px solid var(--rule);
  border-radius: 10px; background: var(--panel); }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: 10px;
  margin: 0; padding: 0; list-style: none; }
button, input { min-height: 44px; padding: 8px 14px; border: 1px solid var(--rule);
  border-radius: 7px; background: var(--panel); color: var(--ink); font: inherit; }
li button { width: 100%; height: 100%; text-align: left; line-height: 1.3; cursor: pointer; }
li button strong { display: block; font-weight: 620; }
li button small { color: var(--quiet); font-size: .875rem; }
li button:hover { border-color: var(--accent); background: var(--wash); }
label { display: block; margin: 18px 0 4px; color: var(--quiet); font-size: .9375rem; }
.field { display: flex; flex-wrap: wrap; gap: 10px; }
input { flex: 1 1 12rem; min-width: 0; border-color: var(--quiet); }
.field button { padding-inline: 22px; border-color: var(--deep); background: var(--deep);
  color: var(--on-deep); font-weight: 620; cursor: pointer; }
[role=alert] { padding: 12px 16px; border: 1px solid var(--rule); border-radius: 7px;
  border-left: 4px solid var(--bad); background: var(--panel); color: var(--ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 480px) { main { padding: 28px 14px 40px; } section { padding: 16px 14px; }
  header { padding-inline: 14px; }
  ul { grid-template-columns: 1fr 1fr; } li button { padding-inline: 10px; } }
@media (min-width: 1900px) { :root { font-size: 1.125rem; } }
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
<header><div class="brand"><span class="gate" aria-hidden="true"></span>Gerbang</div></header>
<main>
<h1>$title</h1>
<p>$notice</p>
$alert
<form method="post">
$directorate
$others
</form>
<section aria-labelledby="partner">
<h2 id="partner">$partner</h2>
<form method="post">
$partner_people
</form>
<form method="post">
<label for="user">$user</label>
<div class="field"><input id="user" name="user" list="users" required autocomplete="off"
 autocapitalize="none" spellcheck="false" placeholder="manager-my">
<button>$submit</button></div>
<datalist id="users">
$options
</datalist>
</form>
</section>
</main>
</body>
</html>
""")


def sign_in_page(
    users: Mapping[str, DemoUser], language: str, nonce: str, *, is_unknown: bool = False
) -> str:
    """The HTML of the page. Its forms post to the URL of the page itself."""
    texts = TEXTS[language]
    partner = [user for user in users.values() if user.partner == PARTNER]
    return PAGE.substitute(
        texts,
        language=language,
        nonce=nonce,
        style=STYLE,
        alert=f'<p role="alert">{texts["unknown"]}</p>' if is_unknown else "",
        directorate=_section("directorate", users, language),
        others=_section("others", users, language),
        partner_people=_people("partner", users, language),
        options="\n".join(f'<option value="{escape(user.name)}">' for user in partner),
    )


def language_of(ui_locales: str | None, accept_language: str | None) -> str:
    """The client's choice, otherwise the browser's, otherwise Indonesian."""
    tags = f"{ui_locales or ''} {accept_language or ''}".lower().replace(",", " ").split()
    languages = (tag[:2] for tag in tags if tag[:2] in TEXTS)
    return next(languages, "id")


def _section(group: str, users: Mapping[str, DemoUser], language: str) -> str:
    heading = escape(TEXTS[language][group])
    people = _people(group, users, language)
    return f'<section aria-labelledby="{group}"><h2 id="{group}">{heading}</h2>{people}</section>'


def _people(group: str, users: Mapping[str, DemoUser], language: str) -> str:
    buttons = [_button(user, language) for user in _users_shown(users.values(), SECTIONS[group])]
    return f'<ul aria-labelledby="{group}">{"".join(buttons)}</ul>'


def _users_shown(users: Iterable[DemoUser], roles: set[Role]) -> list[DemoUser]:
    """Those with a role of a group; of the many of one country, only the examples."""
    return [
        user
        for user in users
        if roles & {*user.roles} and (len(user.countries) != 1 or user.name in EXAMPLES)
    ]


def _button(user: DemoUser, language: str) -> str:
    name = escape(user.name)
    roles = escape(", ".join(ROLES[language][role] for role in user.roles))
    return (
        f'<li><button name="user" value="{name}">'
        f"<strong>{name}</strong> <small>{roles}</small></button></li>"
    )

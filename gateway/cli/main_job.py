"""The demo's main job: it asks for the volumes per partner country over HTTP, as leadership and as
a partner manager, with tokens as `gerbang token` prints them.
"""

import shlex
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx2

from gateway.cli.demo_token import demo_token
from gateway.development.provider import BROWSER, CALLBACK_PATH
from gateway.settings import Settings
from models.documents import Registration, document_hash
from models.instants import wib_day

_MOST_ROWS = 20
_MANAGER = "manager-au"
_OWN_COUNTRY = "AU"

_QUERY = """
query VolumesPerPartnerCountry($from: Date!, $to: Date!) {
  volumes(from: $from, to: $to, groupBy: [COUNTRY]) {
    asOf
    rows { country { code name } intake { value } wip { value } backlog { value } %s }
  }
}
"""
_OUTCOMES = "decisions { value } refusalRate { value } turnaroundP50 { hours } targetRate { value }"
_WHOLE, _OWN = _QUERY % _OUTCOMES, _QUERY % ""
_OF_EACH_DAY = _QUERY.replace("COUNTRY]", "COUNTRY, DAY]") % "granted { value }"
#: What the job asks, registered like the documents of any front end.
DOCUMENTS = [
    Registration(text, ("VolumesPerPartnerCountry",)) for text in (_WHOLE, _OWN, _OF_EACH_DAY)
]


def show_addresses(settings: Settings, exports: Path) -> None:
    """Print the addresses, what a front end needs to sign somebody in, what an operator needs, and
    the users."""
    url = f"http://127.0.0.1:{settings.port}"
    back = [f"{origin}{CALLBACK_PATH}" for origin in settings.origins] + [*settings.redirects]
    pages = f"back to {' or '.join(back)}" if back else "--origin lets a page of yours do so"
    click.echo(f"""
Dashboard  {settings.dashboard_url}
GraphQL    {url}/graphql  (the explorer, in a browser)
Schema     {url}/graphql/schema/applicant.graphql  (of each role)
Sign-in    issuer {settings.token_issuer}, client {BROWSER} (code and PKCE),
           {pages}
Operator   . {shlex.quote(str(exports))}
           (then `gerbang doctor`, `gerbang audit verify` and others look at this demo)
Mail       {settings.mail}
Users      leadership, officer, officer-2, supervisor, supervisor-2, supervisor-3, auditor,
           auditor-2, screening, screening-2, treasury, treasury-2, administrator,
           administrator-2, service, border, carrier,
           manager-CC and agent-CC for a partner country CC (manager-au), manager-pacific,
           both (manager and agent of AU), applicant, and applicant-2 and -3, who are new
Token      gerbang token leadership --url {url}
""")


@dataclass(frozen=True)
class MainJob:
    """The questions that are asked of the gateway at ``url``, whose world ends at ``until``."""

    url: str
    until: datetime

    def show_volumes(self) -> None:
        """Print the volumes of the last twelve months, as leadership reads them."""
        table = self._volumes("leadership", _WHOLE)
        from_on, to_on = self._window()
        click.echo(f"\nProcessing volumes per partner country, {from_on} to {to_on} (WIB)")
        click.echo(
            f"{'country':<28}{'intake':>9}{'decided':>9}{'refused':>9}{'median':>9}"
            f"{'in target':>11}{'open':>7}{'backlog':>9}"
        )
        ranked = sorted(table["rows"], key=lambda row: -row["intake"]["value"])
        for row in ranked[:_MOST_ROWS]:
            click.echo(_line(row))
        others = ranked[_MOST_ROWS:]
        if others:
            intake = sum(row["intake"]["value"] for row in others)
            click.echo(f"{f'{len(others)} more countries':<28}{intake:>9,}")
        click.echo(f"as of {table['asOf']}")

    def check_scopes(self) -> None:
        """Compare what a partner manager reads with what leadership reads.

        Raises ClickException if the manager reads another country, more than there is, or outcomes.
        """
        everything = {_code(row): row for row in self._volumes("leadership", _WHOLE)["rows"]}
        own = {_code(row): row for row in self._volumes(_MANAGER, _OWN)["rows"]}
        if set(own) != {_OWN_COUNTRY}:
            read = ", ".join(sorted(map(str, own)))
            raise click.ClickException(f"{_MANAGER} reads {read} instead of {_OWN_COUNTRY} alone")
        own_intake = own[_OWN_COUNTRY]["intake"]["value"]
        whole_intake = everything[_OWN_COUNTRY]["intake"]["value"]
        if own_intake > whole_intake:
            raise click.ClickException(f"{_MANAGER} reads more of {_OWN_COUNTRY} than there is")
        refused = self._ask(_MANAGER, _OF_EACH_DAY)
        if {error["extensions"]["code"] for error in refused["errors"]} != {"INVALID_INPUT"}:
            raise click.ClickException(f"{_MANAGER} could read what was granted on each day")
        click.echo(
            f"{_MANAGER} reads {_OWN_COUNTRY} alone: an intake of {own_intake:,} of its own"
            f" partner, of {whole_intake:,} in all; exact outcomes are refused."
        )

    def _volumes(self, user: str, query: str) -> dict[str, Any]:
        answer = self._ask(user, query)
        if "errors" in answer:
            raise click.ClickException(f"{user} was answered: {answer['errors'][0]['message']}")
        return answer["data"]["volumes"]

    def _ask(self, user: str, query: str) -> dict[str, Any]:
        from_on, to_on = self._window()
        return httpx2.post(
            f"{self.url}/graphql",
            json={
                "documentId": f"sha256:{document_hash(query)}",
                "variables": {"from": str(from_on), "to": str(to_on)},
            },
            headers={
                "Authorization": f"Bearer {demo_token(user, self.url)}",
                "Accept": "application/graphql-response+json",
            },
            timeout=30,
        ).json()

    def _window(self) -> tuple[date, date]:
        """Twelve months, the last one included, in WIB."""
        last = wib_day(self.until - timedelta(seconds=1))
        year, month = divmod(last.year * 12 + last.month - 12, 12)
        return date(year, month + 1, 1), last


def _code(row: dict[str, Any]) -> str | None:
    return row["country"] and row["country"]["code"]


def _line(row: dict[str, Any]) -> str:
    name = row["country"]["name"] if row["country"] else "Direct, without a partner"
    hours = row["turnaroundP50"]["hours"]
    return (
        f"{name:<28}{row['intake']['value']:>9,}{row['decisions']['value']:>9,}"
        f"{_percent(row['refusalRate']['value']):>9}"
        f"{'–' if hours is None else f'{hours:.1f} h':>9}"
        f"{_percent(row['targetRate']['value']):>11}"
        f"{row['wip']['value']:>7,}{row['backlog']['value']:>9,}"
    )


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"

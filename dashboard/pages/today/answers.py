"""The question of the page Today, and its answer as plain values: pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.model.events import Note, read_notes
from dashboard.model.filters import FILTER, condition
from dashboard.model.findings import Claim, of_measure, read_findings
from dashboard.model.measures import INTAKE, REFUSAL_RATE, TARGET_RATE, Measure
from dashboard.model.page_state import Address
from dashboard.model.period import Period
from dashboard.model.volumes import LISTS, Choice

MANAGER, AGENT = "PARTNER_MANAGER", "PARTNER_AGENT"
#: The roles that open the page.
READERS = frozenset({"LEADERSHIP", MANAGER, AGENT})
QUESTION = "today/question"
#: The measures whose change can be taken apart, the usual one first.
CHANGES = (INTAKE, TARGET_RATE, REFUSAL_RATE)


@dataclass(frozen=True)
class Today:
    """All findings, by what they are about, and what can be chosen."""

    period: Period
    as_of: datetime
    found: Mapping[str, Sequence[Claim]]
    #: Countries with figures in the period, and what partners and visa types are called.
    names: Mapping[str, Mapping[str, str]]
    #: Partners and visa types that there are.
    choices: Mapping[str, Sequence[Choice]]
    #: Countries that the address names and the gateway knows; None where it names none.
    named: Mapping[str, str] | None
    #: Notes on its months, and the views that the viewer saved.
    notes: Sequence[Note] = ()
    views: Sequence[Mapping[str, Any]] = ()
    #: The page knows no centres by their code.
    named_centres: Mapping[str, str] | None = None

    def all(self, kind: str, measure: Measure | None = None) -> list[Claim]:
        """The findings of one kind, and of one measure where one is given."""
        found = list(self.found.get(kind, ()))
        return of_measure(found, measure) if measure else found

    def one(self, kind: str) -> Claim | None:
        """The finding that sums a question up."""
        return next(iter(self.found.get(kind, ())), None)

    def change(self, measure: Measure) -> Claim:
        """How a measure changed; of what is not read, how many came in."""
        changes = self.all("CHANGE")
        return next((each for each in changes if each.measure is measure), changes[0])


def variables_of(address: Address, period: Period) -> dict[str, Any]:
    """The variables of ``question.graphql``."""
    return {
        "from": period.from_on.isoformat(),
        "to": period.to_on.isoformat(),
        "reason": FILTER[address.why].dimension,
        "where": condition(address.filters),
        "isNamed": bool(address.country),
        "named": list(address.country),
        "isEnglish": address.language == "en",
        "language": address.language.upper(),
    }


def read_today(data: Mapping[str, Any], period: Period, address: Address) -> Today:
    """The answer, by what it is about."""
    rows = [row for table in ("claims", "figures", "marks") for row in data[table]["rows"]]
    countries = (row["country"] for row in data["offered"]["rows"] if row["country"])
    return Today(
        period=period,
        as_of=datetime.fromisoformat(data["claims"]["asOf"]),
        found=read_findings(rows, address.language),
        names={
            "country": {each["code"]: each["name"] for each in countries},
            "partner": {node["code"]: node["name"] for node in data["partners"]["nodes"]},
            "visa": {node["code"]: node["name"] for node in data["visaTypes"]["nodes"]},
        },
        choices={
            key: tuple(Choice(node["code"], node["name"]) for node in data[table]["nodes"])
            for table, key in LISTS.items()
        },
        named=(
            {node["code"]: node["name"] for node in data["named"]["nodes"]}
            if "named" in data
            else None
        ),
        notes=read_notes(data["notes"]["nodes"], period.to_on, address.country, address.partner),
        views=data["views"]["nodes"],
    )

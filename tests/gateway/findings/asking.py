"""Somebody who asks for findings, and for the volumes behind each, and what to expect of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import sqrt
from typing import Any

import httpx2
import pytest

from gateway.execution.cost import values_in
from models.volumes.question import months_later
from tests.running_demo import Demo

FINDINGS = """
query ($from: Date!, $to: Date!, $reason: VolumeDimension!, $kinds: [FindingKind!]!) {
  findings(from: $from, to: $to, reason: $reason, kinds: $kinds) {
    completeFrom
    rows {
      kind measure direction isConcern precision
      subject { dimension code name { english indonesian } }
      period { startsOn endsOn }
      numbers { name unit value n low high }
      question { from to groupBy where { dimension codes } measures }
      sentence { english indonesian }
      notes { english indonesian }
    }
  }
}
"""
GROUPS = {
    "COUNTRY": "country { code }",
    "PARTNER": "partner { code }",
    "CENTRE": "centre { code }",
    "VISA_TYPE": "visaType { code }",
    "CHANNEL": "channel",
}
FIELDS = {
    **dict.fromkeys(("targetRate", "refusalRate", "infoRequestRate"), "value denominator"),
    **dict.fromkeys(("handoverP90", "turnaroundP90", "wipAgeOldest"), "hours measured"),
}
#: Asked for in parts: together they could cost more than one question may.
PARTS = (
    [
        "CHANGE",
        "CONTRIBUTION",
        "ATTENTION",
        "WAITING",
        "WAITING_PLACE",
        "PROMISE",
        "VISA_TYPE",
        "EVENT",
    ],
    ["PLACE", "PLACE_MONTH"],
    ["LIMITS", "MONTH", "COMING", "SO_FAR", "RECEIVED", "EXPECTED", "WORK"],
    ["WORK_FIGURE"],
    ["VISA_TYPE_MONTH"],
)
LATE, REFUSED, REQUESTED = "targetRate", "refusalRate", "infoRequestRate"


@dataclass
class Asking:
    """Somebody who asks for findings, and for the volumes behind each."""

    demo: Demo
    user: str
    token: str = ""
    volumes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        self.token = self.token or self.demo.token(self.user)
        answer = httpx2.post(
            f"{self.demo.api_url}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer["errors"]
        cost = answer["extensions"]["cost"]
        assert cost["actual"] == values_in(answer["data"]) + cost["work"] <= cost["requested"]
        return answer["data"]

    def rows(self, question: Mapping[str, Any], days: tuple[str, str] | None = None) -> Any:
        """What `volumes` answers to the question behind a finding, on its days or on others."""
        first, last = days or (question["from"], question["to"])
        groups = [each for each in question["groupBy"] if each != "MONTH"]
        fields = [GROUPS[each] for each in groups]
        fields += ["period { startsOn }"] * ("MONTH" in question["groupBy"])
        fields += [f"{each} {{ {FIELDS.get(each, 'value')} }}" for each in question["measures"]]
        window = f'from: "{first}", to: "{last}", groupBy: [{", ".join(question["groupBy"])}]'
        if question["where"]:  # an event of one country
            [narrowed] = question["where"]
            assert narrowed["dimension"] == "COUNTRY"
            window += f", where: {{country: {{in: {json.dumps(narrowed['codes'])}}}}}"
        text = f"{{ volumes({window}) {{ rows {{ {' '.join(fields)} }} }} }}"
        if text not in self.volumes:
            self.volumes[text] = self.ask(text)["volumes"]["rows"]
        return self.volumes[text]


def code_of(row: Mapping[str, Any]) -> str | None:
    for name in ("country", "partner", "centre", "visaType"):
        if name in row:
            return row[name] and row[name]["code"]
    return row.get("channel")


def total(rows: Sequence[Any], name: str) -> int:
    return sum(row[name]["value"] or 0 for row in rows)


def cases_of(rows: Sequence[Any], measure: str) -> tuple[int, int]:
    """How many of how many: what is looked at is late, refused, or was asked for more."""
    if measure == REQUESTED:
        parts = [(each[REQUESTED]["value"] or 0, each[REQUESTED]["denominator"]) for each in rows]
        return sum(round(share * n) for share, n in parts), sum(n for _, n in parts)
    n = total(rows, "decisions")
    if measure == REFUSED:
        return total(rows, "refused"), n
    in_time = sum(round((row[LATE]["value"] or 0) * row[LATE]["denominator"]) for row in rows)
    return n - in_time, n


def wilson(cases: int, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    p, z2 = cases / n, z * z
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = ((p + z2 / (2 * n) + side * half) / (1 + z2 / n) for side in (-1, 1))
    return max(low, 0), min(high, 1)


def written(number: float, *, is_share: bool = False) -> tuple[str, str]:
    """A number as English and Indonesian write it."""
    if not is_share:
        english = f"{round(number):,}"
    else:
        exact = Decimal(str(number)) * 100
        english = f"{exact.quantize(Decimal('0.1'), ROUND_HALF_EVEN):,}%"
    return english, english.translate(str.maketrans(",.", ".,"))


def says(finding: Mapping[str, Any], number: float, *, is_share: bool = False) -> None:
    """The sentence has the number, in both languages."""
    for language, text in zip(
        ("english", "indonesian"), written(number, is_share=is_share), strict=True
    ):
        assert text in finding["sentence"][language], finding["sentence"]


def numbers_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in finding["numbers"]}


def is_share_of(number: Mapping[str, Any], cases: int, n: int) -> None:
    assert number["n"] == n
    if n:
        assert number["value"] == pytest.approx(cases / n)
        assert (number["low"], number["high"]) == pytest.approx(wilson(cases, n))


def year_before(first: str, last: str) -> tuple[str, str]:
    after = date.fromisoformat(last) + timedelta(days=1)
    end = months_later(after, -12) - timedelta(days=1)
    if after.day != 1:
        end = months_later(date.fromisoformat(last), -12)
    return months_later(date.fromisoformat(first), -12).isoformat(), end.isoformat()

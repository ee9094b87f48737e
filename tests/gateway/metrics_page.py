"""Reads a page of Prometheus figures."""

import re
from collections.abc import Mapping

_LINE = re.compile(r"(?P<name>\w+)(?:{(?P<labels>.*)})? (?P<value>\S+)")


class Figures:
    """One page, as it was read."""

    def __init__(self, page: str) -> None:
        self._series = [
            (found["name"], dict(re.findall(r'(\w+)="([^"]*)"', found["labels"] or "")), found)
            for line in page.splitlines()
            if (found := _LINE.fullmatch(line))
        ]

    def value(self, name: str, labels: Mapping[str, str] | None = None) -> float:
        """The sum of all series of a name that have these labels."""
        wanted = (labels or {}).items()
        return sum(
            float(found["value"])
            for named, has, found in self._series
            if named == name and wanted <= has.items()
        )

    def rise(self, before: "Figures", name: str, labels: Mapping[str, str] | None = None) -> float:
        return self.value(name, labels) - before.value(name, labels)

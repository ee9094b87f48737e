"""The definitions of all measures, also of those that no page shows: the facts that no language
changes."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure's facts; the words for them stand in ``texts/definitions.*.toml``."""

    id: str
    unit: str
    window: str
    seen: str
    precision: str


@cache
def definitions() -> tuple[Definition, ...]:
    """In the order in which they are read (``measures.toml``)."""
    source = (resources.files("dashboard.model.definitions") / "measures.toml").read_text("utf-8")
    return tuple(Definition(id=id_, **facts) for id_, facts in tomllib.loads(source).items())

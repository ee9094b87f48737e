"""The small faults of SQL, in files and in strings of Python alike."""

import re
from collections.abc import Iterator

from tests.mutation.pieces import Kind, Piece

IS_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|GRANT|CREATE|HAVING)\b")
#: What becomes of words and signs of SQL; spaces around keep Python and text apart.
_EITHER, _ONE = "(?:coalesce|greatest|least)", r"([^(),]+(?:\(\))?)"
_CHANGES = (
    (r"(?<= )(?<!ERRCODE )=(?= )", "<>", Kind.SQL),
    (r"(?<= )<>(?= )", "=", Kind.SQL),
    (r"(?<= )<=(?= )", "<", Kind.SQL),
    (r"(?<= )<(?= )", "<=", Kind.SQL),
    (r"(?<= )>=(?= )", ">", Kind.SQL),
    (r"(?<= )>(?= )", ">=", Kind.SQL),
    (r"\bAND(?= )", "OR", Kind.SQL),
    (r"\bIS NULL\b", "IS NOT NULL", Kind.SQL),
    (r"\bIS NOT NULL\b", "IS NULL", Kind.SQL),
    (r"\bNOT EXISTS\b", "EXISTS", Kind.SQL),
    (r"\bmin(?=\()", "max", Kind.SQL),
    (r"\bmax(?=\()", "min", Kind.SQL),
    (r"(?<= )\+(?= )", "-", Kind.SQL),
    (r"(?<= )-(?= )", "+", Kind.SQL),
    (r"\bDESC\b", "ASC", Kind.SQL),
    (r"\bSKIP LOCKED\b", "", Kind.SQL),
    (r"\bwib_day\(((?:[^()]|\(\))+)\)", r"(\1)::date", Kind.TIME_ZONE),
    (rf"\b{_EITHER}\({_ONE}, {_ONE}\)", r"(\1)", Kind.LIMIT),
    (rf"\b{_EITHER}\({_ONE}, {_ONE}\)", r"(\2)", Kind.LIMIT),
)
_CONDITION = re.compile(r"\bAND (?!\()(?:[^()\n\"]|\([^()\n]*\))+?(?= AND\b|[\n\")])")
_BETWEEN = re.compile(r"\bBETWEEN \S+( AND \S+)?$")
_INTERVAL = re.compile(r"\binterval '(\d+) ")
_WORD = re.compile(r"'([A-Z][A-Z_]+)'")


def faults_of_sql(source: str, start: int, end: int) -> Iterator[Piece]:
    for piece in _all_faults(source, start, end):
        line = source[source.rfind("\n", 0, piece.start) + 1 : piece.start]
        if not line.lstrip().startswith("--"):
            yield piece


def _all_faults(source: str, start: int, end: int) -> Iterator[Piece]:
    for pattern, new, kind in _CHANGES:
        for found in re.compile(pattern).finditer(source, start, end):
            yield Piece(found.start(), found.end(), found.expand(new), kind)
    for found in _CONDITION.finditer(source, start, end):
        if not _BETWEEN.search(source[source.rfind("\n", 0, found.end()) + 1 : found.end()]):
            yield Piece(found.start(), found.end(), "AND true", Kind.CONJUNCT)
    for found in _INTERVAL.finditer(source, start, end):
        yield Piece(found.start(1), found.end(1), str(int(found[1]) + 1), Kind.WINDOW)
    words = sorted({found[1] for found in _WORD.finditer(source, start, end)})
    for found in _WORD.finditer(source, start, end):
        if len(words) > 1:
            other = words[(words.index(found[1]) + 1) % len(words)]
            yield Piece(found.start(1), found.end(1), other, Kind.WORD)

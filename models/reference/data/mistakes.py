"""Mistakes in the files, with their locations."""

from collections.abc import Sequence
from typing import NamedTuple


class Mistake(NamedTuple):
    """A mistake: its file, its line (the header is line 1), and the reason."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}"


class ReferenceDataError(Exception):
    """The files cannot be loaded; nothing was. The text lists every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        count = "is a mistake" if len(mistakes) == 1 else f"are {len(mistakes)} mistakes"
        lines = map(str, self.mistakes)
        super().__init__("\n".join((f"Nothing was loaded, since there {count}:", *lines)))

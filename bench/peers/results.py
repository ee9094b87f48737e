"""The figures of finished cells, kept in a file, so that a run can be resumed."""

import json
from collections.abc import Mapping
from pathlib import Path

from bench.peers.cells import Cell
from bench.peers.turn import Turn

Figures = Mapping[str, Turn]


class Results:
    """The medians of each cell by contender, and the pool that suits each contender."""

    def __init__(self, file: Path) -> None:
        self._file = file
        kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self._cells: dict[str, dict[str, list[float]]] = kept.get("cells", {})
        self.pools: dict[str, int] = kept.get("pools", {})

    def of(self, cell: Cell) -> Figures | None:
        """The figures of a cell; None if it is not finished."""
        found = self._cells.get(cell.key)
        return None if found is None else {name: Turn(*of) for name, of in found.items()}

    def finish(self, cell: Cell, figures: Figures) -> None:
        self._cells[cell.key] = {name: list(turn) for name, turn in figures.items()}
        self.save()

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"pools": self.pools, "cells": self._cells}, indent=1)
        self._file.write_text(text, encoding="utf-8")

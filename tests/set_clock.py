"""A clock that a test sets, in the place of the module `time`."""

from datetime import UTC, datetime
from types import ModuleType

import pytest


class SetClock:
    """What time it is, in seconds since 1970."""

    now = 1_800_000_000.0

    @classmethod
    def of(cls, patch: pytest.MonkeyPatch, *modules: ModuleType) -> "SetClock":
        """The clock of these modules, until the test ends."""
        clock = cls()
        for module in modules:
            patch.setattr(module, "time", clock)
        return clock

    def time(self) -> float:
        return self.now

    @property
    def instant(self) -> datetime:
        return datetime.fromtimestamp(int(self.now), UTC)

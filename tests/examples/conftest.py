"""What tests of the examples share: the browser."""

from tests.dashboard.visiting import browser

__all__ = ["browser"]

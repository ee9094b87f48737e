"""A day begins on the small world of tests/world.py, with everybody signed in, or at a browser."""

from tests.dashboard.visiting import browser, colleague, newcomer, visitor
from tests.gateway.conftest import app, client, who

__all__ = ["app", "browser", "client", "colleague", "newcomer", "visitor", "who"]

"""A day begins on the small world of tests/world.py, with everybody signed in."""

from tests.gateway.conftest import app, client, who

__all__ = ["app", "client", "who"]

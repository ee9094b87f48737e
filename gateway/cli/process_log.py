"""Logging of the commands that serve."""

from contextlib import AbstractContextManager

from gateway.settings import Settings
from models.logs import process_log


def logging_as(settings: Settings) -> AbstractContextManager[None]:
    """JSON lines in production, readable ones in development."""
    return process_log(settings.log_level.name, as_json=not settings.in_development)

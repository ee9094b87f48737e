"""Logging an unforeseen error: where it happened, and never what it said."""

import logging
import traceback
from collections.abc import Iterator

log = logging.getLogger("gateway.failures")


def log_failure(error: BaseException, trace_id: str) -> None:
    """The kinds of error and the lines of code; an error's own text may hold personal data."""
    log.error("failed trace=%s\n%s", trace_id, "\n".join(_described(error)))


def _described(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield type(error).__qualname__
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__

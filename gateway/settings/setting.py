"""One line of the table of settings."""

from collections.abc import Callable
from dataclasses import field
from typing import Any


def setting(
    meaning: str,
    read: Callable[[str], Any],
    default: Any,
    *,
    is_secret: bool = False,
    may_be_empty: bool = False,
) -> Any:
    """One environment variable: what it means, how its text is read, what it is if not given.

    A command that cannot do without says so in ``commands.py``. An empty variable is as good as
    none, but where it ``may_be_empty``: there it means None.
    """
    metadata = {
        "meaning": meaning,
        "read": read,
        "is_secret": is_secret,
        "may_be_empty": may_be_empty,
    }
    return field(default=default, metadata=metadata, repr=not is_secret)

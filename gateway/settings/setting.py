"""Declares one setting."""

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
    """A dataclass field for an environment variable: its description, parser and default.

    Which commands require it is stated in ``commands.py``. An empty variable counts as unset,
    except with ``may_be_empty``, where it means None.
    """
    metadata = {
        "meaning": meaning,
        "read": read,
        "is_secret": is_secret,
        "may_be_empty": may_be_empty,
    }
    return field(default=default, metadata=metadata, repr=not is_secret)

"""One line of what steps write: into which table, which columns, and what they may say.

In a condition ``{target}`` is that of the step, ``NEW`` and ``OLD`` are the row, ``it`` is the
application as it stood before, ``viewer_subject`` and ``viewer_role`` are who takes the step.
"""

from dataclasses import dataclass
from typing import Literal

from models import Base

Write = Literal["INSERT", "UPDATE"]


@dataclass(frozen=True, slots=True)
class StepWrite:
    """What a step writes into one table."""

    noun: type[Base]
    write: Write
    columns: frozenset[str]
    only_if: str
    #: Whether the step's preconditions can still be checked: not where the step itself has changed
    #: what they look at.
    needs: bool = True
    #: Whether the application has already entered the step's target.
    is_entered: bool = False


def columns_of(noun: type[Base], *without: str) -> frozenset[str]:
    return frozenset(noun.__table__.c.keys()) - {*without}

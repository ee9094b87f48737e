"""What the words of supervision mean, for clients."""

from collections.abc import Mapping
from enum import StrEnum

from models.vocabulary import AlertKind

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    AlertKind: {
        "READ_BUDGET": "Wanted to read more people than the budget of an hour has: was refused.",
    },
}

"""Which command needs which settings: what it is not given of them, it asks for, and nothing else.

Whatever else is set is read as well, and told where it cannot be used.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Command(StrEnum):
    """A command of `gerbang` that reads settings."""

    SERVE = "serve"
    KEEP = "keep"
    MIGRATE = "migrate"
    INIT = "init"
    DOCTOR = "doctor"
    VOLUMES = "volumes"
    SYNTHESISE = "synthesise"


NEEDS: Mapping[Command, tuple[str, ...]] = MappingProxyType(
    {
        Command.SERVE: ("database_url", "issuer", "jwks_url", "cursor_key", "seal_key"),
        Command.KEEP: ("owner_url", "seal_key"),
        Command.MIGRATE: ("owner_url", "database_url", "seal_key"),
        Command.INIT: ("owner_url",),
        # It examines what else it is given: the keys, the provider.
        Command.DOCTOR: ("owner_url", "database_url"),
        Command.VOLUMES: ("owner_url",),
        Command.SYNTHESISE: ("owner_url",),
    }
)
#: What serving does without in development: it has keys and a sign-in of its own there.
OWN_IN_DEVELOPMENT = frozenset({"issuer", "jwks_url", "cursor_key", "seal_key"})


def settings_needed(command: Command, *, in_development: bool) -> tuple[str, ...]:
    """The settings, by their names in the table, that a command cannot do without."""
    own = OWN_IN_DEVELOPMENT if command is Command.SERVE and in_development else frozenset[str]()
    return tuple(name for name in NEEDS[command] if name not in own)


def commands_that_need(name: str) -> tuple[Command, ...]:
    return tuple(command for command, names in NEEDS.items() if name in names)

"""The settings that each command requires.

A command reports only those as missing. All other settings are read too, and reported if invalid.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Command(StrEnum):
    """A command of `gerbang` that reads settings."""

    SERVE = "serve"
    KEEP = "keep"
    KEYS = "keys"
    MIGRATE = "migrate"
    INIT = "init"
    DOCTOR = "doctor"
    DOCUMENTS = "documents"
    VOLUMES = "volumes"
    SYNTHESISE = "synthesise"
    PEOPLE = "people"
    AUDIT = "audit"
    VAULT = "vault"
    PREPARE = "vault prepare"
    ROTATE = "vault rotate"
    REHEARSE = "rehearse"
    VISA = "visa revoke-key"
    DAY = "day"


NEEDS: Mapping[Command, tuple[str, ...]] = MappingProxyType(
    {
        Command.SERVE: ("database_url", "issuer", "jwks_url", "cursor_key", "seal_key"),
        Command.KEEP: ("owner_url", "seal_key", "key_service", "checkpoints"),
        Command.KEYS: ("issuer", "jwks_url", "key_store"),
        Command.PREPARE: ("key_store", "key_store_owner"),
        Command.ROTATE: ("key_store",),
        Command.REHEARSE: ("owner_url", "key_service", "key_store"),
        Command.MIGRATE: ("owner_url", "database_url", "seal_key"),
        Command.INIT: ("owner_url",),
        # It also examines the keys and the provider, if they are set.
        Command.DOCTOR: ("owner_url", "database_url"),
        Command.DOCUMENTS: ("owner_url",),
        Command.VOLUMES: ("owner_url",),
        Command.SYNTHESISE: ("owner_url",),
        Command.VISA: ("owner_url",),
        Command.DAY: ("owner_url",),
        Command.PEOPLE: ("owner_url", "key_service"),
        Command.VAULT: ("owner_url", "key_service"),
        Command.AUDIT: ("owner_url", "key_service", "checkpoints"),
    }
)
#: Not required by `serve` and `keys` in development, which generates keys and has its own sign-in.
OWN_IN_DEVELOPMENT = frozenset({"issuer", "jwks_url", "cursor_key", "seal_key"})


def settings_needed(command: Command, *, in_development: bool) -> tuple[str, ...]:
    """The names of the settings that a command requires."""
    optional = (
        OWN_IN_DEVELOPMENT
        if command in (Command.SERVE, Command.KEYS) and in_development
        else frozenset[str]()
    )
    return tuple(name for name in NEEDS[command] if name not in optional)


def commands_that_need(name: str) -> tuple[Command, ...]:
    """The commands that do not start without a setting."""
    return tuple(command for command, names in NEEDS.items() if name in names)

"""Who has signed in, as the gateway says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """The viewer as the gateway knows them from the token, with the scope."""

    role: str
    held_roles: tuple[str, ...]
    name: str | None
    partner: str | None
    countries: tuple[str, ...]

"""Who is looking, as the gateway says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer as the gateway knows them from the token, with the scope."""

    role: str
    held_roles: tuple[str, ...]
    name: str | None
    partner: str | None
    countries: tuple[str, ...]

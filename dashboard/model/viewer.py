"""Who is looking, as the gateway says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whom the gateway sees behind the token, and within which scope."""

    role: str
    held_roles: tuple[str, ...]
    name: str | None
    partner: str | None
    countries: tuple[str, ...]

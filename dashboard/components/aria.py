"""Attributes for screen readers."""

from typing import Any


def aria(**attributes: str) -> dict[str, Any]:
    """``**aria(label="…")`` on a component: Dash's own signatures know no ``aria-*``."""
    return {f"aria-{name}": value for name, value in attributes.items()}

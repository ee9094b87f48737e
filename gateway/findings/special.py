"""The functions of `scipy.special`, which is imported where one is first called, but for a gateway:
that takes a tenth of what a gateway takes to start, and most commands compute no finding."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    return getattr(import_module("scipy.special"), name)

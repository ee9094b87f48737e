"""No answer to one viewer is kept where another could find it."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import dashboard

#: What a process may remember by: names of our own files, and words and forms of a language.
HARMLESS = {"name", "language", "code", "locale", "unit", "length", "form"}


def caches() -> Iterator[tuple[str, Any]]:
    """Every function of the dashboard that remembers its answers."""
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if hasattr(value, "cache_info") and value.__module__ == module.name:
                    yield f"{module.name}.{name}", value


def test_what_the_process_remembers_depends_on_no_viewer() -> None:
    found = dict(caches())
    assert {"dashboard.gateway.client.document", "dashboard.texts.words"} <= set(found)
    for name, function in found.items():
        assert set(inspect.signature(function).parameters) <= HARMLESS, name

"""Secrets from files: ``GERBANG_SEAL_KEY_FILE`` names the file that holds ``GERBANG_SEAL_KEY``."""

from collections.abc import Mapping
from pathlib import Path

SUFFIX = "_FILE"


def text_of_secret(environ: Mapping[str, str], name: str) -> str:
    """A secret from its variable or its file; empty if neither is set.

    Raises ValueError with a sentence that names the variable.
    """
    value, path = environ.get(name, "").strip(), environ.get(name + SUFFIX, "").strip()
    if not path:
        return value
    if value:
        raise ValueError(f"{name} and {name}{SUFFIX} are both set: set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{name}{SUFFIX} names a file that cannot be read ({type(error).__name__})"
        ) from None

"""Secrets from files: ``GERBANG_CLIENT_SECRET_FILE`` holds ``GERBANG_CLIENT_SECRET``."""

from collections.abc import Mapping
from pathlib import Path

SECRETS = (
    "GERBANG_CLIENT_SECRET",
    "GERBANG_SESSION_KEY",
    "GERBANG_DASHBOARD_SESSIONS_URL",  # it may hold a password
)
SUFFIX = "_FILE"


def text_of_secret(environ: Mapping[str, str], name: str) -> str:
    """A secret from its variable or from its file; empty where neither is set.

    Raises ValueError, whose text is a sentence that names the variable.
    """
    given, path = environ.get(name, "").strip(), environ.get(name + SUFFIX, "").strip()
    if not path:
        return given
    if given:
        raise ValueError(f"{name} and {name}{SUFFIX} are both set: set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{name}{SUFFIX} names a file that cannot be read ({type(error).__name__})"
        ) from None

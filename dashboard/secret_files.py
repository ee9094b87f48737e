"""Secrets from files: ``GERBANG_CLIENT_SECRET_FILE`` holds ``GERBANG_CLIENT_SECRET``."""

from collections.abc import Mapping
from pathlib import Path

SECRETS = ("GERBANG_CLIENT_SECRET", "GERBANG_SESSION_KEY")
SUFFIX = "_FILE"


def with_secret_files(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with the secrets that files hold. Raises ValueError, naming the variable."""
    found = dict(environ)
    for name in SECRETS:
        path = environ.get(name + SUFFIX, "").strip()
        if not path:
            continue
        if environ.get(name, "").strip():
            raise ValueError(f"{name} and {name}{SUFFIX} are both set: set one of them.")
        try:
            found[name] = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(
                f"{name}{SUFFIX} names a file that cannot be read ({type(error).__name__})."
            ) from None
    return found

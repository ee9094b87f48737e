"""Secrets from files: ``GERBANG_SEAL_KEY_FILE`` names the file that holds ``GERBANG_SEAL_KEY``."""

from collections.abc import Iterable, Mapping
from pathlib import Path

SUFFIX = "_FILE"


def with_secret_files(environ: Mapping[str, str], secrets: Iterable[str]) -> Mapping[str, str]:
    """The environment with the secrets that files hold. Raises ValueError, naming the variable."""
    found = dict(environ)
    for name in secrets:
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

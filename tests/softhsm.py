"""A PKCS#11 token of SoftHSM for tests, one for each process."""

import atexit
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.machine import needs, without

SOFTHSM = Path(__file__).parents[1] / ".tools" / "softhsm"
LIBRARY = SOFTHSM / "libsofthsm2.so"
_ABSENT = "SoftHSM is not unpacked here"
with_softhsm = needs("softhsm", is_here=LIBRARY.exists(), absent=_ABSENT)
PIN = "1958-2604"


def require_softhsm() -> None:
    """Skip or fail the test that runs, where there is none."""
    if not LIBRARY.exists():
        without("softhsm", _ABSENT)


@cache
def token_folder() -> Path:
    """Where the token and its PIN are; processes that are started later find it, too."""
    folder = tempfile.TemporaryDirectory(prefix="gerbang-token-")
    atexit.register(folder.cleanup)
    root = Path(folder.name)
    (root / "tokens").mkdir()
    (root / "softhsm2.conf").write_text(f"directories.tokendir = {root / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(root / "softhsm2.conf")
    (root / "pin").write_text(f"{PIN}\n")
    subprocess.run(
        [
            *(SOFTHSM / "softhsm2-util", "--module", LIBRARY, "--init-token", "--free"),
            *("--label", "gerbang", "--pin", PIN, "--so-pin", PIN),
        ],
        check=True,
        capture_output=True,
    )
    return root


def token_address(pin: Path | None = None) -> str:
    """The PKCS#11 URI of the token, with its PIN in a file."""
    pin = pin or token_folder() / "pin"
    return f"pkcs11:token=gerbang?module-path={LIBRARY}&pin-source={pin}"

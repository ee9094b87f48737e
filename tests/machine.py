"""What this machine lacks, and whether a test that needs it is skipped or fails.

By hand it is skipped, with the reason in the summary. With ``CI`` set, as `.ci/run` does, it
fails; unless setting up found that this machine cannot have the tool, and left the reason beside
the place where it would be: then that is the reason to skip with.
"""

import os
import pwd
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[1] / ".tools"
MISSING = "missing"


def ordinary_user() -> dict[str, Any]:
    """Arguments for `subprocess`: PostgreSQL and PgBouncer refuse to be run by root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def needs(tool: str, *, is_here: bool, absent: str) -> pytest.MarkDecorator:
    """Marks a test that needs what `make` brings to ``.tools/<tool>``."""
    if is_here:
        return pytest.mark.skipif(False, reason="")
    must_be_here, why = _requirement(tool, absent)
    if must_be_here:
        return getattr(pytest.mark, MISSING)(why)
    return pytest.mark.skipif(True, reason=why)


def without(tool: str, absent: str) -> None:
    """Skip or fail the test that runs, which needs the tool."""
    must_be_here, why = _requirement(tool, absent)
    if must_be_here:
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def _requirement(tool: str, absent: str) -> tuple[bool, str]:
    reason = TOOLS / f"{tool}.absent"
    if reason.exists():
        return False, f"{absent}: {reason.read_text().strip()}"
    if os.environ.get("CI"):
        return True, f"{absent}, and setting up found no reason why it cannot be had"
    return False, absent

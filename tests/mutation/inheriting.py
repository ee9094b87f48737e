"""A pytest plugin: processes that tests start, with an environment of their own too, import what
the tests import. Else they would run the project that is installed, which has no fault."""

import os
import subprocess
from functools import wraps
from typing import Any

_begin = subprocess.Popen.__init__


@wraps(_begin)
def _begin_with_path(
    self: Any, *arguments: Any, env: dict[str, str] | None = None, **options: Any
) -> None:
    if env is not None and "PYTHONPATH" in os.environ:
        env = {"PYTHONPATH": os.environ["PYTHONPATH"], **env}
    _begin(self, *arguments, env=env, **options)


subprocess.Popen.__init__ = _begin_with_path

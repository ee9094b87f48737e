"""The command `gerbang` in this process: a program of its own takes a second to import."""

import os
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from subprocess import CompletedProcess

import pytest

from gateway.cli import main


def call_command(arguments: Sequence[object], environ: Mapping[str, str]) -> CompletedProcess[str]:
    """What the program does with no other settings than these. In a thread, where a loop runs."""
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        for name in [name for name in os.environ if name.startswith("GERBANG_")]:
            patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.setattr("sys.argv", ["gerbang", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    said = ended.value.code  # Python prints a text, and the code is 1 then
    code, text = (1, said) if isinstance(said, str) else (int(said or 0), "")
    return CompletedProcess([*arguments], code, out.getvalue(), err.getvalue() + text)

"""What processes hold in memory stays theirs."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import keeper, serving
from models.key_service import create_key_file
from tests.key_stores import run_keys

_PRIVATE = """
from models.confinement import keep_memory_private
import ctypes, resource
keep_memory_private()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_process_leaves_no_core_dump_and_lets_nobody_attach() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRIVATE], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "0", "0"]


def test_the_key_service_begins_with_that(tmp_path: Path) -> None:
    create_key_file(tmp_path / "keys.json")
    with run_keys(tmp_path / "keys.json", tmp_path / "socket") as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
    [cores] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert cores.split()[4:6] == ["0", "0"]


class _BegunError(Exception):
    pass


@pytest.mark.parametrize(("module", "command"), [(serving, "serve"), (keeper, "keep")])
def test_so_do_gateways_and_keepers(monkeypatch: pytest.MonkeyPatch, module, command: str) -> None:
    def begin() -> None:
        raise _BegunError

    monkeypatch.setattr(module, "keep_memory_private", begin)
    assert isinstance(CliRunner().invoke(getattr(module, command)).exception, _BegunError)

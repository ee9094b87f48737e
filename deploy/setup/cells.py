"""Compiles the module that writes rows, where the machine has a C compiler.

Run by the Python of .venv, which has Cython, and into which the module goes.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

NAME = "gerbang_cells"
SOURCE = Path(__file__).resolve().parents[2] / "gateway" / "execution" / "plan" / f"{NAME}.pyx"
#: Other compilers than the one that Python was built with are asked for by their usual names.
COMPILERS = ("cc", "gcc", "clang")
WITHOUT = "Rows are written by Python alone, at half the speed"


def main() -> None:
    module = Path(sysconfig.get_path("platlib")) / f"{NAME}{sysconfig.get_config_var('EXT_SUFFIX')}"
    module.unlink(missing_ok=True)
    compiler = find_compiler()
    headers = Path(sysconfig.get_path("include"))
    if compiler is None or not (headers / "Python.h").exists():
        what = "C compiler" if compiler is None else f"Python.h in {headers}"
        print(f"{WITHOUT}: there is no {what} here", flush=True)
        return
    try:
        compile_module(compiler, headers, module)
    except subprocess.CalledProcessError as error:
        print(f"{WITHOUT}: the module could not be compiled\n{error.stderr}", flush=True)
        if os.environ.get("CI"):
            sys.exit(1)
    else:
        print(f"Compiled {SOURCE.name} with {compiler[0]}", flush=True)


def find_compiler() -> list[str] | None:
    own = shlex.split(sysconfig.get_config_var("CC") or "")
    candidates = [own, *([name] for name in COMPILERS)]
    return next((each for each in candidates if each and shutil.which(each[0])), None)


def compile_module(compiler: list[str], headers: Path, module: Path) -> None:
    """Compile it beside its place first, so that it is there as a whole or not at all."""
    with tempfile.TemporaryDirectory(dir=module.parent, prefix=f".{NAME}-") as scratch:
        code, library = Path(scratch, f"{NAME}.c"), Path(scratch, module.name)
        translate = [sys.executable, "-m", "cython", "-3", str(SOURCE), "-o", str(code)]
        build = [
            *compiler,
            "-O2",
            "-shared",
            "-fPIC",
            f"-I{headers}",
            str(code),
            "-o",
            str(library),
        ]
        for command in (translate, build):
            subprocess.run(command, check=True, capture_output=True, text=True)
        library.replace(module)


if __name__ == "__main__":
    main()

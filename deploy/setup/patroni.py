"""Brings what a cluster is made of besides Gerbang: Debian's etcd, Patroni and HAProxy, unpacked
here and not installed.

Their programs lie in ``.tools/patroni/bin``. A machine without apt goes without, and those tests
are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
PATRONI = ROOT / ".tools" / "patroni"
PACKAGES = ("etcd-server", "haproxy", "patroni", "python3-etcd")
PROGRAMS = ("usr/bin/etcd", "usr/sbin/haproxy", "usr/bin/patroni")
#: Patroni is written for Debian's own Python.
WRAPPER = """#!/bin/sh
LD_LIBRARY_PATH="{libraries}" PYTHONPATH="{packages}"
export LD_LIBRARY_PATH PYTHONPATH
exec {interpreter}"{program}" "$@"
"""


def main() -> None:
    if all((PATRONI / "bin" / Path(each).name).exists() for each in PROGRAMS):
        return
    debian.bring("Debian's etcd, Patroni and HAProxy", PATRONI, keep)


def keep(archive: debian.Archive) -> None:
    tree = archive.unpack(*PACKAGES)
    partial = PATRONI.with_name("patroni.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.move(tree, partial)
    libraries = {str(PATRONI / it.parent.relative_to(partial)) for it in debian.libraries(partial)}
    (partial / "bin").mkdir()
    for program in PROGRAMS:
        wrapper = partial / "bin" / Path(program).name
        wrapper.write_text(
            WRAPPER.format(
                libraries=":".join(sorted(libraries)),
                packages=PATRONI / "usr" / "lib" / "python3" / "dist-packages",
                interpreter="/usr/bin/python3 " if program.endswith("patroni") else "",
                program=PATRONI / program,
            )
        )
        wrapper.chmod(0o755)
    shutil.rmtree(PATRONI, ignore_errors=True)
    partial.rename(PATRONI)


if __name__ == "__main__":
    main()

"""Brings what a cluster is made of besides Gerbang: Debian's etcd, Patroni and HAProxy, unpacked
here and not installed.

Their programs lie in ``.tools/patroni/bin``. A machine without apt goes without, and those tests
are skipped.
"""

from __future__ import annotations

from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[2]
PATRONI = ROOT / ".tools" / "patroni"
PACKAGES = ("etcd-server", "haproxy", "patroni", "python3-etcd")
PROGRAMS = ("usr/bin/etcd", "usr/sbin/haproxy", "usr/bin/patroni")
#: Patroni, which Debian's own Python runs, finds its packages by this; the others ignore it.
RUNS = 'PYTHONPATH="{tree}/usr/lib/python3/dist-packages" exec "{program}" "$@"'


def main() -> None:
    if all((PATRONI / "bin" / Path(each).name).exists() for each in PROGRAMS):
        return
    debian.bring("Debian's etcd, Patroni and HAProxy", PATRONI, keep)


def keep(archive: debian.Archive) -> None:
    debian.keep_programs(archive.unpack(*PACKAGES), PATRONI, PROGRAMS, RUNS)


if __name__ == "__main__":
    main()

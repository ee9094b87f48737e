"""Brings Debian's Prometheus and promtool for the tests of the alerts, not installed.

Both lie in ``.tools/prometheus``. A machine without apt goes without, and those tests are skipped.
"""

from pathlib import Path

import debian

PROMETHEUS = Path(__file__).resolve().parents[2] / ".tools" / "prometheus"


def main() -> None:
    if not (PROMETHEUS / "promtool").exists():
        debian.bring("Debian's Prometheus", PROMETHEUS, keep)


def keep(archive: debian.Archive) -> None:
    tree = archive.unpack("prometheus")
    debian.keep((tree / "usr/bin" / name for name in ("prometheus", "promtool")), PROMETHEUS)


if __name__ == "__main__":
    main()

"""The revisions bring a database to the models, and none of them hurts a table that is in use.

The server is asked, so one is started: the embedded one, on a folder of its own. What was found is
kept under a digest of all that it depends on, and found again only when that has changed.
"""

import asyncio
import hashlib
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.finding import Finding
from checks.sources import Sources

if TYPE_CHECKING:
    from models.migrations.differences import Difference
    from models.schema import ObjectKey

_KEPT = Path(".gerbang/checked-migrations.json")
_VERSIONS = Path("models/migrations/versions")
_REMEDY = 'run `.venv/bin/gerbang migration new "what changes"`'


def check_migrations(sources: Sources) -> Iterator[Finding]:
    """Findings as of the digest of the models, asked anew where it has changed."""
    kept, digest = sources.root / _KEPT, _digest(sources.root)
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if known.get("digest") != digest:
        found = asyncio.run(_ask(sources))
        rows = [(str(each.file), each.line, each.sentence) for each in found]
        known = {"digest": digest, "findings": rows}
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(known), encoding="utf-8")
    for file, line, sentence in known["findings"]:
        yield Finding(Path(file), line, sentence)


def _digest(root: Path) -> str:
    """A digest of the models, of this check, and of the libraries that it uses."""
    files = [
        *(file for kind in ("*.py", "*.sql") for file in (root / "models").rglob(kind)),
        *(root / "checks").glob("*.py"),
        *root.glob("requirements.lock"),
    ]
    digest = hashlib.sha256(str(root).encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(root)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


async def _ask(sources: Sources) -> list[Finding]:
    # Imported here: where the models cannot be imported, the other checks say why.
    from models.migrations import compare_with_models, rehearse
    from models.migrations.lock_rules import hazards, undeclared_locks
    from models.postgres import temporary_postgres

    with warnings.catch_warnings(), temporary_postgres() as server:
        warnings.filterwarnings("ignore", "Computed default")  # compared by us
        url = server.url("gerbang_check")
        statements = await rehearse(url)
        differences = await compare_with_models(url, server.url("gerbang_models"))
    refused = [*hazards(statements), *undeclared_locks(statements)]
    return [
        *(_difference(sources, each) for each in differences),
        *(Finding(place.file, place.line, sentence) for place, sentence in refused),
    ]


def _difference(sources: Sources, found: "Difference") -> Finding:
    """A difference: of a function or trigger at its statement, or else at that of the revision; of
    a table at its name in the models; of a rollup, at the grains."""
    sentence = f"{found.sentence}: {_REMEDY}"
    if found.statement:
        return Finding(found.statement.file, found.statement.line, sentence)
    if found.key and (place := _creation(sources.root / _VERSIONS, found.key)):
        return Finding(*place, sentence)
    names = (f'__tablename__ = "{found.table}"', f'"{found.table}",')
    for module in sources.modules["models"]:
        if sources.root / "models/migrations" in module.file.parents:
            continue
        lines = module.file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if line.strip() in names:
                return Finding(module.file, number, sentence)
    grains = sources.find_value("models", "GRAINS")
    return Finding(grains.file, grains.line, sentence)


def _creation(versions: Path, key: "ObjectKey") -> tuple[Path, int] | None:
    """Where the newest revision that makes an object does so."""
    of_table = rf"[^;]*?\sON (public\.)?{key.table}\b" if key.table else ""
    created = re.compile(rf"CREATE (OR REPLACE )?{key.kind} (public\.)?{key.name}\b{of_table}")
    for file in sorted(versions.glob("0*"), reverse=True):
        text = file.read_text(encoding="utf-8")
        if found := created.search(text):
            return file, text.count("\n", 0, found.start()) + 1
    return None

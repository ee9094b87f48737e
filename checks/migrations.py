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
from typing import Any

from checks.finding import Finding
from checks.sources import Sources

_KEPT = Path(".gerbang/checked-migrations.json")
_REMEDY = 'run `.venv/bin/gerbang migration new "what changes"`'
_STALE = "these are not the triggers of the revisions: run `.venv/bin/gerbang migration triggers`"
#: Functions that write to the outbox, and the dimensions that they leave out.
_TRIGGERS = """
    SELECT proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
        AND prosrc ~* 'INSERT INTO volume_outbox' AND prosrc ~* 'partner_code'
"""


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
        *(file for kind in ("*.py", "*.sql", "*.txt") for file in (root / "models").rglob(kind)),
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
    from models.database.connections import connect
    from models.migrations import compare_with_models, rehearse
    from models.migrations import triggers as of_revisions
    from models.migrations.lock_rules import hazards, undeclared_locks
    from models.postgres import temporary_postgres

    with warnings.catch_warnings(), temporary_postgres() as server:
        warnings.filterwarnings("ignore", "Computed default")  # compared by us
        url = server.url("gerbang_check")
        statements = await rehearse(url)
        differences = await compare_with_models(url)
        connection = await connect(url)
        try:
            triggers = await connection.fetch(_TRIGGERS)
            found = of_revisions.triggers_text(await of_revisions.read_triggers(connection))
        finally:
            await connection.close()
    stale: list[Finding] = []
    if found != of_revisions.FILE.read_text(encoding="utf-8"):
        stale.append(Finding(of_revisions.FILE, 1, _STALE))
    refused = [*hazards(statements), *undeclared_locks(statements)]
    return [
        *stale,
        *(_difference(sources, table, sentence) for table, sentence in differences),
        *(Finding(place.file, place.line, sentence) for place, sentence in refused),
        *(
            finding
            for name, definition in triggers
            for finding in _left_out(sources, name, definition)
        ),
    ]


def _difference(sources: Sources, table: str, sentence: str) -> Finding:
    """A difference, at the name of its table in the models; of a rollup, at the grains."""
    names = (f'__tablename__ = "{table}"', f'"{table}",')
    for module in sources.modules["models"]:
        if sources.root / "models/migrations" in module.file.parents:
            continue
        lines = module.file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if line.strip() in names:
                return Finding(module.file, number, f"{sentence}: {_REMEDY}")
    grains = sources.find_value("models", "GRAINS")
    return Finding(grains.file, grains.line, f"{sentence}: {_REMEDY}")


def _left_out(sources: Sources, name: str, definition: str) -> Iterator[Finding]:
    """Dimensions that a trigger does not write into the outbox: their groups would be empty."""
    from models.volumes import Dimension

    place = sources.find_class("models", "Dimension")
    for dimension in Dimension:
        if not re.search(rf"\b{dimension.value}\b", definition):
            yield Finding(
                place.file, place.line, f"the trigger function {name} writes changes of figures"
                f" without {dimension.value}, so Dimension.{dimension.name} would be empty: make"
                " it anew in a revision",
            )  # fmt: skip

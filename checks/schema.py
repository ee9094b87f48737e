"""The schema reads well everywhere, and breaks no client of a role without a reason."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from checks.finding import Finding
from checks.sources import Sources

_SCHEMA = Path("gateway/schema/schema.graphql")
_CHANGELOG = Path("CHANGELOG.md")


def check_schema(sources: Sources) -> Iterator[Finding]:
    """Findings of the lint, and breaking changes."""
    # Imported here: where the gateway cannot be imported, the other checks say why.
    from graphql import build_schema

    from checks.schema_lint import lint

    file = sources.root / _SCHEMA
    text = file.read_text(encoding="utf-8")
    for coordinate, sentence in lint(build_schema(text)):
        yield Finding(file, _line_of(text, coordinate), f"{coordinate} {sentence}")
    yield from _breaking_changes(sources)


def _breaking_changes(sources: Sources) -> Iterator[Finding]:
    from gateway.schema_changes import CURRENT, RELEASED, as_released, refusals

    root = sources.root
    changelog = (root / _CHANGELOG).read_text(encoding="utf-8")
    released = _schemas(root / RELEASED)
    current = {role: as_released(sdl, changelog) for role, sdl in _schemas(root / CURRENT).items()}
    for role, sdl in released.items():
        if role in current and sdl.partition("\n")[0] != current[role].partition("\n")[0]:
            yield Finding(
                root / RELEASED / f"{role}.graphql", 1, "is not the schema of the newest release in"
                " CHANGELOG.md: run `gerbang schema release` as that release was",
            )  # fmt: skip
    for change, reason in refusals(released, current, changelog, datetime.now(UTC).date()):
        file = root / CURRENT / f"{change.roles[0]}.graphql"
        roles = ", ".join(role.upper() for role in change.roles)
        yield Finding(file, 1, f"{change.description.rstrip('.')} (for {roles}): {reason}")


def _schemas(folder: Path) -> Mapping[str, str]:
    return {
        file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.graphql"))
    }


def _line_of(sdl: str, coordinate: str) -> int:
    """The line of the SDL on which a type begins that a coordinate names."""
    name = coordinate.partition(".")[0].removeprefix("@")
    for number, line in enumerate(sdl.splitlines(), 1):
        words = line.replace("@", " ").replace("(", " ").split()
        if len(words) > 1 and not line.startswith(" ") and words[1] == name:
            return number
    return 1

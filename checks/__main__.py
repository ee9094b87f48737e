"""`python -m checks`: prints what is unfinished, a line each, and fails if there is anything."""

import gc
import sys
from pathlib import Path

from checks.dimensions import check_dimensions
from checks.error_texts import check_error_texts
from checks.finding import Finding, LookupFailedError, show
from checks.guards import check_guards
from checks.indexes import check_indexes
from checks.lengths import check_lengths
from checks.links import check_links
from checks.migrations import check_migrations
from checks.mutations import check_mutations
from checks.pages import check_pages
from checks.roles import check_roles
from checks.routes import check_routes
from checks.schema import check_schema
from checks.screens import check_screens
from checks.small_files import check_small_files
from checks.sources import Sources
from checks.texts import check_texts
from checks.traces import check_traces
from checks.translations import check_translations
from checks.words import check_words

#: By the sources alone.
CHECKS = (
    check_lengths,
    check_small_files,
    check_links,
    check_words,
    check_roles,
    check_dimensions,
    check_mutations,
    check_guards,
    check_indexes,
    check_routes,
    check_pages,
    check_traces,
    check_texts,
    check_error_texts,
    check_translations,
)
#: Those that import the code come last: the others say why it cannot be imported.
ALL_CHECKS = (*CHECKS, check_schema, check_screens, check_migrations)


def main() -> None:
    gc.disable()  # the trees are kept until the end, and looking through them takes a third of it
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    sources = Sources(root)
    findings: set[Finding] = set()
    failed: list[str] = []
    for check in ALL_CHECKS:
        try:
            findings.update(check(sources))
        except LookupFailedError as error:
            failed.append(str(error))
    for line in (*(show(each, root) for each in sorted(findings)), *failed):
        print(line, file=sys.stderr)  # noqa: T201 - a program that prints
    sys.exit(bool(findings or failed))


if __name__ == "__main__":
    main()

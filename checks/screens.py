"""The screens of the dashboard work for the roles that they are for, by the policy as it is."""

from collections.abc import Iterator

from checks.finding import Finding, LookupFailedError
from checks.sources import Sources


def check_screens(sources: Sources) -> Iterator[Finding]:
    try:
        # Imported here: where the gateway cannot be imported, the build says why.
        from gateway.cli.dashboard_documents import broken_screens

        broken = list(broken_screens())
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise LookupFailedError(
            f"the schema cannot be built, so no screen is checked: {reason}"
        ) from error
    policy = sources.find_value("gateway", "POLICY")
    for document, role, reason in broken:
        yield Finding(
            policy.file, policy.line, f"the screen {document.screen} breaks for {role}, whose"
            f" document {document.name} it can no longer run: {reason}",
        )  # fmt: skip

"""Raises the limit on open files, so that this process can open all connections it allows."""

import resource

from gateway.settings import Settings, SettingsError

#: Listeners, the event loop, logs, requests to the provider, and files that are open briefly.
_OTHERS = 100


def allow_open_files(settings: Settings) -> None:
    """Raise the soft limit if needed. Raises SettingsError if the hard limit is too low."""
    needed = (
        settings.connections
        + settings.sockets
        + settings.unknown_sockets
        + settings.database_connections
        + _OTHERS
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SettingsError(
            f"The system lets this process open {hard} files, and its connections may need "
            f"{needed}. Raise that limit (`ulimit -Hn`, LimitNOFILE), or lower "
            "GERBANG_CONNECTIONS, GERBANG_SOCKETS or GERBANG_UNKNOWN_SOCKETS."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))

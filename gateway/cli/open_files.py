"""Whether the system lets this process open as many connections as its settings promise."""

import resource

from gateway.settings import Settings, SettingsError

#: The listeners, the event loop, the logs, the provider's keys, and files that are opened shortly.
_OTHERS = 100


def allow_open_files(settings: Settings) -> None:
    """Raise the soft limit as far as needed. Raises SettingsError where the hard one is lower."""
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

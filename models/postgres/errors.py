"""Errors of the embedded PostgreSQL; their texts say what to do."""


class PostgresError(Exception):
    """The embedded PostgreSQL cannot do what was asked; the text says why and what helps."""


class AlreadyRunningError(PostgresError):
    """Another process runs a server on the same data folder."""

"""An embedded PostgreSQL server, for machines that have none."""

from models.postgres.binaries import AlreadyRunningError, PostgresError
from models.postgres.server import KEYS_OWNER, OWNER, Server, running_postgres, temporary_postgres
from models.postgres.system_user import default_data_dir

__all__ = [
    "KEYS_OWNER",
    "OWNER",
    "AlreadyRunningError",
    "PostgresError",
    "Server",
    "default_data_dir",
    "running_postgres",
    "temporary_postgres",
]

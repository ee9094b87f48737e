"""Every table of the models, for whoever compares them with a database."""

from sqlalchemy import MetaData

import models.publication.tables  # pyright: ignore[reportUnusedImport]
import models.volumes.grains  # noqa: F401  # pyright: ignore[reportUnusedImport] - their tables
from models import Base


def complete_metadata() -> MetaData:
    """The tables, those included that no class stands for."""
    return Base.metadata

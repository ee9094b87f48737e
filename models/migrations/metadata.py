"""Every table of the models, to compare them with a database."""

from sqlalchemy import MetaData

import models.publication.tables  # pyright: ignore[reportUnusedImport]
import models.volumes.grains  # noqa: F401  # pyright: ignore[reportUnusedImport] - their tables
from models import Base


def complete_metadata() -> MetaData:
    """All tables, including those without a class."""
    return Base.metadata

"""Reference data that a visa service needs before anyone can apply, from reviewed files.

``read_files`` reads and checks the files, ``load`` adds what is missing to a database.
``sources.toml`` names the source of each file, and what in it is assumed.
"""

from models.reference.data.loading import LoadReport, load
from models.reference.data.reading import Files, Line, Mistake, ReferenceDataError, read_files

__all__ = [
    "Files",
    "Line",
    "LoadReport",
    "Mistake",
    "ReferenceDataError",
    "load",
    "read_files",
]

"""What a visa service must be told before anyone applies: reviewed files, read and loaded.

``read_files`` reads and checks the files, ``load`` adds to a database what it lacks.
``sources.toml`` says where each file's facts come from, and what of them is assumed.
"""

from models.reference.data.loading import LoadReport, load
from models.reference.data.mistakes import Mistake, ReferenceDataError
from models.reference.data.reading import Files, Line, read_files

__all__ = [
    "Files",
    "Line",
    "LoadReport",
    "Mistake",
    "ReferenceDataError",
    "load",
    "read_files",
]

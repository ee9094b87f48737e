"""Published figures: tables that a nightly job writes, already protected, in a fixed grid."""

from models.jobs.publish import keep_publishing
from models.publication.publishing import Publication, publish

__all__ = ["Publication", "keep_publishing", "publish"]

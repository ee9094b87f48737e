"""Published figures: a fixed grid of protected figures, written by a nightly job."""

from models.jobs.publish import keep_publishing
from models.publication.publishing import Publication, publish

__all__ = ["Publication", "keep_publishing", "publish"]

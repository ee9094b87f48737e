"""The entry-ban list as it is compared with people: see `models.jobs.screener`."""

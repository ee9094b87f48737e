"""The entry-ban list."""

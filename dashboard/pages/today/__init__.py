"""The page Today: how it stands, in one look."""

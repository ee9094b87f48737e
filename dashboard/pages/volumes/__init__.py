"""The page Volumes: how many applications came in, from where, and how fast they were decided."""

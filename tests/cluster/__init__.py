"""A cluster as docs/operations.md describes it: each of its hosts is lost while eight write."""

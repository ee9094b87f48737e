"""The ranked table to take away, as a file that says itself what it holds."""

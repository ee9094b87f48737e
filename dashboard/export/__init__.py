"""The ranked table as a file that explains itself."""

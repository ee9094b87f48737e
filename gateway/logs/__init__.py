"""Logging: the log of a process, and the record of each operation."""

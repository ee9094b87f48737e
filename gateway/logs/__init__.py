"""The log of requests: the record of each operation, and its line."""

"""Transactions in a viewer's name: how they begin, read, write and fail."""

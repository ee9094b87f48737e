"""Checks that nothing of our own is half done, for `make check`.

A word, a role, a dimension, a route or a text is finished in many places. Each check here names the
place where it is missing, with file and line.
"""

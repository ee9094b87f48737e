"""Sentences about the product, and whether they are true."""

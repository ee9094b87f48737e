"""Mutation of code: small faults are planted one by one, and an area's tests should find each."""

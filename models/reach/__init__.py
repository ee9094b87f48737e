"""Suspensions: partners and viewers who reach nothing for now."""

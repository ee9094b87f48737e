"""The person behind applications: a pseudonymous row, and the identity apart from it."""

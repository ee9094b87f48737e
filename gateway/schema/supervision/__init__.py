"""What supervisors see of those who work on cases: counts, with what they are compared with."""

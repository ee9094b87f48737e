"""The two walls held against each other, against a judge and against the catalogue."""

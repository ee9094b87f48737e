"""What people ask of the data that is on file of them, and what becomes of it."""

"""What people may ask of their data, and how they are erased."""

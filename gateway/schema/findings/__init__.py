"""What the figures in one's own scope mean: claims, with their questions and numbers."""

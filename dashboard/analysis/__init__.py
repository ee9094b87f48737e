"""What figures mean: pure functions from figures to findings, without pages, texts or requests."""

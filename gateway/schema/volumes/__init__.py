"""The processing volumes: the question, its rows, exact and published figures, comparisons."""

"""The page Today: four questions of a director, each answered by a sentence and its picture."""

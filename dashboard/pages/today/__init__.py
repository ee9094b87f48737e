"""The page Today: four questions, of partners five, each answered by a sentence and a picture."""

"""The log of a process: lines of JSON, or of text for a terminal, written in the background."""

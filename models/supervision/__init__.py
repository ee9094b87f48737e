"""How those who read people are watched: what they have read within the hour, and alerts."""

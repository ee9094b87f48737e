"""An application and everything that belongs to it: events, decisions, screenings, assignments."""

"""Who read whose identity, when and why."""

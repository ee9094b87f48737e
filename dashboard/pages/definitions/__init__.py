"""The page of definitions: what every figure means."""

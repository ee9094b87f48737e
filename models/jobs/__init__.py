"""Background jobs of the keeper, and the loop that runs them."""

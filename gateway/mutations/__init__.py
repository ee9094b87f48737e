"""How something is changed: one transaction for each mutation, from a request to an outcome."""

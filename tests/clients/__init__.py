"""GraphQL clients of others, each from end to end against the running gateway."""

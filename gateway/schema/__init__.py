"""The GraphQL schema: the nouns, one file each, and the root types."""

"""Ways to the database: URLs, connections, locks, and what its owner must be able to do."""

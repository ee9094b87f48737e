"""Access to the database: URLs, connections, lock retries, and checks of the owner's rights."""

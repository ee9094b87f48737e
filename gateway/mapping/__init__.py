"""Maps the nouns of the API to tables: declarations, loaders, connections, filters, change feed."""

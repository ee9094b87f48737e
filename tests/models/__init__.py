"""The database: schema, volumes, the embedded server and the synthetic world."""

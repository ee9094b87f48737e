"""Plans: a document compiled for a role into statements and a rendered answer."""

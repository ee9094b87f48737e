"""How an operation runs, from a document to an answer."""

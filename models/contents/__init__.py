"""The contents of documents: sealed part by part for their person, in an object store."""

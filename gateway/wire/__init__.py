"""GraphQL over HTTP: bytes in, bytes out, within limits."""

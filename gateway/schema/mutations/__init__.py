"""The mutations as clients meet them: inputs, payloads, and the table that ties them together."""

"""The gateway under load, hung up on, stopped, and without its database."""

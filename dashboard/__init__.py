"""The dashboard: what people look at. It knows the gateway's address, and nothing of how the
gateway works."""

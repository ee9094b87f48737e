"""The dashboard: what people look at. It knows the gateway's address and nothing of its inside."""

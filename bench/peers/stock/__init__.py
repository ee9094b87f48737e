"""Strawberry, SQLAlchemy and aiodataloader, put together as their documentation shows."""

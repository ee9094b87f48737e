"""Processing volumes in the API: the query, its rows, published figures and comparisons."""

"""The nouns of the API, one file each, and how they are declared."""

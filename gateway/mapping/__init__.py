"""How a noun of the API is declared over tables, found, paged, filtered, ordered and followed."""

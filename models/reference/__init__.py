"""Reference data: what decrees and contracts set, valid from a day on."""

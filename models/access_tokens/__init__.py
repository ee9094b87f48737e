"""Access tokens: the provider's keys, and what a token must be to be believed."""

#: Of the subject of a token.
LONGEST_SUBJECT = 255

"""Access tokens: the provider's keys, and the rules that a valid token keeps."""

#: Of the subject of a token.
LONGEST_SUBJECT = 255

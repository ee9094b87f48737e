"""What stops the account."""


class AccountError(Exception):
    """The account is not what was signed, or cannot be signed; the text says what to do."""

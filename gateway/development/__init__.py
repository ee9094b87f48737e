"""The development sign-in: a small OpenID provider for the demo, on this machine only."""

from gateway.development.provider import SignIn, SignInRefusedError

__all__ = ["SignIn", "SignInRefusedError"]

"""The visa in hand: a document with a signed code, which a reader verifies without asking anybody.

A grant notes its terms at the key service, with the token of the officer who grants. Once the visa
is there, the keeper has its document signed for the terms that were noted, and seals it for its
holder. The next checkpoint of the account covers it, and its proof of inclusion goes with it: a
document is false that no officer granted, or that the account does not have.
"""

"""Every acknowledged write is stored exactly once, whichever process is killed at which moment."""

"""Where the policy takes hold: who is asking, and which rows that viewer reaches."""

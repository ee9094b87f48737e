"""What operators can read of a running process: its log, and the facts of each operation."""

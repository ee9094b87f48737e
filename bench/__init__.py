"""What things cost: each bench measures one of them beside a peer, in one run."""

"""What runs by the clock beside the gateway, and what repeats it."""

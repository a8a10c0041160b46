"""Read sentences with the network: mentions, and one frame for each act."""

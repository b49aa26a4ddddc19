"""Which candidate is chosen, and whether it meets the bar put on record before."""

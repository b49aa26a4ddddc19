"""What can be said of a list when only some were looked at: bounds, corrections, and the lot."""

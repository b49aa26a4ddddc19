"""From scores to probabilities, and how far those may be off."""

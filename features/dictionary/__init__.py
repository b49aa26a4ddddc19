"""The feature dictionary: what every feature of a model is, whence, under what law, and how it lies."""

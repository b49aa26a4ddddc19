"""A version in use, held against what it was trained on."""

"""What features are, as small tables drawn in text: run on both engines, rendered into docs/reference."""
